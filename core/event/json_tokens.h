#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

/// What a quick look at a token of JSON text found. A doubtful one needs a whole parser: an
/// exponent, very many digits, an escape of a surrogate.
enum class TokenCheck { Valid, Invalid, Doubtful };

/// Checks of single tokens whose ends simdjson's first stage has found, without white space around
/// them. No unescaped quote, control character or broken UTF-8 is left inside: the first stage has
/// refused those already.

inline bool isJsonSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

inline TokenCheck checkJsonNumber(const char *at, const char *end)
{
    // So many characters always fit 64 bits; what is longer may be out of range.
    constexpr std::ptrdiff_t kPlainLength = 18;
    const auto isDigit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
    const bool plain = end - at <= kPlainLength;
    if (*at == '-')
        ++at;
    if (at == end || !isDigit(*at))
        return TokenCheck::Invalid;
    if (*at == '0') {
        ++at;
    } else {
        while (at != end && isDigit(*at))
            ++at;
    }
    if (at != end && *at == '.') {
        const char *fraction = ++at;
        while (at != end && isDigit(*at))
            ++at;
        if (at == fraction)
            return TokenCheck::Invalid;
    }
    if (at == end)
        return plain ? TokenCheck::Valid : TokenCheck::Doubtful;
    return *at == 'e' || *at == 'E' ? TokenCheck::Doubtful : TokenCheck::Invalid;
}

/// A number, true, false or null.
inline TokenCheck checkJsonScalar(const char *at, const char *end)
{
    const std::string_view token(at, static_cast<std::size_t>(end - at));
    switch (*at) {
    case 't':
        return token == "true" ? TokenCheck::Valid : TokenCheck::Invalid;
    case 'f':
        return token == "false" ? TokenCheck::Valid : TokenCheck::Invalid;
    case 'n':
        return token == "null" ? TokenCheck::Valid : TokenCheck::Invalid;
    default:
        return checkJsonNumber(at, end);
    }
}

/// A string with its quotes. @param mayEscape  false: the caller knows that there is no backslash
inline TokenCheck checkJsonString(const char *at, const char *end, bool mayEscape)
{
    if (end - at < 2 || end[-1] != '"')
        return TokenCheck::Invalid;
    if (!mayEscape)
        return TokenCheck::Valid;
    for (++at, --end; at < end; ++at) {
        if (*at != '\\')
            continue;
        ++at;
        if (*at == 'u')
            return TokenCheck::Doubtful;
        constexpr std::string_view kEscapes = "\"\\/bfnrt";
        if (kEscapes.find(*at) == std::string_view::npos)
            return TokenCheck::Invalid;
    }
    return TokenCheck::Valid;
}

/// The text that simdjson's first stage was run over, and the places it found.
struct JsonIndexes
{
    const char *data = nullptr;
    const std::uint32_t *places = nullptr;
    bool mayEscape = true; // the text holds a backslash somewhere

    char at(std::uint32_t index) const { return data[places[index]]; }
    const char *place(std::uint32_t index) const { return data + places[index]; }
    /// End of the token in front of index `next`.
    const char *endBefore(std::uint32_t next) const
    {
        const char *end = data + places[next];
        while (isJsonSpace(end[-1]))
            --end;
        return end;
    }
};

/// Checks the value at `index` and moves behind it. An array or object counts as one value.
/// @param limit  place in the text where the record ends
TokenCheck checkJsonValue(const JsonIndexes &json, std::uint32_t &index, std::size_t limit);

} // namespace sluice
