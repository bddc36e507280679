#include "ui/canvas/wire_painter.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace sluice {

namespace {

constexpr double kPillHeight = 18;
constexpr double kDotDiameter = 5;

QPixmap blank(double width, double height, double ratio)
{
    QPixmap pixmap(std::max(1, int(std::ceil(width * ratio))),
                   std::max(1, int(std::ceil(height * ratio))));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    return pixmap;
}

} // namespace

void paintWire(QPainter &painter,
               const WireCurve &curve,
               const WireLook &look,
               const Viewport &viewport,
               const Theme &theme)
{
    QColor colour = look.pressure ? theme.wirePressure : theme.wire;
    if (look.faulty)
        colour = theme.error;
    if (look.selected)
        colour = theme.accent;
    const bool tiny = viewport.zoom < metrics::kTinyZoom;
    double width = std::max(1.0, look.width * std::min(viewport.zoom, 1.6));
    if (look.selected)
        width = std::max(width, 2.2);
    painter.setRenderHint(QPainter::Antialiasing, !tiny);
    QPen pen(colour, tiny ? 0 : width, look.faulty ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    QPainterPath path(viewport.toView(curve.points[0]));
    path.cubicTo(viewport.toView(curve.points[1]),
                 viewport.toView(curve.points[2]),
                 viewport.toView(curve.points[3]));
    painter.drawPath(path);
}

void paintDraggedWire(QPainter &painter,
                      const WireCurve &curve,
                      bool fits,
                      const Viewport &viewport,
                      const Theme &theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(theme.accent, 2, fits ? Qt::SolidLine : Qt::DashLine, Qt::RoundCap);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    QPainterPath path(viewport.toView(curve.points[0]));
    path.cubicTo(viewport.toView(curve.points[1]),
                 viewport.toView(curve.points[2]),
                 viewport.toView(curve.points[3]));
    painter.drawPath(path);
}

QPixmap ratePill(
    const QString &text, bool pressure, double zoom, double devicePixelRatio, const Theme &theme)
{
    const QFont font = uiFont(metrics::kTextHint);
    const double width = tabularWidth(font, text) + 16;
    QPixmap pixmap = blank(width + 2, kPillHeight + 2, devicePixelRatio * zoom);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF rect(1, 1, width, kPillHeight);
    painter.setBrush(theme.panel);
    painter.setPen(QPen(pressure ? theme.wirePressure : theme.separator, 1));
    painter.drawRoundedRect(rect, kPillHeight / 2, kPillHeight / 2);
    painter.setFont(font);
    painter.setPen(pressure ? theme.wirePressure : theme.textSecondary);
    drawTabular(painter, rect.adjusted(8, 0, -8, 0), Qt::AlignLeft, text);
    return pixmap;
}

QPixmap flowDot(bool pressure, double zoom, double devicePixelRatio, const Theme &theme)
{
    QPixmap pixmap = blank(kDotDiameter + 2, kDotDiameter + 2, devicePixelRatio * zoom);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.canvas, 1));
    painter.setBrush(pressure ? theme.wirePressure : theme.accent);
    painter.drawEllipse(QRectF(1, 1, kDotDiameter, kDotDiameter));
    return pixmap;
}

} // namespace sluice
