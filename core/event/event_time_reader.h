#pragma once

#include "core/base/time_zone.h"
#include "core/event/arena.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How an event-time field writes its moments.
enum class EventTimeFormat {
    Any, // texts as todatetime() reads them; numbers since 1970, their unit by their size
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
};

/// "any", "unix_s", "unix_ms", "unix_us", "unix_ns".
std::optional<EventTimeFormat> eventTimeFormat(std::string_view name);
std::vector<std::string> eventTimeFormatNames();

/// Reads event times. Thread: one at a time.
class EventTimeReader
{
public:
    /// @param zone  name of the time zone of texts without an offset; empty: UTC
    EventTimeReader(EventTimeFormat format, const std::string &zone);

    /// kNoTicks for what is no moment of the years 1 to 9999.
    Ticks ofText(std::string_view text) const;
    Ticks ofNumber(std::int64_t number) const;
    Ticks ofNumber(double number) const;
    /// A value whose type only its JSON text tells.
    Ticks ofJson(std::string_view json);

private:
    EventTimeFormat m_format;
    std::unique_ptr<TimeZone> m_zone;
    Arena m_scratch;
};

} // namespace sluice
