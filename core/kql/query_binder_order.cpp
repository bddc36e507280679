// Operators that order rows, take some of them, name or describe them.
#include "core/kql/constant.h"
#include "core/kql/natural_name.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

bool QueryBinder::bindTake(Pipe &pipe, const OperatorSyntax &op)
{
    const ExpressionPtr count = constantExpression(*op.value, ColumnType::Long, "a number of rows");
    if (!count)
        return false;
    pipe.push(Take{count, op.name == "sample"}, pipe.query.schemaPtr(), op);
    return true;
}

std::optional<SortKey>
QueryBinder::sortKey(const ItemSyntax &item, const Pipe &pipe, RowCalls *rows)
{
    if (!item.value) {
        refuse(item.at, ErrorCode::SyntaxError, "a column is expected here");
        return std::nullopt;
    }
    SortKey key;
    key.expression = expression(*item.value, pipe, rows);
    if (!key.expression)
        return std::nullopt;
    if (key.expression->type() == ColumnType::Dynamic) {
        refuse(item.value->at,
               ErrorCode::WrongType,
               "a dynamic value has no order",
               "Convert it first: tolong(…), tostring(…).");
        return std::nullopt;
    }
    key.descending = item.descending.value_or(true);
    key.nullsFirst = item.nullsFirst.value_or(!key.descending);
    return key;
}

bool QueryBinder::bindSort(Pipe &pipe, const OperatorSyntax &op)
{
    Sort sort;
    for (const ItemSyntax &item : op.keys) {
        const auto key = sortKey(item, pipe, nullptr);
        if (!key)
            return false;
        sort.keys.push_back(*key);
    }
    pipe.push(std::move(sort), pipe.query.schemaPtr(), op);
    pipe.query.serialized = true;
    return true;
}

bool QueryBinder::bindTop(Pipe &pipe, const OperatorSyntax &op)
{
    Top top;
    top.count = constantExpression(*op.value, ColumnType::Long, "a number of rows");
    if (!top.count)
        return false;
    const auto key = sortKey(op.keys.front(), pipe, nullptr);
    if (!key)
        return false;
    top.keys.push_back(*key);
    pipe.push(std::move(top), pipe.query.schemaPtr(), op);
    pipe.query.serialized = true;
    return true;
}

bool QueryBinder::bindAs(Pipe &pipe, const OperatorSyntax &op)
{
    const std::string &name = op.items.front().names.front();
    pipe.query.alias = name;
    define(name, nullptr, std::make_shared<const Query>(pipe.query));
    return true;
}

bool QueryBinder::bindRender(Pipe &pipe, const OperatorSyntax &op)
{
    Render render;
    render.kind = op.items.front().names.front();
    render.at = op.at;
    for (const SettingSyntax &setting : op.settings)
        render.properties.emplace_back(setting.name, setting.text);
    pipe.query.render = std::move(render);
    return true;
}

bool QueryBinder::bindConsume(Pipe &pipe, const OperatorSyntax &op)
{
    pipe.push(Consume{}, pipe.query.schemaPtr(), op);
    return true;
}

bool QueryBinder::bindInvoke(Pipe &pipe, const OperatorSyntax &op)
{
    const ScopeEntry *entry = find(op.value->name);
    if (entry == nullptr || !entry->function)
        return refuse(op.value->at,
                      ErrorCode::UnknownFunction,
                      fmt::format("there is no function '{}'", op.value->name),
                      "Define it with let: let f = (T: (*)) { … };");
    const auto &parameters = entry->function->parameters;
    if (parameters.empty() || !parameters.front().tabular)
        return refuse(op.value->at,
                      ErrorCode::WrongArguments,
                      fmt::format("the first parameter of {}() is no table", op.value->name));
    const QueryPtr result = callTable(*entry, *op.value, std::make_shared<const Query>(pipe.query));
    if (!result)
        return false;
    pipe.query = *result;
    return true;
}

bool QueryBinder::bindGetSchema(Pipe &pipe, const OperatorSyntax &op)
{
    static const auto dotNetName = [](ColumnType type) -> std::string_view {
        switch (type) {
        case ColumnType::Bool:
            return "System.SByte";
        case ColumnType::Int:
            return "System.Int32";
        case ColumnType::Long:
            return "System.Int64";
        case ColumnType::Real:
            return "System.Double";
        case ColumnType::Decimal:
            return "System.Data.SqlTypes.SqlDecimal";
        case ColumnType::String:
            return "System.String";
        case ColumnType::Datetime:
            return "System.DateTime";
        case ColumnType::Timespan:
            return "System.TimeSpan";
        case ColumnType::Guid:
            return "System.Guid";
        case ColumnType::Dynamic:
            break;
        }
        return "System.Object";
    };
    const Schema &known = pipe.schema();
    const std::size_t rows = known.columns.size();
    std::array<std::shared_ptr<Column>, 4> columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i] = std::make_shared<Column>();
        columns[i]->reset(i == 1 ? ColumnType::Long : ColumnType::String, rows);
        std::fill(columns[i]->valid.begin(), columns[i]->valid.end(), std::uint8_t{1});
    }
    for (std::size_t row = 0; row < rows; ++row) {
        columns[0]->texts[row] = columns[0]->arena.copy(known.columns[row].name);
        columns[1]->integers[row] = static_cast<std::int64_t>(row);
        columns[2]->texts[row] = dotNetName(known.columns[row].type);
        columns[3]->texts[row] = typeName(known.columns[row].type);
    }
    Query query;
    query.at = op.at;
    query.source = RowsSource{{columns.begin(), columns.end()}, rows};
    auto schema = std::make_shared<Schema>();
    schema->columns = {{"ColumnName", ColumnType::String},
                       {"ColumnOrdinal", ColumnType::Long},
                       {"DataType", ColumnType::String},
                       {"ColumnType", ColumnType::String}};
    query.sourceSchema = std::move(schema);
    pipe.query = std::move(query);
    return true;
}

std::string freeName(const Schema &schema, const std::string &name)
{
    if (!schema.find(name))
        return name;
    for (int number = 1;; ++number) {
        std::string candidate = name + std::to_string(number);
        if (!schema.find(candidate))
            return candidate;
    }
}

} // namespace sluice::kql
