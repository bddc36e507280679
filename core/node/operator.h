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

/// Where an operator puts its results; made by the engine for each call.
///
/// Every input event is accounted for once: in = passed + filtered + absorbed + late +
/// dead-lettered. emit(), emitLate() and reject() count the rows they are given; an operator that
/// makes other rows than its input's sends them with emitRows() and counts its input itself.
/// A batch holds kBatchRows rows at most.
class OperatorOutput
{
public:
    virtual ~OperatorOutput() = default;
    /// Input events leave by output port `port`: counted as passed, or as filtered where nobody
    /// listens. Empty batches are ignored.
    virtual void emit(std::size_t port, Batch batch) = 0;
    /// Rows that are not one for one the input's (windows, joins, elements of an array): counted
    /// at the port alone; where nobody listens they are gone.
    virtual void emitRows(std::size_t port, Batch batch) = 0;
    /// Input events that came too late: counted as late, and sent out of the port where it is
    /// wired.
    virtual void emitLate(std::size_t port, Batch batch) = 0;
    /// Counts input events whose results went out by emitRows().
    virtual void countPassed(std::size_t events) = 0;
    /// Counts input events that this operator took out on purpose.
    virtual void countFiltered(std::size_t events) = 0;
    /// Counts input events that went into a window, a join or other state.
    virtual void countAbsorbed(std::size_t events) = 0;
    /// Counts input events that came too late and have no port.
    virtual void countLate(std::size_t events) = 0;
    /// Counts values that did not fit and became null.
    virtual void countConversionErrors(std::size_t values) = 0;
    /// Gives up events: they go to the `errors` port or to the dead letters.
    virtual void reject(const Batch &batch, std::vector<RowError> errors) = 0;
    /// Whether anybody listens to that port; an unwired one need not be computed.
    virtual bool isWired(std::size_t port) const = 0;
};

/// Turns batches into batches and keeps nothing from one to the next: every worker has an instance
/// of its own and batches come in any order. Kinds that keep state are StatefulOperators.
/// Thread: one at a time.
class Operator
{
public:
    virtual ~Operator() = default;

    /// @param port  index of the input port the batch came in by
    virtual Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) = 0;
};

} // namespace sluice
