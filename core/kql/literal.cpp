#include "core/kql/literal.h"

#include "core/event/datetime.h"
#include "core/kql/constant.h"
#include "core/kql/decimal.h"
#include "core/kql/json_text.h"
#include "core/kql/lexer.h"
#include "core/kql/text.h"
#include "core/kql/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::kql {

namespace {

/// \x41 and \101: the character of a number with so many digits. @return false when there are none
bool appendByte(
    std::string_view body, std::size_t from, std::size_t digits, int base, std::string *out)
{
    if (from + digits > body.size())
        return false;
    unsigned value = 0;
    const char *begin = body.data() + from;
    const auto [rest, error] = std::from_chars(begin, begin + digits, value, base);
    if (error != std::errc() || rest != begin + digits)
        return false;
    appendCharacter(value, out);
    return true;
}

/// The value behind a backslash; `at` is on the character behind it and moves to its last one.
Result<void> appendEscape(std::string_view body, std::size_t *at, std::string *out)
{
    const char c = body[*at];
    switch (c) {
    case 'n':
        out->push_back('\n');
        return {};
    case 't':
        out->push_back('\t');
        return {};
    case 'r':
        out->push_back('\r');
        return {};
    case 'b':
        out->push_back('\b');
        return {};
    case 'f':
        out->push_back('\f');
        return {};
    case 'a':
        out->push_back('\a');
        return {};
    case 'v':
        out->push_back('\v');
        return {};
    case 'x':
        if (appendByte(body, *at + 1, 2, 16, out)) {
            *at += 2;
            return {};
        }
        break;
    case '0':
    case '1':
    case '2':
    case '3':
        if (appendByte(body, *at, 3, 8, out)) {
            *at += 2;
            return {};
        }
        if (c == '0') {
            out->push_back('\0');
            return {};
        }
        break;
    case '\\':
    case '"':
    case '\'':
        out->push_back(c);
        return {};
    case 'u':
        if (*at + 4 < body.size()) {
            // One escape, or two that make a surrogate pair.
            const bool pair =
                body.substr(*at + 5, 2) == "\\u" && (body[*at + 1] == 'd' || body[*at + 1] == 'D');
            const std::size_t length = pair ? 11 : 5;
            jsonUnescape(body.substr(*at - 1, length + 1), out);
            *at += length - 1;
            return {};
        }
        break;
    default:
        break;
    }
    return fail(ErrorCode::SyntaxError, "'\\{}' is no escape", c)
        .hint("Write \\\\ for a backslash, or put @ before the string.");
}

Result<std::int64_t> readLong(std::string_view text)
{
    if (text == "-9223372036854775808") // its digits alone are too large
        return std::numeric_limits<std::int64_t>::min();
    const bool negative = !text.empty() && text.front() == '-';
    std::string_view digits = text;
    if (!digits.empty() && (digits.front() == '-' || digits.front() == '+'))
        digits.remove_prefix(1);
    int base = 10;
    if (digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
        base = 16;
        digits.remove_prefix(2);
    }
    std::int64_t value = 0;
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error == std::errc::result_out_of_range)
        return fail(ErrorCode::SyntaxError, "{} is too large for a long", text)
            .hint("The largest is 9223372036854775807; write it as a real (1e19) or a decimal.");
    if (digits.empty() || error != std::errc() || rest != digits.data() + digits.size()
        || digits.front() == '-')
        return fail(ErrorCode::SyntaxError, "'{}' is no whole number", text);
    return negative ? -value : value;
}

Result<double> readReal(std::string_view text)
{
    if (const auto value = parseReal(text))
        return *value;
    return fail(ErrorCode::SyntaxError, "'{}' is no real number", text);
}

/// The content without quotes when it is one string.
Result<std::string> unquoted(std::string_view content)
{
    if (!content.empty() && (content.front() == '"' || content.front() == '\'')) {
        const auto tokens = tokenize(content);
        if (tokens.size() == 1 && tokens.front().kind == TokenKind::String)
            return readStringLiteral(content);
    }
    return std::string(content);
}

Result<ColumnPtr> readIntegerLiteral(ColumnType type, std::string_view text)
{
    TRY_ASSIGN(const std::int64_t value, readLong(text));
    if (type == ColumnType::Int
        && (value < std::numeric_limits<std::int32_t>::min()
            || value > std::numeric_limits<std::int32_t>::max()))
        return fail(ErrorCode::SyntaxError, "{} is too large for an int", text)
            .hint("Write long(…).");
    return integerConstant(type, value);
}

/// "2025, 6, 14": year, month and day.
std::optional<Ticks> parseDateParts(std::string_view text)
{
    std::array<int, 3> parts{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t comma = i + 1 < parts.size() ? text.find(',') : text.size();
        const auto number = parseInt(text.substr(0, comma));
        if (comma == std::string_view::npos || !number)
            return std::nullopt;
        parts.at(i) = static_cast<int>(*number);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    const auto [year, month, day] = parts;
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
        || day > daysInMonth(year, month))
        return std::nullopt;
    return daysFromCivil(year, month, day) * kTicksPerDay;
}

Result<ColumnPtr> readScalar(ColumnType type, const std::string &text)
{
    switch (type) {
    case ColumnType::Bool:
        if (const auto value = parseBool(text))
            return boolConstant(*value);
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        return readIntegerLiteral(type, text);
    case ColumnType::Real: {
        TRY_ASSIGN(const double value, readReal(text));
        return realConstant(value);
    }
    case ColumnType::Decimal:
        if (const auto value = normalizeDecimal(text))
            return textConstant(type, *value);
        break;
    case ColumnType::Datetime:
        if (const auto value = parseDatetime(text))
            return integerConstant(type, *value);
        if (const auto value = parseDateParts(text))
            return integerConstant(type, *value);
        return fail(ErrorCode::SyntaxError, "'{}' is no date and time", text)
            .hint("Write it as datetime(2026-01-31 10:20:30).");
    case ColumnType::Timespan:
        if (const auto value = parseTimespan(text))
            return integerConstant(type, *value);
        return fail(ErrorCode::SyntaxError, "'{}' is no timespan", text)
            .hint("Write it as 10s, 1.5h or time(1.02:03:04).");
    case ColumnType::Guid:
        if (const auto value = normalizeGuid(text))
            return textConstant(type, *value);
        break;
    default:
        break;
    }
    return fail(ErrorCode::SyntaxError, "'{}' is no {}", text, typeName(type));
}

} // namespace

Result<std::string> readStringLiteral(std::string_view token)
{
    if (token.front() == 'h' || token.front() == 'H')
        token.remove_prefix(1);
    if (token.front() == '`' || token.front() == '~')
        return std::string(token.substr(3, token.size() - 6));
    const bool verbatim = token.front() == '@';
    if (verbatim)
        token.remove_prefix(1);
    const char quote = token.front();
    const std::string_view body = token.substr(1, token.size() - 2);
    std::string out;
    out.reserve(body.size());
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (verbatim && body[i] == quote)
            ++i; // a doubled quote stands for one
        if (!verbatim && body[i] == '\\' && i + 1 < body.size()) {
            ++i;
            TRY(appendEscape(body, &i, &out));
        } else {
            out.push_back(body[i]);
        }
    }
    return out;
}

Result<ColumnPtr> readNumberLiteral(std::string_view token)
{
    const bool hex = token.size() > 1 && (token[1] == 'x' || token[1] == 'X');
    if (!hex && token.find_first_of(".eE") != std::string_view::npos) {
        TRY_ASSIGN(const double value, readReal(token));
        return realConstant(value);
    }
    return readIntegerLiteral(ColumnType::Long, token);
}

Result<ColumnPtr> readTimespanLiteral(std::string_view token)
{
    return readScalar(ColumnType::Timespan, std::string(token));
}

std::string_view literalContent(std::string_view token)
{
    const std::size_t open = token.find('(');
    return jsonTrim(token.substr(open + 1, token.size() - open - 2));
}

Result<ColumnPtr> readTypedLiteral(std::string_view token)
{
    const std::string_view word = jsonTrim(token.substr(0, token.find('(')));
    const ColumnType type = typeFromName(word).value_or(ColumnType::String);
    const std::string_view content = literalContent(token);
    if (content == "null")
        return nullConstant(type);
    if (type == ColumnType::Dynamic) {
        TRY_ASSIGN(const std::string json, readDynamicLiteral(content));
        return textConstant(type, json);
    }
    TRY_ASSIGN(const std::string text, unquoted(content));
    return readScalar(type, text);
}

} // namespace sluice::kql
