#pragma once

#include "core/monitor/metric_history.h"
#include "core/runtime/figures.h"

#include <set>
#include <string>
#include <vector>

namespace sluice {

/// What the monitor draws, over the whole pipeline.
enum class RunMetric {
    EventsIn,  // events/s out of all sources
    EventsOut, // events/s accepted by all destinations
    BytesIn,
    BytesOut,
    Lag,        // events not yet read at the sources
    Backlog,    // events waiting between nodes
    Errors,     // per second: events that failed
    LatencyP50, // milliseconds, of the slowest destination
    LatencyP95,
    LatencyP99,
};

/// Which nodes of the pipeline that runs are its ends.
struct RunEnds
{
    std::set<std::string> sources;
    std::set<std::string> destinations;
};

struct ChartPoint
{
    double milliseconds = 0; // wall time since 1970
    double value = 0;
};
/// Points without a gap between them.
using ChartSegment = std::vector<ChartPoint>;

/// The figures of the whole pipeline over the last quarter of an hour, put together from those of
/// its nodes. Not known values and times without a run are gaps. Thread: one at a time.
class RunHistory
{
public:
    void setEnds(RunEnds ends) { m_ends = std::move(ends); }
    void add(const RunSnapshot &snapshot);
    void clear();

    /// The points of the last `range` milliseconds before the latest snapshot, each the mean of
    /// `step` whole seconds. Steps begin at whole multiples, so that a point keeps its value while
    /// the window moves.
    std::vector<ChartSegment> segments(RunMetric metric, double range, int step) const;
    /// The value at or just before a time; NaN in a gap.
    double valueAt(RunMetric metric, double milliseconds) const;
    /// Of the latest snapshot; NaN when it is not known.
    double latest(RunMetric metric) const;
    /// Wall time of the latest snapshot that ran, in milliseconds; 0: none yet.
    double latestTime() const;

private:
    struct Source; // which figures of which nodes make a metric
    Source sourceOf(RunMetric metric) const;

    RunEnds m_ends;
    MetricHistory m_history;
    double m_time = 0;
    std::set<std::string> m_nodes;
};

} // namespace sluice
