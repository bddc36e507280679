#include "core/runtime/run.h"

#include <algorithm>
#include <chrono>

// How a run ends: what is in flight is brought to the destinations, or it is broken off.

namespace sluice {

/// The workers are gone: brings what is in flight to the destinations, commits, closes.
void Run::drain()
{
    m_orders.stopping = true;
    m_bell.ring();
    m_workerThreads.clear(); // joins
    bool allEnded = true;
    for (const auto &task : m_sources)
        allEnded = allEnded && task->ended;
    const bool finished = allEnded && !m_options.untilCaughtUp && !m_failed;
    if (m_state == RunState::Running || m_state == RunState::Paused)
        m_state = RunState::Draining;
    if (m_failed) {
        breakOff();
    } else {
        for (const auto &task : m_sources) {
            if (!task->ended)
                pushEnd(task->gates, task->nextNumber++, false);
        }
    }
    waitForConsumers();
    if (m_failed)
        breakOff();
    for (ConsumerTask *task : consumers())
        task->thread = std::jthread(); // joins
    if (!m_failed) {
        if (auto committed = commitFinal(finished); !committed)
            fail(std::move(committed).error());
    }
    if (m_failed) {
        breakOff();
        stopOutboxes();
        if (auto closed = closeDestinations(false); !closed)
            fail(std::move(closed).error());
    }
    for (const auto &task : m_sources)
        task->source->close();
    finishState(finished);
}

void Run::waitForConsumers()
{
    for (const ConsumerTask *task : consumers())
        showWhile([&] { return !task->finished; });
}

void Run::waitForOutboxes()
{
    for (const auto &task : m_destinations)
        showWhile([&] { return task->outbox && task->outbox->isBehind(m_epoch); });
}

/// Waits, keeping the figures alive, until something is over or the run has failed.
void Run::showWhile(const std::function<bool()> &goesOn)
{
    std::unique_lock lock(m_mutex);
    while (goesOn() && !m_failed) {
        m_changed.wait_for(lock, std::chrono::milliseconds(250), [this] { return m_kick; });
        m_kick = false;
        lock.unlock();
        m_book->sample(m_options.clock->monotonic());
        publishSnapshot(false);
        lock.lock();
    }
}

/// Those that came to the end of their events; the others have closed themselves.
Result<void> Run::closeDestinations(bool finished)
{
    Result<void> result;
    for (const auto &task : m_destinations) {
        if (!task->finished || task->closed)
            continue;
        task->closed = true;
        auto closed = task->destination->close(finished);
        if (!closed && result) {
            Error error = std::move(closed).error();
            if (error.node.empty() && task->node != kDeadLetterNode)
                error.node = m_plan.nodes[task->node].id();
            result = sluice::fail(std::move(error));
        }
    }
    return result;
}

/// The run has failed: no destination waits for its outside any longer.
void Run::breakOff()
{
    for (ConsumerTask *task : consumers())
        task->inbox->stop();
    for (const auto &task : m_destinations)
        task->destination->interrupt();
}

void Run::stopOutboxes()
{
    for (const auto &task : m_destinations) {
        if (task->outbox)
            task->outbox->stop();
    }
}

/// Everything that came has been taken: saves that, brings what is on its way to its target, and
/// says so in a last checkpoint; or that the next run begins anew, which is the last write of all.
Result<void> Run::commitFinal(bool finished)
{
    ++m_epoch;
    m_positions.clear();
    for (const auto &task : m_sources) {
        const std::string position = task->source->position();
        if (!position.empty())
            m_positions[m_plan.nodes[task->node].id()] = position;
    }
    const bool outboxes = std::any_of(m_destinations.begin(),
                                      m_destinations.end(),
                                      [](const auto &task) { return task->outbox != nullptr; });
    if (outboxes || !finished)
        TRY(save());
    m_lastCheckpoint = m_options.clock->now();
    if (outboxes) {
        TRY(release());
        waitForOutboxes();
        if (m_failed)
            return {};
        stopOutboxes();
    }
    TRY(closeDestinations(finished));
    for (const auto &task : m_sources) {
        const auto position = m_positions.find(m_plan.nodes[task->node].id());
        if (position != m_positions.end())
            TRY(task->source->committed(position->second));
    }
    if (outboxes) {
        TRY(save());
        TRY(release());
    }
    return finished ? m_workspace->clearProgress() : Result<void>();
}

void Run::finishState(bool finished)
{
    (void)finished;
    m_state = m_failed ? RunState::Failed : RunState::Finished;
    m_book->sample(m_options.clock->monotonic());
    publishSnapshot(!m_failed);
    m_workspace.reset(); // lets go of the lock
    {
        const std::scoped_lock lock(m_mutex);
        m_over = true;
    }
    m_changed.notify_all();
}

} // namespace sluice
