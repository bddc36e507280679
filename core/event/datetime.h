#pragma once

#include "core/base/time.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

/// A day of the proleptic Gregorian calendar.
struct CivilDate
{
    int year = 1970;
    int month = 1;
    int day = 1;
};

/// Days since 1970-01-01. The date must exist, in a year from 1 to 9999.
constexpr std::int64_t daysFromCivil(int year, int month, int day)
{
    // Years begin in March, so that the leap day comes last; 306 days lie from March to the end.
    // NOLINTNEXTLINE(modernize-avoid-c-arrays)
    constexpr int kDaysBefore[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    const auto y = static_cast<unsigned>(month <= 2 ? year - 1 : year);
    const unsigned centuries = y / 100;
    const unsigned days = y * 365 + y / 4 - centuries + centuries / 4;
    return static_cast<std::int64_t>(days) + kDaysBefore[month - 1] + day - 719'469;
}

CivilDate civilFromDays(std::int64_t days);

constexpr bool isLeapYear(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int daysInMonth(int year, int month)
{
    if (month == 2)
        return isLeapYear(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr bool isValidTicks(Ticks ticks)
{
    return ticks >= kMinTicks && ticks <= kMaxTicks;
}

/// Room that every format function below needs at most.
inline constexpr std::size_t kValueTextBytes = 40;

/// Reads a moment: ISO 8601 at once, then every other form that KQL's todatetime() takes
/// (12/02/2022 is month first, "2 Dec 2022", RFC 822, 20221202 …). Text without offset is UTC;
/// digits behind the tick are cut off. Null for anything else, also outside of year 1 to 9999.
std::optional<Ticks> parseDatetime(std::string_view text);
/// ISO 8601 alone: YYYY-MM-DD[(T| )HH:MM[:SS[.f…]][Z|±HH[[:]MM]]].
std::optional<Ticks> parseIsoDatetime(std::string_view text);

/// 2026-01-01T00:00:00.1Z, the fraction trimmed. @return bytes written
std::size_t formatDatetime(Ticks ticks, char *out);
/// 2026-01-01T00:00:00.1000000Z, as KQL's tostring() has it. @return bytes written
std::size_t formatDatetimeFull(Ticks ticks, char *out);

/// Reads [-][d.]hh:mm[:ss[.f…]], "1.5h", "10 seconds", "3" (days).
std::optional<TickSpan> parseTimespan(std::string_view text);
/// Ticks in one of a KQL unit (d, h, m, s, ms, microsecond, tick …); null for an unknown word.
std::optional<TickSpan> ticksOfUnit(std::string_view unit);
/// [-][d.]hh:mm:ss[.fffffff]: a fraction has all seven digits. @return bytes written
std::size_t formatTimespan(TickSpan span, char *out);

/// The shortest text that reads back to the same value, always with a point or an exponent:
/// 22.0, 0.1, 1e+20; NaN, inf and -inf as KQL's tostring() has them. @return bytes written
std::size_t formatReal(double value, char *out);
/// The same as JSON: what no JSON number can be is null. @return bytes written
std::size_t formatRealJson(double value, char *out);

} // namespace sluice
