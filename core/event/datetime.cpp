#include "core/event/datetime.h"

#include "core/event/datetime_words.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace sluice {

namespace {

/// Reads fixed digits without a branch a digit; `bad` collects what was none.
struct DigitReader
{
    unsigned bad = 0;

    int one(char c)
    {
        const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
        bad |= static_cast<unsigned>(digit > 9);
        return static_cast<int>(digit);
    }
    int two(const char *at) { return one(at[0]) * 10 + one(at[1]); }
    int four(const char *at) { return two(at) * 100 + two(at + 2); }
};

/// Reads "Z", "+hh", "+hhmm" or "+hh:mm" up to the end. False when it is none of them.
bool readOffset(const char *at, const char *end, TickSpan *offset)
{
    if (at == end)
        return true;
    if ((*at == 'Z' || *at == 'z') && at + 1 == end)
        return true;
    if (*at != '+' && *at != '-')
        return false;
    const auto left = end - at;
    DigitReader digits;
    int minutes = 0;
    if (left == 3)
        minutes = digits.two(at + 1) * 60;
    else if (left == 5)
        minutes = digits.two(at + 1) * 60 + digits.two(at + 3);
    else if (left == 6 && at[3] == ':')
        minutes = digits.two(at + 1) * 60 + digits.two(at + 4);
    else
        return false;
    if (digits.bad != 0 || minutes > 14 * 60)
        return false;
    *offset = (*at == '-' ? -minutes : minutes) * kTicksPerMinute;
    return true;
}

/// Reads ".f…" when it is there; digits behind the tick are cut off.
bool readFraction(const char **at, const char *end, TickSpan *fraction)
{
    if (*at == end || **at != '.')
        return true;
    constexpr std::array<TickSpan, 8> kUnits{
        kTicksPerSecond, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
    const char *next = *at + 1;
    const char *first = next;
    TickSpan value = 0;
    std::size_t digits = 0;
    for (; next != end && *next >= '0' && *next <= '9'; ++next) {
        if (digits < kUnits.size() - 1) {
            value = value * 10 + (*next - '0');
            ++digits;
        }
    }
    *fraction = value * kUnits[digits];
    *at = next;
    return next != first;
}

char *writeTwo(char *out, int value)
{
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return out + 2;
}

char *writeFraction(char *out, TickSpan fraction)
{
    *out = '.';
    for (int i = 7; i > 0; --i) {
        out[i] = static_cast<char>('0' + fraction % 10);
        fraction /= 10;
    }
    return out + 8;
}

/// The date and the time of day to the second; the fraction is what is left.
char *writeMoment(Ticks ticks, char *out, TickSpan *fraction)
{
    ticks = std::clamp(ticks, kMinTicks, kMaxTicks);
    std::int64_t days = ticks / kTicksPerDay;
    std::int64_t rest = ticks % kTicksPerDay;
    if (rest < 0) {
        rest += kTicksPerDay;
        --days;
    }
    const CivilDate date = civilFromDays(days);
    char *at = writeTwo(out, date.year / 100);
    at = writeTwo(at, date.year % 100);
    *at++ = '-';
    at = writeTwo(at, date.month);
    *at++ = '-';
    at = writeTwo(at, date.day);
    *at++ = 'T';
    const auto seconds = static_cast<int>(rest / kTicksPerSecond);
    at = writeTwo(at, seconds / 3600);
    *at++ = ':';
    at = writeTwo(at, seconds / 60 % 60);
    *at++ = ':';
    at = writeTwo(at, seconds % 60);
    *fraction = rest % kTicksPerSecond;
    return at;
}

constexpr std::size_t kSecondsLength = 19; // 2026-01-01T00:00:00

static_assert(std::endian::native == std::endian::little, "words are read byte by byte below");

std::uint64_t loadWord(const char *at)
{
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof(word));
    return word;
}

unsigned byteOf(std::uint64_t word, unsigned index)
{
    return static_cast<unsigned>(word >> (8 * index)) & 0xFFU;
}

unsigned digitOf(char c)
{
    return static_cast<unsigned char>(c) - unsigned{'0'};
}

/// True when a byte is too large: `limits` lifts what is allowed just below 0x80.
bool hasNoDigit(std::uint64_t word, std::uint64_t limits)
{
    return ((word | (word + limits)) & 0x8080808080808080ULL) != 0;
}

/// Every form, piece by piece.
std::optional<Ticks> readIsoDatetime(std::string_view text)
{
    constexpr std::size_t kDateLength = 10;
    if (text.size() < kDateLength)
        return std::nullopt;
    const char *at = text.data();
    const char *end = at + text.size();
    DigitReader digits;
    const int year = digits.four(at);
    const int month = digits.two(at + 5);
    const int day = digits.two(at + 8);
    if (digits.bad != 0 || at[4] != '-' || at[7] != '-' || year < 1 || month < 1 || month > 12
        || day < 1 || day > daysInMonth(year, month))
        return std::nullopt;
    Ticks ticks = daysFromCivil(year, month, day) * kTicksPerDay;
    at += kDateLength;
    if (at == end)
        return ticks;
    if (*at != 'T' && *at != ' ' && *at != 't')
        return std::nullopt;
    if (end - at < 6 || at[3] != ':')
        return std::nullopt;
    const int hour = digits.two(at + 1);
    const int minute = digits.two(at + 4);
    int second = 0;
    at += 6;
    TickSpan fraction = 0;
    if (end - at >= 3 && *at == ':') {
        second = digits.two(at + 1);
        at += 3;
        if (!readFraction(&at, end, &fraction))
            return std::nullopt;
    }
    TickSpan offset = 0;
    if (digits.bad != 0 || hour > 23 || minute > 59 || second > 59 || !readOffset(at, end, &offset))
        return std::nullopt;
    ticks += hour * kTicksPerHour + minute * kTicksPerMinute + second * kTicksPerSecond + fraction
             - offset;
    return isValidTicks(ticks) ? std::optional(ticks) : std::nullopt;
}

} // namespace

CivilDate civilFromDays(std::int64_t days)
{
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const auto dayOfEra = static_cast<unsigned>(shifted - era * 146'097);
    const unsigned yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned month = (5 * dayOfYear + 2) / 153;
    const auto year = static_cast<int>(yearOfEra + era * 400);
    const auto monthNumber = static_cast<int>(month < 10 ? month + 3 : month - 9);
    return {year + (monthNumber <= 2 ? 1 : 0),
            monthNumber,
            static_cast<int>(dayOfYear - (153 * month + 2) / 5 + 1)};
}

std::optional<Ticks> parseIsoDatetime(std::string_view text)
{
    if (text.size() < kSecondsLength)
        return readIsoDatetime(text);
    const char *at = text.data();
    const char separator = at[10];
    // What is left of each byte is the value of its digit, and 0 where the separators stand.
    const std::uint64_t date = loadWord(at) ^ 0x2D30302D30303030ULL;
    const std::uint64_t clock = loadWord(at + 8) ^ 0x30303A3030003030ULL
                                ^ static_cast<std::uint64_t>(static_cast<unsigned char>(separator))
                                      << 16U;
    const unsigned tens = digitOf(at[17]);
    const unsigned ones = digitOf(at[18]);
    if (hasNoDigit(date, 0x7F76767F76767676ULL) || hasNoDigit(clock, 0x76767F76767F7676ULL)
        || at[16] != ':' || tens > 5 || ones > 9
        || (separator != 'T' && separator != ' ' && separator != 't'))
        return readIsoDatetime(text);
    const auto year = static_cast<int>(byteOf(date, 0) * 1000 + byteOf(date, 1) * 100
                                       + byteOf(date, 2) * 10 + byteOf(date, 3));
    const auto month = static_cast<int>(byteOf(date, 5) * 10 + byteOf(date, 6));
    const auto day = static_cast<int>(byteOf(clock, 0) * 10 + byteOf(clock, 1));
    const unsigned hour = byteOf(clock, 3) * 10 + byteOf(clock, 4);
    const unsigned minute = byteOf(clock, 6) * 10 + byteOf(clock, 7);
    if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59
        || (day > 28 && day > daysInMonth(year, month)))
        return std::nullopt;
    const char *end = at + text.size();
    at += kSecondsLength;
    TickSpan fraction = 0;
    TickSpan offset = 0;
    if (!readFraction(&at, end, &fraction) || !readOffset(at, end, &offset))
        return std::nullopt;
    const TickSpan seconds = hour * 3600U + minute * 60U + tens * 10U + ones;
    const Ticks ticks = daysFromCivil(year, month, day) * kTicksPerDay + seconds * kTicksPerSecond
                        + fraction - offset;
    return isValidTicks(ticks) ? std::optional(ticks) : std::nullopt;
}

std::optional<Ticks> parseDatetime(std::string_view text)
{
    if (const auto iso = parseIsoDatetime(text))
        return iso;
    return parseWrittenDatetime(text);
}

std::size_t formatDatetime(Ticks ticks, char *out)
{
    TickSpan fraction = 0;
    char *at = writeMoment(ticks, out, &fraction);
    if (fraction != 0) {
        at = writeFraction(at, fraction);
        while (at[-1] == '0')
            --at;
    }
    *at++ = 'Z';
    return static_cast<std::size_t>(at - out);
}

std::size_t formatDatetimeFull(Ticks ticks, char *out)
{
    TickSpan fraction = 0;
    char *at = writeMoment(ticks, out, &fraction);
    at = writeFraction(at, fraction);
    *at++ = 'Z';
    return static_cast<std::size_t>(at - out);
}

std::size_t formatTimespan(TickSpan span, char *out)
{
    char *at = out;
    auto rest = static_cast<std::uint64_t>(span);
    if (span < 0) {
        *at++ = '-';
        rest = 0 - rest;
    }
    const auto perDay = static_cast<std::uint64_t>(kTicksPerDay);
    const std::uint64_t days = rest / perDay;
    rest %= perDay;
    if (days != 0) {
        at = std::to_chars(at, at + 20, days).ptr;
        *at++ = '.';
    }
    const auto seconds = static_cast<int>(rest / kTicksPerSecond);
    at = writeTwo(at, seconds / 3600);
    *at++ = ':';
    at = writeTwo(at, seconds / 60 % 60);
    *at++ = ':';
    at = writeTwo(at, seconds % 60);
    const auto fraction = static_cast<TickSpan>(rest % kTicksPerSecond);
    if (fraction != 0)
        at = writeFraction(at, fraction);
    return static_cast<std::size_t>(at - out);
}

std::size_t formatReal(double value, char *out)
{
    if (std::isnan(value)) {
        std::memcpy(out, "NaN", 3);
        return 3;
    }
    if (std::isinf(value)) {
        const std::string_view text = value < 0 ? "-inf" : "inf";
        std::memcpy(out, text.data(), text.size());
        return text.size();
    }
    const double size = std::fabs(value);
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e15);
    char *end = std::to_chars(out,
                              out + kValueTextBytes,
                              value,
                              plain ? std::chars_format::fixed : std::chars_format::scientific)
                    .ptr;
    if (plain && std::find(out, end, '.') == end) {
        *end++ = '.';
        *end++ = '0';
    }
    return static_cast<std::size_t>(end - out);
}

std::size_t formatRealJson(double value, char *out)
{
    if (!std::isfinite(value)) {
        std::memcpy(out, "null", 4);
        return 4;
    }
    return formatReal(value, out);
}

} // namespace sluice
