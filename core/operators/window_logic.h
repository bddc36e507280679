#pragma once

#include "core/operators/window_rows.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace sluice {

/// Rows of a batch with what is known of event time before each; the arrays are by row.
struct WindowEvents
{
    std::size_t count = 0;
    const std::uint16_t *rows = nullptr; // row numbers; null: 0 … count-1
    const Ticks *times = nullptr;
    const Ticks *own = nullptr;    // watermark of the event's own partition: decides what is late
    const Ticks *merged = nullptr; // of all partitions: closes windows; never ahead of `own`
    std::span<const kql::Vector> keys; // the parts of the key, evaluated

    std::size_t row(std::size_t i) const { return rows != nullptr ? rows[i] : i; }
};

/// Which events belong to which window, and when windows close. Knows neither config nor engine;
/// the aggregates of the events' batch have been evaluated before add(). What a window holds
/// depends on times and `own` alone. Thread: one at a time.
class WindowLogic
{
public:
    virtual ~WindowLogic() = default;

    /// Takes events in. Late ones are appended to `late`, by row number.
    virtual Result<void>
    add(const WindowEvents &events, std::vector<std::uint16_t> &late, WindowRows &rows) = 0;
    /// Closes what the merged watermark has reached; kEndOfTime closes everything.
    virtual Result<void> advance(Ticks watermark, WindowRows &rows) = 0;

    virtual void save(StateWriter &out) const = 0;
    virtual void load(StateReader &in) = 0;
    /// Open windows, over all keys.
    virtual std::size_t openWindows() const = 0;
    /// Memory beside keys and aggregates.
    virtual std::size_t bytes() const = 0;
};

/// What the windows of a group-by stand on.
struct WindowParts
{
    GroupKeys &keys;
    kql::AggregateSet &aggregates;
};

} // namespace sluice
