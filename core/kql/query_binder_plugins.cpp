// evaluate: bag_unpack, pivot, narrow, ipv4_lookup.
#include "core/kql/aggregate_binder.h"
#include "core/kql/constant.h"
#include "core/kql/json_text.h"
#include "core/kql/query_binder.h"
#include "core/kql/query_parser.h"
#include "core/kql/quote.h"

#include <algorithm>
#include <map>
#include <set>

namespace sluice::kql {

namespace {

/// A constant string argument; nothing for anything else.
std::optional<std::string> textArgument(const Syntax &call, std::size_t place)
{
    if (place >= call.children.size() || call.children[place]->kind != SyntaxKind::Constant
        || call.children[place]->constant->type != ColumnType::String)
        return std::nullopt;
    return std::string(call.children[place]->constant->texts[0]);
}

/// The column type that holds all values of a key.
ColumnType typeOfJson(std::string_view value)
{
    switch (jsonKind(jsonTrim(value))) {
    case JsonKind::Bool:
        return ColumnType::Bool;
    case JsonKind::Long:
        return ColumnType::Long;
    case JsonKind::Real:
        return ColumnType::Real;
    case JsonKind::String:
        return ColumnType::String;
    default:
        return ColumnType::Dynamic;
    }
}

ColumnType widest(ColumnType a, ColumnType b)
{
    if (a == b)
        return a;
    const bool numbers = (a == ColumnType::Long && b == ColumnType::Real)
                         || (a == ColumnType::Real && b == ColumnType::Long);
    return numbers ? ColumnType::Real : ColumnType::Dynamic;
}

} // namespace

bool QueryBinder::bindEvaluate(Pipe &pipe, const OperatorSyntax &op)
{
    const Syntax &call = *op.value;
    if (call.name == "bag_unpack")
        return unpackBag(pipe, op, call);
    if (call.name == "pivot")
        return pivot(pipe, op, call);
    if (call.name == "narrow")
        return narrow(pipe, op, call);
    if (call.name == "ipv4_lookup")
        return lookupIpv4(pipe, op, call);
    const std::vector<std::string> known{"bag_unpack", "pivot", "narrow", "ipv4_lookup"};
    const std::string nearest = nearestName(call.name, known).value_or("");
    return refuse(call.at,
                  ErrorCode::NotSupported,
                  fmt::format("the plugin '{}' is not supported", call.name),
                  nearest.empty() ? "Plugins are bag_unpack, pivot, narrow and ipv4_lookup."
                                  : fmt::format("Did you mean '{}'?", nearest),
                  nearest);
}

/// Keys and their types as they stand in the rows, sorted by name.
bool QueryBinder::discoverBag(Pipe &pipe,
                              const std::string &column,
                              const Position &at,
                              Schema *found)
{
    Pipe look = pipe;
    OperatorSyntax op;
    op.at = at;
    op.name = "project";
    std::vector<Output> outputs{columnOutput(pipe.schema().columns[*pipe.schema().find(column)])};
    pushProject(look, std::move(outputs), op, false);
    const auto batches = m_host.rowsOf(std::make_shared<const Query>(std::move(look.query)));
    if (!batches)
        return refuse(at,
                      batches.error().code,
                      batches.error().message,
                      batches.error().hint.empty()
                          ? "Say which columns there are: bag_unpack(d) : (*, name: type)"
                          : batches.error().hint);
    std::map<std::string, ColumnType> types;
    for (const Batch &batch : *batches) {
        batch.selection.forEach([&](std::size_t row) {
            const Column &bags = *batch.columns.front();
            if (bags.valid[row] == 0)
                return;
            std::string_view raw;
            std::string_view value;
            for (JsonObject members(jsonTrim(bags.texts[row])); members.next(&raw, &value);) {
                if (jsonKind(jsonTrim(value)) == JsonKind::Null)
                    continue;
                std::string key;
                jsonUnescape(raw, &key);
                const ColumnType type = typeOfJson(value);
                const auto [known, isNew] = types.emplace(key, type);
                if (!isNew)
                    known->second = widest(known->second, type);
            }
        });
    }
    for (const auto &[name, type] : types)
        found->columns.push_back({name, type});
    return true;
}

bool QueryBinder::unpackBag(Pipe &pipe, const OperatorSyntax &op, const Syntax &call)
{
    const bool column = !call.children.empty() && call.children[0]->kind == SyntaxKind::Name;
    ItemSyntax item;
    item.at = column ? call.children[0]->at : call.at;
    item.names.push_back(column ? call.children[0]->name : std::string());
    if (!column)
        return refuse(call.at, ErrorCode::WrongArguments, "bag_unpack() takes a column");
    if (!matching(pipe.schema(), item))
        return false;
    const std::string bag = item.names.front();
    if (pipe.schema().columns[*pipe.schema().find(bag)].type != ColumnType::Dynamic)
        return refuse(item.at, ErrorCode::WrongType, "bag_unpack() takes a dynamic column");
    const std::string prefix = textArgument(call, 1).value_or("");
    const std::string conflict = textArgument(call, 2).value_or("error");
    if (call.children.size() > 3)
        return refuse(call.children[3]->at,
                      ErrorCode::NotSupported,
                      "ignored properties are not supported",
                      "Remove them before: extend d = bag_remove_keys(d, …)");
    Schema found;
    if (op.hasKeys) {
        for (const ItemSyntax &declared : op.items)
            found.columns.push_back({declared.names.front(), *declared.type});
    } else if (!discoverBag(pipe, bag, op.at, &found)) {
        return false;
    }
    std::vector<Output> outputs;
    if (!op.hasKeys || op.open) {
        for (const SchemaColumn &known : pipe.schema().columns) {
            if (known.name != bag)
                outputs.push_back(columnOutput(known));
        }
    }
    for (const SchemaColumn &known : found.columns) {
        // With a schema its names are those of the result, prefix included.
        std::string key = known.name;
        if (op.hasKeys && key.starts_with(prefix))
            key.erase(0, prefix.size());
        Binder binder({&pipe.schema(), nullptr});
        NodePtr base = binder.column(bag, call.at);
        NodePtr node = binder.pathStep(
            base, binder.constant(textConstant(ColumnType::String, key), call.at), call.at);
        if (node && known.type != ColumnType::Dynamic)
            node = binder.convert(node, known.type);
        const ExpressionPtr value = finish(std::move(node), binder);
        if (!value)
            return false;
        const std::string name = op.hasKeys ? known.name : prefix + known.name;
        const auto same = std::find_if(outputs.begin(), outputs.end(), [&](const Output &output) {
            return output.name == name;
        });
        if (same == outputs.end())
            outputs.push_back({name, value});
        else if (op.hasKeys) // the schema names a column that passes through
            continue;
        else if (conflict == "replace_source")
            same->expression = value;
        else if (conflict != "keep_source")
            return refuse(
                call.at,
                ErrorCode::WrongArguments,
                fmt::format("the bag has a key '{}', as one of the columns is called", name),
                "Give a prefix: bag_unpack(d, 'd_')");
    }
    pushProject(pipe, std::move(outputs), op, false);
    return true;
}

/// One column for each value: summarize v1 = aggif(…, c == v1), … by the other columns.
bool QueryBinder::pivot(Pipe &pipe, const OperatorSyntax &op, const Syntax &call)
{
    if (call.children.empty() || call.children[0]->kind != SyntaxKind::Name)
        return refuse(call.at, ErrorCode::WrongArguments, "pivot() takes a column first");
    ItemSyntax item;
    item.at = call.children[0]->at;
    item.names.push_back(call.children[0]->name);
    if (!matching(pipe.schema(), item))
        return false;
    const std::string pivoted = item.names.front();
    // The values, as text.
    Pipe look = pipe;
    OperatorSyntax step;
    step.at = op.at;
    step.name = op.name;
    Binder binder({&pipe.schema(), nullptr});
    NodePtr text = binder.convert(binder.column(pivoted, call.at), ColumnType::String);
    const ExpressionPtr asText = finish(text, binder);
    if (!asText)
        return false;
    auto one = std::make_shared<Schema>();
    one->columns.push_back({"$value", ColumnType::String});
    look.push(Summarize{{{"$value", asText}}, std::make_shared<const AggregatePlan>()}, one, op);
    const auto batches = m_host.rowsOf(std::make_shared<const Query>(std::move(look.query)));
    if (!batches)
        return refuse(op.at, batches.error().code, batches.error().message, batches.error().hint);
    std::set<std::string> values;
    for (const Batch &batch : *batches) {
        batch.selection.forEach([&](std::size_t row) {
            values.emplace(batch.columns.front()->valid[row] != 0
                               ? batch.columns.front()->texts[row]
                               : std::string_view());
        });
    }
    if (values.size() > 1000)
        return refuse(op.at,
                      ErrorCode::TooComplex,
                      fmt::format("pivot() would make {} columns", values.size()));
    // Written as KQL and bound as such: each aggregate becomes its conditional form.
    std::string aggregate = "count";
    std::string arguments;
    std::vector<std::string> used{pivoted};
    if (call.children.size() > 1) {
        const Syntax &wanted = *call.children[1];
        if (wanted.kind != SyntaxKind::Call || findAggregate(wanted.name) == nullptr)
            return refuse(
                wanted.at, ErrorCode::WrongArguments, "pivot() takes an aggregate second");
        aggregate = wanted.name;
        for (const SyntaxPtr &child : wanted.children) {
            if (child->kind != SyntaxKind::Name)
                return refuse(child->at,
                              ErrorCode::NotSupported,
                              "the aggregate of a pivot takes columns",
                              "Compute the value with 'extend' before.");
            arguments += quoteName(child->name) + ", ";
            used.push_back(child->name);
        }
    }
    const std::string conditional =
        aggregate.starts_with("make_") ? aggregate + "_if" : aggregate + "if";
    if (findAggregate(conditional) == nullptr)
        return refuse(call.children[1]->at,
                      ErrorCode::NotSupported,
                      fmt::format("{}() cannot be the aggregate of a pivot", aggregate));
    std::vector<std::string> keys;
    if (call.children.size() > 2) {
        for (std::size_t i = 2; i < call.children.size(); ++i)
            keys.push_back(call.children[i]->name);
    } else {
        for (const SchemaColumn &column : pipe.schema().columns) {
            if (std::find(used.begin(), used.end(), column.name) == used.end())
                keys.push_back(column.name);
        }
    }
    std::string query = "T | summarize ";
    std::string separator;
    for (const std::string &value : values) {
        query += separator + quoteName(value.empty() ? "Column" : value) + " = " + conditional + "("
                 + arguments + "tostring(" + quoteName(pivoted) + ") == " + quoteString(value)
                 + ")";
        separator = ", ";
    }
    separator = keys.empty() ? "" : " by ";
    for (const std::string &key : keys) {
        query += separator + quoteName(key);
        separator = ", ";
    }
    const QueryParseResult parsed = parseQuery(query);
    if (!parsed.query)
        return refuse(op.at, ErrorCode::WrongArguments, "the values of the pivot make no columns");
    const Syntax &written = *parsed.query->statements.front().value;
    const std::size_t before = m_problems.size();
    if (!bindSummarize(pipe, written.pipe->operators.back())) {
        for (std::size_t i = before; i < m_problems.size(); ++i)
            m_problems[i].at = op.at;
        return false;
    }
    return true;
}

/// Every cell becomes a row: its row number, its column, its value as text.
bool QueryBinder::narrow(Pipe &pipe, const OperatorSyntax &op, const Syntax &call)
{
    if (!call.children.empty())
        return refuse(call.at, ErrorCode::WrongArguments, "narrow() takes no argument");
    RowCalls rows;
    RowCall number;
    number.name = "$row" + std::to_string(m_hidden++);
    number.at = op.at;
    Binder zero({});
    number.arguments.push_back(std::make_shared<const Expression>(
        std::string(),
        zero.constant(integerConstant(ColumnType::Long, 0), op.at),
        zero.takeColumns()));
    const Schema before = pipe.schema();
    rows.calls.push_back(number);
    pipe.push(Serialize{}, pipe.query.schemaPtr(), op);
    pushRowCalls(pipe, std::move(rows), op);
    UnionSource source;
    auto schema = std::make_shared<Schema>();
    schema->columns = {
        {"Row", ColumnType::Long}, {"Column", ColumnType::String}, {"Value", ColumnType::String}};
    for (const SchemaColumn &column : before.columns) {
        Pipe part = pipe;
        std::vector<Output> outputs;
        Output row = columnOutput({number.name, ColumnType::Long});
        row.name = "Row";
        outputs.push_back(std::move(row));
        Binder name({});
        outputs.push_back(
            {"Column",
             finish(name.constant(textConstant(ColumnType::String, column.name), op.at), name)});
        Binder value({&before, nullptr});
        NodePtr text = value.convert(value.column(column.name, op.at), ColumnType::String);
        outputs.push_back({"Value", finish(std::move(text), value)});
        if (!outputs.back().expression)
            return false;
        pushProject(part, std::move(outputs), op, false);
        source.parts.push_back(std::make_shared<const Query>(std::move(part.query)));
    }
    Query query;
    query.source = std::move(source);
    query.sourceSchema = std::move(schema);
    query.at = op.at;
    pipe.query = std::move(query);
    return true;
}

namespace {

constexpr std::string_view kOne = "$one"; // the same in every row of both sides

/// The columns of both sides but kOne; a name that the left side has gets a number.
SchemaPtr ipv4Columns(const Schema &left, const Schema &right, Join *join)
{
    auto schema = std::make_shared<Schema>();
    for (const SchemaColumn &column : left.columns) {
        if (column.name == kOne)
            continue;
        schema->columns.push_back(column);
        join->columns.push_back({column.name, column.name, false});
    }
    for (const SchemaColumn &column : right.columns) {
        const bool key =
            std::any_of(join->keys.begin(), join->keys.end(), [&column](const JoinKey &one) {
                return one.right == column.name;
            });
        if (key)
            continue;
        const std::string name =
            schema->find(column.name) ? freeName(*schema, column.name) : column.name;
        schema->columns.push_back({name, column.type});
        join->columns.push_back({column.name, name, true});
    }
    return schema;
}

/// What a column of the right side is called in the result.
std::string nameIn(const Join &join, const std::string &column)
{
    const auto found =
        std::find_if(join.columns.begin(), join.columns.end(), [&column](const JoinColumn &one) {
            return one.fromRight && one.column == column;
        });
    return found == join.columns.end() ? column : found->name;
}

/// Columns of the arguments behind the table: the address, the network, further keys.
Result<std::vector<std::string>>
ipv4Keys(const Schema &left, const Schema &right, const Syntax &call)
{
    std::vector<std::string> names;
    for (std::size_t i = 1; i < call.children.size(); ++i) {
        const Syntax &argument = *call.children[i];
        if (argument.kind != SyntaxKind::Name)
            return fail(ErrorCode::NotSupported, "ipv4_lookup() takes the name of a column here")
                .hint("Rows without a network are left out: return_unmatched is not supported.");
        const bool missing =
            (i != 2 && !left.find(argument.name)) || (i != 1 && !right.find(argument.name));
        if (missing)
            return fail(ErrorCode::UnknownName, "there is no column '{}'", argument.name);
        names.push_back(argument.name);
    }
    return names;
}

} // namespace

/// Every row beside every network, and of these the pairs in which the address is in the network.
bool QueryBinder::lookupIpv4(Pipe &pipe, const OperatorSyntax &op, const Syntax &call)
{
    if (call.children.size() < 3)
        return refuse(call.at,
                      ErrorCode::WrongArguments,
                      "ipv4_lookup() takes a table, a column with addresses and one with networks",
                      "As in: evaluate ipv4_lookup(Networks, ip, network)");
    const QueryPtr table = tabular(*call.children[0]);
    if (!table)
        return false;
    const auto names = ipv4Keys(pipe.schema(), table->schema(), call);
    if (!names)
        return refuse(call.at, names.error().code, names.error().message, names.error().hint);
    Pipe right;
    right.query = *table;
    for (Pipe *side : {&pipe, &right}) {
        std::vector<Output> outputs = allColumns(side->schema());
        Binder one({});
        outputs.push_back(
            {std::string(kOne),
             finish(one.constant(integerConstant(ColumnType::Long, 1), call.at), one)});
        pushProject(*side, std::move(outputs), op, side->schema().open);
    }
    Join join;
    join.kind = JoinKind::Inner;
    join.keys.push_back({std::string(kOne), std::string(kOne), ColumnType::Long});
    for (std::size_t i = 2; i < names->size(); ++i)
        join.keys.push_back({(*names)[i],
                             (*names)[i],
                             pipe.schema().columns[*pipe.schema().find((*names)[i])].type});
    const SchemaPtr schema = ipv4Columns(pipe.schema(), right.schema(), &join);
    const std::string network = nameIn(join, (*names)[1]);
    join.right = std::make_shared<const Query>(std::move(right.query));
    pipe.push(std::move(join), schema, op);
    pipe.query.serialized = false;
    Binder condition({schema.get(), nullptr});
    NodePtr inNetwork = condition.call(
        "ipv4_is_in_range",
        call.at,
        {condition.column((*names)[0], call.at), condition.column(network, call.at)});
    ExpressionPtr expression = finish(std::move(inNetwork), condition);
    if (!expression)
        return false;
    pipe.push(Where{std::move(expression)}, schema, op);
    return true;
}

} // namespace sluice::kql
