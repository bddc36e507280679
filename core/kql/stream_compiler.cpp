#include "core/kql/stream_compiler.h"

#include "core/event/datetime.h"
#include "core/kql/constant.h"
#include "core/kql/stream_steps.h"
#include "core/kql/table_steps.h"

#include <algorithm>

namespace sluice::kql {

namespace {

constexpr std::string_view kBehindWindow =
    "Put it behind a 'summarize … by bin(<event time>, 10s)': there it works on each window.";

const Step *windowOf(const Query &query, std::size_t *place)
{
    for (*place = 0; *place < query.steps.size(); ++*place) {
        if (std::holds_alternative<Summarize>(query.steps[*place].operation))
            return &query.steps[*place];
    }
    return nullptr;
}

bool isCallOf(const Node &node, std::string_view name)
{
    return node.kind == NodeKind::Call && node.function != nullptr
           && (node.function->name == name || node.function->aliasOf == name);
}

bool isKnown(const Node &node)
{
    return node.isConstant() && node.constant->valid[0] != 0;
}

ExpressionPtr nullText(const Position &at)
{
    Node node;
    node.type = ColumnType::String;
    node.at = at;
    node.constant = nullConstant(ColumnType::String);
    return std::make_shared<const Expression>(
        std::string(), std::make_shared<const Node>(std::move(node)), std::vector<SchemaColumn>());
}

/// bin(t, 10s) or bin_at(t, 10s, origin) of a moment; the size is known.
bool isBin(const Node &node)
{
    if (!isCallOf(node, "bin") && !isCallOf(node, "bin_at"))
        return false;
    const auto &arguments = node.arguments;
    return arguments.size() >= 2 && arguments[0]->type == ColumnType::Datetime
           && arguments[1]->type == ColumnType::Timespan && isKnown(*arguments[1])
           && arguments[1]->constant->integers[0] > 0
           && (arguments.size() == 2 || isKnown(*arguments[2]));
}

} // namespace

bool StreamCompiler::refuse(const Position &at,
                            ErrorCode code,
                            std::string message,
                            std::string hint)
{
    m_problems.push_back({code, std::move(message), std::move(hint), at, {}});
    return false;
}

bool StreamCompiler::refuse(const Position &at, const Error &error)
{
    return refuse(at, error.code, error.message, error.hint);
}

bool StreamCompiler::refuseWhole(const Step &step, std::string_view reason, std::string_view hint)
{
    return refuse(step.at,
                  ErrorCode::NotSupported,
                  fmt::format("operator '{}' {}", step.name, reason),
                  std::string(hint));
}

std::unique_ptr<StreamQuery> StreamCompiler::compile(const QueryPtr &query)
{
    auto result = std::make_unique<StreamQuery>();
    result->m_query = query;
    result->m_schema = query->schemaPtr();
    std::size_t place = 0;
    const Step *window = windowOf(*query, &place);
    if (window == nullptr)
        return addBranches(*query, {}, result.get()) ? std::move(result) : nullptr;
    Query before = *query;
    before.steps.resize(place);
    const SchemaPtr input = before.schemaPtr();
    if (!addWindow(*window, input, result.get()) || !addBranches(before, {}, result.get()))
        return nullptr;
    Path tail;
    SchemaPtr schema = window->schema;
    for (std::size_t i = place + 1; i < query->steps.size(); ++i) {
        tail.emplace_back(&query->steps[i], schema);
        schema = query->steps[i].schema;
    }
    Target target;
    target.program = &result->m_windowProgram;
    target.inWindow = true;
    target.bin = result->m_window->summarize.keys[result->m_window->binKey].name;
    return addSteps(tail, &target) ? std::move(result) : nullptr;
}

/// Every source of the query with all steps that its rows go through.
bool StreamCompiler::addBranches(const Query &query, const Path &behind, StreamQuery *result)
{
    Path path;
    SchemaPtr schema = query.sourceSchema;
    for (const Step &step : query.steps) {
        path.emplace_back(&step, schema);
        schema = step.schema;
    }
    path.insert(path.end(), behind.begin(), behind.end());
    const auto *parts = std::get_if<UnionSource>(&query.source);
    if (parts == nullptr)
        return addSource(query, path, result);
    return std::all_of(parts->parts.begin(), parts->parts.end(), [&](const QueryPtr &part) {
        return addBranches(*part, path, result);
    });
}

bool StreamCompiler::addSource(const Query &query, const Path &steps, StreamQuery *result)
{
    StreamQuery::Branch branch;
    const auto *table = std::get_if<TableSource>(&query.source);
    if (table != nullptr) {
        const auto &inputs = m_context.inputs;
        const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const StreamInput &one) {
            return one.name == table->table;
        });
        if (input != inputs.end())
            branch.input = static_cast<std::size_t>(input - inputs.begin());
    }
    if (!branch.input) {
        if (!m_context.constantsFlow)
            return refuse(query.at,
                          ErrorCode::NotSupported,
                          "these rows do not change, and a stream is expected here",
                          "Begin with 'source'. Constant rows have their place on the right side "
                          "of join and lookup, and in 'in (…)'.");
        auto rows = sourceRows(query);
        if (!rows)
            return false;
        branch.constants = std::move(*rows);
    }
    Target target;
    target.chain = &branch.chain;
    if (!addSteps(steps, &target))
        return false;
    result->m_branches.push_back(std::move(branch));
    return true;
}

bool StreamCompiler::addWindow(const Step &step, const SchemaPtr &input, StreamQuery *result)
{
    if (step.name != "summarize")
        return refuseWhole(step, "needs a whole table, and a stream never ends", kBehindWindow);
    StreamWindow window;
    window.summarize = std::get<Summarize>(step.operation);
    window.input = input;
    window.at = step.at;
    window.output = step.schema;
    if (!checkAggregates(window.summarize.plan, step.at)
        || !answerQueries(&window.summarize.keys, step.at))
        return false;
    std::size_t bins = 0;
    for (std::size_t i = 0; i < window.summarize.keys.size(); ++i) {
        if (!isBin(window.summarize.keys[i].expression->root()))
            continue;
        ++bins;
        window.binKey = i;
    }
    if (bins != 1)
        return refuse(step.at,
                      ErrorCode::NotSupported,
                      bins == 0 ? "operator 'summarize' needs windows, and a stream never ends"
                                : "operator 'summarize' has more than one bin of time to group by",
                      "Group by one bin(<event time>, <literal>), as in by bin(timestamp, 10s).");
    const Expression &key = *window.summarize.keys[window.binKey].expression;
    const Node &bin = key.root();
    std::vector<SchemaColumn> columns;
    for (std::size_t i = 0; i < key.columns().size(); ++i)
        columns.push_back({key.columns()[i], key.columnTypes()[i]});
    window.time =
        std::make_shared<const Expression>(std::string(), bin.arguments[0], std::move(columns));
    window.size = bin.arguments[1]->constant->integers[0];
    const Ticks origin =
        bin.arguments.size() > 2 ? bin.arguments[2]->constant->integers[0] : kMinTicks;
    window.offset = ((origin % window.size) + window.size) % window.size;
    result->m_window = std::move(window);
    return true;
}

bool StreamCompiler::addSteps(const Path &path, Target *target)
{
    return std::all_of(path.begin(), path.end(), [&](const auto &one) {
        return addStep(*one.first, one.second, target);
    });
}

bool StreamCompiler::add(Target *target, std::unique_ptr<StreamStep> step)
{
    if (target->chain != nullptr)
        target->chain->add(std::move(step));
    else
        target->program->add(std::move(step));
    return true;
}

bool StreamCompiler::add(Target *target, const Step &step, std::unique_ptr<TableStep> table)
{
    if (target->chain != nullptr)
        return refuseWhole(step, "needs a whole table, and a stream never ends", kBehindWindow);
    target->program->add(std::move(table));
    return true;
}

bool StreamCompiler::addResult(Target *target,
                               const Step &step,
                               Result<std::unique_ptr<StreamStep>> made)
{
    return made ? add(target, std::move(*made)) : refuse(step.at, made.error());
}

bool StreamCompiler::addStep(const Step &step, const SchemaPtr &input, Target *target)
{
    const auto is = [&]<typename T>(T *copy) {
        const T *one = std::get_if<T>(&step.operation);
        if (one != nullptr)
            *copy = *one;
        return one != nullptr;
    };
    if (Where where; is(&where))
        return answerQueries(&where.condition, step.at) && add(target, makeWhere(where, *input));
    if (Project project; is(&project))
        return addProject(project, step, input, target);
    if (Parse parse; is(&parse))
        return answerQueries(&parse.source, step.at)
               && addResult(target, step, makeParse(parse, *input, step.schema));
    if (ParseKv parse; is(&parse))
        return answerQueries(&parse.source, step.at)
               && addResult(target, step, makeParseKv(parse, *input, step.schema));
    if (MvExpand expand; is(&expand))
        return addExpand(expand, step, input, target);
    if (MvApply apply; is(&apply))
        return addApply(apply, step, input, target);
    if (Join join; is(&join))
        return addJoin(join, step, input, target);
    if (Summarize summarize; is(&summarize))
        return addSummarize(summarize, step, input, target);
    if (Sort sort; is(&sort))
        return addSort(sort.keys, step, input, target);
    if (Take take; is(&take))
        return addTake(take.count, step, target);
    if (Top top; is(&top))
        return addSort(top.keys, step, input, target) && addTake(top.count, step, target);
    if (std::holds_alternative<Consume>(step.operation))
        return add(target, makeConsume());
    if (std::holds_alternative<Serialize>(step.operation))
        return target->chain == nullptr
               || refuseWhole(step, "needs rows in an order, and a stream has none", kBehindWindow);
    if (const auto *rows = std::get_if<RowCalls>(&step.operation))
        return refuse(
            rows->calls.front().at,
            ErrorCode::NotSupported,
            "a function that looks at other rows needs a whole table in an order",
            "Functions of rows (row_number, prev, next, row_cumsum …) are for databases.");
    return refuseWhole(step,
                       "needs a whole table, and is not supported on a stream",
                       "Write the events to a database and query them there.");
}

bool StreamCompiler::addProject(const Project &project,
                                const Step &step,
                                const SchemaPtr &input,
                                Target *target)
{
    Project ready = project;
    if (!answerQueries(&ready.outputs, step.at))
        return false;
    std::string bin;
    for (Output &output : ready.outputs) {
        // A text that a part of a union has not was never there: "" to KQL, written as null.
        const Node &root = output.expression->root();
        if (step.name == "union" && root.isConstant() && root.type == ColumnType::String
            && root.constant->texts[0].empty())
            output.expression = nullText(root.at);
        const std::string *plain = plainColumn(output);
        if (plain != nullptr && *plain == target->bin)
            bin = output.name;
    }
    target->bin = std::move(bin);
    return add(target, makeProject(ready, *input, step.schema));
}

bool StreamCompiler::addExpand(const MvExpand &expand,
                               const Step &step,
                               const SchemaPtr &input,
                               Target *target)
{
    MvExpand ready = expand;
    return answerQueries(&ready, step.at) && add(target, makeExpand(ready, *input, step.schema));
}

bool StreamCompiler::addApply(const MvApply &apply,
                              const Step &step,
                              const SchemaPtr &input,
                              Target *target)
{
    MvApply ready = apply;
    if (!answerQueries(&ready.expand, step.at))
        return false;
    if (!std::holds_alternative<OuterSource>(apply.query->source))
        return refuse(apply.query->at,
                      ErrorCode::NotSupported,
                      "the query of mv-apply begins with other rows than those of its event");
    auto program = std::make_unique<TableProgram>();
    Target inner;
    inner.program = program.get();
    SchemaPtr schema = apply.query->sourceSchema;
    for (const Step &one : apply.query->steps) {
        if (!addStep(one, schema, &inner))
            return false;
        schema = one.schema;
    }
    return add(target, makeApply(ready, std::move(program), *input, step.schema));
}

bool StreamCompiler::addJoin(const Join &join,
                             const Step &step,
                             const SchemaPtr &input,
                             Target *target)
{
    if (!isConstant(*join.right, m_context))
        return refuseWhole(step,
                           "joins two streams, and its right side never ends",
                           "Use a join node, which has a time tolerance, or reference data.");
    using enum JoinKind;
    const bool fits = join.kind == Inner || join.kind == LeftOuter || join.kind == LeftSemi
                      || join.kind == LeftAnti;
    if (!fits)
        return refuseWhole(step,
                           join.kind == InnerUnique
                               ? "without a kind takes one left row of each key, which needs a "
                                 "whole table"
                               : "of this kind needs a whole table",
                           "Write kind=inner, leftouter, leftsemi or leftanti.");
    const auto rows = constantRows(*join.right);
    return rows && add(target, makeReferenceJoin(join, *rows, *input, step.schema));
}

bool StreamCompiler::addSummarize(const Summarize &summarize,
                                  const Step &step,
                                  const SchemaPtr &input,
                                  Target *target)
{
    Summarize ready = summarize;
    if (!answerQueries(&ready.keys, step.at) || !checkAggregates(ready.plan, step.at))
        return false;
    if (target->chain != nullptr)
        return refuseWhole(
            step, "inside of a union has no windows of its own", "Put it behind the union.");
    if (target->inWindow) {
        std::string bin;
        for (const Output &key : ready.keys) {
            const std::string *plain = plainColumn(key);
            if (plain != nullptr && *plain == target->bin)
                bin = key.name;
        }
        if (bin.empty() && step.name != "distinct")
            return refuseWhole(step,
                               "would add up all windows, and they never end",
                               target->bin.empty()
                                   ? std::string("Keep the bin of the window.")
                                   : fmt::format("Add the window to its keys: by {}", target->bin));
        target->bin = std::move(bin);
    }
    return add(target, step, makeSummarize(ready, *input, step.schema));
}

bool StreamCompiler::addSort(const std::vector<SortKey> &keys,
                             const Step &step,
                             const SchemaPtr &input,
                             Target *target)
{
    std::vector<SortKey> ready = keys;
    for (SortKey &key : ready) {
        if (!answerQueries(&key.expression, step.at))
            return false;
    }
    return add(target, step, makeSort(ready, *input));
}

bool StreamCompiler::addTake(const ExpressionPtr &count, const Step &step, Target *target)
{
    const auto value = wholeNumber(count, step.at);
    return value && add(target, step, makeTake(*value));
}

} // namespace sluice::kql
