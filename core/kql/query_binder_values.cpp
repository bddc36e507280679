// Expressions and what is computed of them.
#include "core/kql/constant.h"
#include "core/kql/natural_name.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

ExpressionPtr QueryBinder::finish(NodePtr node, Binder &binder)
{
    const bool good = take(binder);
    if (!good || !node)
        return nullptr;
    return std::make_shared<const Expression>(std::string(), std::move(node), binder.takeColumns());
}

/// A value that no row decides: the number of `take`, the ends of a range.
ExpressionPtr QueryBinder::constantExpression(const Syntax &syntax,
                                              std::optional<ColumnType> type,
                                              std::string_view what)
{
    ExpressionScope scope(*this, nullptr, false);
    Binder binder({nullptr, m_host.parameters(), &scope});
    NodePtr node = binder.bind(syntax);
    if (node && type && node->type != *type) {
        const bool text = node->type == ColumnType::String;
        const bool numbers = (node->type == ColumnType::Real && *type == ColumnType::Long)
                             || (node->type == ColumnType::Bool && *type != ColumnType::String);
        if ((text && *type == ColumnType::Long) || (numbers && what != "a cell"))
            node = binder.refuse(
                syntax.at,
                ErrorCode::WrongType,
                fmt::format("{} is {}, not {}", what, typeName(*type), typeName(node->type)));
        else
            node = binder.convert(node, *type);
    }
    return finish(std::move(node), binder);
}

ExpressionPtr QueryBinder::expression(const Syntax &syntax,
                                      const Pipe &pipe,
                                      RowCalls *rows,
                                      std::optional<ColumnType> type)
{
    ExpressionScope scope(*this, rows, pipe.query.serialized);
    Binder binder({&pipe.schema(), m_host.parameters(), &scope});
    NodePtr node = binder.bind(syntax);
    if (node && type && node->type != *type)
        node = binder.convert(node, *type);
    return finish(std::move(node), binder);
}

/// The columns of a call that gives several, as series_stats(x) does; none for all else.
std::vector<TupleColumn> QueryBinder::tupleOf(const Syntax &value, const Pipe &pipe, RowCalls *rows)
{
    const Function *function =
        value.kind == SyntaxKind::Call && !value.isOperator && find(value.name) == nullptr
            ? findFunction(value.name)
            : nullptr;
    if (function == nullptr || function->tuple == nullptr)
        return {};
    ExpressionScope scope(*this, rows, pipe.query.serialized);
    Binder binder({&pipe.schema(), m_host.parameters(), &scope});
    std::vector<std::string> names;
    std::vector<NodePtr> nodes;
    for (const SyntaxPtr &child : value.children) {
        names.push_back(naturalName(*child));
        nodes.push_back(binder.bind(*child));
        if (!nodes.back())
            return {}; // reported when the whole is bound
    }
    return function->tuple(names, nodes);
}

std::optional<std::vector<Output>>
QueryBinder::valuesOf(const ItemSyntax &item, const Pipe &pipe, RowCalls *rows)
{
    const auto columns = tupleOf(*item.value, pipe, rows);
    if (columns.empty()) {
        if (item.names.size() > 1) {
            refuse(item.at,
                   ErrorCode::NotSupported,
                   "several names for one value are not supported here",
                   "Name one column, then take its parts with value[0], value[1].");
            return std::nullopt;
        }
        const ExpressionPtr value = expression(*item.value, pipe, rows);
        if (!value)
            return std::nullopt;
        return std::vector<Output>{
            {item.names.empty() ? naturalName(*item.value) : item.names.front(), value}};
    }
    std::vector<Output> outputs;
    const std::size_t count =
        item.names.empty() ? columns.size() : std::min(columns.size(), item.names.size());
    for (std::size_t i = 0; i < count; ++i) {
        ExpressionScope scope(*this, rows, pipe.query.serialized);
        Binder binder({&pipe.schema(), m_host.parameters(), &scope});
        NodePtr all = binder.bind(*item.value);
        NodePtr place = binder.constant(
            integerConstant(ColumnType::Long, static_cast<std::int64_t>(i)), item.at);
        NodePtr part = all ? binder.pathStep(all, place, item.at) : nullptr;
        if (part && columns[i].type != ColumnType::Dynamic)
            part = binder.convert(part, columns[i].type);
        const ExpressionPtr value = finish(std::move(part), binder);
        if (!value)
            return std::nullopt;
        outputs.push_back({i < item.names.size() ? item.names[i] : columns[i].name, value});
    }
    return outputs;
}

Output QueryBinder::columnOutput(const SchemaColumn &column) const
{
    Schema one;
    one.columns.push_back(column);
    Binder binder({&one, nullptr});
    NodePtr node = binder.column(column.name, {});
    return {
        column.name,
        std::make_shared<const Expression>(std::string(), std::move(node), binder.takeColumns())};
}

std::vector<Output> QueryBinder::allColumns(const Schema &schema) const
{
    std::vector<Output> outputs;
    for (const SchemaColumn &column : schema.columns)
        outputs.push_back(columnOutput(column));
    return outputs;
}

bool QueryBinder::pushRowCalls(Pipe &pipe, RowCalls rows, const OperatorSyntax &op)
{
    if (rows.calls.empty())
        return true;
    auto schema = std::make_shared<Schema>(pipe.schema());
    for (const RowCall &call : rows.calls)
        schema->columns.push_back({call.name, call.type});
    pipe.push(std::move(rows), std::move(schema), op);
    return true;
}

void QueryBinder::pushProject(Pipe &pipe,
                              std::vector<Output> outputs,
                              const OperatorSyntax &op,
                              bool open)
{
    auto schema = std::make_shared<Schema>();
    schema->open = open;
    for (const Output &output : outputs)
        schema->columns.push_back({output.name, output.expression->type()});
    pipe.push(Project{std::move(outputs)}, std::move(schema), op);
}

} // namespace sluice::kql
