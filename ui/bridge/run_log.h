#pragma once

#include "core/base/time.h"

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace sluice {

struct LogLine
{
    Ticks at = 0; // wall time
    std::string text;
};

/// Lines that the run's threads say, until the window fetches them. Bounded: a node that talks
/// without end costs the oldest lines, which are counted.
/// Thread: any.
class RunLog
{
public:
    explicit RunLog(std::size_t capacity = 2000)
        : m_capacity(capacity)
    {}

    void add(Ticks at, std::string text);
    /// The lines since the last call, oldest first.
    std::vector<LogLine> take();
    /// Lines that were lost because nobody fetched them in time.
    std::uint64_t lost() const;

private:
    const std::size_t m_capacity;
    mutable std::mutex m_mutex;
    std::deque<LogLine> m_lines; // GUARDED_BY(m_mutex)
    std::uint64_t m_lost = 0;    // GUARDED_BY(m_mutex)
};

} // namespace sluice
