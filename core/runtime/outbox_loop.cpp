#include "core/runtime/outbox_loop.h"

#include <chrono>
#include <thread>

namespace sluice {

Result<void> OutboxLoop::take(std::unique_ptr<Prepared> prepared, std::vector<RowError> &)
{
    if (m_task.node
        == kDeadLetterNode) // letters come from everywhere, and no worker put them aside
        TRY(m_destination.aside->putAside(*prepared));
    if (prepared->bytes.empty())
        return {};
    const auto begin = [this] { return m_outbox.begin(m_task.settled + 1); };
    TRY(whenThereIsRoom(begin, begin));
    return whenThereIsRoom([&] { return m_outbox.add(prepared->bytes.view()); },
                           [this] { return m_outbox.makeRoom(); });
}

void OutboxLoop::noteArrival(Ticks ingestedAt, std::uint64_t events)
{
    m_outbox.note(ingestedAt, events);
}

Result<void> OutboxLoop::settle(std::uint64_t epoch)
{
    const Ticks begin = m_floor.clock->monotonic();
    const auto seal = [&] { return m_outbox.seal(epoch); };
    TRY(whenThereIsRoom(seal, seal));
    addBusy(begin);
    return {};
}

/// What has come since the last barrier belongs to the epoch behind it, whether or not that has
/// begun: no epoch is committed before every destination has had its barrier or its end.
Result<void> OutboxLoop::finish(std::uint64_t /*epoch*/, bool /*complete*/)
{
    return settle(m_task.settled + 1);
}

Result<void> OutboxLoop::abandon()
{
    m_outbox.stop();
    return DestinationLoop::abandon();
}

bool OutboxLoop::hasRoom()
{
    return m_outbox.waitForRoom(patience());
}

/// A full disk is no end: nothing is lost while the sources wait.
Result<void> OutboxLoop::whenThereIsRoom(const std::function<Result<void>()> &first,
                                         const std::function<Result<void>()> &again)
{
    constexpr std::chrono::milliseconds kPause{200};
    auto outcome = first();
    while (!outcome && outcome.error().code == ErrorCode::DiskFull) {
        m_destination.setTrouble(outcome.error().message + ", waiting for room");
        if (m_task.inbox->isStopped())
            break;
        std::this_thread::sleep_for(kPause);
        outcome = again();
    }
    if (outcome)
        m_destination.setTrouble({});
    return outcome;
}

} // namespace sluice
