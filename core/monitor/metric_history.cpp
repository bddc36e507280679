#include "core/monitor/metric_history.h"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

/// Seconds without a snapshot that do not break a line: a busy window may skip one.
constexpr TickSpan kLongestSkip = 2 * kTicksPerSecond;

bool isLive(RunState state)
{
    return state == RunState::Running || state == RunState::Paused || state == RunState::Draining;
}

bool isRate(Metric metric)
{
    return metric == Metric::EventsIn || metric == Metric::EventsOut || metric == Metric::BytesIn
           || metric == Metric::BytesOut || metric == Metric::Errors || metric == Metric::Busy;
}

Ticks wholeSecond(Ticks at)
{
    return at - at % kTicksPerSecond;
}

/// The sum over the partitions whose lag is known, in events or in bytes.
double lagOf(const SourceFigures &source, bool inBytes)
{
    double sum = std::numeric_limits<double>::quiet_NaN();
    for (const PartitionFigures &partition : source.partitions) {
        if (partition.lag < 0 || partition.lagIsBytes != inBytes)
            continue;
        sum = (std::isnan(sum) ? 0 : sum) + static_cast<double>(partition.lag);
    }
    return sum;
}

double milliseconds(TickSpan span)
{
    if (span < 0)
        return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(span) / static_cast<double>(kTicksPerMillisecond);
}

} // namespace

MetricHistory::Values MetricHistory::valuesOf(const NodeFigures &figures)
{
    Values values{};
    const auto set = [&](Metric metric, double value) {
        values.at(static_cast<std::size_t>(metric)) = value;
    };
    set(Metric::EventsIn, figures.rateIn);
    set(Metric::EventsOut, figures.rateOut);
    set(Metric::BytesIn, figures.byteRateIn);
    set(Metric::BytesOut, figures.byteRateOut);
    set(Metric::Errors, kNothing); // a difference: addNode() knows the figure before
    set(Metric::Lag, lagOf(figures.source, false));
    set(Metric::LagBytes, lagOf(figures.source, true));
    set(Metric::Backlog, static_cast<double>(figures.backlogEvents));
    set(Metric::BacklogBytes, static_cast<double>(figures.backlogBytes));
    set(Metric::LatencyP50, milliseconds(figures.latency.p50));
    set(Metric::LatencyP95, milliseconds(figures.latency.p95));
    set(Metric::LatencyP99, milliseconds(figures.latency.p99));
    set(Metric::Busy, figures.busy);
    return values;
}

void MetricHistory::add(const RunSnapshot &snapshot)
{
    if (!isLive(snapshot.state)) {
        m_broken = true;
        for (auto &[id, node] : m_nodes)
            node.errorsAt = kNoTicks; // the next run counts from zero
        return;
    }
    const Ticks second = wholeSecond(snapshot.takenAt);
    if (m_used > 0 && second < latest() - kLongestSkip)
        clear(); // the clock was set back: the old points would lie in the future
    if (m_used == 0 || second > latest() || m_broken)
        openSlot(second);
    for (const auto &[id, figures] : snapshot.nodes)
        addNode(id, figures, snapshot.takenAt);
}

void MetricHistory::openSlot(Ticks second)
{
    const bool first = m_used == 0;
    const bool gap = !first && second - latest() > kLongestSkip;
    const bool sameSecond = !first && second <= latest(); // a new run within the same second
    m_latest = first ? 0 : (m_latest + 1) % kSeconds;
    m_used = std::min(m_used + 1, kSeconds);
    const Ticks before = m_slots[slotBefore(1)].at;
    m_slots[m_latest] = {sameSecond ? before + kStep : second, !first && (gap || m_broken)};
    m_broken = false;
    Values empty{};
    empty.fill(kNothing);
    for (auto &[id, node] : m_nodes) {
        node.values[m_latest] = empty;
        node.samples = 0;
    }
}

void MetricHistory::addNode(const std::string &id, const NodeFigures &figures, Ticks takenAt)
{
    NodeHistory &node = m_nodes[id];
    if (node.values.empty()) {
        Values empty{};
        empty.fill(kNothing);
        node.values.assign(kSeconds, empty);
    }
    Values values = valuesOf(figures);
    if (node.errorsAt != kNoTicks && takenAt > node.errorsAt && figures.errors >= node.errors) {
        const double seconds =
            static_cast<double>(takenAt - node.errorsAt) / static_cast<double>(kTicksPerSecond);
        values[static_cast<std::size_t>(Metric::Errors)] =
            static_cast<double>(figures.errors - node.errors) / seconds;
    }
    node.errors = figures.errors;
    node.errorsAt = takenAt;
    ++node.samples;
    Values &kept = node.values[m_latest];
    for (std::size_t i = 0; i < kMetricCount; ++i) {
        if (std::isnan(kept[i]))
            kept[i] = values[i];
        else if (std::isnan(values[i]))
            continue;
        else if (isRate(static_cast<Metric>(i)))
            kept[i] += (values[i] - kept[i]) / node.samples;
        else
            kept[i] = std::max(kept[i], values[i]);
    }
}

void MetricHistory::clear()
{
    m_used = 0;
    m_latest = 0;
    m_broken = false;
    m_nodes.clear();
}

std::vector<MetricPoint>
MetricHistory::series(Metric metric, const std::string &node, TickSpan range) const
{
    std::vector<MetricPoint> points;
    const auto found = m_nodes.find(node);
    if (found == m_nodes.end() || m_used == 0)
        return points;
    bool broken = false;
    for (std::size_t back = m_used; back-- > 0;) {
        const std::size_t index = slotBefore(back);
        const Slot &slot = m_slots[index];
        if (slot.at <= latest() - range)
            continue;
        broken = broken || slot.breakBefore;
        const double value = found->second.values[index].at(static_cast<std::size_t>(metric));
        if (std::isnan(value))
            continue;
        if (broken && !points.empty())
            points.push_back({points.back().at + kStep / 2, kNothing});
        broken = false;
        points.push_back({slot.at, value});
    }
    return points;
}

std::vector<std::string> MetricHistory::nodes() const
{
    std::vector<std::string> ids;
    ids.reserve(m_nodes.size());
    for (const auto &[id, node] : m_nodes)
        ids.push_back(id);
    return ids;
}

Ticks MetricHistory::latest() const
{
    return m_used == 0 ? kNoTicks : m_slots[m_latest].at;
}

} // namespace sluice
