#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// One event that failed at an operator, with the reason.
struct RowError
{
    std::size_t row = 0;
    ErrorCode code = ErrorCode::Unknown;
    std::string message;
};

/// Where an operator puts its results; made by the engine for each process() call.
class OperatorOutput
{
public:
    virtual ~OperatorOutput() = default;
    /// Sends a batch out of output port `port` (index in the descriptor). Empty ones are ignored.
    virtual void emit(std::size_t port, Batch batch) = 0;
    /// Counts input events that this operator took out on purpose.
    virtual void countFiltered(std::size_t events) = 0;
    /// Counts values that did not fit and became null.
    virtual void countConversionErrors(std::size_t values) = 0;
    /// Gives up events: they go to the `errors` port or to the dead letters.
    virtual void reject(const Batch &batch, std::vector<RowError> errors) = 0;
    /// Whether anybody listens to that port; an unwired one need not be computed.
    virtual bool isWired(std::size_t port) const = 0;
};

/// Turns batches into batches. One instance a worker (stateless kinds) or a stage (stateful kinds).
/// Thread: one at a time.
class Operator
{
public:
    virtual ~Operator() = default;

    /// @param port  index of the input port the batch came in by
    virtual Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) = 0;

    /// State at a barrier, and back. A kind that keeps no state leaves both as they are.
    virtual std::string snapshot() const { return {}; }
    virtual Result<void> restore(const std::string &state)
    {
        (void)state;
        return {};
    }
    /// Every source has come to its end: emits what is still held back.
    virtual Result<void> finish(OperatorOutput &out)
    {
        (void)out;
        return {};
    }
};

} // namespace sluice
