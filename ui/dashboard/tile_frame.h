#pragma once

#include "core/base/result.h"
#include "core/pipeline/dashboard.h"
#include "ui/query/query_table.h"

#include <QFrame>

#include <string>

class QLineEdit;
class QMenu;
class QToolButton;

namespace sluice {

class ElidedLabel;
class ThemedLabel;
class TileContent;

/// One tile of the dashboard: a card with title, age of the answer, interval and menu, and below
/// them the answer. Its header moves it, its lower right corner sizes it; keys do both.
class TileFrame : public QFrame
{
    Q_OBJECT

public:
    explicit TileFrame(QWidget *parent = nullptr);

    void setTile(const DashboardTilePtr &tile);
    const std::string &id() const { return m_tile->id; }
    const DashboardTile &tile() const { return *m_tile; }
    QString shownTitle() const;

    void showAnswer(const Result<QueryTable> &answer);
    void showWaiting();
    /// @param seconds  since the answer came; negative: none yet
    void setAge(qint64 seconds, bool running);
    void setSelected(bool selected);
    bool isSelected() const { return m_selected; }
    /// Puts a field in the title's place.
    void rename();
    QMenu *menu() { return m_menu; }
    QMenu *intervalMenu() { return m_intervals; }
    TileContent &content() { return *m_content; }

    /// What the pointer does at a point of the tile.
    enum class Grip { None, Move, Size };
    Grip gripAt(QPoint place) const;

signals:
    void chosen();
    void editWanted();
    void refreshWanted();
    void duplicateWanted();
    void removeWanted();
    void exportWanted();
    void renamed(const QString &title);
    void intervalChosen(const QString &interval);
    /// The pointer took it. @param place  global
    void gripped(sluice::TileFrame::Grip grip, QPoint place);
    void dragged(QPoint place);
    void dropped();
    void dragCancelled();
    /// A key moves or sizes it by whole cells.
    void nudged(sluice::TilePlace by);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void makeMenus();
    void popUp(QMenu *menu, const QToolButton *button);
    void finishRename(bool take);

    DashboardTilePtr m_tile;
    ElidedLabel *m_title;
    QLineEdit *m_field;
    ThemedLabel *m_age;
    QToolButton *m_interval;
    QToolButton *m_more;
    QMenu *m_menu;
    QMenu *m_intervals;
    TileContent *m_content;
    Grip m_grip = Grip::None;
    bool m_selected = false;
};

} // namespace sluice
