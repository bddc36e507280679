#pragma once

#include "core/node/destination.h"
#include "core/node/operator.h"

#include <memory>
#include <optional>
#include <string>

namespace sluice {

/// A batch as a stateful operator gets it: in its source's order, with what is known of event time
/// before each row. The arrays are by row of the batch and live as long as the call; rows that are
/// not selected hold anything.
struct TimedBatch
{
    std::size_t port = 0; // index of the input port
    const Batch &batch;
    /// Event time of the row. Where the kind asks for times (descriptor.timed) every selected row
    /// has one.
    const Ticks *eventTimes = nullptr;
    /// Watermark of the row's own source partition before the row: what is behind it is late.
    /// The same for every batch size, worker count and interleaving of sources.
    const Ticks *own = nullptr;
    /// Watermark of all inputs together before the row: what it has passed can be closed. Never
    /// goes back, and never is ahead of `own`. kNoTicks: nothing is known yet.
    const Ticks *merged = nullptr;
    /// What the kind's preparer made of the batch; null where it has none.
    const Prepared *prepared = nullptr;
};

/// What a node holds, for its figures and limits.
struct StateFigures
{
    std::uint64_t keys = 0;
    std::uint64_t windows = 0; // open ones, over all keys
    std::uint64_t bytes = 0;   // about what the state takes in memory
};

/// The part of a stateful operator's work that needs no order: computing and hashing keys.
/// Thread: one at a time; every worker has an instance of its own.
class BatchPreparer
{
public:
    virtual ~BatchPreparer() = default;
    /// @return what process() finds in TimedBatch::prepared; its `batch` is filled in by the engine
    virtual Result<std::unique_ptr<Prepared>> prepare(std::size_t port, const Batch &batch) = 0;
};

/// An operator that keeps state over batches. The engine makes a stage of it: one instance, one
/// thread, batches of each source in the source's order, barriers aligned over all inputs.
///
/// Calls: create → restore? → (process | advance | snapshot)* → finish?. Thread: the stage's.
/// What results hold must depend on event times and `own` alone, so that they are the same however
/// batches are cut; `merged` decides when they go out.
class StatefulOperator
{
public:
    virtual ~StatefulOperator() = default;

    virtual Result<void> process(const TimedBatch &input, OperatorOutput &out) = 0;

    /// The merged watermark has reached `watermark`: closes what is due. Called behind every batch
    /// that moved it and when it moves without one. kEndOfTime: every source came to its end.
    virtual Result<void> advance(Ticks watermark, OperatorOutput &out)
    {
        (void)watermark;
        (void)out;
        return {};
    }

    /// The watermark that holds for the rows behind this operator, when its inputs have reached
    /// `watermark`. Smaller where rows with older times may still come.
    virtual Ticks outputWatermark(Ticks watermark) const { return watermark; }

    /// Nothing more may be held back but what snapshot() keeps: called before it, and before the
    /// end of a run. What waits for the outside is waited for.
    virtual Result<void> settle(OperatorOutput &out)
    {
        (void)out;
        return {};
    }

    /// For operators that wait for the outside: called while no batch comes, at the moment
    /// nextIdle() gives (monotonic ticks) or a little later. Nothing: never.
    virtual Result<void> idle(OperatorOutput &out)
    {
        (void)out;
        return {};
    }
    virtual std::optional<Ticks> nextIdle() const { return std::nullopt; }

    /// State at a barrier, as bytes (core/base/state_bytes.h) that restore() of this version or a
    /// later one reads.
    /// Errors of restore(): StateDamaged
    virtual Result<std::string> snapshot() const = 0;
    virtual Result<void> restore(const std::string &state) = 0;

    /// Every source has come to its end, and advance(kEndOfTime) was called: emits what is still
    /// held back. A run that is only stopped does not call it.
    virtual Result<void> finish(OperatorOutput &out)
    {
        (void)out;
        return {};
    }

    /// Asked after each batch: must be cheap.
    virtual StateFigures stateFigures() const { return {}; }
};

} // namespace sluice
