#pragma once

#include "core/node/node_descriptor.h"
#include "core/runtime/figures.h"

#include <QString>

#include <map>
#include <string>
#include <vector>

namespace sluice {

/// What a card's footer shows of a run.
struct CardFigures
{
    NodeState state = NodeState::Stopped;
    bool troubled = false;    // runs, but not as it should
    QString figure;           // the one that matters: "lag 0", "41 ms", "keeps 3.1 %"
    QString rate;             // "98.2 k/s"
    QString message;          // instead of figures while it waits or after it failed
    std::vector<float> spark; // rate of the last 60 s, oldest first
    friend bool operator==(const CardFigures &, const CardFigures &) = default;
};

/// How a wire shows its traffic.
struct WireTraffic
{
    double width = 1.2;
    bool pressure = false;
    int step = 0;  // of the width: one for ten times as much
    int speed = 0; // steps of the flow: 0 stands still, 3 is fastest
    QString rate;  // in the pill; empty: none
    friend bool operator==(const WireTraffic &, const WireTraffic &) = default;
};

/// Keeps what cards and wires show of the snapshots of a run, and a minute of rates.
class FigureHistory
{
public:
    void add(const RunSnapshot &snapshot, const std::map<std::string, NodeRole> &roles);
    void clear();

    bool isLive() const { return m_live; }
    bool isFlowing() const { return m_flowing; }
    /// Null: nothing known.
    const CardFigures *card(const std::string &node) const;
    const WireTraffic *wire(const std::string &key) const;

private:
    bool takesSample(const std::string &node, Ticks now);

    bool m_live = false;
    bool m_flowing = false;
    std::map<std::string, CardFigures> m_cards;
    std::map<std::string, Ticks> m_nextSample;
    std::map<std::string, WireTraffic> m_wires;
};

/// Words for a node's state.
QString stateText(NodeState state);
/// @param before  what the wire shows now: a rate that only trembles does not change its width
WireTraffic
trafficOf(const WireFigures &figures, bool running, const WireTraffic &before = WireTraffic());

} // namespace sluice
