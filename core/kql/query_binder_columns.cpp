// Expressions, and the operators that compute and choose columns.
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

bool QueryBinder::bindWhere(Pipe &pipe, const OperatorSyntax &op)
{
    RowCalls rows;
    ExpressionPtr condition = expression(*op.value, pipe, &rows);
    if (condition && condition->type() == ColumnType::Dynamic) {
        rows.calls.clear();
        condition = expression(*op.value, pipe, &rows, ColumnType::Bool);
    }
    if (!condition)
        return false;
    if (condition->type() != ColumnType::Bool)
        return refuse(
            op.value->at,
            ErrorCode::WrongType,
            fmt::format("a condition is bool, and this is {}", typeName(condition->type())),
            "Compare it with a value, such as x != 0.");
    const SchemaPtr before = pipe.query.schemaPtr();
    if (rows.calls.empty()) {
        pipe.push(Where{condition}, before, op);
        return true;
    }
    const bool open = before->open;
    std::vector<Output> columns = allColumns(*before);
    pushRowCalls(pipe, std::move(rows), op);
    pipe.push(Where{condition}, pipe.query.schemaPtr(), op);
    pushProject(pipe, std::move(columns), op, open);
    return true;
}

namespace {

/// Puts a value in the place of the column of its name, or behind all others.
void place(std::vector<Output> *outputs, Output output)
{
    const auto known = std::find_if(outputs->begin(), outputs->end(), [&](const Output &other) {
        return other.name == output.name;
    });
    if (known != outputs->end())
        known->expression = std::move(output.expression);
    else
        outputs->push_back(std::move(output));
}

} // namespace

bool QueryBinder::bindExtend(Pipe &pipe, const OperatorSyntax &op)
{
    RowCalls rows;
    std::vector<Output> outputs = allColumns(pipe.schema());
    std::vector<std::string> named;
    std::size_t unnamed = 0;
    for (const ItemSyntax &item : op.items) {
        if (!item.value) {
            if (op.name == "serialize")
                continue;
            return refuse(item.at, ErrorCode::SyntaxError, "'*' has no meaning in 'extend'");
        }
        auto values = valuesOf(item, pipe, &rows);
        if (!values)
            return false;
        for (Output &value : *values) {
            if (value.name.empty())
                value.name = "Column" + std::to_string(++unnamed);
            if (!item.names.empty()) {
                if (std::find(named.begin(), named.end(), value.name) != named.end())
                    return refuse(item.at,
                                  ErrorCode::WrongArguments,
                                  fmt::format("there are two columns '{}'", value.name));
                named.push_back(value.name);
            }
            place(&outputs, std::move(value));
        }
    }
    const bool open = pipe.schema().open;
    pushRowCalls(pipe, std::move(rows), op);
    pushProject(pipe, std::move(outputs), op, open);
    return true;
}

bool QueryBinder::bindSerialize(Pipe &pipe, const OperatorSyntax &op)
{
    pipe.query.serialized = true;
    pipe.push(Serialize{}, pipe.query.schemaPtr(), op);
    return op.items.empty() || bindExtend(pipe, op);
}

bool QueryBinder::bindProject(Pipe &pipe, const OperatorSyntax &op)
{
    RowCalls rows;
    std::vector<Output> outputs;
    Schema names;
    std::size_t unnamed = 0;
    for (const ItemSyntax &item : op.items) {
        if (!item.value)
            return refuse(item.at,
                          ErrorCode::SyntaxError,
                          "'*' has no meaning in 'project'",
                          "Use 'extend' to keep all columns, or 'project-away'.");
        auto values = valuesOf(item, pipe, &rows);
        if (!values)
            return false;
        for (Output &value : *values) {
            if (value.name.empty())
                value.name = freeName(names, "Column" + std::to_string(++unnamed));
            if (names.find(value.name))
                return refuse(item.at,
                              ErrorCode::WrongArguments,
                              fmt::format("there are two columns '{}'", value.name),
                              "Give one of them another name: name = …");
            names.columns.push_back({value.name, value.expression->type()});
            outputs.push_back(std::move(value));
        }
    }
    pushRowCalls(pipe, std::move(rows), op);
    pushProject(pipe, std::move(outputs), op, false);
    return true;
}

namespace {

/// a*, *b, *: the star stands for any characters.
bool matches(std::string_view pattern, std::string_view name)
{
    if (pattern.empty())
        return name.empty();
    if (pattern[0] == '*') {
        for (std::size_t skip = 0; skip <= name.size(); ++skip) {
            if (matches(pattern.substr(1), name.substr(skip)))
                return true;
        }
        return false;
    }
    return !name.empty() && name[0] == pattern[0] && matches(pattern.substr(1), name.substr(1));
}

} // namespace

/// The columns that a name or a pattern stands for, in the schema's order.
std::optional<std::vector<std::string>> QueryBinder::matching(const Schema &schema,
                                                              const ItemSyntax &item)
{
    std::vector<std::string> found;
    const bool exact = !item.names.empty() || item.pattern.find('*') == std::string::npos;
    const std::string wanted = item.names.empty() ? item.pattern : item.names.front();
    std::vector<std::string> all;
    for (const SchemaColumn &column : schema.columns) {
        all.push_back(column.name);
        if (exact ? column.name == wanted : matches(wanted, column.name))
            found.push_back(column.name);
    }
    if (!exact || !found.empty())
        return found;
    const std::string nearest = nearestName(wanted, all).value_or("");
    refuse(item.at,
           ErrorCode::UnknownName,
           fmt::format("there is no column '{}'", wanted),
           nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest),
           nearest);
    return std::nullopt;
}

bool QueryBinder::bindPatterns(Pipe &pipe, const OperatorSyntax &op)
{
    std::vector<std::string> named;
    for (const ItemSyntax &item : op.items) {
        auto found = matching(pipe.schema(), item);
        if (!found)
            return false;
        std::move(found->begin(), found->end(), std::back_inserter(named));
    }
    const bool keep = op.name == "project-keep";
    std::vector<Output> outputs;
    for (const SchemaColumn &column : pipe.schema().columns) {
        const bool listed = std::find(named.begin(), named.end(), column.name) != named.end();
        if (listed == keep)
            outputs.push_back(columnOutput(column));
    }
    pushProject(pipe, std::move(outputs), op, pipe.schema().open && !keep);
    return true;
}

bool QueryBinder::bindRename(Pipe &pipe, const OperatorSyntax &op)
{
    std::vector<Output> outputs = allColumns(pipe.schema());
    for (const ItemSyntax &item : op.items) {
        if (item.value->kind != SyntaxKind::Name)
            return refuse(item.value->at, ErrorCode::SyntaxError, "a column is expected here");
        ItemSyntax old;
        old.at = item.value->at;
        old.names.push_back(item.value->name);
        const auto found = matching(pipe.schema(), old);
        if (!found)
            return false;
        outputs[*pipe.schema().find(found->front())].name = item.names.front();
    }
    Schema names;
    for (const Output &output : outputs) {
        if (names.find(output.name))
            return refuse(op.at,
                          ErrorCode::WrongArguments,
                          fmt::format("there are two columns '{}'", output.name));
        names.columns.push_back({output.name, output.expression->type()});
    }
    pushProject(pipe, std::move(outputs), op, pipe.schema().open);
    return true;
}

namespace {

/// Digits count as numbers: a9 before a10.
bool numericLess(const std::string &a, const std::string &b)
{
    std::size_t i = 0;
    std::size_t j = 0;
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    while (i < a.size() && j < b.size()) {
        if (isDigit(a[i]) && isDigit(b[j])) {
            std::size_t endA = i;
            std::size_t endB = j;
            while (endA < a.size() && isDigit(a[endA]))
                ++endA;
            while (endB < b.size() && isDigit(b[endB]))
                ++endB;
            const auto number = [](const std::string &text, std::size_t from, std::size_t end) {
                while (from + 1 < end && text[from] == '0')
                    ++from;
                return text.substr(from, end - from);
            };
            const std::string x = number(a, i, endA);
            const std::string y = number(b, j, endB);
            if (x != y)
                return x.size() != y.size() ? x.size() < y.size() : x < y;
            i = endA;
            j = endB;
        } else {
            if (a[i] != b[j])
                return a[i] < b[j];
            ++i;
            ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

} // namespace

bool QueryBinder::bindReorder(Pipe &pipe, const OperatorSyntax &op)
{
    std::vector<std::string> order;
    std::vector<std::string> exact;
    for (const ItemSyntax &item : op.items) {
        if (item.pattern.find('*') == std::string::npos)
            exact.push_back(item.names.empty() ? item.pattern : item.names.front());
    }
    const auto listed = [](const std::vector<std::string> &list, const std::string &name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    for (const ItemSyntax &item : op.items) {
        auto found = matching(pipe.schema(), item);
        if (!found)
            return false;
        const bool star = item.pattern.find('*') != std::string::npos;
        if (item.descending) {
            std::sort(found->begin(), found->end(), [&](const auto &a, const auto &b) {
                const auto less = [&](const auto &x, const auto &y) {
                    return item.numeric ? numericLess(x, y) : x < y;
                };
                return *item.descending ? less(b, a) : less(a, b);
            });
        }
        for (std::string &name : *found) {
            if (!listed(order, name) && !(star && listed(exact, name)))
                order.push_back(std::move(name));
        }
    }
    for (const SchemaColumn &column : pipe.schema().columns) {
        if (!listed(order, column.name))
            order.push_back(column.name);
    }
    std::vector<Output> outputs;
    for (const std::string &name : order)
        outputs.push_back(columnOutput(pipe.schema().columns[*pipe.schema().find(name)]));
    pushProject(pipe, std::move(outputs), op, pipe.schema().open);
    return true;
}

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
