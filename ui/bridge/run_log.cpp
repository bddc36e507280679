#include "ui/bridge/run_log.h"

namespace sluice {

void RunLog::add(Ticks at, std::string text)
{
    const std::lock_guard lock(m_mutex);
    m_lines.push_back({at, std::move(text)});
    if (m_lines.size() > m_capacity) {
        m_lines.pop_front();
        ++m_lost;
    }
}

std::vector<LogLine> RunLog::take()
{
    const std::lock_guard lock(m_mutex);
    std::vector<LogLine> lines(std::make_move_iterator(m_lines.begin()),
                               std::make_move_iterator(m_lines.end()));
    m_lines.clear();
    return lines;
}

std::uint64_t RunLog::lost() const
{
    const std::lock_guard lock(m_mutex);
    return m_lost;
}

} // namespace sluice
