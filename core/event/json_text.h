#pragma once

#include "core/event/arena.h"
#include "core/event/byte_buffer.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// Small tools for JSON text that a parser has already found valid, unless said otherwise.

/// A number's text as double: exact, like strtod. Precondition: valid JSON number.
double parseJsonNumber(std::string_view token);
/// A whole number that fits 64 bits; none for "1.0", "1e3" or 23 digits.
std::optional<std::int64_t> parseJsonInteger(std::string_view token);

/// The text of a string token (quotes included), escapes resolved. Without escapes it is a view
/// into the token, otherwise a copy in `arena`.
std::string_view unescapeJsonString(std::string_view token, Arena &arena);

/// Appends `text` as a JSON string with quotes. Any bytes are accepted: what is not UTF-8
/// becomes U+FFFD.
void appendJsonString(ByteBuffer &out, std::string_view text);

/// Appends a double as JSON: shortest text that reads back; NaN and infinities as strings.
void appendJsonReal(ByteBuffer &out, double value);
void appendJsonInteger(ByteBuffer &out, std::int64_t value);

} // namespace sluice
