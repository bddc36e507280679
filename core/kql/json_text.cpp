#include "core/kql/json_text.h"

#include <algorithm>

namespace sluice::kql {

namespace {

bool isJsonSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *skipSpaces(const char *at, const char *end)
{
    while (at != end && isJsonSpace(*at))
        ++at;
    return at;
}

/// @param at  on the opening quote; @return behind the closing one
const char *skipString(const char *at, const char *end)
{
    for (++at; at < end; ++at) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            ++at;
    }
    return end;
}

const char *skipValue(const char *at, const char *end)
{
    if (at == end)
        return at;
    if (*at == '"')
        return skipString(at, end);
    if (*at == '{' || *at == '[') {
        int depth = 0;
        while (at < end) {
            if (*at == '"') {
                at = skipString(at, end);
                continue;
            }
            if (*at == '{' || *at == '[')
                ++depth;
            else if ((*at == '}' || *at == ']') && --depth == 0)
                return at + 1;
            ++at;
        }
        return end;
    }
    while (at != end && *at != ',' && *at != ']' && *at != '}' && !isJsonSpace(*at))
        ++at;
    return at;
}

std::string_view between(const char *begin, const char *end)
{
    return {begin, static_cast<std::size_t>(end - begin)};
}

int hexValue(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Four hexadecimal digits at `at`, or -1.
int hexUnit(std::string_view text, std::size_t at)
{
    if (at + 4 > text.size())
        return -1;
    int value = 0;
    for (std::size_t i = at; i < at + 4; ++i) {
        const int digit = hexValue(text[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

void appendUtf8(unsigned point, std::string *out)
{
    const auto put = [out](unsigned byte) { out->push_back(static_cast<char>(byte)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | point >> 6U);
        put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0U | point >> 12U);
        put(0x80U | (point >> 6U & 0x3FU));
        put(0x80U | (point & 0x3FU));
    } else {
        put(0xF0U | point >> 18U);
        put(0x80U | (point >> 12U & 0x3FU));
        put(0x80U | (point >> 6U & 0x3FU));
        put(0x80U | (point & 0x3FU));
    }
}

/// Appends the character of a \u escape; `at` is on the 'u' and moves to its last digit.
void appendUnicodeEscape(std::string_view raw, std::size_t *at, std::string *out)
{
    constexpr unsigned kReplacement = 0xFFFD;
    const int unit = hexUnit(raw, *at + 1);
    if (unit < 0) {
        appendUtf8(kReplacement, out);
        return;
    }
    *at += 4;
    auto point = static_cast<unsigned>(unit);
    if (point >= 0xD800 && point < 0xDC00
        && raw.substr(std::min(*at + 1, raw.size()), 2) == "\\u") {
        const int low = hexUnit(raw, *at + 3);
        if (low >= 0xDC00 && low < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10U) + static_cast<unsigned>(low - 0xDC00);
            *at += 6;
        }
    }
    appendUtf8(point >= 0xD800 && point < 0xE000 ? kReplacement : point, out);
}

} // namespace

std::string_view jsonTrim(std::string_view text)
{
    while (!text.empty() && isJsonSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isJsonSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

JsonKind jsonKind(std::string_view trimmed)
{
    if (trimmed.empty())
        return JsonKind::Missing;
    switch (trimmed.front()) {
    case '"':
        return trimmed.size() >= 2 && trimmed.back() == '"' ? JsonKind::String : JsonKind::Missing;
    case '{':
        return JsonKind::Object;
    case '[':
        return JsonKind::Array;
    case 't':
    case 'f':
        return JsonKind::Bool;
    case 'n':
        return JsonKind::Null;
    default:
        for (const char c : trimmed) {
            if (c == '.' || c == 'e' || c == 'E')
                return JsonKind::Real;
        }
        return JsonKind::Long;
    }
}

JsonArray::JsonArray(std::string_view trimmed)
{
    if (trimmed.size() >= 2 && trimmed.front() == '[') {
        m_next = trimmed.data() + 1;
        m_end = trimmed.data() + trimmed.size() - 1;
    }
}

bool JsonArray::next(std::string_view *element)
{
    m_next = skipSpaces(m_next, m_end);
    if (m_next == m_end)
        return false;
    const char *begin = m_next;
    const char *end = skipValue(m_next, m_end);
    *element = between(begin, end);
    m_next = skipSpaces(end, m_end);
    if (m_next != m_end)
        ++m_next; // the comma
    return end != begin;
}

JsonObject::JsonObject(std::string_view trimmed)
{
    if (trimmed.size() >= 2 && trimmed.front() == '{') {
        m_next = trimmed.data() + 1;
        m_end = trimmed.data() + trimmed.size() - 1;
    }
}

bool JsonObject::next(std::string_view *key, std::string_view *value)
{
    m_next = skipSpaces(m_next, m_end);
    if (m_next == m_end || *m_next != '"')
        return false;
    const char *end = skipString(m_next, m_end);
    if (end - m_next < 2)
        return false;
    *key = between(m_next + 1, end - 1);
    m_next = skipSpaces(end, m_end);
    if (m_next == m_end || *m_next != ':')
        return false;
    const char *begin = skipSpaces(m_next + 1, m_end);
    end = skipValue(begin, m_end);
    *value = between(begin, end);
    m_next = skipSpaces(end, m_end);
    if (m_next != m_end)
        ++m_next;
    return end != begin;
}

std::string_view jsonMember(std::string_view object, std::string_view key)
{
    JsonObject members(jsonTrim(object));
    std::string_view name;
    std::string_view value;
    while (members.next(&name, &value)) {
        if (jsonRawEquals(name, key))
            return value;
    }
    return {};
}

std::string_view jsonElement(std::string_view array, std::int64_t index)
{
    const std::string_view text = jsonTrim(array);
    std::string_view element;
    if (index < 0) {
        std::int64_t count = 0;
        for (JsonArray elements(text); elements.next(&element);)
            ++count;
        index += count;
        if (index < 0)
            return {};
    }
    for (JsonArray elements(text); elements.next(&element); --index) {
        if (index == 0)
            return element;
    }
    return {};
}

bool jsonRawEquals(std::string_view raw, std::string_view text)
{
    if (raw.size() < text.size()) // an escape only makes it longer
        return false;
    if (raw.size() == text.size() && raw != text)
        return false;
    if (raw.find('\\') == std::string_view::npos)
        return raw.size() == text.size();
    std::string plain;
    jsonUnescape(raw, &plain);
    return plain == text;
}

void jsonUnescape(std::string_view raw, std::string *out)
{
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out->push_back(raw[i]);
            continue;
        }
        switch (raw[++i]) {
        case 'b':
            out->push_back('\b');
            break;
        case 'f':
            out->push_back('\f');
            break;
        case 'n':
            out->push_back('\n');
            break;
        case 'r':
            out->push_back('\r');
            break;
        case 't':
            out->push_back('\t');
            break;
        case 'u':
            appendUnicodeEscape(raw, &i, out);
            break;
        default:
            out->push_back(raw[i]);
        }
    }
}

void jsonQuote(std::string_view text, std::string *out)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    out->push_back('"');
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out->push_back('\\');
            out->push_back(c);
        } else if (byte >= 0x20) {
            out->push_back(c);
        } else if (c == '\n' || c == '\t' || c == '\r') {
            out->push_back('\\');
            out->push_back(c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
        } else {
            out->append("\\u00");
            out->push_back(kHex[byte >> 4U]);
            out->push_back(kHex[byte & 0xFU]);
        }
    }
    out->push_back('"');
}

void jsonCompact(std::string_view text, std::string *out)
{
    const char *at = text.data();
    const char *end = at + text.size();
    while (at != end) {
        if (*at == '"') {
            const char *next = skipString(at, end);
            out->append(at, next);
            at = next;
        } else {
            if (!isJsonSpace(*at))
                out->push_back(*at);
            ++at;
        }
    }
}

} // namespace sluice::kql
