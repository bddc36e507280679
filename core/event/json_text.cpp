#include "core/event/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

namespace {

constexpr std::array<double, 23> kPowersOfTen{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

unsigned hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    return static_cast<unsigned>((c | 0x20) - 'a') + 10U;
}

unsigned hex4(const char *text)
{
    return hexDigit(text[0]) << 12U | hexDigit(text[1]) << 8U | hexDigit(text[2]) << 4U
           | hexDigit(text[3]);
}

char *putUtf8(char *out, unsigned code)
{
    const auto put = [&out](unsigned byte) { *out++ = static_cast<char>(byte); };
    if (code < 0x80U) {
        put(code);
    } else if (code < 0x800U) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000U) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
    return out;
}

/// Length of the valid UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8Length(std::string_view text)
{
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 0;
    unsigned code = 0;
    if (first < 0x80U)
        return 1;
    if (first >= 0xC2U && first < 0xE0U) {
        length = 2;
        code = first & 0x1FU;
    } else if ((first & 0xF0U) == 0xE0U) {
        length = 3;
        code = first & 0x0FU;
    } else if (first >= 0xF0U && first < 0xF5U) {
        length = 4;
        code = first & 0x07U;
    } else {
        return 0;
    }
    if (text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U)
            return 0;
        code = code << 6U | (byte(i) & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800U) || (length == 4 && code < 0x10000U);
    const bool surrogate = code >= 0xD800U && code < 0xE000U;
    return overlong || surrogate || code > 0x10FFFFU ? 0 : length;
}

} // namespace

double parseJsonNumber(std::string_view token)
{
    // Up to 15 digits and a power of ten below 10^22 are exact in one division (Clinger 1990).
    const char *p = token.data();
    const char *end = p + token.size();
    const bool negative = p != end && *p == '-';
    if (negative)
        ++p;
    std::uint64_t mantissa = 0;
    int digits = 0;
    int fraction = 0;
    bool point = false;
    for (; p != end; ++p) {
        const auto digit = static_cast<unsigned>(*p - '0');
        if (digit < 10) {
            mantissa = mantissa * 10 + digit;
            ++digits;
            fraction += point ? 1 : 0;
        } else if (*p == '.') {
            point = true;
        } else {
            break;
        }
    }
    if (p == end && digits <= 15) {
        const double value =
            static_cast<double>(mantissa) / kPowersOfTen[static_cast<std::size_t>(fraction)];
        return negative ? -value : value;
    }
    double value = 0;
    const auto result = std::from_chars(token.data(), end, value);
    if (result.ec == std::errc::result_out_of_range) {
        // Too small for a double reads as zero; too large was refused by the parser.
        const std::size_t exponent = token.find_first_of("eE");
        const bool tiny = exponent != std::string_view::npos && exponent + 1 < token.size()
                          && token[exponent + 1] == '-';
        value = tiny ? 0.0 : HUGE_VAL;
        return negative ? -value : value;
    }
    return value;
}

std::optional<std::int64_t> parseJsonInteger(std::string_view token)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (error != std::errc{} || end != token.data() + token.size())
        return std::nullopt;
    return value;
}

std::string_view unescapeJsonString(std::string_view token, Arena &arena)
{
    const std::string_view body = token.substr(1, token.size() - 2);
    const void *slash = std::memchr(body.data(), '\\', body.size());
    if (slash == nullptr)
        return body;
    char *place = arena.allocate(body.size());
    const std::size_t plain = static_cast<const char *>(slash) - body.data();
    std::memcpy(place, body.data(), plain);
    char *out = place + plain;
    for (std::size_t i = plain; i < body.size(); ++i) {
        if (body[i] != '\\') {
            *out++ = body[i];
            continue;
        }
        const char kind = body[++i];
        static constexpr std::string_view kNames = "bfnrt";
        static constexpr std::string_view kBytes = "\b\f\n\r\t";
        if (kind != 'u') {
            const std::size_t known = kNames.find(kind);
            *out++ = known == std::string_view::npos ? kind : kBytes[known];
            continue;
        }
        unsigned code = hex4(body.data() + i + 1);
        i += 4;
        const bool pair = code >= 0xD800U && code < 0xDC00U && i + 6 < body.size() + 0
                          && body[i + 1] == '\\' && body[i + 2] == 'u';
        if (pair) {
            const unsigned low = hex4(body.data() + i + 3);
            if (low >= 0xDC00U && low < 0xE000U) {
                code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
                i += 6;
            }
        }
        if (code >= 0xD800U && code < 0xE000U)
            code = 0xFFFDU; // half a surrogate pair has no UTF-8
        out = putUtf8(out, code);
    }
    const auto size = static_cast<std::size_t>(out - place);
    arena.shrinkLast(body.size() - size);
    return {place, size};
}

void appendJsonString(ByteBuffer &out, std::string_view text)
{
    static constexpr std::string_view kHex = "0123456789abcdef";
    char *p = out.reserveMore(text.size() * 6 + 2);
    char *const begin = p;
    *p++ = '"';
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20U && c < 0x80U && c != '"' && c != '\\') {
            *p++ = static_cast<char>(c);
            ++i;
            continue;
        }
        if (c >= 0x80U) {
            const std::size_t length = utf8Length(text.substr(i));
            const std::string_view bytes = length == 0 ? kReplacement : text.substr(i, length);
            std::memcpy(p, bytes.data(), bytes.size());
            p += bytes.size();
            i += length == 0 ? 1 : length;
            continue;
        }
        *p++ = '\\';
        static constexpr std::string_view kBytes = "\b\f\n\r\t\"\\";
        static constexpr std::string_view kNames = "bfnrt\"\\";
        const std::size_t known = kBytes.find(static_cast<char>(c));
        if (known != std::string_view::npos) {
            *p++ = kNames[known];
        } else {
            std::memcpy(p, "u00", 3);
            p[3] = kHex[c >> 4U];
            p[4] = kHex[c & 15U];
            p += 5;
        }
        ++i;
    }
    *p++ = '"';
    out.advance(static_cast<std::size_t>(p - begin));
}

void appendJsonReal(ByteBuffer &out, double value)
{
    if (std::isnan(value)) {
        out.append("\"NaN\"");
        return;
    }
    if (std::isinf(value)) {
        out.append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
        return;
    }
    constexpr std::size_t kRoom = 32;
    char *place = out.reserveMore(kRoom);
    char *end = std::to_chars(place, place + kRoom, value).ptr;
    // A real stays recognisable as one: 5.0, not 5.
    if (std::string_view(place, end).find_first_of(".e") == std::string_view::npos) {
        *end++ = '.';
        *end++ = '0';
    }
    out.advance(static_cast<std::size_t>(end - place));
}

void appendJsonInteger(ByteBuffer &out, std::int64_t value)
{
    constexpr std::size_t kRoom = 24;
    char *place = out.reserveMore(kRoom);
    out.advance(static_cast<std::size_t>(std::to_chars(place, place + kRoom, value).ptr - place));
}

} // namespace sluice
