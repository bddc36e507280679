#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/value.h"
#include "core/node/field_spec.h"

#include <string>

namespace sluice {

enum class WindowType { Tumbling, Hopping, Sliding, Session, Snapshot };

/// A group-by's window, as its form holds it.
struct WindowSpec
{
    WindowType type = WindowType::Tumbling;
    TickSpan size = 0;
    TickSpan hop = 0;       // of a tumbling window its size
    TickSpan gap = 0;       // Session
    TickSpan maxSize = 0;   // Session; 0: none
    TickSpan offset = 0;    // Tumbling, Hopping: windows start at multiples of hop plus this
    bool closedEnd = false; // includes window_end and not window_start
    TickSpan allowedLateness = 0;
    TickSpan earlyEvery = 0; // 0: no early rows

    bool hasEmission() const { return allowedLateness > 0 || earlyEvery > 0; }
};

/// Reads {"type", "size", "hop", "gap", "max_size", "offset", "closed"}; without a type it is
/// tumbling. Errors: InvalidValue, MissingValue, InvalidDuration, with what to write instead
Result<WindowSpec> readWindowSpec(const Value &value);

/// The form of such a window.
FieldSpec windowField(std::string_view name);

/// "tumbling 10 s", "hopping 1 min every 10 s".
std::string describeWindow(const WindowSpec &spec);

} // namespace sluice
