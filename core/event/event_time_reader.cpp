#include "core/event/event_time_reader.h"

#include "core/event/datetime.h"
#include "core/event/json_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::pair<std::string_view, EventTimeFormat>, 5> kFormats{{
    {"any", EventTimeFormat::Any},
    {"unix_s", EventTimeFormat::Seconds},
    {"unix_ms", EventTimeFormat::Milliseconds},
    {"unix_us", EventTimeFormat::Microseconds},
    {"unix_ns", EventTimeFormat::Nanoseconds},
}};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Whether a moment's text says its offset: Z, GMT, UTC, +01:00 behind a time of day.
bool hasOffset(std::string_view text)
{
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    if (text.ends_with('Z') || text.ends_with('z') || text.ends_with("GMT")
        || text.ends_with("UTC"))
        return true;
    std::size_t sign = text.size();
    while (sign > 0 && (isDigit(text[sign - 1]) || text[sign - 1] == ':'))
        --sign;
    return sign > 0 && (text[sign - 1] == '+' || text[sign - 1] == '-')
           && text.substr(0, sign - 1).find(':') != std::string_view::npos;
}

/// Ticks in one of what the numbers count; by their size where that is not said: a number of this
/// century's seconds has 10 digits, of milliseconds 13, of microseconds 16.
double ticksPerUnit(EventTimeFormat format, double number)
{
    constexpr double kNanosecond = 0.01;
    constexpr double kLargestSeconds = 1e11;
    constexpr double kLargestMilliseconds = 1e14;
    constexpr double kLargestMicroseconds = 1e17;
    switch (format) {
    case EventTimeFormat::Seconds:
        return kTicksPerSecond;
    case EventTimeFormat::Milliseconds:
        return kTicksPerMillisecond;
    case EventTimeFormat::Microseconds:
        return kTicksPerMicrosecond;
    case EventTimeFormat::Nanoseconds:
        return kNanosecond;
    case EventTimeFormat::Any:
        break;
    }
    const double size = std::fabs(number);
    if (size < kLargestSeconds)
        return kTicksPerSecond;
    if (size < kLargestMilliseconds)
        return kTicksPerMillisecond;
    return size < kLargestMicroseconds ? kTicksPerMicrosecond : kNanosecond;
}

Ticks inRange(double ticks)
{
    if (!(ticks >= static_cast<double>(kMinTicks) && ticks <= static_cast<double>(kMaxTicks)))
        return kNoTicks;
    return static_cast<Ticks>(std::llround(ticks));
}

Ticks ticksOf(std::int64_t number, EventTimeFormat format)
{
    const double unit = ticksPerUnit(format, static_cast<double>(number));
    const Ticks rough = inRange(static_cast<double>(number) * unit);
    if (rough == kNoTicks)
        return kNoTicks;
    // Whole numbers stay exact.
    return unit < 1 ? number / std::llround(1 / unit) : number * std::llround(unit);
}

Ticks ticksOf(double number, EventTimeFormat format)
{
    return inRange(number * ticksPerUnit(format, number));
}

} // namespace

std::optional<EventTimeFormat> eventTimeFormat(std::string_view name)
{
    for (const auto &[word, format] : kFormats) {
        if (word == name)
            return format;
    }
    return std::nullopt;
}

std::vector<std::string> eventTimeFormatNames()
{
    std::vector<std::string> names;
    for (const auto &[word, format] : kFormats)
        names.emplace_back(word);
    return names;
}

EventTimeReader::EventTimeReader(EventTimeFormat format, const std::string &zone)
    : m_format(format)
    , m_zone(zone.empty() ? nullptr : TimeZone::find(zone))
{}

Ticks EventTimeReader::ofText(std::string_view text) const
{
    const auto moment = parseDatetime(text);
    if (!moment)
        return kNoTicks;
    return m_zone && !hasOffset(text) ? m_zone->toUtc(*moment) : *moment;
}

Ticks EventTimeReader::ofNumber(std::int64_t number) const
{
    return ticksOf(number, m_format);
}

Ticks EventTimeReader::ofNumber(double number) const
{
    return ticksOf(number, m_format);
}

Ticks EventTimeReader::ofJson(std::string_view json)
{
    if (json.empty())
        return kNoTicks;
    if (json.front() == '"') {
        m_scratch.clear();
        return ofText(unescapeJsonString(json, m_scratch));
    }
    if (const auto whole = parseJsonInteger(json))
        return ofNumber(*whole);
    return json.front() == '-' || isDigit(json.front()) ? ofNumber(parseJsonNumber(json))
                                                        : kNoTicks;
}

} // namespace sluice
