#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace sluice {

/// One partition of one source of the plan.
struct SourcePartition
{
    std::uint32_t source = 0; // index of the source node
    std::int32_t partition = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 of <=> for a pointer
    friend auto operator<=>(const SourcePartition &, const SourcePartition &) = default;
};

/// Where stages that keep as much as they may say which partitions are to wait: those that are
/// ahead of the others, which alone can close what the stage keeps. A partition waits while one
/// stage asks for it. Thread: any.
class PauseBoard
{
public:
    /// @param onChange  wakes the workers
    explicit PauseBoard(std::function<void()> onChange = {})
        : m_onChange(std::move(onChange))
    {}

    /// What the stage wants held back from now on, instead of what it wanted before.
    void hold(std::size_t stage, std::vector<SourcePartition> partitions);

    /// Another number after each change.
    std::uint64_t version() const { return m_version.load(std::memory_order_acquire); }
    /// Partitions of a source that wait, ascending.
    std::vector<std::int32_t> heldOf(std::uint32_t source) const;

private:
    std::function<void()> m_onChange;
    std::atomic<std::uint64_t> m_version = 0;
    mutable std::mutex m_mutex;
    std::map<std::size_t, std::vector<SourcePartition>> m_held; // GUARDED_BY(m_mutex), by stage
};

} // namespace sluice
