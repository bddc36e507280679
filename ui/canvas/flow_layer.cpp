#include "ui/canvas/flow_layer.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/wire_painter.h"

#include <QPainter>

#include <cmath>

namespace sluice {

namespace {

constexpr double kStep = 4;                     // scene units between places of a track
constexpr double kDotEvery = 36;                // scene units between dots
constexpr double kSpeeds[4] = {0, 24, 56, 112}; // scene units a second
constexpr std::size_t kMostPills = 600;
constexpr double kPillRoom = 58; // a pill with its margins
constexpr double kPillGap = 10;  // of the wire stays to be seen
constexpr double kLeastPillZoom = 0.5;
constexpr double kLeastPill = 0.85; // pills do not get smaller than this: their text must be read

} // namespace

void FlowLayer::looksChanged()
{
    m_pills.clear();
    m_dots[0] = m_dots[1] = {};
}

void FlowLayer::advance(double seconds)
{
    for (int speed = 1; speed <= 3; ++speed)
        m_phase[speed] = std::fmod(m_phase[speed] + kSpeeds[speed] * seconds, kDotEvery);
}

const FlowLayer::Track &FlowLayer::track(const CanvasScene &scene, const HitIndex &index, int wire)
{
    const auto found = m_tracks.find(wire);
    if (found != m_tracks.end())
        return found->second;
    const WireItem &item = scene.wires()[std::size_t(wire)];
    Track track;
    track.places = item.curve.spaced(kStep);
    track.covered.reserve(track.places.size());
    for (const QPointF place : track.places)
        track.covered.push_back(index.cardAt(scene, place) >= 0);
    const QPointF middle = item.curve.middle();
    const double room = kPillRoom * m_pillGrowth; // in scene units
    const QRectF pill(middle.x() - room / 2, middle.y() - 10, room, 20);
    track.pillFits = item.curve.length() >= room + kPillGap && index.cardsIn(scene, pill).empty();
    return m_tracks.emplace(wire, std::move(track)).first->second;
}

const QPixmap &
FlowLayer::pill(const QString &text, bool pressure, double zoom, double ratio, const Theme &theme)
{
    std::string key = text.toStdString();
    key += pressure ? '!' : ' ';
    const auto found = m_pills.find(key);
    if (found != m_pills.end())
        return found->second;
    if (m_pills.size() > kMostPills)
        m_pills.clear();
    return m_pills.emplace(key, ratePill(text, pressure, zoom, ratio, theme)).first->second;
}

void FlowLayer::paintDots(QPainter &painter,
                          const Track &track,
                          const WireTraffic &traffic,
                          const Viewport &viewport,
                          const QRectF &view,
                          double ratio,
                          const Theme &theme)
{
    QPixmap &dot = m_dots[traffic.pressure ? 1 : 0];
    if (dot.isNull())
        dot = flowDot(traffic.pressure, std::min(viewport.zoom, 1.5), ratio, theme);
    // drawPixmap at the picture's own pixel ratio: no scaling
    const QSizeF size = dot.deviceIndependentSize() * std::min(viewport.zoom, 1.5);
    const QPointF half(size.width() / 2, size.height() / 2);
    for (double along = m_phase[traffic.speed];; along += kDotEvery) {
        const double place = along / kStep;
        const auto before = std::size_t(place);
        if (before + 1 >= track.places.size())
            return;
        if (track.covered[before])
            continue;
        const QPointF between =
            track.places[before]
            + (track.places[before + 1] - track.places[before]) * (place - double(before));
        const QPointF at = viewport.toView(between);
        if (view.contains(at))
            painter.drawPixmap(QRectF(at - half, size), dot, QRectF(dot.rect()));
    }
}

void FlowLayer::paint(QPainter &painter,
                      const CanvasScene &scene,
                      const HitIndex &index,
                      const FigureHistory &figures,
                      const std::set<std::string> &lifted,
                      const Viewport &viewport,
                      QSizeF view,
                      bool moving,
                      const Theme &theme)
{
    if (!figures.isLive() || viewport.zoom < metrics::kTinyZoom)
        return;
    if (viewport.zoom != m_looksZoom) {
        looksChanged();
        m_looksZoom = viewport.zoom;
        const double growth = std::max(1.0, kLeastPill / viewport.zoom);
        if (growth != m_pillGrowth)
            m_tracks.clear();
        m_pillGrowth = growth;
    }
    const double ratio = painter.device()->devicePixelRatioF();
    const QRectF area(QPointF(0, 0), view);
    const auto wires = index.wiresIn(scene, viewport.toScene(area));
    const auto isLifted = [&](const WireItem &wire) {
        return lifted.contains(wire.wire->from.node) || lifted.contains(wire.wire->to.node);
    };
    for (const int wire : wires) {
        const WireItem &item = scene.wires()[std::size_t(wire)];
        const WireTraffic *traffic = figures.wire(item.key);
        if (!traffic || traffic->speed == 0 || !moving || isLifted(item))
            continue;
        paintDots(painter, track(scene, index, wire), *traffic, viewport, area, ratio, theme);
    }
    if (viewport.zoom < kLeastPillZoom)
        return;
    for (const int wire : wires) {
        const WireItem &item = scene.wires()[std::size_t(wire)];
        const WireTraffic *traffic = figures.wire(item.key);
        if (!traffic || traffic->rate.isEmpty() || isLifted(item))
            continue;
        const QPointF middle = viewport.toView(item.curve.middle());
        if (!area.adjusted(-60, -20, 60, 20).contains(middle)
            || !track(scene, index, wire).pillFits)
            continue;
        const QPixmap &picture =
            pill(traffic->rate, traffic->pressure, viewport.zoom * m_pillGrowth, ratio, theme);
        const QSizeF size = QSizeF(picture.size()) / ratio;
        const QPointF corner = middle - QPointF(size.width() / 2, size.height() / 2);
        const QPointF whole(std::round(corner.x() * ratio) / ratio,
                            std::round(corner.y() * ratio) / ratio);
        painter.drawPixmap(QRectF(whole, size), picture, QRectF(picture.rect()));
    }
}

} // namespace sluice
