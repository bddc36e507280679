#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// One call of an aggregate as a form shows it, its arguments as texts: avg(temp),
/// percentile(temp, 95).
struct AggregateCallText
{
    std::string function;
    std::vector<std::string> arguments;
    friend bool operator==(const AggregateCallText &, const AggregateCallText &) = default;
};

/// Reads the text of a single call; nothing for any other expression, as round(avg(temp), 1).
std::optional<AggregateCallText> readAggregateCall(std::string_view expression);
std::string writeAggregateCall(const AggregateCallText &call);

/// The parameters of an aggregate as a form names them: {"value", "percentage"}. Of several ways
/// to call it the longest.
std::vector<std::string> aggregateParameters(std::string_view name);
/// How many of them cannot be left out.
std::size_t requiredParameters(std::string_view name);

} // namespace sluice::kql
