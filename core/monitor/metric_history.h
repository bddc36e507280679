#pragma once

#include "core/base/time.h"
#include "core/runtime/figures.h"

#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace sluice {

/// What is remembered of each node. Rates are the mean over a second, all others its peak.
enum class Metric {
    EventsIn, // a second
    EventsOut,
    BytesIn,
    BytesOut,
    Errors,   // failed events a second
    Lag,      // events, over all partitions of a source
    LagBytes, // for sources that count bytes
    Backlog,  // events waiting in front of the node
    BacklogBytes,
    LatencyP50, // milliseconds
    LatencyP95,
    LatencyP99,
    Busy, // share of one core
};
inline constexpr std::size_t kMetricCount = 13;

struct MetricPoint
{
    Ticks at = 0;     // wall time, a whole second
    double value = 0; // not a number: the line breaks here
};

/// The last 15 minutes of a pipeline's figures, a point a second. Fixed memory: about 94 kB a node.
/// Thread: one at a time.
class MetricHistory
{
public:
    static constexpr std::size_t kSeconds = 15 * 60;
    static constexpr TickSpan kStep = kTicksPerSecond;

    /// Takes a snapshot, several times a second or as it comes. One of a pipeline that does not run
    /// adds nothing and breaks the lines.
    void add(const RunSnapshot &snapshot);
    void clear();

    /// Points of the last `range` before the latest snapshot, oldest first. Seconds without a
    /// value are left out; where the run stopped or nobody looked, one break stands between.
    std::vector<MetricPoint> series(Metric metric, const std::string &node, TickSpan range) const;
    /// Nodes that have any point.
    std::vector<std::string> nodes() const;
    /// The second of the latest snapshot; kNoTicks when there is none.
    Ticks latest() const;

private:
    static constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
    using Values = std::array<double, kMetricCount>;

    struct Slot
    {
        Ticks at = kNoTicks;
        bool breakBefore = false;
    };
    struct NodeHistory
    {
        std::vector<Values> values; // by slot
        std::uint64_t errors = 0;   // as of the latest snapshot
        Ticks errorsAt = kNoTicks;
        unsigned samples = 0; // in the latest slot
    };

    void openSlot(Ticks second);
    void addNode(const std::string &id, const NodeFigures &figures, Ticks takenAt);
    static Values valuesOf(const NodeFigures &figures);
    /// Index of the slot that is `back` slots before the latest.
    std::size_t slotBefore(std::size_t back) const
    {
        return (m_latest + kSeconds - back) % kSeconds;
    }

    std::vector<Slot> m_slots = std::vector<Slot>(kSeconds);
    std::size_t m_latest = 0;
    std::size_t m_used = 0;
    bool m_broken = false; // nothing ran since the latest slot
    std::map<std::string, NodeHistory> m_nodes;
};

} // namespace sluice
