#pragma once

#include "core/base/clock.h"

#include <cstdint>
#include <string_view>

namespace sluice {

/// What this process takes from the machine.
struct ProcessUsage
{
    double cpuCores = 0; // processor seconds a second since the sample before
    std::uint64_t residentBytes = 0;
};

/// Measures this process between two calls of sample(). Thread: one at a time.
class ProcessUsageMeter
{
public:
    explicit ProcessUsageMeter(const Clock &clock = systemClock());
    /// The share of the processors since the last call that lay at least half a second back;
    /// sooner calls repeat the figure.
    ProcessUsage sample();

private:
    const Clock &m_clock;
    Ticks m_sampledAt = 0;
    TickSpan m_cpuTime = 0;
    ProcessUsage m_last;
};

/// Reads the resident pages of /proc/self/statm. 0 when the text is not of that form.
std::uint64_t residentPages(std::string_view statm);

} // namespace sluice
