#pragma once

#include "core/runtime/figures.h"

#include <array>
#include <cstddef>
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
    Lag,     // events not yet read at the sources
    Backlog, // events waiting between nodes
    Errors,  // per second: events that failed
    ConversionErrors,
    LatencyP50, // milliseconds, of the slowest destination
    LatencyP95,
    LatencyP99,
    Count,
};
inline constexpr std::size_t kRunMetrics = std::size_t(RunMetric::Count);

/// Which nodes of the pipeline that runs are its ends.
struct RunEnds
{
    std::set<std::string> sources;
    std::set<std::string> destinations;
};

struct MetricPoint
{
    double milliseconds = 0; // wall time since 1970
    double value = 0;
};
/// Points without a gap between them.
using MetricSegment = std::vector<MetricPoint>;

/// The figures of the last quarter of an hour, four a second. Not known values and times without a
/// run are gaps. Thread: one at a time.
class RunHistory
{
public:
    void setEnds(RunEnds ends) { m_ends = std::move(ends); }
    void add(const RunSnapshot &snapshot);
    /// What comes next does not go on from here.
    void breakLine();
    void clear();

    /// The points between two times, the mean of each `step`. Steps begin at whole multiples, so
    /// that a point keeps its value while the window moves.
    std::vector<MetricSegment>
    segments(RunMetric metric, double from, double to, double step) const;
    /// The value at or just before a time; NaN in a gap.
    double valueAt(RunMetric metric, double milliseconds) const;
    /// The latest value; NaN when it is not known.
    double latest(RunMetric metric) const;
    /// Wall time of the latest sample in milliseconds; 0: none yet.
    double latestTime() const { return m_samples.empty() ? 0 : m_samples.back().milliseconds; }

private:
    struct Sample
    {
        double milliseconds = 0;
        bool breaks = false; // no line from the sample before
        std::array<double, kRunMetrics> values{};
    };

    std::size_t firstFrom(double milliseconds) const;

    RunEnds m_ends;
    std::vector<Sample> m_samples;
    bool m_break = true;
    std::uint64_t m_errors = 0;
    std::uint64_t m_conversionErrors = 0;
};

} // namespace sluice
