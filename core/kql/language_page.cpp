#include "core/kql/language_page.h"

#include "core/kql/aggregate.h"
#include "core/kql/function.h"
#include "core/kql/query_parser.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::kql {

namespace {

constexpr std::string_view kIntroduction =
    R"(# The language: KQL

Sluice's expressions are KQL, the Kusto Query Language, with Kusto's own semantics. This page is
written by `sluice kql --page` from the table of functions; a test keeps it up to date.

- Types: `bool int long real decimal string datetime timespan guid dynamic`. A time counts ticks of
  100 ns; a DuckDB table or a Delta table holds microseconds.
- There is no null string: a missing one is `""`. `n != 5` is true where `n` is null.
- Regular expressions are RE2's: no look-around, no back-references. `\d` matches every Unicode digit.
- A text that an expression makes is at most 1 MiB long; a longer one becomes null.
- In a signature `[…]` may be left out, `...` may come several times, `any` is every type and `text`
  every type, read as `tostring()` gives it.
)";

/// A pipe would end the cell of a table.
std::string cell(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '|')
            out += '\\';
        out += c;
    }
    return out;
}

std::string typeOf(const Parameter &parameter)
{
    switch (parameter.accepts) {
    case Accepts::Any:
        return "any";
    case Accepts::Text:
        return "text";
    case Accepts::Type:
        break;
    }
    return std::string(typeName(parameter.type));
}

/// "long + long -> long" for each pair of types; the name alone where there are no two sides.
std::string operatorCell(const Function &function)
{
    std::string out;
    const bool isRange = function.name.find("between") != std::string_view::npos;
    for (const Overload &overload : function.overloads) {
        if (isRange || overload.parameters.size() < 2 || overload.parameters[1].variadic)
            return fmt::format("`{}`", cell(function.name));
        const auto &parameters = overload.parameters;
        out += fmt::format("{}`{} {} {} -> {}`",
                           out.empty() ? "" : "<br>",
                           typeOf(parameters[0]),
                           cell(function.name),
                           typeOf(parameters[1]),
                           typeName(overload.result));
    }
    return out.empty() ? fmt::format("`{}`", cell(function.name)) : out;
}

std::string signatureCell(const FunctionInfo &function)
{
    if (function.isOperator)
        return operatorCell(*findFunction(function.name));
    std::string out;
    for (const std::string &signature : function.signatures)
        out += fmt::format("{}`{}`", out.empty() ? "" : "<br>", cell(signature));
    return out.empty() ? fmt::format("`{}(…)`", function.name) : out;
}

void appendGroup(std::string_view group, std::string *page)
{
    *page += fmt::format("\n## {}\n\n| | | example |\n|---|---|---|\n", group);
    for (const FunctionInfo &function : functionList()) {
        if (function.group != group)
            continue;
        const std::string help = function.aliasOf.empty()
                                     ? cell(function.help)
                                     : fmt::format("Another name of `{}()`.", function.aliasOf);
        *page += fmt::format(
            "| {} | {} | `{}` |\n", signatureCell(function), help, cell(function.example));
    }
}

/// "sum(value: long) -> long"
std::string callText(std::string_view name, std::string_view signature)
{
    const std::size_t arrow = std::min(signature.find(" ->"), signature.size());
    return fmt::format("{}({}){}", name, signature.substr(0, arrow), signature.substr(arrow));
}

std::string explained(std::string_view name,
                      std::string_view aliasOf,
                      std::string_view help,
                      const std::vector<std::string> &signatures,
                      std::string_view example)
{
    std::string out(name);
    out += aliasOf.empty() ? "\n" : fmt::format(" is another name of {}().\n", aliasOf);
    if (!help.empty())
        out += fmt::format("{}\n", help);
    for (const std::string &signature : signatures)
        out += fmt::format("  {}\n", signature);
    out += fmt::format("Example: {}\n", example);
    return out;
}

/// Of an aggregate: its usage, or the signatures of its overloads.
std::string aggregateCell(const Aggregate &aggregate)
{
    if (!aggregate.usage.empty())
        return fmt::format("`{}`", cell(aggregate.usage));
    std::string out;
    for (const AggregateOverload &overload : aggregate.overloads)
        out += fmt::format("{}`{}`",
                           out.empty() ? "" : "<br>",
                           cell(callText(aggregate.name, overload.signature)));
    return out.empty() ? fmt::format("`{}(…)`", aggregate.name) : out;
}

void appendAggregates(std::string *page)
{
    *page += "\n## Aggregates\n\n| | | example |\n|---|---|---|\n";
    for (const Aggregate &aggregate : allAggregates()) {
        const std::string help = aggregate.aliasOf.empty()
                                     ? cell(aggregate.help)
                                     : fmt::format("Another name of `{}()`.", aggregate.aliasOf);
        *page += fmt::format(
            "| {} | {} | `{}` |\n", aggregateCell(aggregate), help, cell(aggregate.example));
    }
}

} // namespace

std::string languagePage()
{
    std::string page(kIntroduction);
    page += "\n## Queries\n\nA query begins with a table or with `print`, `datatable`, `range`, "
            "`union` or `search`. Behind each `|` stands one of\n";
    std::string line;
    for (const std::string &name : queryOperatorNames())
        line += fmt::format("{}`{}`", line.empty() ? "" : ", ", name);
    page += line + ".\n";
    for (const std::string_view group : functionGroups())
        appendGroup(group, &page);
    appendAggregates(&page);
    return page;
}

std::string functionIndex()
{
    constexpr std::size_t kWidth = 96;
    std::string out;
    std::string line = " ";
    const auto add = [&](std::string_view name) {
        if (line.size() + name.size() > kWidth) {
            out += line + "\n";
            line = " ";
        }
        line.append(" ").append(name);
    };
    const auto finish = [&] {
        out += line + "\n";
        line = " ";
    };
    for (const std::string_view group : functionGroups()) {
        out += fmt::format("{}{}\n", out.empty() ? "" : "\n", group);
        for (const FunctionInfo &function : functionList()) {
            if (function.group == group)
                add(function.name);
        }
        finish();
    }
    out += "\nAggregates\n";
    for (const Aggregate &aggregate : allAggregates())
        add(aggregate.name);
    finish();
    out += "\nOperators of queries\n";
    for (const std::string &name : queryOperatorNames())
        add(name);
    finish();
    out += "\n'sluice kql NAME' explains one.\n";
    return out;
}

std::optional<std::string> helpOf(std::string_view name)
{
    if (const FunctionInfo *function = findFunctionInfo(name))
        return explained(function->name,
                         function->aliasOf,
                         function->help,
                         function->signatures,
                         function->example);
    const Aggregate *aggregate = findAggregate(name);
    if (aggregate == nullptr)
        return std::nullopt;
    std::vector<std::string> signatures;
    for (const AggregateOverload &overload : aggregate->overloads)
        signatures.push_back(callText(aggregate->name, overload.signature));
    if (!aggregate->usage.empty())
        signatures = {std::string(aggregate->usage)};
    return explained(
        aggregate->name, aggregate->aliasOf, aggregate->help, signatures, aggregate->example);
}

std::vector<std::string> helpNames()
{
    std::vector<std::string> names;
    for (const FunctionInfo &function : functionList())
        names.emplace_back(function.name);
    for (const Aggregate &aggregate : allAggregates())
        names.emplace_back(aggregate.name);
    return names;
}

} // namespace sluice::kql
