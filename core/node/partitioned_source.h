#pragma once

#include <cstdint>
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
};

} // namespace sluice
