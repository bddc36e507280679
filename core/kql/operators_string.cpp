// has contains startswith endswith hasprefix hassuffix =~ and matches regex, with ! and _cs.
#include "core/kql/binder.h"
#include "core/kql/function.h"
#include "core/kql/regex.h"
#include "core/kql/text.h"

#include <string>

namespace sluice::kql {

namespace {

enum class Match { Equals, Contains, StartsWith, EndsWith, Has, HasPrefix, HasSuffix };

constexpr Borders bordersOf(Match match)
{
    switch (match) {
    case Match::Has:
        return Borders::Both;
    case Match::HasPrefix:
        return Borders::Left;
    case Match::HasSuffix:
        return Borders::Right;
    default:
        return Borders::None;
    }
}

template<Match kMatch>
bool matchesExactly(std::string_view text, std::string_view needle)
{
    if constexpr (kMatch == Match::Equals)
        return text == needle;
    else if constexpr (kMatch == Match::StartsWith)
        return text.starts_with(needle);
    else if constexpr (kMatch == Match::EndsWith)
        return text.ends_with(needle);
    else
        return findText(text, needle, bordersOf(kMatch));
}

template<Match kMatch>
bool matchesFolded(std::string_view text, std::string_view folded, std::string *scratch)
{
    if constexpr (kMatch == Match::StartsWith)
        return startsWithFolded(text, folded, scratch);
    else if constexpr (kMatch == Match::EndsWith)
        return endsWithFolded(text, folded, scratch);
    else
        return findFolded(text, folded, bordersOf(kMatch), scratch);
}

template<Match kMatch, bool kCase, bool kNot>
void match(Call &call)
{
    const Vector &left = call.arguments[0];
    const Vector &right = call.arguments[1];
    std::string &folded = call.scratch.other;
    const auto fold = [&](std::string_view needle) {
        folded.clear();
        appendMapped(needle, CaseMapping::Fold, &folded);
    };
    const bool once = right.isConstant();
    if (once)
        fold(right.text(0));
    forEachRow(call, [&](std::size_t row) {
        const std::string_view text = left.text(row);
        bool found = false;
        if constexpr (kMatch == Match::Equals && !kCase) {
            found = equalFolded(text, right.text(row));
        } else if constexpr (kCase) {
            found = matchesExactly<kMatch>(text, right.text(row));
        } else {
            if (!once)
                fold(right.text(row));
            found = matchesFolded<kMatch>(text, folded, &call.scratch.text);
        }
        putValue(call.result, row, found != kNot);
    });
}

Result<std::shared_ptr<const void>> prepareRegex(std::span<const NodePtr> arguments)
{
    if (!arguments[1]->isConstant())
        return std::shared_ptr<const void>();
    TRY_ASSIGN(RegexPtr regex, compileRegex(arguments[1]->constant->texts[0]));
    return std::shared_ptr<const void>(std::move(regex));
}

bool matchesRegex(Call &call, std::string_view text, std::string_view pattern)
{
    const re2::RE2 *regex =
        call.hasState() ? &call.state<re2::RE2>() : call.scratch.regexes->find(pattern);
    return regex != nullptr
           && re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex);
}

/// Strings, or a dynamic value as text; not numbers, whose text is an accident.
NodePtr bindStringOperator(Binder &binder,
                           const Function &function,
                           const Position &at,
                           std::vector<NodePtr> arguments)
{
    for (const NodePtr &argument : arguments) {
        if (argument->type != ColumnType::String && argument->type != ColumnType::Dynamic)
            return binder.refuse(at,
                                 ErrorCode::WrongType,
                                 fmt::format("'{}' works on strings, not on {}",
                                             function.name,
                                             typeName(argument->type)),
                                 "Convert the value with tostring(…).");
    }
    return binder.callOverload(function, at, std::move(arguments));
}

Function stringOperator(std::string_view name,
                        std::string_view help,
                        std::string_view example,
                        Kernel kernel)
{
    return {.name = name,
            .help = help,
            .example = example,
            .overloads = {{"text: string, search: string -> bool", kernel}},
            .bind = bindStringOperator,
            .isOperator = true};
}

/// The four forms of an operator.
template<Match kMatch>
void addForms(std::vector<Function> *table,
              const std::array<std::string_view, 4> &names,
              std::string_view help,
              std::string_view example)
{
    table->push_back(stringOperator(names[0], help, example, match<kMatch, false, false>));
    table->push_back(stringOperator(names[1], help, example, match<kMatch, false, true>));
    table->push_back(stringOperator(names[2], help, example, match<kMatch, true, false>));
    table->push_back(stringOperator(names[3], help, example, match<kMatch, true, true>));
}

} // namespace

std::vector<Function> stringOperators()
{
    std::vector<Function> table;
    table.push_back(stringOperator(
        "=~", "Equal, without case.", "level =~ 'error'", match<Match::Equals, false, false>));
    table.push_back(stringOperator(
        "!~", "Not equal, without case.", "level !~ 'info'", match<Match::Equals, false, true>));
    addForms<Match::Contains>(&table,
                              {"contains", "!contains", "contains_cs", "!contains_cs"},
                              "The text holds the other one; _cs minds the case, ! negates.",
                              "message contains 'time'");
    addForms<Match::StartsWith>(
        &table,
        {"startswith", "!startswith", "startswith_cs", "!startswith_cs"},
        "The text begins with the other one; _cs minds the case, ! negates.",
        "service startswith 'pay'");
    addForms<Match::EndsWith>(&table,
                              {"endswith", "!endswith", "endswith_cs", "!endswith_cs"},
                              "The text ends with the other one; _cs minds the case, ! negates.",
                              "file endswith '.log'");
    addForms<Match::Has>(&table,
                         {"has", "!has", "has_cs", "!has_cs"},
                         "The text holds the whole word; _cs minds the case, ! negates.",
                         "message has 'timeout'");
    addForms<Match::HasPrefix>(&table,
                               {"hasprefix", "!hasprefix", "hasprefix_cs", "!hasprefix_cs"},
                               "A word of the text begins with the other text.",
                               "message hasprefix 'time'");
    addForms<Match::HasSuffix>(&table,
                               {"hassuffix", "!hassuffix", "hassuffix_cs", "!hassuffix_cs"},
                               "A word of the text ends with the other text.",
                               "message hassuffix 'out'");
    Function regex = stringOperator("matches regex",
                                    "The regular expression (RE2) is found in the text.",
                                    "message matches regex @'code=\\d+'",
                                    rows<matchesRegex>);
    regex.overloads[0].prepare = prepareRegex;
    table.push_back(std::move(regex));
    return table;
}

} // namespace sluice::kql
