#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/card_painter.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace sluice {

namespace {

/// A port's circle as a picture: a card has up to eight, and an ellipse costs as much as a title.
const QPixmap &
portPicture(double radius, double pen, const QColor &colour, const QColor &fill, double ratio)
{
    using Key = std::tuple<int, int, QRgb, QRgb, int>;
    static std::map<Key, QPixmap> pictures; // of the window's thread
    constexpr std::size_t kMost = 64;       // a zoom gesture passes many sizes
    const Key key{int(std::lround(radius * 64)),
                  int(std::lround(pen * 64)),
                  colour.rgba(),
                  fill.rgba(),
                  int(std::lround(ratio * 64))};
    const auto known = pictures.find(key);
    if (known != pictures.end())
        return known->second;
    if (pictures.size() >= kMost)
        pictures.clear();
    const int half = int(std::ceil((radius + pen) * ratio)) + 1; // device pixels
    QPixmap picture(2 * half, 2 * half);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, pen));
    painter.setBrush(fill);
    painter.drawEllipse(QPointF(half, half) / ratio, radius, radius);
    painter.end();
    return pictures.emplace(key, picture).first->second;
}

} // namespace

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
    const double ratio = painter.device()->devicePixelRatioF();
    const QPixmap &picture =
        portPicture(radius, 1.8 * std::min(1.0, std::max(zoom, 0.6)), colour, theme.panel, ratio);
    const QPointF corner = view * ratio - QPointF(picture.width(), picture.height()) / 2;
    painter.drawPixmap(QPointF(std::round(corner.x()), std::round(corner.y())) / ratio, picture);
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

} // namespace sluice
