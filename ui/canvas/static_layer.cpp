#include "ui/canvas/static_layer.h"

#include <QElapsedTimer>
#include <QPainter>

#include <cmath>

namespace sluice {

namespace {

constexpr int kMargin = 128;        // around the view, device-independent pixels
constexpr int kMostDirtyRects = 24; // more are cheaper as one

} // namespace

void StaticLayer::resize(QSize view, double devicePixelRatio)
{
    if (view == m_view && devicePixelRatio == m_ratio)
        return;
    m_view = view;
    m_ratio = devicePixelRatio;
    const QSize size = view + QSize(2 * kMargin, 2 * kMargin);
    m_pixmap =
        QPixmap(int(std::ceil(size.width() * m_ratio)), int(std::ceil(size.height() * m_ratio)));
    m_pixmap.setDevicePixelRatio(m_ratio);
    m_valid = false;
}

QRect StaticLayer::whole() const
{
    return QRect(QPoint(0, 0), m_view + QSize(2 * kMargin, 2 * kMargin));
}

Viewport StaticLayer::own() const
{
    return m_viewport.panned(QPointF(kMargin, kMargin));
}

void StaticLayer::markDirty(const QRectF &sceneRect)
{
    if (!m_valid)
        return;
    m_dirty += own().toView(sceneRect).adjusted(-2, -2, 2, 2).toAlignedRect().intersected(whole());
}

void StaticLayer::paintRegion(const QRegion &region, const Paint &paint)
{
    if (region.isEmpty() || m_pixmap.isNull())
        return;
    QPainter painter(&m_pixmap);
    paint(painter, own(), region);
}

void StaticLayer::scrollTo(const Viewport &wanted)
{
    const QPointF by = wanted.shift - m_viewport.shift;
    const int dx = int(std::lround(by.x() * m_ratio));
    const int dy = int(std::lround(by.y() * m_ratio));
    m_pixmap.scroll(dx, dy, m_pixmap.rect());
    const QPoint shift(int(std::lround(by.x())), int(std::lround(by.y())));
    m_dirty.translate(shift);
    // One more pixel than moved, for fractions of a pixel.
    m_dirty += QRegion(whole())
               - QRegion(whole().translated(shift))
                     .intersected(whole().translated(shift).adjusted(1, 1, -1, -1));
    m_dirty &= whole();
    m_viewport = wanted;
}

void StaticLayer::update(const Viewport &wanted, bool zooming, const Paint &paint)
{
    const bool otherZoom = m_viewport.zoom != wanted.zoom;
    if (m_valid && otherZoom && zooming)
        return;
    const QPointF by = wanted.shift - m_viewport.shift;
    const double far = std::max(std::abs(by.x()) - whole().width() / 2.0,
                                std::abs(by.y()) - whole().height() / 2.0);
    if (!m_valid || otherZoom || far > 0) {
        QElapsedTimer timer;
        timer.start();
        m_viewport = wanted;
        m_valid = true;
        m_dirty = {};
        paintRegion(whole(), paint);
        m_lastFullMs = double(timer.nsecsElapsed()) / 1e6;
        return;
    }
    if (std::abs(by.x()) > kMargin || std::abs(by.y()) > kMargin)
        scrollTo(wanted);
    if (m_dirty.isEmpty())
        return;
    if (m_dirty.rectCount() > kMostDirtyRects)
        m_dirty = m_dirty.boundingRect();
    paintRegion(m_dirty, paint);
    m_dirty = {};
}

void StaticLayer::paintOver(const Paint &paint)
{
    if (m_valid)
        paintRegion(whole(), paint);
}

void StaticLayer::draw(QPainter &painter, const Viewport &wanted) const
{
    if (!m_valid)
        return;
    const QPointF corner = m_viewport.toScene(QPointF(-kMargin, -kMargin));
    if (m_viewport.zoom == wanted.zoom) {
        painter.drawPixmap(wanted.shift - m_viewport.shift - QPointF(kMargin, kMargin), m_pixmap);
        return;
    }
    const double factor = wanted.zoom / m_viewport.zoom;
    const QRectF target(wanted.toView(corner), QSizeF(whole().size()) * factor);
    painter.drawPixmap(target, m_pixmap, QRectF(m_pixmap.rect()));
}

} // namespace sluice
