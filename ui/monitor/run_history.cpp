#include "ui/monitor/run_history.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

constexpr double kKept = 15.5 * 60 * 1000;
constexpr double kLongestStep = 2500; // between two samples of one line
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double milliseconds(TickSpan span)
{
    return span < 0 ? kUnknown : double(span) / double(kTicksPerMillisecond);
}

/// The larger of two values, of which either may be unknown.
double larger(double a, double b)
{
    if (std::isnan(a))
        return b;
    return std::isnan(b) ? a : std::max(a, b);
}

double lagOf(const SourceFigures &source)
{
    double lag = kUnknown;
    for (const PartitionFigures &partition : source.partitions) {
        if (partition.lag >= 0 && !partition.lagIsBytes)
            lag = (std::isnan(lag) ? 0 : lag) + double(partition.lag);
    }
    return lag;
}

} // namespace

void RunHistory::add(const RunSnapshot &snapshot)
{
    Sample sample;
    sample.milliseconds = double(snapshot.takenAt) / double(kTicksPerMillisecond);
    if (!m_samples.empty() && sample.milliseconds <= m_samples.back().milliseconds)
        return;
    sample.values.fill(0);
    const auto at = [&sample](RunMetric metric) -> double & {
        return sample.values[std::size_t(metric)];
    };
    for (const RunMetric unknown :
         {RunMetric::Lag, RunMetric::LatencyP50, RunMetric::LatencyP95, RunMetric::LatencyP99})
        at(unknown) = kUnknown;
    std::uint64_t errors = 0;
    std::uint64_t conversionErrors = 0;
    for (const auto &[id, node] : snapshot.nodes) {
        errors += node.errors;
        conversionErrors += node.conversionErrors;
        at(RunMetric::Backlog) += double(node.backlogEvents);
        if (m_ends.sources.contains(id)) {
            at(RunMetric::EventsIn) += node.rateOut;
            at(RunMetric::BytesIn) += node.byteRateOut;
            const double lag = lagOf(node.source);
            if (!std::isnan(lag))
                at(RunMetric::Lag) =
                    lag + (std::isnan(at(RunMetric::Lag)) ? 0 : at(RunMetric::Lag));
        }
        if (m_ends.destinations.contains(id)) {
            at(RunMetric::EventsOut) += node.rateOut;
            at(RunMetric::BytesOut) += node.byteRateOut;
            at(RunMetric::LatencyP50) =
                larger(at(RunMetric::LatencyP50), milliseconds(node.latency.p50));
            at(RunMetric::LatencyP95) =
                larger(at(RunMetric::LatencyP95), milliseconds(node.latency.p95));
            at(RunMetric::LatencyP99) =
                larger(at(RunMetric::LatencyP99), milliseconds(node.latency.p99));
        }
    }
    sample.breaks = m_break || m_samples.empty()
                    || sample.milliseconds - m_samples.back().milliseconds > kLongestStep;
    if (!sample.breaks) {
        const double seconds = (sample.milliseconds - m_samples.back().milliseconds) / 1000;
        at(RunMetric::Errors) = double(errors - std::min(errors, m_errors)) / seconds;
        at(RunMetric::ConversionErrors) =
            double(conversionErrors - std::min(conversionErrors, m_conversionErrors)) / seconds;
    }
    m_errors = errors;
    m_conversionErrors = conversionErrors;
    m_break = false;
    m_samples.push_back(sample);
    const std::size_t old = firstFrom(sample.milliseconds - kKept);
    if (old > 256) // in big pieces: erasing moves all that stays
        m_samples.erase(m_samples.begin(), m_samples.begin() + std::ptrdiff_t(old));
}

void RunHistory::breakLine()
{
    m_break = true;
}

void RunHistory::clear()
{
    m_samples.clear();
    m_break = true;
}

std::size_t RunHistory::firstFrom(double milliseconds) const
{
    const auto found = std::lower_bound(
        m_samples.begin(), m_samples.end(), milliseconds, [](const Sample &sample, double time) {
            return sample.milliseconds < time;
        });
    return std::size_t(found - m_samples.begin());
}

std::vector<MetricSegment>
RunHistory::segments(RunMetric metric, double from, double to, double step) const
{
    std::vector<MetricSegment> result;
    MetricSegment segment;
    double bucket = kUnknown;
    double sum = 0;
    int count = 0;
    const auto closeBucket = [&] {
        if (count > 0)
            segment.push_back({(bucket + 0.5) * step, sum / count});
        sum = 0;
        count = 0;
    };
    const auto closeSegment = [&] {
        closeBucket();
        if (!segment.empty())
            result.push_back(std::move(segment));
        segment = {};
        bucket = kUnknown;
    };
    for (std::size_t i = firstFrom(from - step); i < m_samples.size(); ++i) {
        const Sample &sample = m_samples[i];
        if (sample.milliseconds > to)
            break;
        const double value = sample.values[std::size_t(metric)];
        if (sample.breaks || std::isnan(value))
            closeSegment();
        if (std::isnan(value))
            continue;
        const double place = std::floor(sample.milliseconds / step);
        if (place != bucket)
            closeBucket();
        bucket = place;
        sum += value;
        ++count;
    }
    closeSegment();
    return result;
}

double RunHistory::valueAt(RunMetric metric, double time) const
{
    const std::size_t behind = firstFrom(time);
    const auto near = [&](std::size_t i) {
        return i < m_samples.size() && std::abs(m_samples[i].milliseconds - time) <= kLongestStep;
    };
    if (behind > 0 && near(behind - 1) && !(near(behind) && m_samples[behind].milliseconds == time))
        return m_samples[behind - 1].values[std::size_t(metric)];
    return near(behind) ? m_samples[behind].values[std::size_t(metric)] : kUnknown;
}

double RunHistory::latest(RunMetric metric) const
{
    return m_samples.empty() ? kUnknown : m_samples.back().values[std::size_t(metric)];
}

} // namespace sluice
