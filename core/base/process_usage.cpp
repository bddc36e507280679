#include "core/base/process_usage.h"

#include <charconv>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace sluice {

namespace {

TickSpan toTicks(const timeval &time)
{
    return TickSpan{time.tv_sec} * kTicksPerSecond + time.tv_usec * kTicksPerMicrosecond;
}

TickSpan processCpuTime()
{
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return toTicks(usage.ru_utime) + toTicks(usage.ru_stime);
}

std::uint64_t residentBytesNow()
{
    std::ifstream file("/proc/self/statm");
    std::string line;
    std::getline(file, line);
    return residentPages(line) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

ProcessUsageMeter::ProcessUsageMeter(const Clock &clock)
    : m_clock(clock)
    , m_sampledAt(clock.monotonic())
    , m_cpuTime(processCpuTime())
{
    m_last.residentBytes = residentBytesNow();
}

ProcessUsage ProcessUsageMeter::sample()
{
    const Ticks now = m_clock.monotonic();
    const TickSpan passed = now - m_sampledAt;
    if (passed < kTicksPerSecond / 2)
        return m_last;
    const TickSpan cpuTime = processCpuTime();
    m_last.cpuCores = static_cast<double>(cpuTime - m_cpuTime) / static_cast<double>(passed);
    m_last.residentBytes = residentBytesNow();
    m_sampledAt = now;
    m_cpuTime = cpuTime;
    return m_last;
}

std::uint64_t residentPages(std::string_view statm)
{
    const std::size_t space = statm.find(' ');
    if (space == std::string_view::npos)
        return 0;
    const std::string_view rest = statm.substr(space + 1);
    std::uint64_t pages = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), pages);
    (void)end;
    return error == std::errc{} ? pages : 0;
}

} // namespace sluice
