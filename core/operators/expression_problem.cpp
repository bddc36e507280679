#include "core/operators/expression_problem.h"

namespace sluice {

SchemaProblem expressionProblem(std::string_view field,
                                const kql::Problem &problem,
                                std::string_view text,
                                std::string_view prefix,
                                std::string place)
{
    SchemaProblem result;
    result.field = field;
    result.error.code = problem.code;
    result.error.message = fmt::format(
        "{}line {}, column {}: {}", prefix, problem.at.line, problem.at.column, problem.message);
    result.error.hint = problem.hint;
    const bool whole = place.empty();
    result.suggestionPlace = std::move(place);
    if (!problem.suggestion.empty() && (prefix.empty() || !whole)
        && problem.at.offset + problem.at.length <= text.size()) {
        std::string mended(text);
        mended.replace(problem.at.offset, problem.at.length, problem.suggestion);
        result.suggestionLabel = fmt::format("Use {}", problem.suggestion);
        result.suggestion = std::move(mended);
    }
    return result;
}

std::vector<std::size_t> columnPositions(const kql::Expression &expression, const Schema &schema)
{
    std::vector<std::size_t> positions;
    for (const std::string &name : expression.columns())
        positions.push_back(schema.find(name).value_or(schema.columns.size()));
    return positions;
}

} // namespace sluice
