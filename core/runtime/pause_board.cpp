#include "core/runtime/pause_board.h"

#include <set>

namespace sluice {

void PauseBoard::hold(std::size_t stage, std::vector<SourcePartition> partitions)
{
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<SourcePartition> &held = m_held[stage];
        if (held == partitions)
            return;
        held = std::move(partitions);
        m_version.fetch_add(1, std::memory_order_release);
    }
    if (m_onChange)
        m_onChange();
}

std::vector<std::int32_t> PauseBoard::heldOf(std::uint32_t source) const
{
    std::set<std::int32_t> found;
    const std::scoped_lock lock(m_mutex);
    for (const auto &[stage, held] : m_held) {
        for (const SourcePartition &one : held) {
            if (one.source == source)
                found.insert(one.partition);
        }
    }
    return {found.begin(), found.end()};
}

} // namespace sluice
