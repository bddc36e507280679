// Moments and lengths of time made of numbers.
#include "core/event/datetime.h"
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/time_values.h"
#include "core/kql/values.h"

#include <cmath>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

MaybeLong makeDatetime(Long year, Long month, Long day, Long hour, Long minute, double second)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
        || day > daysInMonth(static_cast<int>(year), static_cast<int>(month)) || hour < 0
        || hour > 23 || minute < 0 || minute > 59 || !(second >= 0 && second < 60))
        return std::nullopt;
    return daysFromCivil(static_cast<int>(year), static_cast<int>(month), static_cast<int>(day))
               * kTicksPerDay
           + hour * kTicksPerHour + minute * kTicksPerMinute
           + static_cast<Long>(std::round(second * kTicksPerSecond));
}

MaybeLong makeTimespan(Long days, Long hours, Long minutes, double seconds)
{
    if (days < 0 || days > 10'675'198 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59
        || !(seconds >= 0 && seconds < 60))
        return std::nullopt;
    return days * kTicksPerDay + hours * kTicksPerHour + minutes * kTicksPerMinute
           + static_cast<Long>(std::round(seconds * kTicksPerSecond));
}
MaybeLong makeTimespanFromHours(Long hours, Long minutes, double seconds)
{
    return makeTimespan(0, hours, minutes, seconds);
}

template<Long kTicks>
MaybeLong fromUnixTime(Long count)
{
    return addSpan(0, count, kTicks);
}
template<Long kTicks>
MaybeLong fromUnixReal(double count)
{
    const auto ticks = truncateToLong(std::round(count * kTicks));
    return ticks ? validTicks(*ticks) : std::nullopt;
}
MaybeLong fromUnixNanoseconds(Long count)
{
    return validTicks(floorDivide(count, kNanosecondsPerTick));
}

/// With one argument make_datetime() and make_timespan() convert it.
NodePtr bindMake(Binder &binder,
                 const Function &function,
                 const Position &at,
                 std::vector<NodePtr> arguments)
{
    if (arguments.size() != 1)
        return binder.callOverload(function, at, std::move(arguments));
    const bool datetime = function.name == "make_datetime";
    return binder.call(datetime ? "todatetime" : "totimespan", at, std::move(arguments));
}

MaybeLong fromUnixNanosecondsReal(double count)
{
    const auto nanoseconds = truncateToLong(count);
    return nanoseconds ? fromUnixNanoseconds(*nanoseconds) : std::nullopt;
}

std::vector<Function> unixTimeFunctions()
{
    return {
        {.name = "unixtime_seconds_todatetime",
         .help = "Seconds since 1970 as a moment.",
         .example = "unixtime_seconds_todatetime(1546300800)",
         .overloads = {{"seconds: long -> datetime", rows<fromUnixTime<kTicksPerSecond>>},
                       {"seconds: real -> datetime", rows<fromUnixReal<kTicksPerSecond>>}}},
        {.name = "unixtime_milliseconds_todatetime",
         .help = "Milliseconds since 1970 as a moment.",
         .example = "unixtime_milliseconds_todatetime(ts)",
         .overloads = {{"milliseconds: long -> datetime", rows<fromUnixTime<kTicksPerMillisecond>>},
                       {"milliseconds: real -> datetime",
                        rows<fromUnixReal<kTicksPerMillisecond>>}}},
        {.name = "unixtime_microseconds_todatetime",
         .help = "Microseconds since 1970 as a moment.",
         .example = "unixtime_microseconds_todatetime(ts)",
         .overloads = {{"microseconds: long -> datetime", rows<fromUnixTime<kTicksPerMicrosecond>>},
                       {"microseconds: real -> datetime",
                        rows<fromUnixReal<kTicksPerMicrosecond>>}}},
        {.name = "unixtime_nanoseconds_todatetime",
         .help = "Nanoseconds since 1970 as a moment.",
         .example = "unixtime_nanoseconds_todatetime(ts)",
         .overloads = {{"nanoseconds: long -> datetime", rows<fromUnixNanoseconds>},
                       {"nanoseconds: real -> datetime", rows<fromUnixNanosecondsReal>}}},
    };
}

} // namespace

std::vector<Function> timeMakeFunctions()
{
    std::vector<Function> table{
        {.name = "make_datetime",
         .help = "A moment from its parts; null when there is no such day.",
         .example = "make_datetime(2026, 1, 31)",
         .overloads = {{"year: long, month: long, day: long, [hour: long = 0], [minute: long = 0], "
                        "[second: real = 0.0] -> datetime",
                        rows<makeDatetime>}},
         .bind = bindMake},
        {.name = "make_timespan",
         .help = "A length of time from its parts.",
         .example = "make_timespan(1, 30)",
         .overloads = {{"hours: long, minutes: long, [seconds: real = 0.0] -> timespan",
                        rows<makeTimespanFromHours>},
                       {"days: long, hours: long, minutes: long, seconds: real -> timespan",
                        rows<makeTimespan>}},
         .bind = bindMake},
    };
    for (Function &function : unixTimeFunctions())
        table.push_back(std::move(function));
    return table;
}

} // namespace sluice::kql
