#include "core/event/datetime.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace sluice {

namespace {

using Unit = std::pair<std::string_view, TickSpan>;

constexpr std::array<Unit, 26> kUnits{{
    {"d", kTicksPerDay},
    {"day", kTicksPerDay},
    {"days", kTicksPerDay},
    {"h", kTicksPerHour},
    {"hr", kTicksPerHour},
    {"hrs", kTicksPerHour},
    {"hour", kTicksPerHour},
    {"hours", kTicksPerHour},
    {"m", kTicksPerMinute},
    {"min", kTicksPerMinute},
    {"minute", kTicksPerMinute},
    {"minutes", kTicksPerMinute},
    {"s", kTicksPerSecond},
    {"sec", kTicksPerSecond},
    {"second", kTicksPerSecond},
    {"seconds", kTicksPerSecond},
    {"ms", kTicksPerMillisecond},
    {"milli", kTicksPerMillisecond},
    {"millis", kTicksPerMillisecond},
    {"millisecond", kTicksPerMillisecond},
    {"milliseconds", kTicksPerMillisecond},
    {"micro", kTicksPerMicrosecond},
    {"microsecond", kTicksPerMicrosecond},
    {"microseconds", kTicksPerMicrosecond},
    {"tick", 1},
    {"ticks", 1},
}};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

std::optional<std::int64_t> readWhole(std::string_view *text, std::size_t mostDigits)
{
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < text->size() && (*text)[digits] >= '0' && (*text)[digits] <= '9') {
        value = value * 10 + ((*text)[digits] - '0');
        if (++digits > mostDigits)
            return std::nullopt;
    }
    text->remove_prefix(digits);
    return digits == 0 ? std::nullopt : std::optional(value);
}

bool acceptChar(std::string_view *text, char c)
{
    if (text->empty() || text->front() != c)
        return false;
    text->remove_prefix(1);
    return true;
}

/// [d.]hh:mm[:ss[.f…]] without its sign.
std::optional<TickSpan> readClock(std::string_view text)
{
    auto hours = readWhole(&text, 8);
    if (!hours)
        return std::nullopt;
    std::int64_t days = 0;
    if (acceptChar(&text, '.')) {
        days = *hours;
        hours = readWhole(&text, 2);
    }
    if (!hours || !acceptChar(&text, ':'))
        return std::nullopt;
    const auto minutes = readWhole(&text, 2);
    std::optional<std::int64_t> seconds = 0;
    TickSpan fraction = 0;
    if (acceptChar(&text, ':')) {
        seconds = readWhole(&text, 2);
        if (acceptChar(&text, '.')) {
            TickSpan unit = kTicksPerSecond;
            while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
                unit /= 10;
                fraction += (text.front() - '0') * unit;
                text.remove_prefix(1);
            }
        }
    }
    // 10675199 days are all that 64 bits of ticks hold.
    if (!minutes || !seconds || !text.empty() || days > 10'675'199 || *hours > 23 || *minutes > 59
        || *seconds > 59)
        return std::nullopt;
    const TickSpan clock =
        *hours * kTicksPerHour + *minutes * kTicksPerMinute + *seconds * kTicksPerSecond + fraction;
    TickSpan span = 0;
    if (__builtin_add_overflow(days * kTicksPerDay, clock, &span))
        return std::nullopt;
    return span;
}

} // namespace

std::optional<TickSpan> ticksOfUnit(std::string_view unit)
{
    for (const auto &[name, ticks] : kUnits) {
        if (name == unit)
            return ticks;
    }
    return std::nullopt;
}

std::optional<TickSpan> parseTimespan(std::string_view text)
{
    text = trimmed(text);
    const bool negative = acceptChar(&text, '-');
    if (text.empty())
        return std::nullopt;
    if (text.find(':') != std::string_view::npos) {
        const auto span = readClock(text);
        return span ? std::optional(negative ? -*span : *span) : std::nullopt;
    }
    double amount = 0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
    if (error != std::errc() || !std::isfinite(amount))
        return std::nullopt;
    const auto unit = trimmed(text.substr(static_cast<std::size_t>(rest - text.data())));
    const auto ticks = unit.empty() ? std::optional(kTicksPerDay) : ticksOfUnit(unit);
    if (!ticks)
        return std::nullopt;
    const double span = std::round(amount * static_cast<double>(*ticks));
    if (std::fabs(span) >= 9.2e18)
        return std::nullopt;
    return static_cast<TickSpan>(negative ? -span : span);
}

} // namespace sluice
