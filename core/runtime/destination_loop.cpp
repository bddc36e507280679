#include "core/runtime/destination_loop.h"

#include <algorithm>

namespace sluice {

Result<void> DestinationLoop::accept(std::size_t /*gate*/, InboxItem item)
{
    m_result.clear();
    for (InboxBatch &batch : item.batches)
        TRY(acceptBatch(std::move(batch)));
    // A stage behind the `errors` port follows event time as this destination does.
    if (!m_result.empty() || (item.times && m_task.hasTimedGate()))
        pushToGates(m_task.gates, m_task.nextNumber++, m_result, item.times);
    return {};
}

Result<void> DestinationLoop::acceptBatch(InboxBatch item)
{
    const Ticks begin = m_floor.clock->monotonic();
    m_task.inHand = item.events;
    m_dirty = true;
    const std::uint64_t events = item.events;
    const std::uint64_t bytes = item.bytes;
    const Batch batch = item.prepared->batch; // refused events are read from it
    const Ticks ingestedAt = batch.ingestedAt;
    std::uint64_t written = item.prepared->bytes.size();
    if (written == 0)
        written = bytes;
    std::vector<RowError> rejected;
    TRY(take(std::move(item.prepared), rejected));
    m_task.inHand = 0;
    if (m_task.node == kDeadLetterNode)
        return {};
    NodeCounters &counters = m_task.slot->node(m_task.node);
    addBusy(begin);
    counters.passed.add(events - std::min<std::uint64_t>(events, rejected.size()));
    counters.bytesOut.add(written);
    m_task.slot->wire(item.wire).takenEvents.add(events);
    m_task.slot->wire(item.wire).takenBytes.add(bytes);
    if (ingestedAt != 0)
        noteArrival(ingestedAt, events);
    if (!rejected.empty())
        TRY(m_task.runner->reject(m_task.node, batch, std::move(rejected), m_result));
    return {};
}

Result<void> DestinationLoop::take(std::unique_ptr<Prepared> prepared,
                                   std::vector<RowError> &rejected)
{
    return m_destination.destination->accept(std::move(prepared), rejected);
}

void DestinationLoop::noteArrival(Ticks ingestedAt, std::uint64_t events)
{
    m_destination.latency.add(std::max<TickSpan>(0, m_floor.clock->now() - ingestedAt), events);
}

Result<void> DestinationLoop::settle(std::uint64_t epoch)
{
    const Ticks begin = m_floor.clock->monotonic();
    TRY(m_destination.destination->flush(epoch));
    addBusy(begin);
    m_dirty = false;
    return {};
}

Result<void> DestinationLoop::quiet()
{
    const bool dirty = m_dirty;
    m_dirty = false;
    return dirty ? m_destination.destination->idle() : Result<void>();
}

Result<void> DestinationLoop::finish(std::uint64_t epoch, bool /*complete*/)
{
    return settle(epoch);
}

Result<void> DestinationLoop::abandon()
{
    return m_destination.destination->close(false);
}

} // namespace sluice
