#pragma once

#include "core/base/clock.h"
#include "core/node/exactly_once.h"
#include "core/runtime/counters.h"
#include "core/runtime/inbox.h"
#include "core/runtime/pause_board.h"
#include "core/runtime/plan.h"
#include "core/runtime/tap_board.h"
#include "core/storage/dead_letters.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// Dead letters on their way to the store.
struct DeadLetterBatch : Prepared
{
    std::vector<DeadLetter> letters;
};

/// What all runners of a run share. Built before the threads start, then only read.
struct RunFloor
{
    const Plan *plan = nullptr;
    const Clock *clock = nullptr;
    TapBoard *taps = nullptr;
    PauseBoard *pauses = nullptr;
    std::vector<Destination *> destinations; // by node index; null for other roles
    /// By node index: those whose output goes by an outbox; null for others.
    std::vector<const ExactlyOnceDestination *> aside;
    /// Makes the context a node is created with.
    std::function<NodeContext(std::size_t node)> context;
};

/// What one batch of an emitter became: batches for consumers, by node index, and dead letters.
struct RunnerResult
{
    std::map<std::size_t, std::vector<InboxBatch>> batches;
    std::vector<DeadLetter> letters;
    void clear();
    bool empty() const;
};

/// Runs the part of the graph between one emitter (a source, a stage, or a destination's `errors`
/// port) and the consumers behind it, to completion, batch after batch, on its own instances of the
/// operators. Thread: one at a time; a worker has one for each source.
class ProgramRunner
{
public:
    /// Errors: what an operator said when it was created
    static Result<std::unique_ptr<ProgramRunner>>
    create(const RunFloor &floor, std::size_t emitter, CounterSlot &slot);
    ~ProgramRunner();

    /// Sends a batch out of a port of the emitter. Errors: end the run
    Result<void> emit(std::size_t port, Batch batch, RunnerResult &result);

    /// Lets the emitter's own operator work and takes what it puts out.
    Result<void> collect(RunnerResult &result,
                         const std::function<Result<void>(OperatorOutput &)> &work);

    /// Gives up events of `node`: to its `errors` port where that is wired, else to dead letters.
    Result<void> reject(std::size_t node,
                        const Batch &batch,
                        std::vector<RowError> errors,
                        RunnerResult &result);

private:
    class Output;
    friend class Output;

    ProgramRunner(const RunFloor &floor, std::size_t emitter, CounterSlot &slot);
    Result<void> makeNode(std::size_t index);
    Result<void> sendOut(std::size_t node, std::size_t port, const Batch &batch);
    Result<void> deliver(std::size_t wire, const Batch &batch);
    Result<void> deliverFitted(std::size_t wire, const Batch &batch);
    Batch fitted(const PlanWire &wire, const Batch &batch) const;
    Result<void> prepare(std::size_t wire, const Batch &batch, std::uint64_t bytes);
    Result<void> prepareForStage(std::size_t wire, const Batch &batch, std::uint64_t bytes);
    std::shared_ptr<const Schema> errorSchema(std::size_t node, const Batch &batch);

    const RunFloor &m_floor;
    std::size_t m_emitter;
    CounterSlot &m_slot;
    std::map<std::size_t, std::unique_ptr<Operator>> m_operators;      // by node index
    std::map<std::size_t, std::unique_ptr<BatchPreparer>> m_preparers; // by node index
    std::map<std::size_t, std::shared_ptr<const Schema>> m_errorSchemas;
    RunnerResult *m_result = nullptr; // while emit() or reject() runs
    std::optional<Error> m_failure;   // of a nested call
};

} // namespace sluice
