#include "ui/monitor/run_history.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace sluice {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr double kMillisecond = double(kTicksPerMillisecond);
constexpr TickSpan kWhole = TickSpan(MetricHistory::kSeconds) * kTicksPerSecond;
constexpr double kNear = 2500; // how old a value may be that is shown for a time

struct Cell
{
    double value = kUnknown;
    bool breakBefore = false;
};

} // namespace

struct RunHistory::Source
{
    Metric metric = Metric::EventsOut;
    const std::set<std::string> *nodes = nullptr;
    bool largest = false; // the worst of them counts, not their sum

    std::map<Ticks, Cell> cells(const MetricHistory &history, TickSpan range) const
    {
        std::map<Ticks, Cell> result;
        for (const std::string &node : *nodes) {
            bool broken = false;
            for (const MetricPoint &point : history.series(metric, node, range)) {
                if (std::isnan(point.value)) {
                    broken = true;
                    continue;
                }
                Cell &cell = result[point.at];
                if (std::isnan(cell.value))
                    cell.value = point.value;
                else
                    cell.value =
                        largest ? std::max(cell.value, point.value) : cell.value + point.value;
                cell.breakBefore |= broken;
                broken = false;
            }
        }
        return result;
    }
};

RunHistory::Source RunHistory::sourceOf(RunMetric metric) const
{
    switch (metric) {
    case RunMetric::EventsIn:
        return {Metric::EventsOut, &m_ends.sources};
    case RunMetric::EventsOut:
        return {Metric::EventsOut, &m_ends.destinations};
    case RunMetric::BytesIn:
        return {Metric::BytesOut, &m_ends.sources};
    case RunMetric::BytesOut:
        return {Metric::BytesOut, &m_ends.destinations};
    case RunMetric::Lag:
        return {Metric::Lag, &m_ends.sources};
    case RunMetric::Backlog:
        return {Metric::Backlog, &m_nodes};
    case RunMetric::Errors:
        return {Metric::Errors, &m_nodes};
    case RunMetric::LatencyP50:
        return {Metric::LatencyP50, &m_ends.destinations, true};
    case RunMetric::LatencyP95:
        return {Metric::LatencyP95, &m_ends.destinations, true};
    case RunMetric::LatencyP99:
        return {Metric::LatencyP99, &m_ends.destinations, true};
    }
    return {Metric::EventsOut, &m_nodes};
}

void RunHistory::add(const RunSnapshot &snapshot)
{
    m_history.add(snapshot);
    if (m_history.latest() == kNoTicks)
        return;
    if (snapshot.state == RunState::Running || snapshot.state == RunState::Paused
        || snapshot.state == RunState::Draining)
        m_time = double(snapshot.takenAt) / kMillisecond;
    for (const auto &[id, node] : snapshot.nodes)
        m_nodes.insert(id);
}

void RunHistory::clear()
{
    m_history.clear();
    m_nodes.clear();
    m_time = 0;
}

double RunHistory::latestTime() const
{
    return m_time;
}

std::vector<ChartSegment> RunHistory::segments(RunMetric metric, double range, int step) const
{
    std::vector<ChartSegment> result;
    ChartSegment segment;
    Ticks bucket = kNoTicks;
    double sum = 0;
    int count = 0;
    const TickSpan width = step * kTicksPerSecond;
    const auto closeBucket = [&] {
        if (count > 0)
            segment.push_back(
                {(double(bucket) + (step > 1 ? 0.5 * double(width) : 0)) / kMillisecond,
                 sum / count});
        sum = 0;
        count = 0;
    };
    const auto closeSegment = [&] {
        closeBucket();
        if (!segment.empty())
            result.push_back(std::move(segment));
        segment = {};
        bucket = kNoTicks;
    };
    const auto span = TickSpan(range * kMillisecond) + width;
    for (const auto &[at, cell] : sourceOf(metric).cells(m_history, std::min(span, kWhole))) {
        if (cell.breakBefore)
            closeSegment();
        const Ticks place = at - at % width;
        if (place != bucket)
            closeBucket();
        bucket = place;
        sum += cell.value;
        ++count;
    }
    closeSegment();
    return result;
}

double RunHistory::valueAt(RunMetric metric, double milliseconds) const
{
    const auto cells = sourceOf(metric).cells(m_history, kWhole);
    auto found = cells.upper_bound(Ticks(milliseconds * kMillisecond));
    if (found == cells.begin())
        return kUnknown;
    --found;
    const double at = double(found->first) / kMillisecond;
    return milliseconds - at <= kNear ? found->second.value : kUnknown;
}

double RunHistory::latest(RunMetric metric) const
{
    return m_time > 0 ? valueAt(metric, m_time) : kUnknown;
}

} // namespace sluice
