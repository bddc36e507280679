#include "core/base/units.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

namespace {

struct Unit
{
    std::string_view name;
    double factor;
};

constexpr std::array kDurationUnits{
    Unit{"us", kTicksPerMicrosecond},
    Unit{"ms", kTicksPerMillisecond},
    Unit{"s", kTicksPerSecond},
    Unit{"m", kTicksPerMinute},
    Unit{"min", kTicksPerMinute},
    Unit{"h", kTicksPerHour},
    Unit{"d", kTicksPerDay},
};

constexpr std::array kByteUnits{
    Unit{"", 1},
    Unit{"b", 1},
    Unit{"k", 1e3},
    Unit{"kb", 1e3},
    Unit{"m", 1e6},
    Unit{"mb", 1e6},
    Unit{"g", 1e9},
    Unit{"gb", 1e9},
    Unit{"ki", 1024.},
    Unit{"kib", 1024.},
    Unit{"mi", 1048576.},
    Unit{"mib", 1048576.},
    Unit{"gi", 0x1p30},
    Unit{"gib", 0x1p30},
};

std::string_view trim(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

constexpr double kMost = 9.2e18; // what 64 bits hold

/// Splits "1.5 h" into 1.5 and the unit's factor; false when it is neither.
template<std::size_t n>
bool readQuantity(std::string_view text, const std::array<Unit, n> &units, double &value)
{
    text = trim(text);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !std::isfinite(number) || number < 0)
        return false;
    std::string unit;
    for (const char c : trim(text.substr(static_cast<std::size_t>(end - text.data()))))
        unit += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    for (const Unit &known : units) {
        if (known.name == unit) {
            value = number * known.factor;
            return true;
        }
    }
    return false;
}

} // namespace

Result<TickSpan> parseDuration(std::string_view text)
{
    double ticks = 0;
    if (!readQuantity(text, kDurationUnits, ticks)) {
        return fail(ErrorCode::InvalidDuration, "'{}' is not a duration", text)
            .hint("Write a number and a unit: 500ms, 10s, 5m, 1h or 1d.");
    }
    if (ticks >= kMost)
        return fail(ErrorCode::InvalidDuration, "'{}' is too long", text)
            .hint("The longest is 10000000d.");
    return static_cast<TickSpan>(std::llround(ticks));
}

std::string formatDuration(TickSpan span)
{
    struct Step
    {
        const char *unit;
        TickSpan ticks;
    };
    static constexpr std::array kSteps{
        Step{"d", kTicksPerDay},
        Step{"h", kTicksPerHour},
        Step{"m", kTicksPerMinute},
        Step{"s", kTicksPerSecond},
        Step{"ms", kTicksPerMillisecond},
    };
    if (span == 0)
        return "0s";
    for (const Step &step : kSteps) {
        if (span % step.ticks == 0)
            return fmt::format("{}{}", span / step.ticks, step.unit);
    }
    return fmt::format("{}us", static_cast<double>(span) / kTicksPerMicrosecond);
}

Result<std::int64_t> parseByteSize(std::string_view text)
{
    double bytes = 0;
    if (!readQuantity(text, kByteUnits, bytes)) {
        return fail(ErrorCode::InvalidByteSize, "'{}' is not a size", text)
            .hint("Write a number of bytes, or one with k, MB, MiB, GB or GiB.");
    }
    if (bytes >= kMost)
        return fail(ErrorCode::InvalidByteSize, "'{}' is too large", text)
            .hint("The largest is 8000000000GB.");
    return static_cast<std::int64_t>(std::llround(bytes));
}

std::string formatByteSize(std::int64_t bytes)
{
    static constexpr std::array kNames{"B", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    std::size_t step = 0;
    while (std::fabs(value) >= 999.5 && step + 1 < kNames.size()) {
        value /= 1000;
        ++step;
    }
    if (step == 0)
        return fmt::format("{} B", bytes);
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return fmt::format("{:.{}f} {}", value, decimals, kNames.at(step));
}

std::string formatCount(double value)
{
    static constexpr std::array kNames{"", " k", " M", " G", " T"};
    std::size_t step = 0;
    while (std::fabs(value) >= 999.5 && step + 1 < kNames.size()) {
        value /= 1000;
        ++step;
    }
    int decimals = std::fabs(value) < 9.995 ? 2 : std::fabs(value) < 99.95 ? 1 : 0;
    if (step == 0 && value == std::floor(value))
        decimals = 0;
    return fmt::format("{:.{}f}{}", value, decimals, kNames.at(step));
}

} // namespace sluice
