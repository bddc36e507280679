// Expressions, and the operators that compute and choose columns.
#include "core/kql/constant.h"
#include "core/kql/natural_name.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

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

} // namespace sluice::kql
