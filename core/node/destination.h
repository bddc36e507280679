#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"
#include "core/event/byte_buffer.h"
#include "core/node/operator.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// A batch in the destination's own form, made by a worker beside its others.
/// Derived by destinations that prepare more than bytes. Recycled by whoever made it.
struct Prepared
{
    virtual ~Prepared() = default;
    Batch batch;      // as it came; keeps the bytes alive
    ByteBuffer bytes; // encoded text, where the destination writes text
    std::size_t events = 0;
    std::vector<RowError> errors; // events that can never be written
};

/// Takes events for good.
///
/// Life: create → open → accept* with flush() between → close. One thread (the destination's I/O
/// thread) calls all but prepare(). Batches come in order.
class Destination
{
public:
    virtual ~Destination() = default;

    virtual Result<void> open() = 0;

    /// The part of the work that needs no order and touches no outside: encoding.
    /// Thread: any worker, several at once; const and without shared state.
    virtual Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const = 0;

    /// Writes, or hands to the outside. May wait (back-pressure). A retriable failure is retried
    /// inside, with its words in state(); what is returned ends the run.
    /// @param rejected  receives events that the outside refused for good
    virtual Result<void> accept(std::unique_ptr<Prepared> prepared,
                                std::vector<RowError> &rejected) = 0;

    /// Barrier `epoch`: returns only when everything accepted so far is durable at the target.
    virtual Result<void> flush(std::uint64_t epoch) = 0;

    /// Nothing came for a moment: a chance to make rows visible or to tidy up.
    virtual Result<void> idle() { return {}; }

    /// Empty while all is well, else words for the node's state. Thread: any.
    virtual std::string state() const { return {}; }

    /// The run is to end now: a call that waits for the outside returns Cancelled soon, and so does
    /// every later one but close(). Thread: any.
    virtual void interrupt() {}

    /// The run is over. `finished`: every source came to its end. Called once, also after an error.
    virtual Result<void> close(bool finished)
    {
        (void)finished;
        return {};
    }
};

} // namespace sluice
