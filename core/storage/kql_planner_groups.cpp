// Steps that group: summarize, top-nested, make-series; and scan.
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_native.h"
#include "core/storage/kql_planner.h"

#include <algorithm>

namespace sluice {

namespace {

/// A sum of whole numbers that goes round as KQL's does, out of DuckDB's 128 bits.
std::string wrapped(const std::string &sum)
{
    return fmt::format(
        "CAST(((coalesce({}, 0) + 9223372036854775808::HUGEINT) % 18446744073709551616::HUGEINT + "
        "18446744073709551616::HUGEINT) % 18446744073709551616::HUGEINT - "
        "9223372036854775808::HUGEINT AS BIGINT)",
        sum);
}

bool isWholeNumber(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long;
}

} // namespace

/// An aggregate that DuckDB computes as the kernels do; nothing for all others.
Result<std::optional<std::string>> KqlPlanner::nativeAggregate(
    const kql::AggregateCall &call, const std::vector<SchemaColumn> &inputs, const KqlRelation &in)
{
    const std::optional<std::string> none;
    const std::string_view name = call.aggregate->name;
    std::string filter;
    if (call.predicate) {
        TRY_ASSIGN(const std::string predicate, scalar(call.predicate, inputs, in));
        filter = " FILTER (WHERE " + predicate + ")";
    }
    if (name == "count" || name == "countif")
        return std::optional("count(*)" + filter);
    if (call.inputs.size() != 1 || call.results.size() != 1)
        return none;
    const ColumnType type = call.inputs.front()->type;
    const bool whole = isWholeNumber(type);
    const bool real = type == ColumnType::Real;
    const bool span = type == ColumnType::Timespan;
    const bool sum = name == "sum" || name == "sumif";
    const bool average = name == "avg" || name == "avgif";
    const bool least = name == "min" || name == "minif";
    const bool most = name == "max" || name == "maxif";
    const bool number = storageOf(type) == Storage::Integer;
    if (!(sum && (whole || real || span)) && !(average && (whole || real))
        && !((least || most) && (number || real)))
        return none;
    TRY_ASSIGN(const std::string value, scalar(call.inputs.front(), inputs, in));
    const auto aggregate = [&](std::string_view function) {
        return fmt::format("{}({}){}", function, value, filter);
    };
    if (sum)
        return std::optional(real ? "coalesce(" + aggregate("sum") + ", 0.0::DOUBLE)"
                                  : wrapped(aggregate("sum")));
    if (average)
        return std::optional(
            real
                ? "coalesce(" + aggregate("avg") + ", 'nan'::DOUBLE)"
                : fmt::format("CASE WHEN {0} = 0 THEN 'nan'::DOUBLE ELSE CAST({1} AS DOUBLE) / {0} "
                              "END",
                              aggregate("count"),
                              wrapped(aggregate("sum"))));
    const std::string extreme = aggregate(least ? "min" : "max");
    if (!real)
        return std::optional(extreme);
    return std::optional(fmt::format(
        "CASE WHEN bool_or(isnan({})){} THEN 'nan'::DOUBLE ELSE {} END", value, filter, extreme));
}

/// GROUP BY, where DuckDB can compute every aggregate.
Result<std::optional<KqlRelation>> KqlPlanner::nativeSummarize(const kql::Summarize &summarize,
                                                               const kql::Step &step,
                                                               const KqlRelation &in)
{
    const kql::AggregatePlan &plan = *summarize.plan;
    std::string select;
    std::string group;
    std::size_t place = 0;
    const auto key = [&](const std::string &sql, const std::string &name) {
        select += (place == 0 ? "" : ", ") + sql + " AS " + name;
        group += (place == 0 ? " GROUP BY " : ", ") + std::to_string(place + 1);
        ++place;
    };
    for (const kql::Output &output : summarize.keys) {
        TRY_ASSIGN(const std::string sql, scalar(output.expression, in));
        key(sql, column(place));
    }
    const std::size_t keys = place;
    if (in.parted)
        key(R"("$p")", R"("$p")");
    std::size_t result = 0;
    for (const kql::AggregateCall &call : plan.calls) {
        TRY_ASSIGN(const auto sql, nativeAggregate(call, plan.inputs, in));
        if (!sql)
            return std::optional<KqlRelation>();
        select += (select.empty() ? "" : ", ") + *sql + " AS r" + std::to_string(result++);
    }
    auto results = std::make_shared<Schema>();
    for (std::size_t i = 0; i < keys; ++i)
        results->columns.push_back(step.schema->columns[i]);
    results->columns.insert(results->columns.end(), plan.results.begin(), plan.results.end());
    const KqlRelation grouped = add("SELECT " + select + " FROM " + nameOf(in.table) + group,
                                    {in.table},
                                    results,
                                    false,
                                    in.parted);
    // What the columns make of the results.
    std::string outer;
    for (std::size_t i = 0; i < keys; ++i)
        outer += (outer.empty() ? "" : ", ") + column(i);
    std::string inner = outer;
    for (std::size_t i = 0; i < plan.results.size(); ++i)
        inner += (inner.empty() ? "" : ", ") + fmt::format("r{} AS c{}", i, keys + i);
    KqlRelation named = add("SELECT " + inner + hidden(grouped) + " FROM " + nameOf(grouped.table),
                            {grouped.table},
                            nullptr,
                            false,
                            in.parted);
    auto names = std::make_shared<Schema>();
    for (std::size_t i = 0; i < keys; ++i)
        names->columns.push_back({"$key" + std::to_string(i), step.schema->columns[i].type});
    for (std::size_t i = 0; i < plan.results.size(); ++i)
        names->columns.push_back({"$" + std::to_string(i), plan.results[i].type});
    named.schema = names;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        std::vector<SchemaColumn> inputs(names->columns.begin() + static_cast<std::ptrdiff_t>(keys),
                                         names->columns.end());
        TRY_ASSIGN(const std::string sql, scalar(plan.columns[i].value, inputs, named));
        outer += (outer.empty() ? "" : ", ") + sql + " AS " + column(keys + i);
    }
    return std::optional(add("SELECT " + outer + hidden(named) + " FROM " + nameOf(named.table),
                             {named.table},
                             step.schema,
                             false,
                             in.parted));
}

Result<KqlRelation>
KqlPlanner::step(const kql::Summarize &summarize, const kql::Step &step, const KqlRelation &in)
{
    // Queries inside of the aggregates are answered first.
    TRY_ASSIGN(const auto native, nativeSummarize(summarize, step, in));
    if (native)
        return *native;
    const kql::AggregatePlan &plan = *summarize.plan;
    std::string select;
    std::vector<SchemaColumn> columns;
    for (std::size_t i = 0; i < summarize.keys.size(); ++i) {
        TRY_ASSIGN(const std::string sql, scalar(summarize.keys[i].expression, in));
        select += (select.empty() ? "" : ", ") + sql;
        columns.push_back(step.schema->columns[i]);
    }
    std::optional<std::size_t> part;
    if (in.parted) {
        part = columns.size();
        select += std::string(select.empty() ? "" : ", ") + R"("$p")";
        columns.push_back({"$p", ColumnType::Long});
    }
    const std::vector<SchemaColumn> keys = columns;
    for (const SchemaColumn &input : plan.inputs) {
        select += (select.empty() ? "" : ", ") + column(in.schema->find(input.name).value_or(0));
        columns.push_back(input);
    }
    if (select.empty()) {
        select = "true";
        columns.push_back({"$", ColumnType::Bool});
    }
    std::vector<SchemaColumn> results = keys;
    for (std::size_t i = summarize.keys.size(); i < step.schema->columns.size(); ++i)
        results.push_back(step.schema->columns[i]);
    const auto kernel = makeSummarizeKernel(keys, summarize.plan, results, m_options.now);
    return runKernel(*kernel, select, in, columns, step.schema, part);
}

Result<KqlRelation>
KqlPlanner::step(const kql::TopNested &nested, const kql::Step &step, const KqlRelation &in)
{
    if (in.parted)
        return fail(ErrorCode::NotSupported, "top-nested inside of a partition is not supported");
    std::string select;
    std::vector<SchemaColumn> columns;
    std::vector<NestedCounts> counts;
    for (const kql::NestedLevel &level : nested.levels) {
        TRY_ASSIGN(const std::string sql, scalar(level.key.expression, in));
        select += (select.empty() ? "" : ", ") + sql;
        columns.push_back({level.key.name, level.key.expression->type()});
        NestedCounts &count = counts.emplace_back();
        if (level.count) {
            TRY_ASSIGN(const std::int64_t number, wholeNumber(level.count));
            count.count = number;
        }
        if (level.others) {
            TRY_ASSIGN(count.others, constant(level.others));
        }
    }
    for (const kql::NestedLevel &level : nested.levels) {
        for (const SchemaColumn &input : level.plan->inputs) {
            select += ", " + column(in.schema->find(input.name).value_or(0));
            columns.push_back(input);
        }
    }
    const auto kernel =
        makeTopNestedKernel(nested, std::move(counts), step.schema->columns, m_options.now);
    return runKernel(*kernel, select, in, columns, step.schema, std::nullopt);
}

/// The least or the greatest value of the axis.
Result<ColumnPtr>
KqlPlanner::edgeOf(const kql::ExpressionPtr &value, const KqlRelation &in, const char *aggregate)
{
    TRY_ASSIGN(const std::string axis, scalar(value, in));
    auto schema = std::make_shared<Schema>();
    schema->columns.push_back({"axis", value->type()});
    const KqlRelation edge =
        add(fmt::format("SELECT {}({}) AS c0 FROM {}", aggregate, axis, nameOf(in.table)),
            {in.table},
            schema,
            false,
            false);
    TRY_ASSIGN(const KqlRows rows, run(edge, 1));
    if (rows.batches.empty())
        return kql::nullConstant(value->type());
    return rows.batches.front().columns.front();
}

Result<SeriesRange> KqlPlanner::seriesRange(const kql::MakeSeries &series, const KqlRelation &in)
{
    constexpr double kMostBins = 1'048'576;
    SeriesRange range;
    TRY_ASSIGN(const ColumnPtr step, constant(series.step));
    const bool real = step->storage() == Storage::Float;
    if (step->valid[0] == 0 || (real ? step->floats[0] <= 0 : step->integers[0] <= 0))
        return fail(ErrorCode::WrongArguments, "the step of a series is more than 0");
    ColumnPtr from;
    ColumnPtr to;
    if (series.from) {
        TRY_ASSIGN(from, constant(series.from));
    } else {
        TRY_ASSIGN(from, edgeOf(series.axis, in, "min"));
    }
    if (series.to) {
        TRY_ASSIGN(to, constant(series.to));
    } else {
        TRY_ASSIGN(to, edgeOf(series.axis, in, "max"));
    }
    if (from->valid[0] == 0 || to->valid[0] == 0)
        return range;
    const bool past = !series.to || series.endIncluded; // the last value has a bin
    double bins = 0;
    if (real) {
        range.realStep = step->floats[0];
        range.realFrom = series.from
                             ? from->floats[0]
                             : std::floor(from->floats[0] / range.realStep) * range.realStep;
        bins = (to->floats[0] - range.realFrom) / range.realStep;
        bins = past ? std::floor(bins) + 1 : std::ceil(bins);
    } else {
        range.step = step->integers[0];
        range.from = from->integers[0];
        if (!series.from) {
            const std::int64_t origin = series.axis->type() == ColumnType::Datetime ? kMinTicks : 0;
            const std::int64_t rest =
                ((range.from - origin) % range.step + range.step) % range.step;
            range.from -= rest;
        }
        const double distance =
            static_cast<double>(to->integers[0]) - static_cast<double>(range.from);
        bins = distance / static_cast<double>(range.step);
        bins = past ? std::floor(bins) + 1 : std::ceil(bins);
    }
    if (bins > kMostBins)
        return fail(ErrorCode::TooComplex, "the series would have more than {} values", kMostBins)
            .hint("Take a longer step.");
    range.bins = bins > 0 ? static_cast<std::size_t>(bins) : 0;
    return range;
}

Result<KqlRelation>
KqlPlanner::step(const kql::MakeSeries &series, const kql::Step &step, const KqlRelation &in)
{
    if (in.parted)
        return fail(ErrorCode::NotSupported, "make-series inside of a partition is not supported");
    TRY_ASSIGN(const SeriesRange range, seriesRange(series, in));
    const kql::AggregatePlan &plan = *series.plan;
    std::string select;
    std::vector<SchemaColumn> columns;
    for (std::size_t i = 0; i < series.keys.size(); ++i) {
        TRY_ASSIGN(const std::string sql, scalar(series.keys[i].expression, in));
        select += (select.empty() ? "" : ", ") + sql;
        columns.push_back(step.schema->columns[i]);
    }
    const std::vector<SchemaColumn> keys = columns;
    TRY_ASSIGN(const std::string axis, scalar(series.axis, in));
    select += (select.empty() ? "" : ", ") + axis;
    columns.push_back({"$axis", series.axis->type()});
    for (const SchemaColumn &input : plan.inputs) {
        select += ", " + column(in.schema->find(input.name).value_or(0));
        columns.push_back(input);
    }
    std::vector<ColumnPtr> defaults;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
        if (series.defaults[i]) {
            TRY_ASSIGN(ColumnPtr value, constant(series.defaults[i]));
            defaults.push_back(std::move(value));
            continue;
        }
        const ColumnType type = plan.columns[i].type;
        defaults.push_back(storageOf(type) == Storage::Float     ? kql::realConstant(0)
                           : storageOf(type) == Storage::Integer ? kql::integerConstant(type, 0)
                                                                 : kql::nullConstant(type));
    }
    const auto kernel = makeSeriesKernel(keys,
                                         series.plan,
                                         step.schema->columns,
                                         series.axis->type(),
                                         range,
                                         std::move(defaults),
                                         series.nonempty,
                                         m_options.now);
    return runKernel(*kernel, select, in, columns, step.schema, std::nullopt);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Scan &scan, const kql::Step &step, const KqlRelation &in)
{
    if (in.parted)
        return fail(ErrorCode::NotSupported, "scan inside of a partition is not supported");
    kql::Scan known = scan;
    for (kql::ScanStep &one : known.steps) {
        TRY_ASSIGN(one.condition, answered(one.condition));
        for (kql::ScanAssignment &assignment : one.assignments) {
            TRY_ASSIGN(assignment.value, answered(assignment.value));
        }
    }
    KqlRelation plain = in;
    plain.ordered = false;
    const auto kernel = makeScanKernel(in.schema->columns, known, m_options.now);
    return runKernel(*kernel, everything(plain), in, in.schema->columns, step.schema, std::nullopt);
}

} // namespace sluice
