#include "core/runtime/consumer_loop.h"

namespace sluice {

void ConsumerLoop::run(const Hooks &hooks)
{
    while (step(hooks)) {
    }
}

/// @return false when this consumer's run is over
bool ConsumerLoop::step(const Hooks &hooks)
{
    if (!hasRoom() && !m_task.inbox->isStopped())
        return true;
    Inbox::Taken taken = m_task.inbox->take(patience());
    if (taken.kind == Inbox::Kind::Stopped) {
        if (auto abandoned = abandon(); !abandoned)
            hooks.onFailure(std::move(abandoned).error());
        return false;
    }
    const bool last = taken.kind == Inbox::Kind::Finished;
    if (auto done = pass(std::move(taken), hooks); !done) {
        giveUp(hooks, std::move(done).error());
        return false;
    }
    return !last;
}

void ConsumerLoop::giveUp(const Hooks &hooks, Error error)
{
    if (error.node.empty() && m_task.node != kDeadLetterNode)
        error.node = m_floor.plan->nodes[m_task.node].id();
    hooks.onFailure(std::move(error));
    if (auto abandoned = abandon(); !abandoned)
        hooks.onFailure(std::move(abandoned).error());
}

Result<void> ConsumerLoop::pass(Inbox::Taken taken, const Hooks &hooks)
{
    switch (taken.kind) {
    case Inbox::Kind::Item:
        return accept(taken.gate, std::move(taken.item));
    case Inbox::Kind::Barrier:
        TRY(settle(taken.barrier));
        pushBarrier(m_task.gates, m_task.nextNumber++, taken.barrier);
        m_task.settled = taken.barrier;
        hooks.onSettled();
        return {};
    case Inbox::Kind::Finished:
        TRY(finish(hooks.lastEpoch(), taken.complete));
        pushEnd(m_task.gates, m_task.nextNumber++, taken.complete);
        m_task.finished = true;
        hooks.onSettled();
        return {};
    case Inbox::Kind::Quiet:
        return quiet();
    case Inbox::Kind::Stopped:
        break;
    }
    return {};
}

void ConsumerLoop::addBusy(Ticks begin)
{
    if (m_task.node != kDeadLetterNode)
        m_task.slot->node(m_task.node)
            .busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));
}

} // namespace sluice
