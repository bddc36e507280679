#include "core/kql/language_page.h"

#include "core/kql/function.h"

#include <fmt/format.h>

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

} // namespace

std::string languagePage()
{
    std::string page(kIntroduction);
    for (const std::string_view group : functionGroups())
        appendGroup(group, &page);
    return page;
}

std::string functionIndex()
{
    constexpr std::size_t kWidth = 96;
    std::string out;
    for (const std::string_view group : functionGroups()) {
        out += fmt::format("{}{}\n", out.empty() ? "" : "\n", group);
        std::string line = " ";
        for (const FunctionInfo &function : functionList()) {
            if (function.group != group)
                continue;
            if (line.size() + function.name.size() > kWidth) {
                out += line + "\n";
                line = " ";
            }
            line.append(" ").append(function.name);
        }
        out += line + "\n";
    }
    out += "\n'sluice kql NAME' explains one.\n";
    return out;
}

std::string functionHelp(const FunctionInfo &function)
{
    std::string out(function.name);
    out += function.aliasOf.empty() ? "\n"
                                    : fmt::format(" is another name of {}().\n", function.aliasOf);
    if (!function.help.empty())
        out += fmt::format("{}\n", function.help);
    for (const std::string &signature : function.signatures)
        out += fmt::format("  {}\n", signature);
    out += fmt::format("Example: {}\n", function.example);
    return out;
}

} // namespace sluice::kql
