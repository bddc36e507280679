// summarize and its relatives.
#include "core/kql/aggregate_binder.h"
#include "core/kql/natural_name.h"
#include "core/kql/query_binder.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// The plan of one aggregate that the binder writes itself: count(), sum(v).
SyntaxPtr aggregateCall(std::string name, const Syntax *column, const Position &at)
{
    auto call = std::make_unique<Syntax>();
    call->kind = SyntaxKind::Call;
    call->name = std::move(name);
    call->at = at;
    if (column != nullptr) {
        auto argument = std::make_unique<Syntax>();
        argument->kind = SyntaxKind::Name;
        argument->name = column->name;
        argument->at = column->at;
        call->children.push_back(std::move(argument));
    }
    return call;
}

} // namespace

/// The columns behind `by`, named; they come first in the result.
bool QueryBinder::keyColumns(Pipe &pipe,
                             const OperatorSyntax &op,
                             std::vector<Output> *keys,
                             RowCalls *rows)
{
    Schema names;
    std::size_t unnamed = 0;
    for (const ItemSyntax &item : op.keys) {
        if (!item.value) {
            for (const SchemaColumn &column : pipe.schema().columns) {
                names.columns.push_back(column);
                keys->push_back(columnOutput(column));
            }
            continue;
        }
        const ExpressionPtr value = expression(*item.value, pipe, rows);
        if (!value)
            return false;
        if (value->type() == ColumnType::Dynamic)
            return refuse(item.value->at,
                          ErrorCode::WrongType,
                          "a dynamic value cannot be a key",
                          "Convert it first: tostring(…), tolong(…).");
        std::string name = item.names.empty() ? naturalName(*item.value) : item.names.front();
        if (name.empty())
            name = freeName(names, "Column" + std::to_string(++unnamed));
        if (names.find(name))
            return refuse(item.at,
                          ErrorCode::WrongArguments,
                          fmt::format("there are two columns '{}'", name));
        names.columns.push_back({name, value->type()});
        keys->push_back({std::move(name), value});
    }
    return true;
}

/// Binds aggregates and names their columns. @param schema  has the keys, receives the columns
bool QueryBinder::aggregateItems(const Pipe &pipe,
                                 const std::vector<ItemSyntax> &items,
                                 const std::vector<Output> &keys,
                                 AggregatePlanPtr *plan,
                                 Schema *schema)
{
    std::vector<std::string> left; // what arg_max(x, *) leaves out
    std::size_t unnamed = 0;
    for (const Output &key : keys) {
        left.push_back(key.name);
        if (key.name.starts_with("Column"))
            ++unnamed;
    }
    ExpressionScope scope(*this, nullptr, false);
    AggregateBinder binder({&pipe.schema(), m_host.parameters(), &scope}, std::move(left));
    for (const ItemSyntax &item : items) {
        if (!item.value)
            return refuse(item.at, ErrorCode::SyntaxError, "an aggregate is expected here");
        if (!binder.bind(*item.value, item.names)) {
            auto problems = binder.takeProblems();
            std::move(problems.begin(), problems.end(), std::back_inserter(m_problems));
            return false;
        }
    }
    *plan = binder.take();
    for (const AggregateColumn &column : (*plan)->columns) {
        std::string name = column.name;
        if (name.empty())
            name = "Column" + std::to_string(++unnamed);
        if (column.named && schema->find(name))
            return refuse(items.front().at,
                          ErrorCode::WrongArguments,
                          fmt::format("there are two columns '{}'", name));
        schema->columns.push_back({freeName(*schema, name), column.type});
    }
    return true;
}

bool QueryBinder::bindSummarize(Pipe &pipe, const OperatorSyntax &op)
{
    Summarize summarize;
    auto schema = std::make_shared<Schema>();
    if (!keyColumns(pipe, op, &summarize.keys, nullptr))
        return false;
    for (const Output &key : summarize.keys)
        schema->columns.push_back({key.name, key.expression->type()});
    if (!aggregateItems(pipe, op.items, summarize.keys, &summarize.plan, schema.get()))
        return false;
    pipe.push(std::move(summarize), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindDistinct(Pipe &pipe, const OperatorSyntax &op)
{
    Summarize summarize;
    auto schema = std::make_shared<Schema>();
    if (!keyColumns(pipe, op, &summarize.keys, nullptr))
        return false;
    for (const Output &key : summarize.keys)
        schema->columns.push_back({key.name, key.expression->type()});
    summarize.plan = std::make_shared<const AggregatePlan>();
    pipe.push(std::move(summarize), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindCount(Pipe &pipe, const OperatorSyntax &op)
{
    Summarize summarize;
    auto schema = std::make_shared<Schema>();
    std::vector<ItemSyntax> items(1);
    items[0].at = op.at;
    items[0].names.push_back(op.items.empty() ? "Count" : op.items.front().names.front());
    items[0].value = aggregateCall("count", nullptr, op.at);
    if (!aggregateItems(pipe, items, {}, &summarize.plan, schema.get()))
        return false;
    pipe.push(std::move(summarize), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindSampleDistinct(Pipe &pipe, const OperatorSyntax &op)
{
    const ExpressionPtr count =
        constantExpression(*op.value, ColumnType::Long, "a number of values");
    if (!count || !bindDistinct(pipe, op))
        return false;
    pipe.push(Take{count, true}, pipe.query.schemaPtr(), op);
    return true;
}

/// The largest values are counted exactly, which an approximation may be.
bool QueryBinder::bindTopHitters(Pipe &pipe, const OperatorSyntax &op)
{
    const ExpressionPtr count =
        constantExpression(*op.value, ColumnType::Long, "a number of values");
    if (!count)
        return false;
    Summarize summarize;
    auto schema = std::make_shared<Schema>();
    if (!keyColumns(pipe, op, &summarize.keys, nullptr))
        return false;
    const Output &key = summarize.keys.front();
    schema->columns.push_back({key.name, key.expression->type()});
    std::vector<ItemSyntax> items(1);
    items[0].at = op.at;
    Pipe weighed = pipe;
    if (op.items.empty()) {
        items[0].names.push_back("approximate_count_" + key.name);
        items[0].value = aggregateCall("count", nullptr, op.at);
    } else {
        const Syntax &weight = *op.items.front().value;
        items[0].names.push_back("approximate_sum_" + naturalName(weight));
        if (weight.kind != SyntaxKind::Name) {
            OperatorSyntax extend;
            extend.name = "extend";
            extend.at = op.at;
            const ExpressionPtr value = expression(weight, pipe, nullptr);
            if (!value)
                return false;
            std::vector<Output> outputs = allColumns(pipe.schema());
            outputs.push_back({"$weight", value});
            pushProject(weighed, std::move(outputs), extend, false);
        }
        Syntax column;
        column.kind = SyntaxKind::Name;
        column.name = weight.kind == SyntaxKind::Name ? weight.name : "$weight";
        column.at = weight.at;
        items[0].value = aggregateCall("sum", &column, op.at);
    }
    if (!aggregateItems(weighed, items, summarize.keys, &summarize.plan, schema.get()))
        return false;
    pipe = std::move(weighed);
    const std::string total = schema->columns.back().name;
    pipe.push(std::move(summarize), std::move(schema), op);
    Top top;
    top.count = count;
    top.keys.push_back({columnOutput(pipe.schema().columns.back()).expression, true, false});
    pipe.push(std::move(top), pipe.query.schemaPtr(), op);
    pipe.query.serialized = true;
    return true;
}

bool QueryBinder::bindTopNested(Pipe &pipe, const OperatorSyntax &op)
{
    TopNested nested;
    auto schema = std::make_shared<Schema>();
    for (const OperatorSyntax &part : op.parts) {
        NestedLevel level;
        if (part.value) {
            level.count = constantExpression(*part.value, ColumnType::Long, "a number of values");
            if (!level.count)
                return false;
        }
        std::vector<Output> keys;
        if (!keyColumns(pipe, part, &keys, nullptr))
            return false;
        level.key = keys.front();
        level.key.name = freeName(*schema, level.key.name);
        schema->columns.push_back({level.key.name, level.key.expression->type()});
        if (part.keys.front().extra) {
            level.others = constantExpression(
                *part.keys.front().extra, level.key.expression->type(), "the name of the others");
            if (!level.others)
                return false;
        }
        Schema columns;
        if (!aggregateItems(pipe, part.items, {}, &level.plan, &columns))
            return false;
        const ItemSyntax &item = part.items.front();
        level.descending = item.descending.value_or(true);
        schema->columns.push_back(
            {freeName(*schema,
                      item.names.empty() ? "aggregated_" + level.key.name : item.names.front()),
             columns.columns.front().type});
        nested.levels.push_back(std::move(level));
    }
    pipe.push(std::move(nested), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindMakeSeries(Pipe &pipe, const OperatorSyntax &op)
{
    MakeSeries series;
    series.axis = expression(*op.value, pipe, nullptr);
    if (!series.axis)
        return false;
    const ColumnType axis = series.axis->type();
    const bool span = axis == ColumnType::Datetime || axis == ColumnType::Timespan;
    if (!span && axis != ColumnType::Int && axis != ColumnType::Long && axis != ColumnType::Real)
        return refuse(op.value->at,
                      ErrorCode::WrongType,
                      fmt::format("the axis of a series cannot be {}", typeName(axis)),
                      "It is a number, a datetime or a timespan.");
    const ColumnType stepType = span ? ColumnType::Timespan : axis;
    series.axisName = naturalName(*op.value);
    if (series.axisName.empty())
        series.axisName = "Column1";
    series.nonempty = op.setting("kind") != nullptr && op.setting("kind")->text == "nonempty";
    series.endIncluded = op.open;
    const auto bound = [&](const SyntaxPtr &syntax, ColumnType type, ExpressionPtr *out) {
        if (syntax)
            *out = constantExpression(*syntax, type, "a value of the axis");
        return !syntax || *out != nullptr;
    };
    if (!bound(op.from, axis, &series.from) || !bound(op.to, axis, &series.to)
        || !bound(op.step, stepType, &series.step) || !keyColumns(pipe, op, &series.keys, nullptr))
        return false;
    auto schema = std::make_shared<Schema>();
    for (const Output &key : series.keys)
        schema->columns.push_back({key.name, key.expression->type()});
    const std::size_t first = schema->columns.size();
    if (!aggregateItems(pipe, op.items, series.keys, &series.plan, schema.get()))
        return false;
    for (std::size_t i = 0; i < op.items.size(); ++i) {
        ExpressionPtr value;
        if (!bound(op.items[i].extra, schema->columns[first + i].type, &value))
            return false;
        series.defaults.push_back(std::move(value));
    }
    if (schema->columns.size() != first + op.items.size())
        return refuse(op.at, ErrorCode::WrongArguments, "an aggregate of a series gives one value");
    for (std::size_t i = first; i < schema->columns.size(); ++i)
        schema->columns[i].type = ColumnType::Dynamic;
    schema->columns.push_back({freeName(*schema, series.axisName), ColumnType::Dynamic});
    pipe.push(std::move(series), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

} // namespace sluice::kql
