#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// What a Source is besides when it reads several partitions at once.
class PartitionedSource
{
public:
    virtual ~PartitionedSource() = default;

    /// Numbers of the partitions it reads at present, as its records carry them: event time waits
    /// for each of them, also before its first event. Thread: as Source::poll()
    virtual std::vector<std::int32_t> partitions() const = 0;

    /// What the partition is called in every run, whatever number it has in this one: saved
    /// watermarks are found again by it. Thread: any
    virtual std::string partitionName(std::int32_t partition) const = 0;

    /// Whether its records carry a time of their own (RecordSlice::timestamp).
    virtual bool recordsHaveTime() const { return true; }

    /// From now on poll() delivers nothing of these partitions, and of all others as before; what
    /// was held back the last time and is not now goes on where it stopped. Thread: as
    /// Source::poll()
    virtual void holdBack(const std::vector<std::int32_t> &partitions) = 0;
};

} // namespace sluice
