#include "ui/canvas/canvas_scene.h"

#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"
#include "core/runtime/engine.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/document/pipeline_document.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr double kSidePortStep = 26; // between the first port and the optional ones beside it

constexpr double kBelowPorts = 6; // to the line above the footer
constexpr double kFirstPortRow = metrics::kCardHeight - metrics::kCardFooter;

std::vector<double> portHeights(const std::vector<PortSpec> &ports)
{
    const auto count = ports.size();
    const bool firstLeads = count <= 3
                            && std::all_of(ports.begin() + (count > 0 ? 1 : 0),
                                           ports.end(),
                                           [](const PortSpec &port) { return port.optional; });
    std::vector<double> heights;
    for (std::size_t i = 0; i < count; ++i) {
        if (firstLeads) {
            static constexpr double kOffsets[] = {0, kSidePortStep, -kSidePortStep};
            heights.push_back(metrics::kCardHeight / 2 + kOffsets[i]);
        } else if (count > metrics::kMostPlainPorts) {
            heights.push_back(kFirstPortRow + metrics::kPortRow * (double(i) + 0.5));
        } else {
            heights.push_back(metrics::kCardHeight * double(i + 1) / double(count + 1));
        }
    }
    return heights;
}

void addPorts(std::vector<PortItem> &items, const std::vector<PortSpec> &ports, bool output)
{
    const std::vector<double> heights = portHeights(ports);
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const PortSpec &port = ports[i];
        items.push_back({port.id,
                         toQString(port.title.empty() ? port.id : port.title),
                         {output ? metrics::kCardWidth : 0, heights[i]},
                         output,
                         port.optional,
                         ports.size() > metrics::kMostPlainPorts,
                         0});
    }
}

// A node of a kind this program does not have still shows the ports its wires name.
PortItem unknownPort(const std::string &port, bool output)
{
    return {port,
            toQString(port),
            {output ? metrics::kCardWidth : 0, metrics::kCardHeight / 2},
            output,
            false,
            false,
            0};
}

} // namespace

std::vector<PortItem> portsOf(const NodeDescriptor &descriptor, const ValueMap &config)
{
    std::vector<PortItem> ports;
    addPorts(ports, inputPortsOf(descriptor, config), false);
    addPorts(ports, outputPortsOf(descriptor, config), true);
    return ports;
}

double cardHeight(const std::vector<PortItem> &ports)
{
    double lowest = 0;
    for (const PortItem &port : ports) {
        if (port.named)
            lowest = std::max(lowest, port.offset.y());
    }
    if (lowest == 0)
        return metrics::kCardHeight;
    return lowest + metrics::kPortRow / 2 + kBelowPorts + metrics::kCardFooter;
}

const PortItem *CardItem::findPort(std::string_view port, bool output) const
{
    for (const PortItem &item : ports) {
        if (item.output == output && item.id == port)
            return &item;
    }
    return nullptr;
}

CardItem
CanvasScene::makeCard(const NodePtr &node, const Position &position, const Catalog &catalog) const
{
    const QRectF rect(position.x, position.y, metrics::kCardWidth, metrics::kCardHeight);
    if (const CardItem *old = findCard(node->id); old && old->node == node) {
        CardItem card = *old;
        card.rect.moveTopLeft(rect.topLeft());
        for (PortItem &port : card.ports)
            port.wires = 0;
        return card;
    }
    CardItem card;
    card.node = node;
    card.rect = rect;
    card.descriptor = catalog.find(node->kind);
    if (const NodeDescriptor *descriptor = card.descriptor) {
        card.role = descriptor->role;
        card.kindTitle = toQString(descriptor->title);
        card.icon = descriptor->icon;
        card.ports = portsOf(*descriptor, node->config);
        card.rect.setHeight(cardHeight(card.ports));
        if (descriptor->describe)
            card.summary = toQString(descriptor->describe(node->config)).simplified();
    } else {
        card.kindTitle = toQString(node->kind);
        card.icon = "unknown";
        card.summary = QObject::tr("unknown kind");
    }
    card.title = node->title.empty() ? card.kindTitle : toQString(node->title);
    return card;
}

void CanvasScene::update(const Pipeline &pipeline, const Catalog &catalog)
{
    // Files and edits may leave nodes without a place.
    const bool placed = std::all_of(pipeline.nodes.begin(),
                                    pipeline.nodes.end(),
                                    [&](const auto &n) { return pipeline.layout.contains(n->id); });
    const Pipeline laidOut = placed ? Pipeline() : withLayout(pipeline);
    const auto &layout = placed ? pipeline.layout : laidOut.layout;

    std::vector<CardItem> cards;
    cards.reserve(pipeline.nodes.size());
    for (const NodePtr &node : pipeline.nodes) {
        const auto at = layout.find(node->id);
        cards.push_back(makeCard(node, at == layout.end() ? Position() : at->second, catalog));
    }
    m_cards = std::move(cards);
    m_cardOf.clear();
    m_bounds = {};
    for (std::size_t i = 0; i < m_cards.size(); ++i) {
        m_cardOf.emplace(m_cards[i].id(), int(i));
        m_bounds |= m_cards[i].rect;
    }
    makeWires(pipeline);
}

void CanvasScene::makeWires(const Pipeline &pipeline)
{
    m_wires.clear();
    m_wires.reserve(pipeline.wires.size());
    m_wireOf.clear();
    m_wiresOfCard.assign(m_cards.size(), {});
    for (const WirePtr &wire : pipeline.wires) {
        WireItem item;
        item.wire = wire;
        item.key = wireKey(*wire);
        item.fromCard = cardIndex(wire->from.node);
        item.toCard = cardIndex(wire->to.node);
        if (item.fromCard < 0 || item.toCard < 0)
            continue; // a problem of the file, listed by validation
        const QPointF from = plug(item.fromCard, wire->from, true, item);
        const QPointF to = plug(item.toCard, wire->to, false, item);
        item.curve = WireCurve::between(from, to);
        const int index = int(m_wires.size());
        m_wireOf.emplace(item.key, index);
        m_wiresOfCard[std::size_t(item.fromCard)].push_back(index);
        m_wiresOfCard[std::size_t(item.toCard)].push_back(index);
        m_wires.push_back(std::move(item));
    }
}

// Counts the wire at its port. @return where the port is
QPointF CanvasScene::plug(int card, const WireEnd &end, bool output, WireItem &wire)
{
    CardItem &item = m_cards[std::size_t(card)];
    std::string port = end.port;
    if (item.descriptor) {
        const auto resolved = resolvePort(end,
                                          *item.descriptor,
                                          item.node->config,
                                          output ? PortDirection::Output : PortDirection::Input);
        wire.faulty = wire.faulty || !resolved;
        port = resolved.value_or(end.port);
    }
    if (!item.findPort(port, output))
        item.ports.push_back(unknownPort(port, output));
    (output ? wire.fromPort : wire.toPort) = port;
    for (PortItem &own : item.ports) {
        if (own.output != output || own.id != port)
            continue;
        ++own.wires;
        return item.portPos(own);
    }
    return item.rect.center();
}

int CanvasScene::cardIndex(std::string_view node) const
{
    const auto found = m_cardOf.find(std::string(node));
    return found == m_cardOf.end() ? -1 : found->second;
}

int CanvasScene::wireIndex(std::string_view key) const
{
    const auto found = m_wireOf.find(std::string(key));
    return found == m_wireOf.end() ? -1 : found->second;
}

const CardItem *CanvasScene::findCard(std::string_view node) const
{
    const int index = cardIndex(node);
    return index < 0 ? nullptr : &m_cards[std::size_t(index)];
}

const WireItem *CanvasScene::findWire(std::string_view key) const
{
    const int index = wireIndex(key);
    return index < 0 ? nullptr : &m_wires[std::size_t(index)];
}

} // namespace sluice
