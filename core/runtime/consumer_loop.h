#pragma once

#include "core/runtime/run_parts.h"

#include <functional>
#include <string>

namespace sluice {

/// What the thread of every consumer does: takes what comes, in order, does its part at each
/// barrier and passes the barrier on to what lies behind it, until its inbox has finished or is
/// stopped. Thread: the consumer's own.
class ConsumerLoop
{
public:
    struct Hooks
    {
        std::function<void()> onSettled; // an epoch, or all of it
        std::function<void(Error)> onFailure;
        std::function<std::uint64_t()> lastEpoch; // that the end of the run belongs to
    };

    ConsumerLoop(const RunFloor &floor, ConsumerTask &task)
        : m_floor(floor)
        , m_task(task)
    {}
    virtual ~ConsumerLoop() = default;
    ConsumerLoop(const ConsumerLoop &) = delete;
    ConsumerLoop &operator=(const ConsumerLoop &) = delete;

    void run(const Hooks &hooks);

protected:
    virtual Result<void> accept(std::size_t gate, InboxItem item) = 0;
    virtual Result<void> settle(std::uint64_t epoch) = 0;
    /// Nothing came for a moment.
    virtual Result<void> quiet() { return {}; }
    /// Nothing more comes. @param complete  because every source behind it came to its end
    virtual Result<void> finish(std::uint64_t epoch, bool complete) = 0;
    /// The run is broken off.
    virtual Result<void> abandon() { return {}; }
    /// Whether what lies behind it takes more; waits a little when not.
    virtual bool hasRoom() { return true; }
    /// How long nothing may come before quiet() is called.
    virtual TickSpan patience() const { return 100 * kTicksPerMillisecond; }

    void addBusy(Ticks begin);

    const RunFloor &m_floor;
    ConsumerTask &m_task;
    RunnerResult m_result;

private:
    bool step(const Hooks &hooks);
    void giveUp(const Hooks &hooks, Error error);
    Result<void> pass(Inbox::Taken taken, const Hooks &hooks);
};

} // namespace sluice
