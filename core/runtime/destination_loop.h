#pragma once

#include "core/runtime/consumer_loop.h"

namespace sluice {

/// Runs a destination: accepts what comes, in order, and flushes at each barrier. Whoever joins the
/// thread closes a destination that has finished; one that failed or was stopped is closed here.
/// Thread: the destination's own.
class DestinationLoop : public ConsumerLoop
{
public:
    DestinationLoop(const RunFloor &floor, DestinationTask &task)
        : ConsumerLoop(floor, task)
        , m_destination(task)
    {}

protected:
    Result<void> accept(std::size_t gate, InboxItem item) override;
    Result<void> settle(std::uint64_t epoch) override;
    Result<void> quiet() override;
    Result<void> finish(std::uint64_t epoch, bool complete) override;
    Result<void> abandon() override;
    /// Takes one batch for good. @param rejected  receives events that were refused for good
    virtual Result<void> take(std::unique_ptr<Prepared> prepared, std::vector<RowError> &rejected);
    /// So many events that came in at that time were taken.
    virtual void noteArrival(Ticks ingestedAt, std::uint64_t events);

    DestinationTask &m_destination;

private:
    Result<void> acceptBatch(InboxBatch batch);

    bool m_dirty = false; // something was accepted since idle() was last called
};

} // namespace sluice
