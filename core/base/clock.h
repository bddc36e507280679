#pragma once

#include "core/base/time.h"

#include <atomic>

namespace sluice {

/// Where time comes from. Wall time names moments; monotonic time measures and wakes.
/// Thread: any.
class Clock
{
public:
    virtual ~Clock() = default;
    /// UTC wall time.
    virtual Ticks now() const = 0;
    /// Ticks since an arbitrary start; never goes back, not even when the wall clock is set.
    virtual Ticks monotonic() const = 0;
};

/// The machine's clock; one for the process.
const Clock &systemClock();

/// A clock that moves only when told to: for tests.
class ManualClock : public Clock
{
public:
    explicit ManualClock(Ticks start = 0)
        : m_now(start)
    {}
    Ticks now() const override { return m_now; }
    Ticks monotonic() const override { return m_monotonic; }
    void advance(TickSpan by)
    {
        m_now += by;
        m_monotonic += by;
    }
    /// Sets wall time only, as an administrator or a time server would.
    void setWall(Ticks now) { m_now = now; }

private:
    std::atomic<Ticks> m_now;
    std::atomic<Ticks> m_monotonic = 0;
};

} // namespace sluice
