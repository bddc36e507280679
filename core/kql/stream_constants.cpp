// What a query over streams computes once: constant tables, and queries inside expressions.
#include "core/kql/aggregate_binder.h"
#include "core/kql/stream_compiler.h"

#include <algorithm>

namespace sluice::kql {

namespace {

constexpr std::size_t kMaxConstantRows = 1'000'000;

bool holdsQuery(const Node &node)
{
    return node.kind == NodeKind::Query
           || std::any_of(node.arguments.begin(), node.arguments.end(), [](const NodePtr &one) {
                  return holdsQuery(*one);
              });
}

std::vector<Batch>
slices(const std::vector<ColumnPtr> &columns, std::size_t rows, const SchemaPtr &schema)
{
    Batch all;
    all.schema = schema;
    all.columns = columns;
    all.rows = rows;
    all.selection = Selection(rows);
    if (rows <= kBatchRows)
        return {all};
    const std::vector<Batch> batches{all};
    return copyRows(batches, allRows(batches));
}

} // namespace

bool StreamCompiler::isConstant(const Query &query, const StreamContext &context)
{
    if (const auto *table = std::get_if<TableSource>(&query.source))
        return std::any_of(context.references.begin(),
                           context.references.end(),
                           [&](const StreamReference &one) { return one.name == table->table; });
    const auto constant = [&](const QueryPtr &one) { return isConstant(*one, context); };
    if (const auto *parts = std::get_if<UnionSource>(&query.source))
        return std::all_of(parts->parts.begin(), parts->parts.end(), constant);
    return !std::holds_alternative<OuterSource>(query.source);
}

std::optional<std::vector<Batch>> StreamCompiler::rangeRows(const RangeSource &range,
                                                            const Query &query)
{
    ColumnPtr ends[3]; // NOLINT(modernize-avoid-c-arrays)
    std::size_t place = 0;
    for (ExpressionPtr expression : {range.from, range.to, range.step}) {
        if (!answerQueries(&expression, query.at))
            return std::nullopt;
        auto value = evaluateConstant(*expression, m_context.now);
        if (!value) {
            refuse(query.at, value.error());
            return std::nullopt;
        }
        ends[place++] = std::move(*value);
    }
    const auto column = std::make_shared<Column>();
    const ColumnType type = query.sourceSchema->columns.front().type;
    column->reset(type, 0);
    const bool known = ends[0]->valid[0] != 0 && ends[1]->valid[0] != 0 && ends[2]->valid[0] != 0;
    const auto fill = [&]<typename Wide, typename T>(
                          Wide from, T to, T step, std::vector<T> &values) {
        if (step == 0 || !((to - from) / step < static_cast<Wide>(kMaxConstantRows)))
            return refuse(query.at, ErrorCode::TooComplex, "a range of more than a million rows");
        for (std::size_t i = 0;; ++i) {
            const Wide value = from + static_cast<Wide>(i) * step;
            if (step > 0 ? !(value <= to) : !(value >= to))
                return true;
            values.push_back(static_cast<T>(value));
            column->valid.push_back(1);
        }
    };
    bool good = true; // whole numbers are added up with more bits, so that nothing overflows
    if (known && storageOf(type) == Storage::Integer)
        good = fill(static_cast<__int128>(ends[0]->integers[0]),
                    ends[1]->integers[0],
                    ends[2]->integers[0],
                    column->integers);
    else if (known && type == ColumnType::Real)
        good = fill(ends[0]->floats[0], ends[1]->floats[0], ends[2]->floats[0], column->floats);
    else if (known)
        good = refuse(query.at, ErrorCode::NotSupported, "a range of decimals is not supported");
    if (!good)
        return std::nullopt;
    return slices({column}, column->rows(), query.sourceSchema);
}

std::optional<std::vector<Batch>> StreamCompiler::sourceRows(const Query &query)
{
    if (const auto *rows = std::get_if<RowsSource>(&query.source))
        return slices(rows->columns, rows->rows, query.sourceSchema);
    if (const auto *range = std::get_if<RangeSource>(&query.source))
        return rangeRows(*range, query);
    if (const auto *table = std::get_if<TableSource>(&query.source)) {
        for (const StreamReference &reference : m_context.references) {
            if (reference.name == table->table)
                return reference.rows;
        }
    }
    if (const auto *parts = std::get_if<UnionSource>(&query.source)) {
        std::vector<Batch> all;
        for (const QueryPtr &part : parts->parts) {
            auto rows = constantRows(*part);
            if (!rows)
                return std::nullopt;
            std::move(rows->begin(), rows->end(), std::back_inserter(all));
        }
        return all;
    }
    refuse(query.at,
           ErrorCode::NotSupported,
           "a stream has no place here: all its rows would be needed",
           "Here stand constant rows, or reference data of the node.");
    return std::nullopt;
}

std::optional<std::vector<Batch>> StreamCompiler::constantRows(const Query &query)
{
    if (++m_depth > kMaxKqlDepth) {
        refuse(query.at, ErrorCode::TooComplex, "the query is nested too deep");
        return std::nullopt;
    }
    auto rows = sourceRows(query);
    TableProgram program;
    Target target;
    target.program = &program;
    SchemaPtr schema = query.sourceSchema;
    bool good = rows.has_value();
    for (std::size_t i = 0; good && i < query.steps.size(); ++i) {
        good = addStep(query.steps[i], schema, &target);
        schema = query.steps[i].schema;
    }
    --m_depth;
    if (!good)
        return std::nullopt;
    auto results = program.run(std::move(*rows), m_context.now, kMaxConstantRows);
    if (!results) {
        refuse(query.at, results.error());
        return std::nullopt;
    }
    return std::move(*results);
}

bool StreamCompiler::answerQueries(ExpressionPtr *expression, const Position &at)
{
    std::vector<std::vector<ColumnPtr>> answers;
    for (const SubQuery &sub : subQueriesOf(**expression)) {
        const auto rows = constantRows(*sub.query);
        if (!rows)
            return false;
        const ColumnType type = sub.query->schema().columns.front().type;
        const std::vector<RowPlace> places = allRows(*rows);
        std::vector<ColumnPtr> &values = answers.emplace_back();
        const std::size_t count =
            sub.list ? places.size() : std::min<std::size_t>(1, places.size());
        for (std::size_t i = 0; i < count; ++i)
            values.push_back(
                copyColumn(*rows, 0, type, std::span<const RowPlace>(places).subspan(i, 1)));
        if (!sub.list && values.empty())
            values.push_back(takeColumn(type, 1));
    }
    auto answered = withAnswers(*expression, answers);
    if (!answered)
        return refuse(at, answered.error());
    *expression = std::move(*answered);
    return true;
}

bool StreamCompiler::answerQueries(std::vector<Output> *outputs, const Position &at)
{
    return std::all_of(outputs->begin(), outputs->end(), [&](Output &output) {
        return answerQueries(&output.expression, at);
    });
}

bool StreamCompiler::answerQueries(MvExpand *expand, const Position &at)
{
    return std::all_of(expand->items.begin(), expand->items.end(), [&](ExpandItem &item) {
        return answerQueries(&item.value, at);
    });
}

bool StreamCompiler::checkAggregates(const AggregatePlanPtr &plan, const Position &at)
{
    for (const AggregateCall &call : plan->calls) {
        const bool holds = std::any_of(call.inputs.begin(),
                                       call.inputs.end(),
                                       [](const NodePtr &node) { return holdsQuery(*node); })
                           || (call.predicate && holdsQuery(*call.predicate));
        if (holds)
            return refuse(at,
                          ErrorCode::NotSupported,
                          "a query inside of an aggregate is not supported on a stream",
                          "Compute it before: extend limit = toscalar(…) | summarize …");
    }
    for (const AggregateColumn &column : plan->columns) {
        if (holdsQuery(*column.value))
            return refuse(at,
                          ErrorCode::NotSupported,
                          "a query beside an aggregate is not supported on a stream",
                          "Compute it behind: summarize … | extend share = n / toscalar(…)");
    }
    return true;
}

std::optional<std::int64_t> StreamCompiler::wholeNumber(ExpressionPtr count, const Position &at)
{
    if (!answerQueries(&count, at))
        return std::nullopt;
    const auto value = evaluateConstant(*count, m_context.now);
    if (!value || (*value)->valid[0] == 0) {
        refuse(at, ErrorCode::WrongArguments, "the number of rows is not known");
        return std::nullopt;
    }
    return (*value)->integers[0];
}

} // namespace sluice::kql
