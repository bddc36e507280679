#pragma once

#include "core/base/latency_histogram.h"
#include "core/node/partitioned_source.h"
#include "core/node/stateful_operator.h"
#include "core/runtime/event_time.h"
#include "core/runtime/inbox.h"
#include "core/runtime/outbox.h"
#include "core/runtime/program_runner.h"
#include "core/runtime/time_merger.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// A gate of a consumer's inbox that an emitter pushes to.
struct GateRef
{
    Inbox *inbox = nullptr;
    std::size_t gate = 0;
    std::size_t node = 0; // the consumer's index in the plan; kDeadLetterNode for the store
    bool timed = false;   // it is to know of event times

    bool isFull() const { return inbox->isFull(gate); }
};

inline constexpr std::size_t kDeadLetterNode = ~std::size_t{0};

/// Pushes what a batch became to every gate of its emitter: each gate gets each number.
/// @param times  for the gates that ask for it; may be null
void pushToGates(const std::vector<GateRef> &gates,
                 std::uint64_t number,
                 RunnerResult &result,
                 const std::shared_ptr<const TimeTrack> &times = {});
/// Pushes a barrier to every gate.
void pushBarrier(const std::vector<GateRef> &gates, std::uint64_t number, std::uint64_t epoch);
/// Pushes an end to every gate. @param complete  all that was there has come
void pushEnd(const std::vector<GateRef> &gates, std::uint64_t number, bool complete);

/// A source at run time. The workers take turns: whoever holds the lock polls and numbers.
struct SourceTask
{
    std::size_t node = 0;
    std::unique_ptr<Source> source;
    PartitionedSource *partitioned = nullptr; // the source, where it is one
    DecodePlan decode;
    std::shared_ptr<const Schema> schema; // of port `out`; shared by its batches
    std::size_t recordLimit = kDefaultRecordLimit;
    std::vector<GateRef> gates;
    bool arrival = false;    // events happen when they arrive
    bool endsForGood = true; // End is the end of all there is, not of what was there at the start

    std::mutex mutex;
    std::uint64_t nextNumber = 0;          // GUARDED_BY(mutex)
    PartitionWatch watch;                  // GUARDED_BY(mutex)
    bool dry = false;                      // GUARDED_BY(mutex): had nothing when last polled
    std::atomic<Ticks> nextPassing = 0;    // monotonic: when to say again that time goes on
    std::uint64_t holdVersion = 0;         // GUARDED_BY(mutex): PauseBoard::version() of `held`
    std::vector<std::int32_t> held;        // GUARDED_BY(mutex): partitions that wait for others
    std::atomic<std::size_t> waiting = 0;  // size of `held`
    std::atomic<Ticks> again = 0;          // monotonic: not to be polled sooner
    std::atomic<bool> ended = false;       // came to its end
    std::atomic<std::uint64_t> polled = 0; // events
    std::atomic<std::uint64_t> done = 0;   // events whose batches were pushed on

    bool isBlocked() const
    {
        for (const GateRef &gate : gates) {
            if (gate.isFull())
                return true;
        }
        return false;
    }
};

/// A node behind an inbox, on a thread of its own: a destination, the dead-letter store or a stage.
struct ConsumerTask
{
    std::size_t node = kDeadLetterNode;
    std::unique_ptr<Inbox> inbox;
    std::unique_ptr<ProgramRunner> runner; // carries on what leaves it; none for the store
    std::vector<GateRef> gates;            // of what leaves it: dead letters, consumers behind it
    std::uint64_t nextNumber = 0;
    CounterSlot *slot = nullptr;
    std::atomic<std::uint64_t> inHand = 0;  // events taken from the inbox, not yet accounted for
    std::atomic<std::uint64_t> settled = 0; // latest epoch that it has done its part for
    std::atomic<bool> finished = false;
    std::jthread thread;

    bool hasTimedGate() const
    {
        return std::any_of(gates.begin(), gates.end(), [](const auto &gate) { return gate.timed; });
    }
};

/// A destination at run time; also the dead-letter store.
struct DestinationTask : ConsumerTask
{
    std::unique_ptr<Destination> destination;
    const ExactlyOnceDestination *aside = nullptr; // the destination, in an exactly-once run
    LatencyHistogram latency;
    std::unique_ptr<Outbox> outbox; // with `aside`; goes before the destination
    bool closed = false;

    /// Words for what the engine itself waits for, "" when it does not. Thread: any.
    void setTrouble(std::string words);
    std::string trouble() const;

private:
    mutable std::mutex m_mutex;
    std::string m_trouble; // GUARDED_BY(m_mutex)
};

/// A stateful operator at run time.
struct StageTask : ConsumerTask
{
    std::unique_ptr<StatefulOperator> operation;
    TimeMerger merger{0};
    bool timed = false;           // events without a time are rejected
    bool prepares = false;        // workers have prepared what comes
    bool passesTimes = false;     // a stage behind it asks for the times of what it passes on
    std::uint64_t stateLimit = 0; // bytes it may keep
    std::uint64_t keyLimit = 0;   // keys it may keep
    std::vector<const StageTask *> behind; // stages that it passes on to
    std::vector<std::size_t> gateNodes;    // what its gates come from, by gate

    // For figures.
    std::atomic<std::uint64_t> keys = 0;
    std::atomic<std::uint64_t> windows = 0;
    std::atomic<std::uint64_t> stateBytes = 0;
    std::atomic<Ticks> watermark = kNoTicks;
    std::atomic<bool> atLimit = false;
    std::atomic<std::size_t> held = 0; // partitions that wait for others because of it
    /// What has come further than this is to wait, for this stage or for one behind it; kEndOfTime:
    /// nothing is.
    std::atomic<Ticks> ceiling = kEndOfTime;
    std::atomic<std::uint64_t> moves = 0; // items that may have changed the state

    /// State at the latest barrier and behind the last event. Thread: any.
    void keep(std::uint64_t epoch, std::string state);
    std::string stateAt(std::uint64_t epoch) const;
    void keepLast(std::string state);

private:
    mutable std::mutex m_mutex;
    std::uint64_t m_epoch = 0;         // GUARDED_BY(m_mutex)
    std::string m_state;               // GUARDED_BY(m_mutex): at the barrier of m_epoch
    std::optional<std::string> m_last; // GUARDED_BY(m_mutex): behind the last event
};

} // namespace sluice
