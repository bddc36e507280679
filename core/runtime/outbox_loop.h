#pragma once

#include "core/runtime/destination_loop.h"

namespace sluice {

/// Runs a destination of an exactly-once run: what comes goes into its outbox, in order, and each
/// barrier seals that. A full disk is waited for. Thread: the destination's own.
class OutboxLoop : public DestinationLoop
{
public:
    OutboxLoop(const RunFloor &floor, DestinationTask &task)
        : DestinationLoop(floor, task)
        , m_outbox(*task.outbox)
    {}

protected:
    Result<void> take(std::unique_ptr<Prepared> prepared, std::vector<RowError> &rejected) override;
    void noteArrival(Ticks ingestedAt, std::uint64_t events) override;
    Result<void> settle(std::uint64_t epoch) override;
    Result<void> quiet() override { return {}; }
    Result<void> finish(std::uint64_t epoch, bool complete) override;
    Result<void> abandon() override;
    bool hasRoom() override;

private:
    /// Does something, again and again while the disk is full. @param again  instead of `first`
    Result<void> whenThereIsRoom(const std::function<Result<void>()> &first,
                                 const std::function<Result<void>()> &again);

    Outbox &m_outbox;
};

} // namespace sluice
