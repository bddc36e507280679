#pragma once

#include "core/runtime/run_parts.h"

#include <functional>

namespace sluice {

/// Runs a destination until its inbox has finished or is stopped: accepts what comes, in order,
/// flushes at each barrier and passes the barrier on to the gates behind its `errors` port.
/// Thread: the destination's own.
class DestinationLoop
{
public:
    using FailureHandler = std::function<void(Error)>;
    using FlushHandler = std::function<void()>;

    DestinationLoop(const RunFloor &floor, DestinationTask &task, std::string nodeId)
        : m_floor(floor)
        , m_task(task)
        , m_nodeId(std::move(nodeId))
    {}

    /// @param lastEpoch  the epoch that the final flush belongs to
    /// @param finished   whether every source came to its end; asked at the end
    void run(const FlushHandler &onFlushed,
             const FailureHandler &onFailure,
             const std::function<std::uint64_t()> &lastEpoch,
             const std::function<bool()> &finished);

private:
    Result<void> accept(InboxItem item);
    Result<void> acceptBatch(InboxBatch batch);
    Result<void> barrier(std::uint64_t epoch);

    const RunFloor &m_floor;
    DestinationTask &m_task;
    std::string m_nodeId;
    RunnerResult m_result;
    bool m_dirty = false; // something was accepted since idle() was last called
};

} // namespace sluice
