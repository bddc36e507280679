#pragma once

#include "ui/canvas/viewport.h"

#include <QPixmap>
#include <QRegion>

#include <functional>

class QPainter;

namespace sluice {

/// The cached picture of grid, wires and cards: larger than the view, so that a pan only shifts
/// it; repainted where something changed; stretched while a zoom goes on.
class StaticLayer
{
public:
    /// Paints the content inside `region`; all in the layer's own coordinates.
    using Paint =
        std::function<void(QPainter &painter, const Viewport &viewport, const QRegion &region)>;

    void resize(QSize view, double devicePixelRatio);
    void invalidate() { m_valid = false; }
    /// Something inside `sceneRect` looks different now.
    void markDirty(const QRectF &sceneRect);

    /// Brings the picture up to date for `wanted`. While `zooming`, another zoom does not redraw.
    void update(const Viewport &wanted, bool zooming, const Paint &paint);
    /// Paints into the picture at once, without clearing. No effect when it is out of date.
    void paintOver(const Paint &paint);
    void draw(QPainter &painter, const Viewport &wanted) const;

    /// Whether the picture has another zoom than `wanted`.
    bool isStretched(const Viewport &wanted) const
    {
        return m_valid && m_viewport.zoom != wanted.zoom;
    }
    /// How long the last full redraw took.
    double lastFullMs() const { return m_lastFullMs; }
    const Viewport &viewport() const { return m_viewport; }

private:
    Viewport own() const; // of the picture: with its margin
    void scrollTo(const Viewport &wanted);
    void paintRegion(const QRegion &region, const Paint &paint);
    QRect whole() const;

    QPixmap m_pixmap;
    QSize m_view;
    double m_ratio = 1;
    Viewport m_viewport;
    QRegion m_dirty; // picture coordinates
    bool m_valid = false;
    double m_lastFullMs = 0;
};

} // namespace sluice
