#include "core/event/arena.h"

#include <algorithm>

namespace sluice {

char *Arena::allocateSlow(std::size_t size)
{
    // Skipped blocks stay unused until the next clear(): they are too small for this request.
    while (m_used < m_blocks.size() && m_blocks[m_used].size < size)
        ++m_used;
    if (m_used == m_blocks.size()) {
        const std::size_t bytes = std::max(size, kBlockBytes);
        m_blocks.push_back({std::unique_ptr<char[]>(new char[bytes]), bytes}); // NOLINT
        m_capacity += bytes;
    }
    Block &block = m_blocks[m_used++];
    m_next = block.data.get() + size;
    m_left = block.size - size;
    return block.data.get();
}

void Arena::clear()
{
    // One huge value must not pin its memory for ever.
    if (m_capacity > 4U << 20U) {
        m_blocks.clear();
        m_capacity = 0;
    }
    m_used = 0;
    m_next = nullptr;
    m_left = 0;
}

} // namespace sluice
