#include "core/kql/values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::kql {

namespace {

bool isSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool equalsIgnoringCase(std::string_view text, std::string_view lower)
{
    return text.size() == lower.size()
           && std::equal(text.begin(), text.end(), lower.begin(), [](char a, char b) {
                  return std::tolower(static_cast<unsigned char>(a)) == b;
              });
}

std::optional<std::int64_t> parseHex(std::string_view digits, int bits)
{
    std::uint64_t value = 0;
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.empty() || error != std::errc() || rest != digits.data() + digits.size())
        return std::nullopt;
    if (bits == 64)
        return static_cast<std::int64_t>(value);
    if (value > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
}

std::optional<std::int64_t> parseWhole(std::string_view text, int bits)
{
    text = trimSpaces(text);
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return parseHex(text.substr(2), bits);
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-')
            return std::nullopt;
    }
    std::int64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || rest != text.data() + text.size())
        return std::nullopt;
    return value;
}

} // namespace

std::string_view trimSpaces(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::optional<std::int64_t> parseLong(std::string_view text)
{
    return parseWhole(text, 64);
}

std::optional<std::int64_t> parseInt(std::string_view text)
{
    const auto value = parseWhole(text, 32);
    if (!value || *value < std::numeric_limits<std::int32_t>::min()
        || *value > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return value;
}

std::optional<double> parseReal(std::string_view text)
{
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') { // most are plain numbers
        double plain = 0;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), plain);
        if (error == std::errc() && rest == text.data() + text.size())
            return plain;
    }
    text = trimSpaces(text);
    std::string_view body = text;
    const bool negative = !body.empty() && body.front() == '-';
    if (!body.empty() && (body.front() == '-' || body.front() == '+'))
        body.remove_prefix(1);
    if (body.empty())
        return std::nullopt;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (body == "inf" || body == "Infinity" || body == "infinity")
        return negative ? -kInfinity : kInfinity;
    if (equalsIgnoringCase(body, "nan"))
        return std::numeric_limits<double>::quiet_NaN();
    const char first = body.front();
    if ((first < '0' || first > '9') && first != '.')
        return std::nullopt;
    double value = 0;
    const auto [rest, error] = std::from_chars(body.data(), body.data() + body.size(), value);
    if (rest != body.data() + body.size())
        return std::nullopt;
    if (error == std::errc::result_out_of_range) // 1e400 is infinite, 1e-400 is 0
        value =
            body.find("e-") != std::string_view::npos || body.find("E-") != std::string_view::npos
                ? 0
                : kInfinity;
    else if (error != std::errc())
        return std::nullopt;
    return negative ? -value : value;
}

std::optional<bool> parseBool(std::string_view text)
{
    text = trimSpaces(text);
    if (equalsIgnoringCase(text, "true"))
        return true;
    if (equalsIgnoringCase(text, "false"))
        return false;
    const auto number = parseLong(text);
    return number ? std::optional(*number != 0) : std::nullopt;
}

std::optional<std::string> normalizeGuid(std::string_view text)
{
    text = trimSpaces(text);
    if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        text = text.substr(1, 36);
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dashPlace = i == 8 || i == 13 || i == 18 || i == 23;
        if (c == '-' && text.size() == 36 && dashPlace)
            continue;
        if (std::isxdigit(static_cast<unsigned char>(c)) == 0)
            return std::nullopt;
        digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    if (digits.size() != 32 || (text.size() != 32 && text.size() != 36))
        return std::nullopt;
    for (const std::size_t at : {8U, 13U, 18U, 23U})
        digits.insert(at, 1, '-');
    return digits;
}

std::optional<std::int64_t> truncateToLong(double value)
{
    if (std::isnan(value))
        return std::nullopt;
    constexpr double kLimit = 9223372036854775808.0;
    if (value >= kLimit)
        return std::numeric_limits<std::int64_t>::max();
    if (value <= -kLimit)
        return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(value);
}

} // namespace sluice::kql
