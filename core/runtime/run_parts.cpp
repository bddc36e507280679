#include "core/runtime/run_parts.h"

namespace sluice {

namespace {

/// The letters of a result as a batch for the store.
InboxBatch letterBatch(RunnerResult &result)
{
    auto letters = std::make_unique<DeadLetterBatch>();
    letters->letters = std::move(result.letters);
    letters->events = letters->letters.size();
    result.letters.clear();
    std::uint64_t bytes = 0;
    for (const DeadLetter &letter : letters->letters)
        bytes += letter.payload.size();
    const std::uint64_t events = letters->events;
    return {std::move(letters), 0, events, bytes};
}

} // namespace

void pushToGates(const std::vector<GateRef> &gates,
                 std::uint64_t number,
                 RunnerResult &result,
                 const std::shared_ptr<const TimeTrack> &times)
{
    for (const GateRef &gate : gates) {
        InboxItem item;
        if (gate.timed)
            item.times = times;
        if (gate.node == kDeadLetterNode) {
            if (!result.letters.empty())
                item.batches.push_back(letterBatch(result));
        } else if (const auto it = result.batches.find(gate.node); it != result.batches.end()) {
            item.batches.swap(it->second);
        }
        gate.inbox->push(gate.gate, number, std::move(item));
    }
}

void pushBarrier(const std::vector<GateRef> &gates, std::uint64_t number, std::uint64_t epoch)
{
    for (const GateRef &gate : gates) {
        InboxItem item;
        item.barrier = epoch;
        gate.inbox->push(gate.gate, number, std::move(item));
    }
}

void pushEnd(const std::vector<GateRef> &gates, std::uint64_t number, bool complete)
{
    for (const GateRef &gate : gates) {
        InboxItem item;
        item.end = true;
        item.complete = complete;
        gate.inbox->push(gate.gate, number, std::move(item));
    }
}

void DestinationTask::setTrouble(std::string words)
{
    const std::scoped_lock lock(m_mutex);
    m_trouble = std::move(words);
}

std::string DestinationTask::trouble() const
{
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_trouble.empty())
            return m_trouble;
    }
    return destination->state();
}

void StageTask::keep(std::uint64_t epoch, std::string state)
{
    const std::scoped_lock lock(m_mutex);
    m_epoch = epoch;
    m_state = std::move(state);
}

void StageTask::keepLast(std::string state)
{
    const std::scoped_lock lock(m_mutex);
    m_last = std::move(state);
}

/// A stage that has ended before the barrier came to it stays as it is.
std::string StageTask::stateAt(std::uint64_t epoch) const
{
    const std::scoped_lock lock(m_mutex);
    return m_epoch == epoch || !m_last ? m_state : *m_last;
}

} // namespace sluice
