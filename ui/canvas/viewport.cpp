#include "ui/canvas/viewport.h"

#include "ui/canvas/canvas_metrics.h"

#include <algorithm>
#include <cmath>

namespace sluice {

Viewport Viewport::zoomedAt(QPointF view, double newZoom) const
{
    const double to = std::clamp(newZoom, metrics::kMinZoom, metrics::kMaxZoom);
    const QPointF under = toScene(view);
    return {to, view - under * to};
}

Viewport Viewport::fitting(const QRectF &scene, QSizeF size, double margin, double maxZoom)
{
    if (scene.isEmpty() || size.isEmpty())
        return {};
    const double across = (size.width() - 2 * margin) / scene.width();
    const double down = (size.height() - 2 * margin) / scene.height();
    const double to =
        std::clamp(std::min({across, down, maxZoom}), metrics::kMinZoom, metrics::kMaxZoom);
    const QPointF middle(size.width() / 2, size.height() / 2);
    return {to, middle - scene.center() * to};
}

Viewport Viewport::aligned(double devicePixelRatio) const
{
    const auto whole = [devicePixelRatio](double value) {
        return std::round(value * devicePixelRatio) / devicePixelRatio;
    };
    return {zoom, QPointF(whole(shift.x()), whole(shift.y()))};
}

} // namespace sluice
