#pragma once

#include "core/base/clock.h"
#include "core/runtime/counters.h"
#include "core/runtime/inbox.h"
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
    std::vector<Destination *> destinations; // by node index; null for other roles
    /// Makes the context a node is created with.
    std::function<NodeContext(std::size_t node)> context;
};

/// What one batch of an emitter became: batches for destinations, by node index, and dead letters.
struct RunnerResult
{
    std::map<std::size_t, std::vector<InboxBatch>> batches;
    std::vector<DeadLetter> letters;
    void clear();
};

/// Runs the part of the graph between one emitter (a source, or a destination's `errors` port) and
/// the destinations behind it, to completion, batch after batch, on its own instances of the
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

    /// Gives up events of `node`: to its `errors` port where that is wired, else to dead letters.
    Result<void> reject(std::size_t node,
                        const Batch &batch,
                        std::vector<RowError> errors,
                        RunnerResult &result);

private:
    class Output;
    friend class Output;

    ProgramRunner(const RunFloor &floor, std::size_t emitter, CounterSlot &slot);
    Result<void> sendOut(std::size_t node, std::size_t port, const Batch &batch);
    Result<void> deliver(std::size_t wire, const Batch &batch);
    Result<void> prepare(std::size_t wire, const Batch &batch, std::uint64_t bytes);
    std::shared_ptr<const Schema> errorSchema(std::size_t node, const Batch &batch);

    const RunFloor &m_floor;
    std::size_t m_emitter;
    CounterSlot &m_slot;
    std::map<std::size_t, std::unique_ptr<Operator>> m_operators; // by node index
    std::map<std::size_t, std::shared_ptr<const Schema>> m_errorSchemas;
    RunnerResult *m_result = nullptr; // while emit() or reject() runs
    std::optional<Error> m_failure;   // of a nested call
};

/// One dead letter for row `row` of a batch.
DeadLetter makeDeadLetter(const std::string &node,
                          const std::string &source,
                          const Batch &batch,
                          const RowError &error,
                          Ticks now);

} // namespace sluice
