#pragma once

#include "core/base/latency_histogram.h"
#include "core/runtime/inbox.h"
#include "core/runtime/program_runner.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// A gate of a destination's inbox that an emitter pushes to.
struct GateRef
{
    Inbox *inbox = nullptr;
    std::size_t gate = 0;
    std::size_t node = 0; // the destination's index in the plan; kDeadLetterNode for the store
};

inline constexpr std::size_t kDeadLetterNode = ~std::size_t{0};

/// Pushes what a batch became to every gate of its emitter: each gate gets each number.
void pushToGates(const std::vector<GateRef> &gates, std::uint64_t number, RunnerResult &result);
/// Pushes a barrier or an end to every gate.
void pushMark(const std::vector<GateRef> &gates,
              std::uint64_t number,
              std::uint64_t barrier,
              bool end);

/// A source at run time. The workers take turns: whoever holds the lock polls and numbers.
struct SourceTask
{
    std::size_t node = 0;
    std::unique_ptr<Source> source;
    DecodePlan decode;
    std::shared_ptr<const Schema> schema; // of port `out`; shared by its batches
    std::size_t recordLimit = kDefaultRecordLimit;
    std::vector<GateRef> gates;

    std::mutex mutex;
    std::uint64_t nextNumber = 0;          // GUARDED_BY(mutex)
    std::atomic<Ticks> again = 0;          // monotonic: not to be polled sooner
    std::atomic<bool> ended = false;       // came to its end
    std::atomic<std::uint64_t> polled = 0; // events
    std::atomic<std::uint64_t> done = 0;   // events whose batches were pushed on

    bool isBlocked() const
    {
        for (const GateRef &gate : gates) {
            if (gate.inbox->isFull())
                return true;
        }
        return false;
    }
};

/// A destination at run time, on a thread of its own; also the dead-letter store.
struct DestinationTask
{
    std::size_t node = kDeadLetterNode;
    std::unique_ptr<Destination> destination;
    std::unique_ptr<Inbox> inbox;
    std::unique_ptr<ProgramRunner> errorRunner; // for events that are refused at accept()
    std::vector<GateRef> gates;                 // of those: dead letters, and behind `errors`
    std::uint64_t nextNumber = 0;
    CounterSlot *slot = nullptr;
    LatencyHistogram latency;
    std::atomic<std::uint64_t> inHand = 0;  // events taken from the inbox, not yet accepted
    std::atomic<std::uint64_t> flushed = 0; // latest epoch that is durable
    std::atomic<bool> finished = false;
    std::jthread thread;
};

} // namespace sluice
