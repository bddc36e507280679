#pragma once

#include "core/pipeline/dashboard.h"
#include "ui/dashboard/tile_frame.h"

#include <QWidget>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The tiles on their grid. While one is dragged it follows the pointer and the others show where
/// they would go; nothing is changed before it is let go.
class DashboardGrid : public QWidget
{
    Q_OBJECT

public:
    explicit DashboardGrid(QWidget *parent = nullptr);

    void setDashboard(const Dashboard &dashboard);
    TileFrame *frame(const std::string &id) const;
    /// In the order of the file.
    std::vector<TileFrame *> frames() const;
    /// Where a place lies in the widget.
    QRect rectOf(const TilePlace &place) const;
    bool isDragging() const { return m_drag.has_value(); }

signals:
    void frameMade(sluice::TileFrame *frame);
    void placed(const std::string &id, sluice::TilePlace place);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Drag
    {
        TileFrame *frame = nullptr;
        TileFrame::Grip grip = TileFrame::Grip::None;
        QPoint from; // global
        QRect rect;  // of the frame before
        TilePlace place;
        Dashboard shown; // with the others out of the way
    };

    void connectFrame(TileFrame *frame);
    void begin(TileFrame *frame, TileFrame::Grip grip, QPoint place);
    void dragTo(QPoint place);
    void end(bool take);
    void arrange();
    double columnWidth() const;
    TilePlace placeAt(const QRect &rect) const;

    Dashboard m_dashboard;
    std::map<std::string, TileFrame *> m_frames; // children of this
    std::optional<Drag> m_drag;
};

} // namespace sluice
