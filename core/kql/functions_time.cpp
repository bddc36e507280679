// now, ago, startof…, endof…, datetime_add, datetime_diff, datetime_part …
#include "core/event/datetime.h"
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/time_values.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

enum class Part {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    WeekOfYear,
    DayOfYear
};

constexpr std::array<std::pair<std::string_view, Part>, 14> kParts{
    {{"year", Part::Year},
     {"quarter", Part::Quarter},
     {"month", Part::Month},
     {"week", Part::Week},
     {"day", Part::Day},
     {"hour", Part::Hour},
     {"minute", Part::Minute},
     {"second", Part::Second},
     {"millisecond", Part::Millisecond},
     {"microsecond", Part::Microsecond},
     {"nanosecond", Part::Nanosecond},
     {"week_of_year", Part::WeekOfYear},
     {"weekofyear", Part::WeekOfYear},
     {"dayofyear", Part::DayOfYear}}};

std::optional<Part> partOf(std::string_view name)
{
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    for (const auto &[known, part] : kParts) {
        if (known == lower)
            return part;
    }
    return std::nullopt;
}

TickSpan ticksOf(Part part)
{
    switch (part) {
    case Part::Week:
        return 7 * kTicksPerDay;
    case Part::Day:
        return kTicksPerDay;
    case Part::Hour:
        return kTicksPerHour;
    case Part::Minute:
        return kTicksPerMinute;
    case Part::Second:
        return kTicksPerSecond;
    case Part::Millisecond:
        return kTicksPerMillisecond;
    case Part::Microsecond:
        return kTicksPerMicrosecond;
    default:
        return 1;
    }
}

Long dayOf(Ticks ticks)
{
    return floorDivide(ticks, kTicksPerDay);
}
Long timeOfDay(Ticks ticks)
{
    return ticks - dayOf(ticks) * kTicksPerDay;
}
CivilDate dateOf(Ticks ticks)
{
    return civilFromDays(dayOf(ticks));
}
/// Days since Sunday; 1970-01-01 was a Thursday.
Long weekdayOf(Ticks ticks)
{
    const Long day = dayOf(ticks) + 4;
    return day - floorDivide(day, 7) * 7;
}
/// A date moved by months; a day that the month does not have becomes its last one.
MaybeLong addMonths(Ticks ticks, Long months)
{
    if (months > 120'000 || months < -120'000)
        return std::nullopt;
    const CivilDate date = dateOf(ticks);
    const Long month = date.year * 12LL + date.month - 1 + months;
    const auto year = static_cast<int>(floorDivide(month, 12));
    const auto monthOfYear = static_cast<int>(month - year * 12LL) + 1;
    if (year < 1 || year > 9999)
        return std::nullopt;
    const int day = std::min(date.day, daysInMonth(year, monthOfYear));
    return daysFromCivil(year, monthOfYear, day) * kTicksPerDay + timeOfDay(ticks);
}

MaybeLong startOf(Part part, Ticks ticks)
{
    const CivilDate date = dateOf(ticks);
    switch (part) {
    case Part::Year:
        return daysFromCivil(date.year, 1, 1) * kTicksPerDay;
    case Part::Month:
        return daysFromCivil(date.year, date.month, 1) * kTicksPerDay;
    case Part::Week:
        return validTicks((dayOf(ticks) - weekdayOf(ticks)) * kTicksPerDay);
    default:
        return dayOf(ticks) * kTicksPerDay;
    }
}

MaybeLong move(Part part, Ticks ticks, Long amount)
{
    Long months = amount;
    switch (part) {
    case Part::Year:
        return __builtin_mul_overflow(amount, 12, &months) ? std::nullopt
                                                           : addMonths(ticks, months);
    case Part::Quarter:
        return __builtin_mul_overflow(amount, 3, &months) ? std::nullopt : addMonths(ticks, months);
    case Part::Month:
        return addMonths(ticks, amount);
    case Part::Nanosecond:
        return addSpan(ticks, amount / kNanosecondsPerTick, 1);
    default:
        return addSpan(ticks, amount, ticksOf(part));
    }
}

template<Part kPart>
MaybeLong startOfPart(Ticks ticks, Long offset)
{
    const MaybeLong start = startOf(kPart, ticks);
    return start ? move(kPart, *start, offset) : std::nullopt;
}

template<Part kPart>
MaybeLong endOfPart(Ticks ticks, Long offset)
{
    const MaybeLong start = startOfPart<kPart>(ticks, offset);
    if (!start)
        return std::nullopt;
    const MaybeLong next = move(kPart, *start, 1);
    return next ? *next - 1 : kMaxTicks; // the last year has no next one
}

MaybeLong now(Call &call, Long offset)
{
    return addSpan(call.now, offset, 1);
}
MaybeLong ago(Call &call, Long span)
{
    return addSpan(call.now, span == std::numeric_limits<Long>::min() ? 0 : -span, 1);
}

MaybeLong datetimeAdd(std::string_view name, Long amount, Ticks ticks)
{
    const auto part = partOf(name);
    return part && *part <= Part::Nanosecond ? move(*part, ticks, amount) : std::nullopt;
}

/// Boundaries of the part between two moments.
Long boundaries(Part part, Ticks a, Ticks b)
{
    const CivilDate from = dateOf(b);
    const CivilDate to = dateOf(a);
    switch (part) {
    case Part::Year:
        return to.year - from.year;
    case Part::Quarter:
        return (to.year * 4 + (to.month - 1) / 3) - (from.year * 4 + (from.month - 1) / 3);
    case Part::Month:
        return (to.year * 12 + to.month) - (from.year * 12 + from.month);
    case Part::Week:
        return (dayOf(a) - weekdayOf(a) - dayOf(b) + weekdayOf(b)) / 7;
    case Part::Nanosecond:
        return static_cast<Long>((static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b))
                                 * kNanosecondsPerTick); // wraps, as all of its arithmetic does
    default:
        return floorDivide(a, ticksOf(part)) - floorDivide(b, ticksOf(part));
    }
}

MaybeLong datetimeDiff(std::string_view name, Ticks a, Ticks b)
{
    const auto part = partOf(name);
    return part && *part <= Part::Nanosecond ? MaybeLong(boundaries(*part, a, b)) : std::nullopt;
}

/// The engine gives weeks as a real.
NodePtr bindDatetimeDiff(Binder &binder,
                         const Function &function,
                         const Position &at,
                         std::vector<NodePtr> arguments)
{
    const bool weeks = !arguments.empty() && arguments[0]->isConstant()
                       && arguments[0]->type == ColumnType::String
                       && partOf(arguments[0]->constant->texts[0]) == Part::Week;
    const NodePtr result = binder.callOverload(function, at, std::move(arguments));
    return weeks ? binder.convert(result, ColumnType::Real) : result;
}

Result<std::shared_ptr<const void>> checkPart(std::span<const NodePtr> arguments)
{
    if (arguments[0]->isConstant() && !partOf(arguments[0]->constant->texts[0]))
        return fail(ErrorCode::WrongArguments,
                    "'{}' is no part of a datetime",
                    arguments[0]->constant->texts[0])
            .hint("Write year, quarter, month, week, day, hour, minute, second, millisecond, "
                  "microsecond or nanosecond.");
    return std::shared_ptr<const void>();
}

Long dayOfYear(Ticks ticks)
{
    return dayOf(ticks) - daysFromCivil(dateOf(ticks).year, 1, 1) + 1;
}

/// ISO 8601: the week that holds the year's first Thursday is week 1.
Long weekOfYear(Ticks ticks)
{
    const Long weekday = (weekdayOf(ticks) + 6) % 7; // Monday is 0
    const Long thursday = dayOf(ticks) - weekday + 3;
    const int year = civilFromDays(thursday).year;
    return (thursday - daysFromCivil(year, 1, 1)) / 7 + 1;
}

Long yearOf(Ticks ticks)
{
    return dateOf(ticks).year;
}
Long monthOf(Ticks ticks)
{
    return dateOf(ticks).month;
}
Long dayOfMonth(Ticks ticks)
{
    return dateOf(ticks).day;
}
Long hourOf(Ticks ticks)
{
    return timeOfDay(ticks) / kTicksPerHour;
}
/// Null where the week goes beyond the last day, as the engine has it.
MaybeLong dayOfWeek(Ticks ticks)
{
    const Long weekday = weekdayOf(ticks);
    const Ticks weekEnd = (dayOf(ticks) - weekday + 7) * kTicksPerDay - 1;
    return isValidTicks(weekEnd) ? MaybeLong(weekday * kTicksPerDay) : std::nullopt;
}

MaybeLong datetimePart(std::string_view name, Ticks ticks)
{
    const auto part = partOf(name);
    if (!part)
        return std::nullopt;
    const Long fraction = timeOfDay(ticks) % kTicksPerSecond;
    switch (*part) {
    case Part::Year:
        return yearOf(ticks);
    case Part::Quarter:
        return (monthOf(ticks) - 1) / 3 + 1;
    case Part::Month:
        return monthOf(ticks);
    case Part::Week:
    case Part::WeekOfYear:
        return weekOfYear(ticks);
    case Part::Day:
        return dayOfMonth(ticks);
    case Part::DayOfYear:
        return dayOfYear(ticks);
    case Part::Hour:
        return hourOf(ticks);
    case Part::Minute:
        return timeOfDay(ticks) / kTicksPerMinute % 60;
    case Part::Second:
        return timeOfDay(ticks) / kTicksPerSecond % 60;
    case Part::Millisecond:
        return fraction / kTicksPerMillisecond;
    case Part::Microsecond:
        return fraction / kTicksPerMicrosecond;
    case Part::Nanosecond:
        break;
    }
    return fraction * kNanosecondsPerTick;
}

Function ofDatetime(std::string_view name,
                    std::string_view help,
                    std::string_view example,
                    Overload overload,
                    std::string_view alias = {})
{
    return {
        .name = name, .help = help, .example = example, .overloads = {overload}, .aliasOf = alias};
}

template<Part kPart>
Function startFunction(std::string_view name, std::string_view help, std::string_view example)
{
    return ofDatetime(
        name,
        help,
        example,
        {"moment: datetime, [offset: long = 0] -> datetime", rows<startOfPart<kPart>>});
}
template<Part kPart>
Function endFunction(std::string_view name, std::string_view help, std::string_view example)
{
    return ofDatetime(name,
                      help,
                      example,
                      {"moment: datetime, [offset: long = 0] -> datetime", rows<endOfPart<kPart>>});
}

std::vector<Function> partFunctions()
{
    constexpr std::string_view kToLong = "moment: datetime -> long";
    return {
        startFunction<Part::Day>(
            "startofday", "Midnight of the day, moved by so many days.", "startofday(timestamp)"),
        startFunction<Part::Week>(
            "startofweek", "The Sunday the week began with.", "startofweek(timestamp)"),
        startFunction<Part::Month>(
            "startofmonth", "The first day of the month.", "startofmonth(timestamp)"),
        startFunction<Part::Year>(
            "startofyear", "The first day of the year.", "startofyear(timestamp)"),
        endFunction<Part::Day>("endofday", "The last tick of the day.", "endofday(timestamp)"),
        endFunction<Part::Week>("endofweek",
                                "The last tick of the week; weeks end on Saturday.",
                                "endofweek(timestamp)"),
        endFunction<Part::Month>(
            "endofmonth", "The last tick of the month.", "endofmonth(timestamp)"),
        endFunction<Part::Year>("endofyear", "The last tick of the year.", "endofyear(timestamp)"),
        ofDatetime("dayofweek",
                   "Days since Sunday, as a timespan.",
                   "dayofweek(timestamp) / 1d",
                   {"moment: datetime -> timespan", rows<dayOfWeek>}),
        ofDatetime("dayofmonth",
                   "The day of the month.",
                   "dayofmonth(timestamp)",
                   {kToLong, rows<dayOfMonth>}),
        ofDatetime("dayofyear",
                   "The day of the year.",
                   "dayofyear(timestamp)",
                   {kToLong, rows<dayOfYear>}),
        ofDatetime(
            "hourofday", "The hour of the day.", "hourofday(timestamp)", {kToLong, rows<hourOf>}),
        ofDatetime("getyear", "The year.", "getyear(timestamp)", {kToLong, rows<yearOf>}),
        ofDatetime("getmonth", "The month.", "getmonth(timestamp)", {kToLong, rows<monthOf>}),
        ofDatetime("monthofyear",
                   "The month.",
                   "monthofyear(timestamp)",
                   {kToLong, rows<monthOf>},
                   "getmonth"),
        ofDatetime("week_of_year",
                   "The week by ISO 8601.",
                   "week_of_year(timestamp)",
                   {kToLong, rows<weekOfYear>}),
        ofDatetime("weekofyear",
                   "The week by ISO 8601.",
                   "weekofyear(timestamp)",
                   {kToLong, rows<weekOfYear>},
                   "week_of_year"),
    };
}

} // namespace

std::vector<Function> timeFunctions()
{
    std::vector<Function> table{
        {.name = "now",
         .help = "The moment the batch is processed, in UTC.",
         .example = "now() - timestamp",
         .overloads = {{"[offset: timespan = 0s] -> datetime", rows<now>}},
         .stability = Stability::Batch},
        {.name = "ago",
         .help = "So long before now.",
         .example = "timestamp > ago(1h)",
         .overloads = {{"span: timespan -> datetime", rows<ago>}},
         .stability = Stability::Batch},
        {.name = "datetime_add",
         .help = "A moment moved by so many parts; the day stays in its month.",
         .example = "datetime_add('month', 1, timestamp)",
         .overloads = {{"part: string, amount: long, moment: datetime -> datetime",
                        rows<datetimeAdd>,
                        checkPart}}},
        {.name = "datetime_diff",
         .help = "How many borders of a part lie between two moments.",
         .example = "datetime_diff('day', ended, started)",
         .overloads = {{"part: string, later: datetime, earlier: datetime -> long",
                        rows<datetimeDiff>,
                        checkPart}},
         .bind = bindDatetimeDiff},
        {.name = "datetime_part",
         .help = "One part of a moment.",
         .example = "datetime_part('hour', timestamp)",
         .overloads = {{"part: string, moment: datetime -> long", rows<datetimePart>, checkPart}}},
    };
    for (const auto part : {timeMakeFunctions, partFunctions}) {
        for (Function &function : part())
            table.push_back(std::move(function));
    }
    return table;
}

} // namespace sluice::kql
