#include "core/runtime/destination_loop.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr TickSpan kPatience = 100 * kTicksPerMillisecond;

} // namespace

void DestinationLoop::run(const FlushHandler &onFlushed,
                          const FailureHandler &onFailure,
                          const std::function<std::uint64_t()> &lastEpoch,
                          const std::function<bool()> &finished)
{
    const auto giveUp = [&](Error error) {
        if (error.node.empty())
            error.node = m_nodeId;
        onFailure(std::move(error));
        if (auto closed = m_task.destination->close(false); !closed)
            onFailure(std::move(closed).error());
    };
    while (true) {
        Inbox::Taken taken = m_task.inbox->take(kPatience);
        Result<void> done;
        switch (taken.kind) {
        case Inbox::Kind::Item:
            done = accept(std::move(taken.item));
            break;
        case Inbox::Kind::Barrier:
            done = barrier(taken.barrier);
            onFlushed();
            break;
        case Inbox::Kind::Quiet:
            if (m_dirty)
                done = m_task.destination->idle();
            m_dirty = false;
            break;
        case Inbox::Kind::Stopped:
            if (auto closed = m_task.destination->close(false); !closed)
                onFailure(std::move(closed).error());
            return;
        case Inbox::Kind::Finished: {
            done = barrier(lastEpoch());
            if (done)
                done = m_task.destination->close(finished());
            if (!done)
                return giveUp(std::move(done).error());
            pushMark(m_task.gates, m_task.nextNumber++, 0, true);
            m_task.finished = true;
            onFlushed();
            return;
        }
        }
        if (!done)
            return giveUp(std::move(done).error());
    }
}

Result<void> DestinationLoop::accept(InboxItem item)
{
    for (InboxBatch &batch : item.batches)
        TRY(acceptBatch(std::move(batch)));
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
    TRY(m_task.destination->accept(std::move(item.prepared), rejected));
    m_task.inHand = 0;
    if (m_task.node == kDeadLetterNode)
        return {};
    NodeCounters &counters = m_task.slot->node(m_task.node);
    counters.busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));
    counters.passed.add(events - std::min<std::uint64_t>(events, rejected.size()));
    counters.bytesOut.add(written);
    m_task.slot->wire(item.wire).takenEvents.add(events);
    m_task.slot->wire(item.wire).takenBytes.add(bytes);
    if (ingestedAt != 0)
        m_task.latency.add(std::max<TickSpan>(0, m_floor.clock->now() - ingestedAt), events);
    if (!rejected.empty()) {
        m_result.clear();
        TRY(m_task.errorRunner->reject(m_task.node, batch, std::move(rejected), m_result));
        pushToGates(m_task.gates, m_task.nextNumber++, m_result);
    }
    return {};
}

Result<void> DestinationLoop::barrier(std::uint64_t epoch)
{
    const Ticks begin = m_floor.clock->monotonic();
    TRY(m_task.destination->flush(epoch));
    if (m_task.node != kDeadLetterNode)
        m_task.slot->node(m_task.node)
            .busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));
    pushMark(m_task.gates, m_task.nextNumber++, epoch, false);
    m_task.flushed = epoch;
    m_dirty = false;
    return {};
}

} // namespace sluice
