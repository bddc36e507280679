#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

/// Bump allocator for bytes that live as long as their batch. Addresses never move.
/// clear() keeps the memory, so that a recycled arena allocates nothing.
/// Thread: one at a time.
class Arena
{
public:
    static constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

    char *allocate(std::size_t size)
    {
        if (size <= m_left) {
            char *place = m_next;
            m_next += size;
            m_left -= size;
            return place;
        }
        return allocateSlow(size);
    }

    std::string_view copy(std::string_view text)
    {
        if (text.empty())
            return {};
        char *place = allocate(text.size());
        std::memcpy(place, text.data(), text.size());
        return {place, text.size()};
    }

    /// Gives back the unused end of the latest allocation.
    void shrinkLast(std::size_t unused)
    {
        m_next -= unused;
        m_left += unused;
    }

    void clear();
    std::size_t capacity() const { return m_capacity; }

private:
    char *allocateSlow(std::size_t size);

    struct Block
    {
        std::unique_ptr<char[]> data; // NOLINT(modernize-avoid-c-arrays): raw bytes
        std::size_t size = 0;
    };
    std::vector<Block> m_blocks;
    std::size_t m_used = 0; // blocks handed out
    char *m_next = nullptr;
    std::size_t m_left = 0;
    std::size_t m_capacity = 0;
};

} // namespace sluice
