#pragma once

#include "core/base/time.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// Log-linear buckets of durations in ticks: exact below 64, then 32 buckets an octave, so that a
/// percentile is at most 3.2 % too high. Durations from about 30 hours on share the last bucket.
namespace latency_buckets {

inline constexpr unsigned kSubBits = 5;
inline constexpr unsigned kMaxBits = 40;
inline constexpr std::size_t kCount = (kMaxBits - kSubBits + 1) << kSubBits;

constexpr std::size_t indexOf(TickSpan span)
{
    if (span < (1 << kSubBits))
        return span < 0 ? 0 : static_cast<std::size_t>(span);
    const auto value = static_cast<std::uint64_t>(span);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
    const std::size_t index = (static_cast<std::size_t>(shift) << kSubBits) + (value >> shift);
    return std::min(index, kCount - 1);
}

/// The largest duration that falls into bucket `index`.
constexpr TickSpan upperEdge(std::size_t index)
{
    if (index < (2U << kSubBits))
        return static_cast<TickSpan>(index);
    const std::size_t shift = (index >> kSubBits) - 1;
    const std::size_t mantissa = index - (shift << kSubBits);
    return static_cast<TickSpan>(((mantissa + 1) << shift) - 1);
}

} // namespace latency_buckets

/// What a histogram held at one moment. A value; counts of several can be added up.
class LatencyCounts
{
public:
    void add(TickSpan span, std::uint64_t count = 1)
    {
        m_counts.at(latency_buckets::indexOf(span)) += count;
        m_total += count;
        m_max = std::max(m_max, span);
    }
    void merge(const LatencyCounts &other)
    {
        for (std::size_t i = 0; i < m_counts.size(); ++i)
            m_counts[i] += other.m_counts[i];
        m_total += other.m_total;
        m_max = std::max(m_max, other.m_max);
    }
    /// Takes away what an earlier snapshot of the same histogram held: what came since.
    /// max() then is the upper edge of the highest bucket that is left.
    void subtract(const LatencyCounts &earlier)
    {
        std::size_t highest = 0;
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            m_counts[i] -= std::min(m_counts[i], earlier.m_counts[i]);
            if (m_counts[i] > 0)
                highest = i;
        }
        m_total -= std::min(m_total, earlier.m_total);
        m_max = m_total == 0 ? -1 : std::min(m_max, latency_buckets::upperEdge(highest));
    }

    std::uint64_t total() const { return m_total; }
    /// The longest duration added; -1 when there is none.
    TickSpan max() const { return m_max; }
    /// @param percent  0 to 100
    /// @return  ticks that `percent` of the durations do not exceed; -1 when there is none
    TickSpan percentile(double percent) const
    {
        if (m_total == 0)
            return -1;
        const double exact = percent / 100.0 * static_cast<double>(m_total);
        auto rank = static_cast<std::uint64_t>(exact);
        if (static_cast<double>(rank) < exact || rank == 0)
            ++rank;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            seen += m_counts[i];
            if (seen >= rank)
                return std::min(latency_buckets::upperEdge(i), m_max);
        }
        return m_max;
    }

private:
    friend class LatencyHistogram;
    std::array<std::uint64_t, latency_buckets::kCount> m_counts{};
    std::uint64_t m_total = 0;
    TickSpan m_max = -1;
};

/// Counts durations while others look.
/// Thread: add() from one thread; snapshot() from any, without a lock. A snapshot taken during
/// add() may miss that call, never more.
class LatencyHistogram
{
public:
    void add(TickSpan span, std::uint64_t count = 1)
    {
        std::atomic<std::uint64_t> &bucket = m_counts[latency_buckets::indexOf(span)];
        // One writer: a plain load and store, not a locked addition.
        bucket.store(bucket.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
        if (span > m_max.load(std::memory_order_relaxed))
            m_max.store(span, std::memory_order_relaxed);
    }

    LatencyCounts snapshot() const
    {
        LatencyCounts counts;
        for (std::size_t i = 0; i < m_counts.size(); ++i) {
            counts.m_counts[i] = m_counts[i].load(std::memory_order_relaxed);
            counts.m_total += counts.m_counts[i];
        }
        counts.m_max = m_max.load(std::memory_order_relaxed);
        return counts;
    }

private:
    std::array<std::atomic<std::uint64_t>, latency_buckets::kCount> m_counts{};
    std::atomic<TickSpan> m_max = -1;
};

} // namespace sluice
