// indexof, countof, extract, extract_all, replace_regex, extract_json.
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/regex.h"
#include "core/kql/text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using re2::StringPiece;

constexpr int kMaxGroups = 17;

StringPiece piece(std::string_view text)
{
    return {text.data(), text.size()};
}

std::string_view view(const StringPiece &match)
{
    return match.data() == nullptr ? std::string_view()
                                   : std::string_view(match.data(), match.size());
}

/// The place of an occurrence among the characters, or -1. `length` bounds where it may begin.
std::optional<Long>
indexOf(std::string_view text, std::string_view lookup, Long start, Long length, Long occurrence)
{
    const Long size = static_cast<Long>(countCharacters(text));
    if (start < 0)
        start = std::max<Long>(0, start + size);
    if (length < -1 || occurrence < 1)
        return length < -1 ? std::nullopt : std::optional<Long>(-1);
    if (start > size)
        return -1;
    std::size_t from = offsetOfCharacter(text, static_cast<std::size_t>(start));
    const std::size_t limit =
        length < 0 || length >= size - start
            ? text.size()
            : offsetOfCharacter(text, static_cast<std::size_t>(start + length));
    while (true) {
        const std::size_t at = text.find(lookup, from);
        if (at == std::string_view::npos || (length >= 0 && at >= limit && at != from))
            return -1;
        if (--occurrence == 0)
            return static_cast<Long>(countCharacters(text.substr(0, at)));
        from = at + 1;
    }
}

const re2::RE2 *regexOf(Call &call, std::string_view pattern)
{
    return call.hasState() ? &call.state<re2::RE2>() : call.scratch.regexes->find(pattern);
}

template<std::size_t kPlace>
Result<std::shared_ptr<const void>> preparePattern(std::span<const NodePtr> arguments)
{
    if (!arguments[kPlace]->isConstant())
        return std::shared_ptr<const void>();
    TRY_ASSIGN(RegexPtr regex, compileRegex(arguments[kPlace]->constant->texts[0]));
    return std::shared_ptr<const void>(std::move(regex));
}

/// Calls `function(matches)` for each match that does not overlap an earlier one.
template<typename F>
void forEachMatch(const re2::RE2 &regex, std::string_view text, int groups, F &&function)
{
    std::array<StringPiece, kMaxGroups> matches;
    std::size_t from = 0;
    while (from <= text.size()
           && regex.Match(
               piece(text), from, text.size(), re2::RE2::UNANCHORED, matches.data(), groups)) {
        if (!function(matches))
            return;
        const auto end =
            static_cast<std::size_t>(matches[0].data() + matches[0].size() - text.data());
        from = matches[0].empty() ? end + 1 : end;
        while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U)
            ++from;
    }
}

std::optional<Long>
countOf(Call &call, std::string_view text, std::string_view search, std::string_view kind)
{
    Long count = 0;
    if (kind == "regex") {
        const re2::RE2 *regex = call.scratch.regexes->find(search);
        if (regex == nullptr)
            return std::nullopt;
        forEachMatch(*regex, text, 1, [&](const auto & /*matches*/) { return ++count > 0; });
        return count;
    }
    if (search.empty())
        return 0;
    for (std::size_t at = text.find(search); at != std::string_view::npos;
         at = text.find(search, at + 1))
        ++count;
    return count;
}

Result<std::shared_ptr<const void>> prepareCount(std::span<const NodePtr> arguments)
{
    const bool regex = arguments[2]->isConstant() && arguments[2]->constant->texts[0] == "regex";
    if (regex && arguments[1]->isConstant())
        TRY(compileRegex(arguments[1]->constant->texts[0]));
    if (arguments[2]->isConstant() && !regex && arguments[2]->constant->texts[0] != "normal")
        return fail(ErrorCode::WrongArguments,
                    "'{}' is no kind of search",
                    arguments[2]->constant->texts[0])
            .hint("Write 'normal' or 'regex'.");
    return std::shared_ptr<const void>();
}

std::string_view extract(Call &call, std::string_view pattern, Long group, std::string_view text)
{
    const re2::RE2 *regex = regexOf(call, pattern);
    std::array<StringPiece, kMaxGroups> matches;
    if (regex == nullptr || group < 0 || group >= kMaxGroups
        || group > regex->NumberOfCapturingGroups()
        || !regex->Match(piece(text),
                         0,
                         text.size(),
                         re2::RE2::UNANCHORED,
                         matches.data(),
                         static_cast<int>(group) + 1))
        return {};
    return view(matches[static_cast<std::size_t>(group)]);
}

/// extract(regex, group, text, typeof(t)) converts what it found.
NodePtr bindExtract(Binder &binder,
                    const Function &function,
                    const Position &at,
                    std::vector<NodePtr> arguments)
{
    std::optional<ColumnType> type;
    if (arguments.size() == 4 && arguments[3]->isConstant()
        && arguments[3]->type == ColumnType::String) {
        type = typeFromName(arguments[3]->constant->texts[0]);
        arguments.pop_back();
    } else if (function.name != "extract" && arguments.size() == 3 && arguments[2]->isConstant()
               && arguments[2]->type == ColumnType::String) {
        type = typeFromName(arguments[2]->constant->texts[0]);
        arguments.pop_back();
    }
    const NodePtr found = binder.callOverload(function, at, std::move(arguments));
    return type ? binder.convert(found, *type) : found;
}

/// The groups that are asked for, or all.
std::vector<int> wantedGroups(const re2::RE2 &regex, std::string_view json)
{
    std::vector<int> groups;
    const int all = std::min(regex.NumberOfCapturingGroups(), kMaxGroups - 1);
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);) {
        const auto number = parseLong(element);
        if (number && *number >= 0 && *number <= all)
            groups.push_back(static_cast<int>(*number));
    }
    if (groups.empty()) {
        for (int group = 1; group <= all; ++group)
            groups.push_back(group);
    }
    return groups;
}

std::string_view extractAllGroups(Call &call,
                                  std::string_view pattern,
                                  std::string_view wanted,
                                  std::string_view text)
{
    const re2::RE2 *regex = regexOf(call, pattern);
    if (regex == nullptr || regex->NumberOfCapturingGroups() == 0)
        return {};
    const std::vector<int> groups = wantedGroups(*regex, wanted);
    TextBuilder builder(call.scratch);
    std::string &json = builder.text();
    forEachMatch(*regex,
                 text,
                 std::min(regex->NumberOfCapturingGroups() + 1, kMaxGroups),
                 [&](const auto &matches) {
                     json += json.empty() ? '[' : ',';
                     if (groups.size() > 1)
                         json += '[';
                     for (std::size_t i = 0; i < groups.size(); ++i) {
                         if (i != 0)
                             json += ',';
                         jsonQuote(view(matches[static_cast<std::size_t>(groups[i])]), &json);
                     }
                     if (groups.size() > 1)
                         json += ']';
                     return json.size() <= kMaxTextBytes;
                 });
    if (json.empty())
        return {};
    json += ']';
    return call.keep(json);
}

std::string_view extractAll(Call &call, std::string_view pattern, std::string_view text)
{
    return extractAllGroups(call, pattern, {}, text);
}

Result<std::shared_ptr<const void>> prepareExtractAll(std::span<const NodePtr> arguments)
{
    TRY_ASSIGN(auto state, preparePattern<0>(arguments));
    if (state && static_cast<const re2::RE2 *>(state.get())->NumberOfCapturingGroups() == 0)
        return fail(ErrorCode::WrongArguments,
                    "extract_all() needs a regular expression with a group")
            .hint("Put ( ) around what is to be extracted.");
    return state;
}

/// Appends a rewrite, in which \0 to \9 stand for groups and \\ for a backslash.
template<typename Matches>
void appendRewrite(std::string_view rewrite,
                   const Matches &matches,
                   int groups,
                   TextBuilder *builder)
{
    for (std::size_t i = 0; i < rewrite.size(); ++i) {
        const char next = i + 1 < rewrite.size() ? rewrite[i + 1] : '\0';
        if (rewrite[i] != '\\' || (next != '\\' && (next < '0' || next > '9'))) {
            builder->append(rewrite[i]);
        } else {
            ++i;
            if (next == '\\')
                builder->append('\\');
            else if (next - '0' < groups)
                builder->append(view(matches[static_cast<std::size_t>(next - '0')]));
        }
    }
}

std::string_view
replaceRegex(Call &call, std::string_view text, std::string_view pattern, std::string_view rewrite)
{
    const re2::RE2 *regex = regexOf(call, pattern);
    if (regex == nullptr)
        return text;
    TextBuilder builder(call.scratch);
    const int groups = std::min(regex->NumberOfCapturingGroups() + 1, 10);
    const char *copied = text.data();
    forEachMatch(*regex, text, groups, [&](const auto &matches) {
        builder.append({copied, static_cast<std::size_t>(matches[0].data() - copied)});
        appendRewrite(rewrite, matches, groups, &builder);
        copied = matches[0].data() + matches[0].size();
        return !builder.isFull();
    });
    if (copied == text.data() && builder.text().empty())
        return text;
    builder.append({copied, static_cast<std::size_t>(text.data() + text.size() - copied)});
    return call.keep(builder.text());
}

/// $.a.b[0]['c'] in JSON text; a string comes without its quotes.
std::string_view extractJson(Call &call, std::string_view path, std::string_view json)
{
    if (!path.starts_with('$'))
        return {};
    path.remove_prefix(1);
    std::string_view value = jsonTrim(json);
    if (!jsonIsValid(value))
        return {};
    while (!path.empty() && !value.empty()) {
        const bool dot = path.front() == '.';
        if (!dot && path.front() != '[')
            return {};
        path.remove_prefix(1);
        const std::size_t end =
            std::min(dot ? path.find_first_of(".[") : path.find(']'), path.size());
        std::string_view step = path.substr(0, end);
        path.remove_prefix(dot ? end : std::min(end + 1, path.size()));
        if (!dot && step.size() >= 2 && (step.front() == '\'' || step.front() == '"'))
            value = jsonMember(value, step.substr(1, step.size() - 2));
        else if (dot)
            value = jsonMember(value, step);
        else if (const auto index = parseLong(step))
            value = jsonElement(value, *index);
        else
            return {};
    }
    if (jsonKind(value) == JsonKind::Null)
        return {};
    if (jsonKind(value) != JsonKind::String)
        return value;
    call.scratch.text.clear();
    jsonUnescape(value.substr(1, value.size() - 2), &call.scratch.text);
    return call.keep(call.scratch.text);
}

std::string_view quoteRegex(Call &call, std::string_view text)
{
    return call.keep(re2::RE2::QuoteMeta(piece(text)));
}

Function jsonExtractor(std::string_view name)
{
    return {.name = name,
            .help = "The value at a JSON path in a text; typeof() converts it.",
            .example = "extract_json('$.user.id', body, typeof(long))",
            .overloads = {{"path: string, json: string -> string", rows<extractJson>}},
            .bind = bindExtract,
            .aliasOf = name == "extract_json" ? "" : "extract_json"};
}

Function regexReplacer(std::string_view name)
{
    return {.name = name,
            .help = "Replaces every match; \\1 in the replacement is the first group.",
            .example = "replace_regex(text, @'(\\d+)', @'<\\1>')",
            .overloads = {{"text: string, regex: string, replacement: string -> string",
                           rows<replaceRegex>,
                           preparePattern<1>}},
            .aliasOf = name == "replace_regex" ? "" : "replace_regex"};
}

} // namespace

std::vector<Function> searchFunctions()
{
    return {
        {.name = "indexof",
         .help = "The place of a text in another one, from 0; -1 when it is not there.",
         .example = "indexof(path, '/')",
         .overloads = {{"text: text, lookup: text, [start: long = 0], [length: long = -1], "
                        "[occurrence: long = 1] -> long",
                        rows<indexOf>}}},
        {.name = "countof",
         .help = "How often a text, or a regular expression, is found.",
         .example = "countof(line, 'error')",
         .overloads = {{"text: string, search: string, [kind: string = 'normal'] -> long",
                        rows<countOf>,
                        prepareCount}}},
        {.name = "extract",
         .help = "A group of the first match of a regular expression; 0 is the whole match.",
         .example = "extract(@'id=(\\d+)', 1, line, typeof(long))",
         .overloads = {{"regex: string, group: long, text: string -> string",
                        rows<extract>,
                        preparePattern<0>}},
         .bind = bindExtract},
        {.name = "extract_all",
         .help = "The groups of every match of a regular expression.",
         .example = "extract_all(@'(\\w+)', line)",
         .overloads = {{"regex: string, text: string -> dynamic",
                        rows<extractAll>,
                        prepareExtractAll},
                       {"regex: string, groups: dynamic, text: string -> dynamic",
                        rows<extractAllGroups>,
                        prepareExtractAll}}},
        regexReplacer("replace_regex"),
        regexReplacer("replace"),
        jsonExtractor("extract_json"),
        jsonExtractor("extractjson"),
        {.name = "regex_quote",
         .help = "A text as a regular expression that matches it.",
         .example = "regex_quote(name)",
         .overloads = {{"text: text -> string", rows<quoteRegex>}}},
    };
}

} // namespace sluice::kql
