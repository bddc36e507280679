#include "tests/core/kql/kql_harness.h"

#include "core/event/datetime.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace sluice::kql {

namespace {

std::string quotedText(std::string_view text)
{
    return nlohmann::json(std::string(text))
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template<typename Format, typename T>
std::string formatted(Format format, T value)
{
    std::array<char, kValueTextBytes> text{};
    return {text.data(), format(value, text.data())};
}

std::string realJson(double value)
{
    if (std::isnan(value))
        return "\"NaN\"";
    if (std::isinf(value))
        return value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
    return formatted(formatRealJson, value);
}

Evaluator evaluatorFor(const ExpressionPtr &expression, const Schema &schema)
{
    std::vector<std::size_t> places;
    for (const std::string &name : expression->columns())
        places.push_back(schema.find(name).value_or(schema.columns.size()));
    return {expression, std::move(places)};
}

} // namespace

std::string jsonOf(const Column &column, std::size_t row)
{
    if (column.valid[row] == 0)
        return column.type == ColumnType::String ? "\"\"" : "null";
    switch (column.type) {
    case ColumnType::Bool:
        return column.bytes[row] != 0 ? "true" : "false";
    case ColumnType::Int:
    case ColumnType::Long:
        return std::to_string(column.integers[row]);
    case ColumnType::Real:
        return realJson(column.floats[row]);
    case ColumnType::Datetime:
        return quotedText(formatted(formatDatetime, column.integers[row]));
    case ColumnType::Timespan:
        return quotedText(formatted(formatTimespan, column.integers[row]));
    case ColumnType::Dynamic:
        return std::string(column.texts[row]);
    default:
        return quotedText(column.texts[row]);
    }
}

std::string value(std::string_view text)
{
    const auto expression = compileOrFail(text, {});
    if (!expression)
        return "error: " + expression.error().message;
    const auto column = evaluateConstant(**expression, kTestNow);
    return column ? jsonOf(**column, 0) : "error: " + column.error().message;
}

std::string typeOf(std::string_view text)
{
    const auto expression = compileOrFail(text, {});
    return expression ? std::string(typeName((*expression)->type()))
                      : "error: " + expression.error().message;
}

std::string problemOf(std::string_view text, const Schema &schema)
{
    const BindResult result = compile(text, {&schema, nullptr});
    if (result.problems.empty())
        return "ok";
    const Problem &problem = result.problems.front();
    return fmt::format("{} at {}:{}: {}|{}",
                       static_cast<int>(problem.code),
                       problem.at.line,
                       problem.at.column,
                       problem.message,
                       problem.hint);
}

Table::Table(std::string_view columns)
    : m_schema(std::make_shared<Schema>())
{
    while (!columns.empty()) {
        const std::size_t comma = std::min(columns.find(','), columns.size());
        std::string_view part = columns.substr(0, comma);
        columns.remove_prefix(std::min(comma + 1, columns.size()));
        while (part.front() == ' ')
            part.remove_prefix(1);
        const std::size_t colon = part.find(':');
        const auto type = typeFromName(part.substr(colon + 1)).value();
        m_schema->columns.push_back({std::string(part.substr(0, colon)), type});
        m_columns.push_back(std::make_shared<Column>());
        m_columns.back()->reset(type, 0);
    }
}

Table &Table::row(const std::vector<std::string_view> &literals)
{
    std::size_t place = 0;
    for (const std::string_view literal : literals) {
        Column &column = *m_columns.at(place++);
        const auto expression = compileOrFail(literal, {});
        if (!expression)
            throw std::runtime_error(expression.error().message);
        const auto cell = evaluateConstant(**expression, kTestNow).value();
        const bool widened = column.type == ColumnType::Real && cell->storage() == Storage::Integer;
        if (cell->storage() != column.storage() && !widened)
            throw std::runtime_error("a cell of another type: " + std::string(literal));
        column.valid.push_back(cell->valid[0]);
        switch (column.storage()) {
        case Storage::Byte:
            column.bytes.push_back(cell->bytes[0]);
            break;
        case Storage::Integer:
            column.integers.push_back(cell->integers[0]);
            break;
        case Storage::Float:
            column.floats.push_back(widened ? static_cast<double>(cell->integers[0])
                                            : cell->floats[0]);
            break;
        case Storage::Text:
            column.texts.push_back(column.arena.copy(cell->texts[0]));
            break;
        }
    }
    ++m_rows;
    return *this;
}

Batch Table::batch() const
{
    Batch batch;
    batch.schema = m_schema;
    batch.columns.assign(m_columns.begin(), m_columns.end());
    batch.rows = m_rows;
    batch.selection = Selection(m_rows);
    return batch;
}

std::string Table::project(std::string_view text) const
{
    const auto expression = compileOrFail(text, {m_schema.get(), nullptr});
    if (!expression)
        return "error: " + expression.error().message;
    const auto column = evaluatorFor(*expression, *m_schema).evaluate(batch(), kTestNow);
    if (!column)
        return "error: " + column.error().message;
    std::string result;
    for (std::size_t row = 0; row < m_rows; ++row)
        result += (row == 0 ? "" : ", ") + jsonOf(**column, row);
    return result;
}

std::string Table::where(std::string_view condition) const
{
    const auto expression = compileOrFail(condition, {m_schema.get(), nullptr});
    if (!expression)
        return "error: " + expression.error().message;
    const auto rows = evaluatorFor(*expression, *m_schema).select(batch(), kTestNow);
    if (!rows)
        return "error: " + rows.error().message;
    std::string result;
    for (std::size_t i = 0; i < rows->size(); ++i)
        result += (i == 0 ? "" : ", ") + std::to_string((*rows)[i]);
    return result;
}

} // namespace sluice::kql
