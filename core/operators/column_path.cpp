#include "core/operators/column_path.h"

#include "core/kql/lexer.h"
#include "core/kql/quote.h"
#include "core/operators/expression_problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

/// name(.name | [number] | ['name'])*; the last name, or nothing when the text is no path.
std::optional<std::string> lastNameOfPath(std::string_view text)
{
    const auto tokens = kql::tokenize(text);
    std::string last;
    enum class Want { Name, Step, Index, Close } want = Want::Name;
    for (const kql::Token &token : tokens) {
        const bool word =
            token.kind == kql::TokenKind::Name || token.kind == kql::TokenKind::Keyword;
        if (want == Want::Name && word) {
            last = token.text;
            want = Want::Step;
        } else if (want == Want::Name && token.text == "[" && last.empty()) {
            want = Want::Index;
        } else if (want == Want::Step && token.text == ".") {
            want = Want::Name;
        } else if (want == Want::Step && token.text == "[") {
            want = Want::Index;
        } else if (want == Want::Index && token.kind == kql::TokenKind::String) {
            last = token.text.substr(1, token.text.size() - 2);
            want = Want::Close;
        } else if (want == Want::Index
                   && (token.kind == kql::TokenKind::Number || token.text == "-")) {
            want = token.text == "-" ? Want::Index : Want::Close;
        } else if (want == Want::Close && token.text == "]") {
            want = Want::Step;
        } else {
            return std::nullopt;
        }
    }
    return want == Want::Step ? std::optional(last) : std::nullopt;
}

SchemaProblem pathProblem(std::string_view field,
                          const kql::Problem &problem,
                          const std::string &text,
                          const std::string &place)
{
    SchemaProblem result;
    result.field = field;
    result.error = {problem.code == ErrorCode::UnknownName ? ErrorCode::UnknownColumn
                                                           : problem.code,
                    place + problem.message,
                    problem.hint,
                    {},
                    {}};
    if (!problem.suggestion.empty() && place.empty()
        && problem.at.offset + problem.at.length <= text.size()) {
        std::string mended = text;
        mended.replace(problem.at.offset, problem.at.length, problem.suggestion);
        result.suggestionLabel = fmt::format("Use '{}'", mended);
        result.suggestion = Value(std::move(mended));
    }
    return result;
}

} // namespace

std::vector<std::string> ColumnPath::columns(const Schema &schema) const
{
    if (column)
        return {schema.columns[*column].name};
    return place ? place->columns() : std::vector<std::string>();
}

std::string ColumnPath::lastName() const
{
    return column ? text : lastNameOfPath(text).value_or(text);
}

BoundPath bindColumnPath(std::string_view field,
                         const std::string &text,
                         const Schema &schema,
                         const ParameterValues &parameters,
                         const std::string &place)
{
    BoundPath bound;
    ColumnPath path;
    path.text = text;
    if (const auto index = schema.find(text)) {
        path.column = index;
        path.type = schema.columns[*index].type;
        bound.path = std::move(path);
        return bound;
    }
    if (!lastNameOfPath(text)) {
        bound.problems.push_back({std::string(field),
                                  {ErrorCode::UnknownColumn,
                                   fmt::format("{}'{}' is no column", place, text),
                                   "Write the name of a column, or a path such as order.items.",
                                   {},
                                   {}}});
        return bound;
    }
    auto compiled = kql::compile(text, {&schema, &parameters});
    for (const kql::Problem &problem : compiled.problems)
        bound.problems.push_back(pathProblem(field, problem, text, place));
    if (!compiled.expression)
        return bound;
    path.type = compiled.expression->type();
    path.place = std::move(compiled.expression);
    bound.path = std::move(path);
    return bound;
}

PathReader::PathReader(const ColumnPath &path, const Schema &schema)
    : m_column(path.column)
{
    if (path.place)
        m_evaluator.emplace(path.place, columnPositions(*path.place, schema));
}

Result<ColumnPtr> PathReader::read(const Batch &batch, Ticks now)
{
    if (m_column)
        return *m_column < batch.columns.size() ? batch.columns[*m_column] : nullptr;
    return m_evaluator->evaluate(batch, now);
}

} // namespace sluice
