#include "ui/canvas/wire_gesture.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/card_painter.h"
#include "ui/canvas/wire_painter.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <cmath>

namespace sluice {

WireGesture::WireGesture(const CanvasScene &scene,
                         const HitIndex &index,
                         const WireEnd &anchor,
                         bool fromOutput,
                         QPointF anchorPos,
                         Actions actions)
    : m_scene(scene)
    , m_index(index)
    , m_anchor(anchor)
    , m_fromOutput(fromOutput)
    , m_anchorPos(anchorPos)
    , m_actions(std::move(actions))
    , m_pointer(anchorPos)
{}

WireEnd WireGesture::endOf(const Candidate &candidate) const
{
    const CardItem &card = m_scene.cards()[std::size_t(candidate.card)];
    return {card.id(), card.ports[std::size_t(candidate.port)].id};
}

QString WireGesture::refusal(int card, int port) const
{
    const auto key = std::make_pair(card, port);
    const auto known = m_refusals.find(key);
    if (known != m_refusals.end())
        return known->second;
    const WireEnd end = endOf({card, port});
    const QString reason =
        m_fromOutput ? m_actions.refusal(m_anchor, end) : m_actions.refusal(end, m_anchor);
    m_refusals.emplace(key, reason);
    return reason;
}

std::optional<WireGesture::Candidate> WireGesture::portNear(QPointF scene, double reach) const
{
    std::optional<Candidate> found;
    double nearest = reach;
    const QRectF area(scene.x() - reach, scene.y() - reach, 2 * reach, 2 * reach);
    for (const int index : m_index.cardsIn(m_scene, area)) {
        const CardItem &card = m_scene.cards()[std::size_t(index)];
        for (std::size_t port = 0; port < card.ports.size(); ++port) {
            if (card.ports[port].output == m_fromOutput)
                continue;
            const QPointF off = card.portPos(card.ports[port]) - scene;
            const double distance = std::hypot(off.x(), off.y());
            if (distance <= nearest) {
                nearest = distance;
                found = Candidate{index, int(port)};
            }
        }
    }
    return found;
}

// Names the reason of the first port when none fits.
std::optional<WireGesture::Candidate> WireGesture::portOfCard(int card) const
{
    const CardItem &item = m_scene.cards()[std::size_t(card)];
    for (std::size_t port = 0; port < item.ports.size(); ++port) {
        if (item.ports[port].output != m_fromOutput && refusal(card, int(port)).isEmpty())
            return Candidate{card, int(port)};
    }
    return {};
}

void WireGesture::move(const PointerInput &input)
{
    m_pointer = input.scene;
    m_target.reset();
    m_reason.clear();
    const int card = m_index.cardAt(m_scene, input.scene);
    m_overCard = card >= 0;
    if (const auto near = portNear(input.scene, metrics::kPortSnap)) {
        m_overCard = true;
        m_reason = refusal(near->card, near->port);
        if (m_reason.isEmpty())
            m_target = near;
        return;
    }
    if (card < 0 || m_scene.cards()[std::size_t(card)].id() == m_anchor.node)
        return;
    m_target = portOfCard(card);
    if (m_target)
        return;
    const CardItem &item = m_scene.cards()[std::size_t(card)];
    m_reason = m_fromOutput ? QObject::tr("%1 has no input").arg(item.title)
                            : QObject::tr("%1 has no output").arg(item.title);
    for (std::size_t port = 0; port < item.ports.size(); ++port) {
        if (item.ports[port].output != m_fromOutput) {
            m_reason = refusal(card, int(port));
            break;
        }
    }
}

void WireGesture::finish(const PointerInput &input)
{
    move(input);
    if (m_target) {
        const WireEnd end = endOf(*m_target);
        if (m_fromOutput)
            m_actions.connect(m_anchor, end);
        else
            m_actions.connect(end, m_anchor);
    } else if (!m_reason.isEmpty()) {
        m_actions.refused(m_reason);
    } else if (!m_overCard) {
        m_actions.droppedOnEmpty(input.scene);
    }
}

std::optional<WireEnd> WireGesture::target() const
{
    if (!m_target)
        return {};
    return endOf(*m_target);
}

void WireGesture::paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const
{
    QPointF end = m_pointer;
    if (m_target) {
        const CardItem &card = m_scene.cards()[std::size_t(m_target->card)];
        end = card.portPos(card.ports[std::size_t(m_target->port)]);
    }
    const WireCurve curve =
        m_fromOutput ? WireCurve::between(m_anchorPos, end) : WireCurve::between(end, m_anchorPos);
    paintDraggedWire(painter, curve, m_target.has_value(), viewport, theme);
    if (viewport.zoom < metrics::kTinyZoom)
        return;
    const QRectF seen = viewport.toScene(QRectF(painter.viewport()));
    for (const int index : m_index.cardsIn(m_scene, seen)) {
        const CardItem &card = m_scene.cards()[std::size_t(index)];
        for (std::size_t port = 0; port < card.ports.size(); ++port) {
            const PortItem &item = card.ports[port];
            const QPointF at = viewport.toView(card.portPos(item));
            if (item.output == m_fromOutput)
                continue;
            const bool fits = refusal(index, int(port)).isEmpty();
            const bool chosen = m_target && m_target->card == index && m_target->port == int(port);
            if (chosen) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(faded(theme.accent, 0.28));
                painter.drawEllipse(at, 11 * viewport.zoom, 11 * viewport.zoom);
            }
            paintPort(painter,
                      at,
                      viewport.zoom,
                      fits ? 1 : -1,
                      fits ? theme.accent : blended(theme.panel, theme.wire, 0.4),
                      theme);
        }
    }
    paintPort(painter, viewport.toView(m_anchorPos), viewport.zoom, 1, theme.accent, theme);
}

} // namespace sluice
