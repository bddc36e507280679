// strlen, substring, strcat, split, replace_string, trim …
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/regex.h"
#include "core/kql/text.h"

#include <algorithm>
#include <limits>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

Long lengthOf(std::string_view text)
{
    return static_cast<Long>(countCharacters(text));
}

Long bytesOf(std::string_view text)
{
    return static_cast<Long>(text.size());
}

template<CaseMapping kMapping>
std::string_view mapped(Call &call, std::string_view text)
{
    call.scratch.text.clear();
    appendMapped(text, kMapping, &call.scratch.text);
    return call.keep(call.scratch.text);
}

/// Characters from `start` (negative: from the end) on, at most `length`.
std::string_view substring(std::string_view text, Long start, Long length)
{
    const bool ascii = isAscii(text);
    const Long size = ascii ? bytesOf(text) : lengthOf(text);
    if (start < 0)
        start += size;
    if (start < 0 || start >= size || length <= 0)
        return {};
    const Long end = length > size - start ? size : start + length;
    if (ascii)
        return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
    const std::size_t from = offsetOfCharacter(text, static_cast<std::size_t>(start));
    const std::string_view rest = text.substr(from);
    return rest.substr(0, offsetOfCharacter(rest, static_cast<std::size_t>(end - start)));
}

void joinTexts(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        TextBuilder builder(call.scratch);
        for (const Vector &argument : call.arguments)
            builder.append(argument.text(row));
        const std::string_view text = call.keep(builder.text());
        if (!std::exchange(call.scratch.tooLong, false))
            putValue(call.result, row, text);
    });
}

void joinWithDelimiter(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        TextBuilder builder(call.scratch);
        for (std::size_t i = 1; i < call.arguments.size(); ++i) {
            if (i != 1)
                builder.append(call.arguments[0].text(row));
            builder.append(call.arguments[i].text(row));
        }
        const std::string_view text = call.keep(builder.text());
        if (!std::exchange(call.scratch.tooLong, false))
            putValue(call.result, row, text);
    });
}

/// An element of an array as tostring() has it.
void appendElement(std::string_view element, TextBuilder *builder, std::string *scratch)
{
    const JsonKind kind = jsonKind(element);
    if (kind == JsonKind::Null)
        return;
    if (kind != JsonKind::String) {
        builder->append(element);
        return;
    }
    scratch->clear();
    jsonUnescape(element.substr(1, element.size() - 2), scratch);
    builder->append(*scratch);
}

std::string_view joinArray(Call &call, std::string_view json, std::string_view delimiter)
{
    json = jsonTrim(json);
    if (jsonKind(json) != JsonKind::Array)
        return {};
    TextBuilder builder(call.scratch);
    std::string_view element;
    bool first = true;
    for (JsonArray elements(json); elements.next(&element) && !builder.isFull(); first = false) {
        if (!first)
            builder.append(delimiter);
        appendElement(element, &builder, &call.scratch.other);
    }
    return call.keep(builder.text());
}

std::string_view split(Call &call, std::string_view text, std::string_view delimiter, Long index)
{
    TextBuilder builder(call.scratch);
    std::string &json = builder.text();
    json += '[';
    Long place = 0;
    while (true) {
        const std::size_t end = delimiter.empty() ? std::string_view::npos : text.find(delimiter);
        if (index < 0 || place == index) {
            if (json.size() > 1)
                json += ',';
            jsonQuote(text.substr(0, end), &json);
        }
        ++place;
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + delimiter.size());
    }
    json += ']';
    return call.keep(json);
}

std::string_view
replaceString(Call &call, std::string_view text, std::string_view from, std::string_view to)
{
    if (from.empty() || text.find(from) == std::string_view::npos)
        return text;
    TextBuilder builder(call.scratch);
    while (!builder.isFull()) {
        const std::size_t at = text.find(from);
        builder.append(text.substr(0, at));
        if (at == std::string_view::npos)
            break;
        builder.append(to);
        text.remove_prefix(at + from.size());
    }
    return call.keep(builder.text());
}

/// At each place the first lookup that fits is replaced; one whose replacement is no string stays.
std::string_view replaceStrings(Call &call,
                                std::string_view text,
                                std::string_view lookups,
                                std::string_view rewrites)
{
    std::vector<std::pair<std::string, std::string>> pairs;
    std::string_view lookup;
    std::string_view rewrite;
    const auto plain = [](std::string_view json) {
        std::string value;
        if (jsonKind(json) == JsonKind::String)
            jsonUnescape(json.substr(1, json.size() - 2), &value);
        return value;
    };
    JsonArray rewriteElements(jsonTrim(rewrites));
    for (JsonArray elements(jsonTrim(lookups));
         elements.next(&lookup) && rewriteElements.next(&rewrite);) {
        std::string from = plain(lookup);
        if (!from.empty())
            pairs.emplace_back(from, jsonKind(rewrite) == JsonKind::String ? plain(rewrite) : from);
    }
    TextBuilder builder(call.scratch);
    while (!text.empty() && !builder.isFull()) {
        const auto fit = std::find_if(pairs.begin(), pairs.end(), [&](const auto &pair) {
            return text.starts_with(pair.first);
        });
        if (fit == pairs.end()) {
            builder.append(text.front());
            text.remove_prefix(1);
        } else {
            builder.append(fit->second);
            text.remove_prefix(fit->first.size());
        }
    }
    return call.keep(builder.text());
}

std::string_view reverse(Call &call, std::string_view text)
{
    std::string &out = call.scratch.text;
    out.clear();
    std::size_t end = text.size();
    while (end > 0) {
        std::size_t begin = end - 1;
        while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U)
            --begin;
        out.append(text.substr(begin, end - begin));
        end = begin;
    }
    return call.keep(out);
}

std::string_view
repeatText(Call &call, std::string_view text, Long times, std::string_view delimiter)
{
    TextBuilder builder(call.scratch);
    for (Long i = 0; i < times && !builder.isFull() && text.size() + delimiter.size() > 0; ++i) {
        if (i != 0)
            builder.append(delimiter);
        builder.append(text);
    }
    return call.keep(builder.text());
}

Long compareTexts(std::string_view a, std::string_view b)
{
    const int order = a.compare(b);
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// Each character of `search` becomes the one at its place in `replacement`, or its last one.
std::string_view
translate(Call &call, std::string_view search, std::string_view replacement, std::string_view text)
{
    std::u32string from;
    std::u32string to;
    const auto characters = [](std::string_view utf8, std::u32string *out) {
        const char *at = utf8.data();
        while (at != utf8.data() + utf8.size())
            out->push_back(nextCharacter(&at, utf8.data() + utf8.size()));
    };
    characters(search, &from);
    characters(replacement, &to);
    TextBuilder builder(call.scratch);
    const char *at = text.data();
    while (at != text.data() + text.size()) {
        const char32_t character = nextCharacter(&at, text.data() + text.size());
        const std::size_t place = from.find(character);
        if (place == std::u32string::npos)
            appendCharacter(character, &builder.text());
        else if (!to.empty())
            appendCharacter(to[std::min(place, to.size() - 1)], &builder.text());
    }
    return call.keep(builder.text());
}

bool isAsciiText(std::string_view text)
{
    return isAscii(text);
}

/// One match is taken off at each end that is asked for.
template<bool kStart, bool kEnd>
std::string_view trim(Call &call, std::string_view pattern, std::string_view text)
{
    std::string &wrapped = call.scratch.other;
    const auto find = [&](std::string_view before, std::string_view after) {
        wrapped.assign(before).append(pattern).append(after);
        return call.scratch.regexes->find(wrapped);
    };
    re2::StringPiece match;
    if constexpr (kStart) {
        const re2::RE2 *regex = find("^(?:", ")");
        if (regex != nullptr
            && regex->Match(
                {text.data(), text.size()}, 0, text.size(), re2::RE2::ANCHOR_START, &match, 1))
            text.remove_prefix(match.size());
    }
    if constexpr (kEnd) {
        const re2::RE2 *regex = find("(?:", ")$");
        if (regex != nullptr
            && regex->Match(
                {text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, &match, 1))
            text.remove_suffix(match.size());
    }
    return text;
}

Result<std::shared_ptr<const void>> checkFirstPattern(std::span<const NodePtr> arguments)
{
    if (arguments[0]->isConstant())
        TRY(compileRegex(arguments[0]->constant->texts[0]));
    return std::shared_ptr<const void>();
}

} // namespace

std::vector<Function> stringFunctions()
{
    return {
        {.name = "strlen",
         .help = "The number of characters.",
         .example = "strlen(name)",
         .overloads = {{"text: string -> long", rows<lengthOf>}}},
        {.name = "string_size",
         .help = "The number of bytes in UTF-8.",
         .example = "string_size(name)",
         .overloads = {{"text: string -> long", rows<bytesOf>}}},
        {.name = "tolower",
         .help = "In lower case.",
         .example = "tolower(name)",
         .overloads = {{"text: text -> string", rows<mapped<CaseMapping::Lower>>}}},
        {.name = "toupper",
         .help = "In upper case.",
         .example = "toupper(name)",
         .overloads = {{"text: text -> string", rows<mapped<CaseMapping::Upper>>}}},
        {.name = "substring",
         .help =
             "A part of a text; the first character is 0, a negative start counts from the end.",
         .example = "substring(name, 0, 3)",
         .overloads = {{"text: text, start: long, [length: long = 9223372036854775807] -> string",
                        rows<substring>}}},
        {.name = "strcat",
         .help = "Joins values into one text.",
         .example = "strcat(service, ': ', message)",
         .overloads = {{"value: text, more: text... -> string", joinTexts}}},
        {.name = "strcat_delim",
         .help = "Joins values with a delimiter between them.",
         .example = "strcat_delim('-', year, month)",
         .overloads = {{"delimiter: text, value: text, more: text... -> string",
                        joinWithDelimiter}}},
        {.name = "strcat_array",
         .help = "Joins the elements of an array.",
         .example = "strcat_array(tags, ', ')",
         .overloads = {{"array: dynamic, delimiter: text -> string", rows<joinArray>}}},
        {.name = "split",
         .help = "Cuts a text at each delimiter; with an index only that part.",
         .example = "split('a,b,c', ',')",
         .overloads = {{"text: text, delimiter: text, [index: long = -1] -> dynamic",
                        rows<split>}}},
        {.name = "replace_string",
         .help = "Replaces every occurrence of a text.",
         .example = "replace_string(path, '/', '.')",
         .overloads = {{"text: string, lookup: string, replacement: string -> string",
                        rows<replaceString>}}},
        {.name = "replace_strings",
         .help = "Replaces several texts at once.",
         .example = "replace_strings(s, dynamic(['a', 'b']), dynamic(['1', '2']))",
         .overloads = {{"text: string, lookups: dynamic, replacements: dynamic -> string",
                        rows<replaceStrings>}}},
        {.name = "reverse",
         .help = "The characters from last to first.",
         .example = "reverse('abc')",
         .overloads = {{"value: text -> string", rows<reverse>}}},
        {.name = "strrep",
         .help = "Repeats a text.",
         .example = "strrep('ab', 3)",
         .overloads = {{"value: text, times: long, [delimiter: text = ''] -> string",
                        rows<repeatText>}}},
        {.name = "strcmp",
         .help = "-1, 0 or 1 as the first text is less, equal or greater.",
         .example = "strcmp(a, b)",
         .overloads = {{"left: text, right: text -> long", rows<compareTexts>}}},
        {.name = "translate",
         .help = "Replaces characters by others, place by place.",
         .example = "translate('abc', 'xyz', text)",
         .overloads = {{"search: string, replacement: string, text: string -> string",
                        rows<translate>}}},
        {.name = "isascii",
         .help = "True when every character is ASCII.",
         .example = "isascii(name)",
         .overloads = {{"text: text -> bool", rows<isAsciiText>}}},
        {.name = "trim",
         .help = "Takes one match of a regular expression off both ends.",
         .example = "trim(@'\\s+', name)",
         .overloads = {{"regex: string, text: string -> string",
                        rows<trim<true, true>>,
                        checkFirstPattern}}},
        {.name = "trim_start",
         .help = "Takes one match of a regular expression off the beginning.",
         .example = "trim_start('0*', code)",
         .overloads = {{"regex: string, text: string -> string",
                        rows<trim<true, false>>,
                        checkFirstPattern}}},
        {.name = "trim_end",
         .help = "Takes one match of a regular expression off the end.",
         .example = "trim_end('/', path)",
         .overloads = {{"regex: string, text: string -> string",
                        rows<trim<false, true>>,
                        checkFirstPattern}}},
    };
}

} // namespace sluice::kql
