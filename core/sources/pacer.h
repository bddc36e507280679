#pragma once

#include "core/base/clock.h"

#include <algorithm>
#include <cstddef>

namespace sluice {

/// Lets events pass at a steady rate, in small portions. Rate 0: no limit. What was missed during
/// a pause is not made up for. Thread: one at a time.
class Pacer
{
public:
    Pacer(double eventsPerSecond, const Clock &clock)
        : m_rate(eventsPerSecond)
        , m_clock(&clock)
    {}

    bool isLimited() const { return m_rate > 0; }

    /// How many of `wanted` events may pass now.
    std::size_t allowed(std::size_t wanted)
    {
        if (!isLimited())
            return wanted;
        const Ticks now = m_clock->monotonic();
        if (m_due == kNoTicks || now - m_due > kTicksPerSecond)
            m_due = now;
        if (now < m_due)
            return 0;
        const double ready = static_cast<double>(now - m_due) * m_rate / kTicksPerSecond;
        return std::min(wanted, static_cast<std::size_t>(ready) + 1);
    }

    void took(std::size_t events)
    {
        if (!isLimited())
            return;
        m_fraction += static_cast<double>(events) * kTicksPerSecond / m_rate;
        const auto whole = static_cast<TickSpan>(m_fraction);
        m_due += whole;
        m_fraction -= static_cast<double>(whole);
    }

    /// When to look again, monotonic ticks: not sooner than a portion that is worth waking for.
    Ticks next() const
    {
        constexpr TickSpan kPortion = 10 * kTicksPerMillisecond;
        constexpr double kFewEvents = 100;
        return std::max(m_due, m_clock->monotonic() + (m_rate > kFewEvents ? kPortion : 0));
    }

private:
    double m_rate;
    const Clock *m_clock;
    Ticks m_due = kNoTicks; // monotonic: when the next event may pass
    double m_fraction = 0;
};

} // namespace sluice
