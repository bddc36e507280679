#include "core/storage/value_text.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace sluice {

namespace {

bool isAscii(std::string_view text)
{
    constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
    std::uint64_t seen = 0;
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        seen |= word;
        text.remove_prefix(sizeof(word));
    }
    for (const char c : text)
        seen |= static_cast<unsigned char>(c);
    return (seen & kHighBits) == 0;
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// Reads JSON and keeps nothing.
class JsonScanner
{
public:
    explicit JsonScanner(std::string_view text)
        : m_next(text.data())
        , m_end(m_next + text.size())
    {}

    bool wholeText()
    {
        skipSpace();
        if (!value(0))
            return false;
        skipSpace();
        return m_next == m_end;
    }

private:
    bool at(char c) const { return m_next != m_end && *m_next == c; }
    bool take(char c)
    {
        if (!at(c))
            return false;
        ++m_next;
        return true;
    }
    void skipSpace()
    {
        while (at(' ') || at('\n') || at('\r') || at('\t'))
            ++m_next;
    }

    bool value(int depth) // NOLINT(misc-no-recursion): kMaxJsonDepth deep
    {
        if (m_next == m_end || depth > kMaxJsonDepth)
            return false;
        switch (*m_next) {
        case '{':
            return members('}', depth, true);
        case '[':
            return members(']', depth, false);
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
        }
    }

    bool members(char close, int depth, bool named) // NOLINT(misc-no-recursion)
    {
        ++m_next;
        skipSpace();
        if (take(close))
            return true;
        while (true) {
            if (named) {
                if (!at('"') || !string())
                    return false;
                skipSpace();
                if (!take(':'))
                    return false;
                skipSpace();
            }
            if (!value(depth + 1))
                return false;
            skipSpace();
            if (take(close))
                return true;
            if (!take(','))
                return false;
            skipSpace();
        }
    }

    bool word(std::string_view wanted)
    {
        if (std::string_view(m_next, static_cast<std::size_t>(m_end - m_next))
                .substr(0, wanted.size())
            != wanted)
            return false;
        m_next += wanted.size();
        return true;
    }

    bool digits()
    {
        const char *const begin = m_next;
        while (m_next != m_end && isDigit(*m_next))
            ++m_next;
        return m_next != begin;
    }

    bool number()
    {
        take('-');
        if (!take('0') && !digits())
            return false;
        if (take('.') && !digits())
            return false;
        if (!at('e') && !at('E'))
            return true;
        ++m_next;
        if (!take('+'))
            take('-');
        return digits();
    }

    /// Four hexadecimal digits; -1 when there are none.
    int unit()
    {
        if (m_end - m_next < 4)
            return -1;
        int value = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit = hexDigit(*m_next++);
            if (digit < 0)
                return -1;
            value = value * 16 + digit;
        }
        return value;
    }

    bool escape()
    {
        if (m_next == m_end)
            return false;
        const char c = *m_next++;
        if (c != 'u')
            return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        const int first = unit();
        if (first < 0 || (first >= 0xDC00 && first <= 0xDFFF))
            return false;
        if (first < 0xD800 || first > 0xDBFF)
            return true;
        if (!take('\\') || !take('u'))
            return false;
        const int second = unit();
        return second >= 0xDC00 && second <= 0xDFFF;
    }

    bool string()
    {
        ++m_next;
        while (m_next != m_end) {
            const char c = *m_next++;
            if (c == '"')
                return true;
            if (static_cast<unsigned char>(c) < 0x20 || (c == '\\' && !escape()))
                return false;
        }
        return false;
    }

    const char *m_next;
    const char *m_end;
};

/// A decimal number as digits and the place of its point.
struct DecimalDigits
{
    bool negative = false;
    std::array<char, 64> digits{}; // significant ones; those beyond cannot change the result
    int count = 0;
    int beforePoint = 0; // digits left of the point; negative: zeros behind it
};

std::optional<int> parseExponent(std::string_view text)
{
    if (text.empty())
        return std::nullopt;
    const bool negative = text.front() == '-';
    if (negative || text.front() == '+')
        text.remove_prefix(1);
    if (text.empty() || !std::all_of(text.begin(), text.end(), isDigit))
        return std::nullopt;
    int value = 0;
    for (const char c : text)
        value = std::min(value * 10 + (c - '0'), 100'000);
    return negative ? -value : value;
}

std::optional<DecimalDigits> readDigits(std::string_view text)
{
    DecimalDigits out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    bool pointSeen = false;
    bool digitSeen = false;
    std::size_t i = 0;
    for (; i < text.size() && (isDigit(text[i]) || (text[i] == '.' && !pointSeen)); ++i) {
        if (text[i] == '.') {
            pointSeen = true;
            continue;
        }
        digitSeen = true;
        const bool leadingZero = out.count == 0 && text[i] == '0';
        if (!leadingZero && out.count < static_cast<int>(out.digits.size()))
            out.digits.at(static_cast<std::size_t>(out.count++)) = text[i];
        if (!pointSeen && !leadingZero)
            ++out.beforePoint;
        else if (pointSeen && leadingZero)
            --out.beforePoint;
    }
    if (!digitSeen)
        return std::nullopt;
    if (i < text.size()) {
        if (text[i] != 'e' && text[i] != 'E')
            return std::nullopt;
        const auto exponent = parseExponent(text.substr(i + 1));
        if (!exponent)
            return std::nullopt;
        out.beforePoint += *exponent;
    }
    return out;
}

} // namespace

bool isUtf8(std::string_view text)
{
    return isAscii(text) || simdjson::validate_utf8(text.data(), text.size());
}

bool isJson(std::string_view text)
{
    return isUtf8(text) && JsonScanner(text).wholeText();
}

std::optional<Int128> parseDecimal(std::string_view text)
{
    const auto number = readDigits(text);
    if (!number)
        return std::nullopt;
    if (number->count == 0)
        return Int128{0};
    const int length = number->beforePoint + kDecimalScale; // digits of the scaled whole number
    if (length > kDecimalWidth)
        return std::nullopt;
    const auto digit = [&](int i) {
        return i >= 0 && i < number->count ? number->digits.at(static_cast<std::size_t>(i)) - '0'
                                           : 0;
    };
    Int128 value = 0;
    Int128 limit = 1;
    for (int i = 0; i < kDecimalWidth; ++i)
        limit *= 10;
    for (int i = 0; i < length; ++i)
        value = value * 10 + digit(i);
    if (length >= 0 && digit(length) >= 5)
        ++value;
    if (value >= limit)
        return std::nullopt;
    return number->negative ? -value : value;
}

std::optional<Int128> parseGuid(std::string_view text)
{
    if (text.size() != 36)
        return std::nullopt;
    __extension__ unsigned __int128 bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (text[i] != '-')
                return std::nullopt;
            continue;
        }
        const int digit = hexDigit(text[i]);
        if (digit < 0)
            return std::nullopt;
        bits = (bits << 4U) | static_cast<unsigned>(digit);
    }
    __extension__ constexpr unsigned __int128 kOne = 1;
    return static_cast<Int128>(bits ^ (kOne << 127U));
}

} // namespace sluice
