#include "ui/canvas/grid_painter.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPixmap>

#include <cmath>

namespace sluice {

namespace {

constexpr double kDotSpacing = 24; // view pixels between dots, at least
constexpr double kDotSize = 1.6;

// One tile of the grid, drawn once and repeated: a dot per tile by ellipse costs as much as a card.
QPixmap tileOf(double side, double ratio, const Theme &theme)
{
    const int pixels = std::max(4, int(std::lround(side * ratio)));
    QPixmap tile(pixels, pixels);
    tile.setDevicePixelRatio(ratio);
    tile.fill(theme.canvas);
    QPainter painter(&tile);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.canvasDot);
    painter.drawEllipse(QPointF(kDotSize, kDotSize), kDotSize / 2, kDotSize / 2);
    return tile;
}

} // namespace

void paintGrid(QPainter &painter, const QRectF &area, const Viewport &viewport, const Theme &theme)
{
    if (viewport.zoom < metrics::kTinyZoom) {
        painter.fillRect(area, theme.canvas);
        return;
    }
    double step = metrics::kGrid * viewport.zoom;
    while (step < kDotSpacing)
        step *= 2;
    const double ratio = painter.device()->devicePixelRatioF();
    // Tiles are whole pixels; at odd zooms the dots are drawn one by one instead of drifting.
    if (std::abs(step * ratio - std::round(step * ratio)) < 1e-6) {
        const QPixmap tile = tileOf(step, ratio, theme);
        const QPointF origin(std::fmod(viewport.shift.x() - kDotSize, step),
                             std::fmod(viewport.shift.y() - kDotSize, step));
        painter.drawTiledPixmap(area, tile, area.topLeft() - origin);
        return;
    }
    painter.fillRect(area, theme.canvas);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double first =
        viewport.shift.x() + std::ceil((area.left() - viewport.shift.x()) / step) * step;
    double y = viewport.shift.y() + std::ceil((area.top() - viewport.shift.y()) / step) * step;
    for (; y < area.bottom(); y += step) {
        for (double x = first; x < area.right(); x += step)
            painter.fillRect(QRectF(x - 0.7, y - 0.7, 1.4, 1.4), theme.canvasDot);
    }
    painter.restore();
}

} // namespace sluice
