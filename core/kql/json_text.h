#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::kql {

/// Reads JSON text in place, without a tree. The text of dynamic columns has been validated when it
/// came in; on any other text these functions stay inside it and give something or nothing.

enum class JsonKind { Missing, Null, Bool, Long, Real, String, Array, Object };

std::string_view jsonTrim(std::string_view text);
/// Looks at the first character, and for a number at all of it.
JsonKind jsonKind(std::string_view trimmed);

/// Walks over the elements of an array: `for (JsonArray a(text); a.next(&element);)`.
class JsonArray
{
public:
    explicit JsonArray(std::string_view trimmed);
    bool next(std::string_view *element);

private:
    const char *m_next = nullptr;
    const char *m_end = nullptr;
};

/// Walks over the members of an object; the key is raw, without its quotes.
class JsonObject
{
public:
    explicit JsonObject(std::string_view trimmed);
    bool next(std::string_view *key, std::string_view *value);

private:
    const char *m_next = nullptr;
    const char *m_end = nullptr;
};

/// The value of a key, or empty.
std::string_view jsonMember(std::string_view object, std::string_view key);
/// The element at a place, negative from the end, or empty.
std::string_view jsonElement(std::string_view array, std::int64_t index);
/// True when a raw key or raw string (without quotes) stands for `text`.
bool jsonRawEquals(std::string_view raw, std::string_view text);
/// Appends what a raw string (without quotes) stands for.
void jsonUnescape(std::string_view raw, std::string *out);
/// Appends a string with quotes and escapes.
void jsonQuote(std::string_view text, std::string *out);
/// Appends a value without the spaces between its parts.
void jsonCompact(std::string_view text, std::string *out);
/// True for exactly one JSON value, by RFC 8259, not nested deeper than Sluice allows.
bool jsonIsValid(std::string_view text);

} // namespace sluice::kql
