#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/card_painter.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace sluice {

void paintPort(QPainter &painter,
               QPointF view,
               double zoom,
               double grown,
               const QColor &colour,
               const Theme &theme)
{
    double size = metrics::kPortSize
                  + (metrics::kPortGrown - metrics::kPortSize) * std::clamp(grown, 0.0, 1.0);
    if (grown < 0)
        size = metrics::kPortQuiet;
    const double radius = size / 2 * zoom - 0.8;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.8 * std::min(1.0, std::max(zoom, 0.6))));
    painter.setBrush(theme.panel);
    painter.drawEllipse(view, radius, radius);
}

void paintState(QPainter &painter,
                const QRectF &rect,
                NodeState state,
                bool troubled,
                bool live,
                const Theme &theme)
{
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = rect.adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(Qt::NoPen);
    if (!live || state == NodeState::Stopped) {
        painter.setPen(QPen(theme.textHint, 1.4));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(box.adjusted(0.3, 0.3, -0.3, -0.3));
        return;
    }
    const QPointF middle = box.center();
    switch (state) {
    case NodeState::Running:
        if (troubled) {
            painter.setBrush(theme.warning);
            painter.drawPolygon(QPolygonF({{middle.x(), box.top() - 0.5},
                                           {box.right() + 0.5, box.bottom()},
                                           {box.left() - 0.5, box.bottom()}}));
        } else {
            painter.setBrush(theme.good);
            painter.drawEllipse(box);
        }
        return;
    case NodeState::Starting:
    case NodeState::Waiting: {
        painter.setPen(QPen(theme.warning, 1.4));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(box.adjusted(0.3, 0.3, -0.3, -0.3));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.warning);
        painter.drawPie(box, 90 * 16, 180 * 16);
        return;
    }
    case NodeState::Paused:
        painter.setBrush(theme.textSecondary);
        painter.drawRect(QRectF(box.left() + 0.5, box.top(), 2.4, box.height()));
        painter.drawRect(QRectF(box.right() - 2.9, box.top(), 2.4, box.height()));
        return;
    case NodeState::Finished: {
        painter.setPen(QPen(theme.good, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF({{box.left(), middle.y()},
                                        {box.left() + box.width() * 0.38, box.bottom() - 0.8},
                                        {box.right(), box.top() + 0.8}}));
        return;
    }
    case NodeState::Failed:
        painter.setBrush(theme.error);
        painter.drawRect(box);
        return;
    case NodeState::Stopped:
        return;
    }
}

void paintSparkline(QPainter &painter,
                    const QRectF &rect,
                    const std::vector<float> &values,
                    const QColor &colour)
{
    if (values.size() < 2)
        return;
    constexpr std::size_t kSamples = 60;
    const float high = std::max(*std::max_element(values.begin(), values.end()), 1e-6F);
    QPolygonF line;
    line.reserve(qsizetype(values.size()));
    const double step = rect.width() / double(kSamples - 1);
    const double first = rect.right() - step * double(values.size() - 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        line << QPointF(first + step * double(i),
                        rect.bottom() - double(values[i] / high) * rect.height());
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line);
}

} // namespace sluice
