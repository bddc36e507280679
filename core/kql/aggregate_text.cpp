#include "core/kql/aggregate_text.h"

#include "core/kql/aggregate.h"
#include "core/kql/lexer.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::kql {

namespace {

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// By how much a token opens or closes a bracket.
int depthOf(std::string_view token)
{
    if (token == "(" || token == "[" || token == "{")
        return 1;
    return token == ")" || token == "]" || token == "}" ? -1 : 0;
}

/// The longest way to call it; null where no signature says it.
const Overload *longestOverload(std::string_view name)
{
    const Aggregate *aggregate = findAggregate(name);
    if (aggregate == nullptr || aggregate->function.overloads.empty())
        return nullptr;
    const auto &overloads = aggregate->function.overloads;
    return &*std::max_element(
        overloads.begin(), overloads.end(), [](const Overload &a, const Overload &b) {
            return a.parameters.size() < b.parameters.size();
        });
}

/// {"value", "column"} of "arg_max(value, column, …) or arg_max(value, *)".
std::vector<std::string> namesInUsage(std::string_view usage)
{
    std::vector<std::string> names;
    usage.remove_prefix(std::min(usage.find('(') + 1, usage.size()));
    usage = usage.substr(0, usage.find(')'));
    while (!usage.empty()) {
        const std::size_t comma = std::min(usage.find(','), usage.size());
        const std::string_view name = trimmed(usage.substr(0, comma));
        if (name != "…")
            names.emplace_back(name);
        usage.remove_prefix(std::min(comma + 1, usage.size()));
    }
    return names;
}

} // namespace

std::optional<AggregateCallText> readAggregateCall(std::string_view expression)
{
    const std::vector<Token> tokens = tokenize(expression);
    if (tokens.size() < 3 || tokens[0].kind != TokenKind::Name || tokens[1].text != "("
        || findAggregate(tokens[0].text) == nullptr)
        return std::nullopt;
    AggregateCallText call{std::string(tokens[0].text), {}};
    std::size_t begin = tokens[1].at.offset + tokens[1].at.length;
    int depth = 1;
    for (std::size_t i = 2; i < tokens.size(); ++i) {
        const Token &token = tokens[i];
        if (token.kind == TokenKind::Error || token.kind == TokenKind::Comment)
            return std::nullopt;
        depth += depthOf(token.text);
        if (depth > 1 || (depth == 1 && token.text != ","))
            continue;
        const auto argument = trimmed(expression.substr(begin, token.at.offset - begin));
        if (!argument.empty() || token.text == "," || !call.arguments.empty())
            call.arguments.emplace_back(argument);
        begin = token.at.offset + token.at.length;
        if (depth == 0) // the call ends here, and so must the text
            return i + 1 == tokens.size() ? std::optional(std::move(call)) : std::nullopt;
    }
    return std::nullopt;
}

std::string writeAggregateCall(const AggregateCallText &call)
{
    return fmt::format("{}({})", call.function, fmt::join(call.arguments, ", "));
}

std::vector<std::string> aggregateParameters(std::string_view name)
{
    std::vector<std::string> names;
    if (const Overload *overload = longestOverload(name)) {
        for (const Parameter &parameter : overload->parameters)
            names.emplace_back(parameter.name);
        return names;
    }
    const Aggregate *aggregate = findAggregate(name);
    return aggregate == nullptr ? names : namesInUsage(aggregate->usage);
}

std::size_t requiredParameters(std::string_view name)
{
    const Aggregate *aggregate = findAggregate(name);
    if (aggregate == nullptr || aggregate->function.overloads.empty())
        return aggregateParameters(name).size();
    std::size_t least = kMaxKqlNodes;
    for (const Overload &overload : aggregate->function.overloads) {
        const auto needed = std::count_if(overload.parameters.begin(),
                                          overload.parameters.end(),
                                          [](const Parameter &one) { return !one.optional; });
        least = std::min(least, static_cast<std::size_t>(needed));
    }
    return least;
}

} // namespace sluice::kql
