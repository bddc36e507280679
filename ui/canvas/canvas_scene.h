#pragma once

#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "ui/canvas/wire_geometry.h"

#include <QPointF>
#include <QRectF>
#include <QString>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

struct PortItem
{
    std::string id;
    QString title;
    QPointF offset; // of its centre from the card's top left corner
    bool output = false;
    bool optional = false;
    bool named = false; // stands in a line of its own, with its title
    int wires = 0;      // how many end here
};

/// A node as the canvas shows it.
struct CardItem
{
    NodePtr node;
    const NodeDescriptor *descriptor = nullptr; // null: a kind this program does not have
    NodeRole role = NodeRole::Transform;
    QRectF rect;
    QString title;
    QString kindTitle;
    QString summary; // one line of config
    std::string icon;
    std::vector<PortItem> ports; // inputs, then outputs

    const std::string &id() const { return node->id; }
    QPointF portPos(const PortItem &port) const { return rect.topLeft() + port.offset; }
    const PortItem *findPort(std::string_view port, bool output) const;
};

/// A wire as the canvas shows it.
struct WireItem
{
    WirePtr wire;
    std::string key; // as in RunSnapshot::wires
    int fromCard = -1;
    int toCard = -1;
    std::string fromPort; // ids; a wire that names none means the first
    std::string toPort;
    bool faulty = false; // names a port that its kind does not have
    WireCurve curve;
};

/// Where everything is: cards, ports and wires of a pipeline in scene units. Knows no widget.
class CanvasScene
{
public:
    /// Brings the scene in step with a pipeline; what did not change is kept.
    void update(const Pipeline &pipeline, const Catalog &catalog);

    const std::vector<CardItem> &cards() const { return m_cards; }
    const std::vector<WireItem> &wires() const { return m_wires; }
    bool isEmpty() const { return m_cards.empty(); }
    int cardIndex(std::string_view node) const; // -1: none
    int wireIndex(std::string_view key) const;  // -1: none
    const CardItem *findCard(std::string_view node) const;
    const WireItem *findWire(std::string_view key) const;
    /// Indices of the wires at a card.
    const std::vector<int> &wiresOf(int card) const { return m_wiresOfCard[std::size_t(card)]; }
    /// Around all cards; empty when there is none.
    QRectF bounds() const { return m_bounds; }

private:
    CardItem makeCard(const NodePtr &node, const Position &position, const Catalog &catalog) const;
    void makeWires(const Pipeline &pipeline);
    QPointF plug(int card, const WireEnd &end, bool output, WireItem &wire);

    std::vector<CardItem> m_cards;
    std::vector<WireItem> m_wires;
    std::vector<std::vector<int>> m_wiresOfCard;
    std::unordered_map<std::string, int> m_cardOf;
    std::unordered_map<std::string, int> m_wireOf;
    QRectF m_bounds;
};

/// Ports of a kind and where they sit: inputs left, outputs right. The first of them stays at half
/// height when the others are optional, so that plain chains are straight. Many stand one below the
/// other, each with its name.
std::vector<PortItem> portsOf(const NodeDescriptor &descriptor, const ValueMap &config);
/// How high a card with these ports is.
double cardHeight(const std::vector<PortItem> &ports);

} // namespace sluice
