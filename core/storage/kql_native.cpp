#include "core/storage/kql_native.h"

#include "core/event/datetime.h"
#include "core/kql/function.h"
#include "core/storage/kql_chunk.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice {

namespace {

using kql::Node;
using kql::NodeKind;
using kql::NodePtr;

bool isCall(const Node &node, std::string_view name)
{
    return node.kind == NodeKind::Call && node.function != nullptr && node.function->name == name;
}

bool isWhole(ColumnType type)
{
    return storageOf(type) == Storage::Integer;
}

bool isKnown(const Node &node)
{
    return node.isConstant() && node.constant->valid[0] != 0;
}

/// "<" for "<": comparisons that SQL has under the same sign.
std::optional<std::string_view> orderOperator(std::string_view name)
{
    for (const std::string_view op : {"<", "<=", ">", ">="}) {
        if (name == op)
            return op;
    }
    return std::nullopt;
}

/// A column of whole numbers, moments or texts against a value that is no null.
std::optional<std::string> comparisonSql(const Node &node, const ColumnSql &column)
{
    if (node.arguments.size() != 2 || node.arguments[0]->kind != NodeKind::Column
        || !isKnown(*node.arguments[1]))
        return std::nullopt;
    const Node &left = *node.arguments[0];
    const auto value = literalSql(*node.arguments[1]->constant);
    if (!value || storageOf(left.type) != storageOf(node.arguments[1]->type))
        return std::nullopt;
    const std::string_view name = node.function->name;
    const bool text = left.type == ColumnType::String;
    const std::string sql = column(left.column);
    if (isWhole(left.type)) {
        if (const auto op = orderOperator(name))
            return fmt::format("({} {} {})", sql, *op, *value);
    }
    if (left.type == ColumnType::Real) { // to DuckDB NaN is the greatest number
        const auto op = orderOperator(name);
        if (!op)
            return std::nullopt;
        return op->front() == '>'
                   ? fmt::format("({0} {1} {2} AND NOT isnan({0}))", sql, *op, *value)
                   : fmt::format("({} {} {})", sql, *op, *value);
    }
    if (!isWhole(left.type) && !text)
        return std::nullopt;
    if (name == "==")
        return text ? fmt::format("({} = {})", sql, *value)
                    : fmt::format("coalesce({} = {}, false)", sql, *value);
    if (name == "!=")
        return text ? fmt::format("({} <> {})", sql, *value)
                    : fmt::format("coalesce({} <> {}, true)", sql, *value);
    return std::nullopt;
}

/// bin() of a moment: KQL's bins begin at the year 1, so that nothing here is negative.
std::optional<std::string> binSql(const Node &node, const ColumnSql &column)
{
    if (node.arguments.size() != 2 || node.arguments[0]->type != ColumnType::Datetime
        || node.type != ColumnType::Datetime || !isKnown(*node.arguments[1])
        || node.arguments[1]->type != ColumnType::Timespan)
        return std::nullopt;
    const std::int64_t step = node.arguments[1]->constant->integers[0];
    const auto value = nativeSql(*node.arguments[0], column);
    if (!value || step <= 0)
        return std::nullopt;
    return fmt::format("({0} - ({0} - ({1})) % {2})", *value, kMinTicks, step);
}

std::optional<std::string>
joinedSql(const Node &node, const ColumnSql &column, std::string_view separator)
{
    std::string sql = "(";
    for (const NodePtr &argument : node.arguments) {
        const auto part = nativeSql(*argument, column);
        if (!part)
            return std::nullopt;
        if (sql.size() > 1)
            sql += separator;
        sql += *part;
    }
    return sql + ")";
}

} // namespace

std::optional<std::string> literalSql(const Column &constant)
{
    if (constant.valid[0] == 0) {
        if (constant.type == ColumnType::String)
            return "''";
        return fmt::format("CAST(NULL AS {})", kqlSqlType(constant.type));
    }
    switch (constant.storage()) {
    case Storage::Byte:
        return constant.bytes[0] != 0 ? "true" : "false";
    case Storage::Integer:
        if (constant.integers[0] == std::numeric_limits<std::int64_t>::min())
            return std::nullopt;
        return fmt::format("CAST({} AS BIGINT)", constant.integers[0]);
    case Storage::Float: {
        if (!std::isfinite(constant.floats[0]))
            return std::nullopt;
        std::array<char, kValueTextBytes> text{};
        const std::size_t size = formatReal(constant.floats[0], text.data());
        return fmt::format("CAST('{}' AS DOUBLE)", std::string_view(text.data(), size));
    }
    case Storage::Text:
        break;
    }
    if (constant.texts[0].find('\0') != std::string_view::npos)
        return std::nullopt;
    return quoteText(constant.texts[0]);
}

std::optional<std::string> nativeSql(const Node &node, const ColumnSql &column)
{
    switch (node.kind) {
    case NodeKind::Column:
        return column(node.column);
    case NodeKind::Constant:
        return literalSql(*node.constant);
    case NodeKind::Query:
        return std::nullopt;
    case NodeKind::Call:
        break;
    }
    if (node.function == nullptr)
        return std::nullopt;
    if (isCall(node, "and"))
        return joinedSql(node, column, " AND ");
    if (isCall(node, "or"))
        return joinedSql(node, column, " OR ");
    const bool one = node.arguments.size() == 1;
    if (one && (isCall(node, "not") || isCall(node, "isnull") || isCall(node, "isnotnull"))) {
        const ColumnType type = node.arguments[0]->type;
        const bool plain = storageOf(type) != Storage::Text;
        const auto value = plain ? nativeSql(*node.arguments[0], column) : std::nullopt;
        if (!value)
            return std::nullopt;
        if (isCall(node, "not"))
            return type == ColumnType::Bool ? std::optional(fmt::format("(NOT {})", *value))
                                            : std::nullopt;
        return fmt::format("({} {})", *value, isCall(node, "isnull") ? "IS NULL" : "IS NOT NULL");
    }
    if (isCall(node, "bin") || isCall(node, "floor"))
        return binSql(node, column);
    return node.function->isOperator ? comparisonSql(node, column) : std::nullopt;
}

namespace {

std::int64_t floorTenth(std::int64_t ticks)
{
    return ticks / 10 - (ticks % 10 < 0 ? 1 : 0);
}

/// Ticks against a column of microseconds, so that nothing of the answer is lost.
std::string timestampFilter(const std::string &raw, std::string_view op, std::int64_t ticks)
{
    const std::int64_t down = floorTenth(ticks);
    const std::int64_t up = -floorTenth(-ticks);
    if (op == "==")
        return fmt::format("{} = make_timestamp({})", raw, down);
    if (op == ">" || op == "<=")
        return fmt::format("{} {} make_timestamp({})", raw, op, down);
    return fmt::format("{} {} make_timestamp({})", raw, op, up);
}

std::string
simpleFilter(const Node &node, const std::vector<std::string> &names, const KqlTable &table)
{
    if (node.kind != NodeKind::Call || node.function == nullptr || node.arguments.size() != 2
        || node.arguments[0]->kind != NodeKind::Column || !isKnown(*node.arguments[1]))
        return {};
    const std::string_view op = node.function->name;
    if (!orderOperator(op) && op != "==")
        return {};
    const auto place = table.schema->find(names[node.arguments[0]->column]);
    if (!place)
        return {};
    const KqlTable::Column &column = table.columns[*place];
    const Column &value = *node.arguments[1]->constant;
    if (column.timestamp && value.type == ColumnType::Datetime)
        return timestampFilter(column.raw, op, value.integers[0]);
    const bool text =
        column.text && op == "==" && value.type == ColumnType::String && !value.texts[0].empty();
    const ColumnType type = table.schema->columns[*place].type;
    const bool whole = (type == ColumnType::Int || type == ColumnType::Long)
                       && value.storage() == Storage::Integer;
    const auto literal = text || whole ? literalSql(value) : std::nullopt;
    if (!literal)
        return {};
    return fmt::format("{} {} {}", column.raw, op == "==" ? "=" : op, *literal);
}

} // namespace

std::string
scanFilter(const Node &condition, const std::vector<std::string> &names, const KqlTable &table)
{
    if (!isCall(condition, "and"))
        return simpleFilter(condition, names, table);
    std::string sql;
    for (const NodePtr &part : condition.arguments) {
        const std::string one = scanFilter(*part, names, table);
        if (one.empty())
            continue;
        if (!sql.empty())
            sql += " AND ";
        sql += one;
    }
    return sql;
}

} // namespace sluice
