// indexof_regex and has_any_index.
#include "core/kql/function.h"
#include "core/kql/json_text.h"
#include "core/kql/regex.h"
#include "core/kql/text.h"

namespace sluice::kql {

namespace {

using Long = std::int64_t;
using re2::StringPiece;

Result<std::shared_ptr<const void>> preparePattern(std::span<const NodePtr> arguments)
{
    if (!arguments[1]->isConstant())
        return std::shared_ptr<const void>();
    TRY_ASSIGN(RegexPtr regex, compileRegex(arguments[1]->constant->texts[0]));
    return std::shared_ptr<const void>(std::move(regex));
}

/// The place of an occurrence among the characters, or -1. Matches do not overlap.
std::optional<Long> indexOfRegex(Call &call,
                                 std::string_view text,
                                 std::string_view pattern,
                                 Long start,
                                 Long length,
                                 Long occurrence)
{
    const re2::RE2 *regex =
        call.hasState() ? &call.state<re2::RE2>() : call.scratch.regexes->find(pattern);
    if (regex == nullptr || start < 0 || length < -1 || occurrence < 0)
        return std::nullopt;
    std::size_t from = offsetOfCharacter(text, static_cast<std::size_t>(start));
    const std::size_t end =
        length < 0 ? text.size()
                   : from + offsetOfCharacter(text.substr(from), static_cast<std::size_t>(length));
    StringPiece match;
    while (from <= end
           && regex->Match(
               StringPiece(text.data(), text.size()), from, end, re2::RE2::UNANCHORED, &match, 1)) {
        const auto at = static_cast<std::size_t>(match.data() - text.data());
        if (--occurrence == 0)
            return static_cast<Long>(countCharacters(text.substr(0, at)));
        from = at + std::max<std::size_t>(match.size(), 1);
    }
    return -1;
}

/// The place in the array of the first of its texts that `text` has as a term.
std::optional<Long> hasAnyIndex(Call &call, std::string_view text, std::string_view json)
{
    if (jsonKind(jsonTrim(json)) != JsonKind::Array)
        return std::nullopt;
    Long place = 0;
    std::string_view element;
    std::string term;
    std::string folded;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element); ++place) {
        if (jsonKind(element) != JsonKind::String)
            continue;
        term.clear();
        folded.clear();
        jsonUnescape(element.substr(1, element.size() - 2), &term);
        appendMapped(term, CaseMapping::Fold, &folded);
        if (findFolded(text, folded, Borders::Both, &call.scratch.text))
            return place;
    }
    return -1;
}

} // namespace

std::vector<Function> searchPlaceFunctions()
{
    return {
        {.name = "indexof_regex",
         .help = "The place of a match of a regular expression, from 0; -1 when there is none.",
         .example = "indexof_regex(line, @'\\d+')",
         .overloads = {{"text: string, regex: string, [start: long = 0], [length: long = -1], "
                        "[occurrence: long = 1] -> long",
                        rows<indexOfRegex>,
                        preparePattern}}},
        {.name = "has_any_index",
         .help = "The place in an array of the first term that the text has, or -1.",
         .example = "has_any_index(line, dynamic(['error', 'warning']))",
         .overloads = {{"text: string, terms: dynamic -> long", rows<hasAnyIndex>}}},
    };
}

} // namespace sluice::kql
