#include "core/base/process_usage.h"

#include <doctest/doctest.h>

#include <ctime>

using namespace sluice;

namespace {

/// Keeps a core busy until this process has used `seconds` more of processor time.
void burn(double seconds)
{
    const std::clock_t start = std::clock();
    while (static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < seconds) {
    }
}

} // namespace

TEST_CASE("the share of the processor is measured over the time that passed")
{
    ManualClock clock;
    ProcessUsageMeter meter(clock);
    burn(0.1);
    clock.advance(kTicksPerSecond);
    const ProcessUsage usage = meter.sample();
    CHECK(usage.cpuCores >= 0.09);
    CHECK(usage.cpuCores < 1.0);
    CHECK(usage.residentBytes > 1'000'000);
}

TEST_CASE("a sample too soon after another repeats it")
{
    ManualClock clock;
    ProcessUsageMeter meter(clock);
    burn(0.05);
    clock.advance(kTicksPerSecond);
    const double first = meter.sample().cpuCores;
    burn(0.05);
    clock.advance(kTicksPerMillisecond);
    CHECK(meter.sample().cpuCores == first);
}

TEST_CASE("resident pages are the second number of statm")
{
    CHECK(residentPages("8240 1234 900 1 0 5 0\n") == 1234);
    CHECK(residentPages("8240") == 0);
    CHECK(residentPages("a b c") == 0);
}
