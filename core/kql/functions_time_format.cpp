// format_datetime and format_timespan.
#include "core/event/datetime.h"
#include "core/kql/function.h"

#include <algorithm>
#include <string>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

constexpr std::string_view kDelimiters = "/-:,._[] ";

/// The length of the token at the front: a run of one letter, cut at the longest that exists.
std::size_t tokenLength(std::string_view format, std::string_view letters)
{
    const std::size_t known = letters.find(format[0]);
    if (known == std::string_view::npos)
        return 0;
    std::size_t longest = 2;
    if (format[0] == 'f' || format[0] == 'F')
        longest = 7;
    else if (format[0] == 'y')
        longest = 4;
    else if (letters[0] == 'S') // of a timespan
        longest = format[0] == 'd' ? 8 : 2;
    std::size_t length = 1;
    while (length < longest && length < format.size() && format[length] == format[0])
        ++length;
    return length;
}

// The first letter tells the two apart; it is no token itself.
constexpr std::string_view kDatetimeLetters = "DdfFhHmMsyt";
constexpr std::string_view kTimespanLetters = "SdfFhHms";

Result<std::shared_ptr<const void>> checkFormat(std::span<const NodePtr> arguments,
                                                std::string_view letters)
{
    if (!arguments[1]->isConstant())
        return std::shared_ptr<const void>();
    for (const char c : arguments[1]->constant->texts[0]) {
        if (letters.substr(1).find(c) == std::string_view::npos
            && kDelimiters.find(c) == std::string_view::npos)
            return fail(ErrorCode::WrongArguments, "'{}' has no meaning in a format", c)
                .hint("A format has d, f, F, h, H, m, s, for a datetime also M, y and tt, and / - "
                      ": , . _ [ ] and spaces.");
    }
    return std::shared_ptr<const void>();
}

Result<std::shared_ptr<const void>> checkDatetimeFormat(std::span<const NodePtr> arguments)
{
    return checkFormat(arguments, kDatetimeLetters);
}

Result<std::shared_ptr<const void>> checkTimespanFormat(std::span<const NodePtr> arguments)
{
    return checkFormat(arguments, kTimespanLetters);
}

void appendPadded(Long value, std::size_t width, std::string *out)
{
    const std::string digits = std::to_string(value);
    out->append(digits.size() < width ? width - digits.size() : 0, '0');
    *out += digits;
}

/// So many digits of the fraction; F leaves out zeros at the end.
void appendFraction(Long fraction, std::size_t digits, bool trimmed, std::string *out)
{
    std::string text;
    appendPadded(fraction, 7, &text);
    text.resize(digits);
    while (trimmed && !text.empty() && text.back() == '0')
        text.pop_back();
    *out += text;
}

struct Clock
{
    Long days = 0; // of a timespan
    CivilDate date;
    Long hour = 0;
    Long minute = 0;
    Long second = 0;
    Long fraction = 0;
};

Clock clockOf(std::uint64_t rest)
{
    Clock clock;
    clock.fraction = static_cast<Long>(rest % kTicksPerSecond);
    clock.second = static_cast<Long>(rest / kTicksPerSecond % 60);
    clock.minute = static_cast<Long>(rest / kTicksPerMinute % 60);
    clock.hour = static_cast<Long>(rest / kTicksPerHour % 24);
    clock.days = static_cast<Long>(rest / kTicksPerDay);
    return clock;
}

void appendToken(const Clock &clock, char letter, std::size_t length, bool span, std::string *out)
{
    switch (letter) {
    case 'd':
        appendPadded(span ? clock.days : clock.date.day, length, out);
        break;
    case 'f':
    case 'F':
        appendFraction(clock.fraction, length, letter == 'F', out);
        break;
    case 'h':
        appendPadded(span ? clock.hour : (clock.hour + 11) % 12 + 1, length, out);
        break;
    case 'H':
        appendPadded(clock.hour, length, out);
        break;
    case 'm':
        appendPadded(clock.minute, length, out);
        break;
    case 'M':
        appendPadded(clock.date.month, length, out);
        break;
    case 's':
        appendPadded(clock.second, length, out);
        break;
    case 'y':
        appendPadded(length <= 2 ? clock.date.year % 100 : clock.date.year, length, out);
        break;
    case 't':
        *out += std::string_view(clock.hour < 12 ? "AM" : "PM").substr(0, length);
        break;
    default:
        break;
    }
}

std::string_view format(Call &call,
                        const Clock &clock,
                        bool negative,
                        std::string_view pattern,
                        std::string_view letters)
{
    TextBuilder builder(call.scratch);
    std::string &out = builder.text();
    if (negative)
        out += '-';
    while (!pattern.empty() && out.size() <= kMaxTextBytes) {
        const std::size_t length = tokenLength(pattern, letters.substr(0));
        if (length == 0)
            out += pattern[0];
        else
            appendToken(clock, pattern[0], length, letters == kTimespanLetters, &out);
        pattern.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return call.keep(out);
}

std::string_view formatDatetimeBy(Call &call, Long ticks, std::string_view pattern)
{
    Clock clock = clockOf(static_cast<std::uint64_t>(ticks - kMinTicks));
    clock.date = civilFromDays(clock.days + kMinTicks / kTicksPerDay);
    return format(call, clock, false, pattern, kDatetimeLetters);
}

std::string_view formatTimespanBy(Call &call, Long span, std::string_view pattern)
{
    const auto bits = static_cast<std::uint64_t>(span);
    return format(call, clockOf(span < 0 ? 0 - bits : bits), span < 0, pattern, kTimespanLetters);
}

} // namespace

std::vector<Function> timeFormatFunctions()
{
    return {
        {.name = "format_datetime",
         .help = "A moment in a form of one's own: yyyy-MM-dd HH:mm:ss.fff.",
         .example = "format_datetime(timestamp, 'yyyy-MM-dd')",
         .overloads = {{"moment: datetime, format: string -> string",
                        rows<formatDatetimeBy>,
                        checkDatetimeFormat}}},
        {.name = "format_timespan",
         .help = "A length of time in a form of one's own: d.hh:mm:ss.fff.",
         .example = "format_timespan(age, 'hh:mm:ss')",
         .overloads = {{"span: timespan, format: string -> string",
                        rows<formatTimespanBy>,
                        checkTimespanFormat}}},
    };
}

} // namespace sluice::kql
