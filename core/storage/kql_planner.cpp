// Sources, expressions and the running of what was planned; the steps are in kql_planner_*.cpp.
#include "core/storage/kql_planner.h"

#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_native.h"

#include <duckdb.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace sluice {

namespace {

constexpr std::int64_t kMaxRangeRows = 100'000'000;

struct PreparedDeleter
{
    void operator()(duckdb_prepared_statement statement) const
    {
        duckdb_destroy_prepare(&statement);
    }
};
struct PendingDeleter
{
    void operator()(duckdb_pending_result pending) const { duckdb_destroy_pending(&pending); }
};
struct ChunkDeleter
{
    void operator()(duckdb_data_chunk chunk) const { duckdb_destroy_data_chunk(&chunk); }
};
struct Answer
{
    Answer() = default;
    ~Answer() { duckdb_destroy_result(&result); }
    Answer(const Answer &) = delete;
    Answer &operator=(const Answer &) = delete;
    duckdb_result result{};
};

bool callsEachRow(const kql::Node &node)
{
    if (node.function != nullptr && node.function->stability == kql::Stability::Row)
        return true;
    return std::any_of(node.arguments.begin(), node.arguments.end(), [](const auto &argument) {
        return callsEachRow(*argument);
    });
}

Batch slice(const std::vector<ColumnPtr> &columns, std::size_t first, std::size_t rows)
{
    Batch batch;
    batch.rows = rows;
    batch.selection = Selection(rows);
    for (const ColumnPtr &column : columns) {
        auto part = std::make_shared<Column>();
        part->reset(column->type, 0);
        for (std::size_t row = first; row < first + rows; ++row)
            appendRow(*part, *column, row);
        batch.columns.push_back(std::move(part));
    }
    return batch;
}

} // namespace

std::string KqlPlanner::nameOf(std::size_t table)
{
    return "t" + std::to_string(table);
}

std::string KqlPlanner::column(std::size_t place)
{
    return "c" + std::to_string(place);
}

std::string KqlPlanner::hidden(const KqlRelation &in)
{
    return std::string(in.ordered ? R"(, "$o")" : "") + (in.parted ? R"(, "$p")" : "");
}

std::string KqlPlanner::everything(const KqlRelation &in)
{
    std::string sql;
    for (std::size_t i = 0; i < in.schema->columns.size(); ++i)
        sql += (i == 0 ? "" : ", ") + column(i);
    if (sql.empty())
        sql = "1 AS c0";
    return sql + hidden(in);
}

KqlRelation KqlPlanner::add(std::string sql,
                            std::vector<std::size_t> uses,
                            kql::SchemaPtr schema,
                            bool ordered,
                            bool parted)
{
    m_expressions.push_back({std::move(sql), std::move(uses)});
    return {m_expressions.size() - 1, std::move(schema), ordered, parted, nullptr};
}

/// WITH t0 AS (…), …: what the roots need, in order.
std::string KqlPlanner::with(const std::vector<std::size_t> &roots) const
{
    std::set<std::size_t> needed;
    std::vector<std::size_t> open = roots;
    while (!open.empty()) {
        const std::size_t table = open.back();
        open.pop_back();
        if (needed.insert(table).second)
            open.insert(
                open.end(), m_expressions[table].uses.begin(), m_expressions[table].uses.end());
    }
    std::string sql;
    for (const std::size_t table : needed)
        sql += (sql.empty() ? "WITH " : ",\n") + nameOf(table) + " AS (" + m_expressions[table].sql
               + ")";
    return sql + "\n";
}

Result<KqlRelation> KqlPlanner::plan(const kql::Query &query)
{
    return planQuery(query, nullptr);
}

Result<KqlRelation> KqlPlanner::planQuery(const kql::Query &query, Outer outer)
{
    if (m_depth > kql::kMaxKqlDepth)
        return fail(ErrorCode::TooComplex, "the query is nested too deep");
    ++m_depth;
    auto relation = planSource(query, outer);
    for (const kql::Step &step : query.steps) {
        if (!relation)
            break;
        relation = planStep(step, *relation);
    }
    --m_depth;
    return relation;
}

Result<KqlRelation> KqlPlanner::planSource(const kql::Query &query, Outer outer)
{
    if (const auto *table = std::get_if<kql::TableSource>(&query.source))
        return planTable(*table, query.sourceSchema);
    if (const auto *rows = std::get_if<kql::RowsSource>(&query.source))
        return planRows(*rows, query.sourceSchema);
    if (const auto *range = std::get_if<kql::RangeSource>(&query.source))
        return planRange(*range, query.sourceSchema);
    if (const auto *several = std::get_if<kql::UnionSource>(&query.source))
        return planUnion(*several, query.sourceSchema, outer);
    if (outer == nullptr)
        return fail(ErrorCode::NotSupported, "this query stands outside of the rows it works on");
    return *outer;
}

Result<KqlRelation> KqlPlanner::planTable(const kql::TableSource &source,
                                          const kql::SchemaPtr &schema)
{
    TRY_ASSIGN(const auto table, m_tables.find(source.table));
    if (!table)
        return fail(ErrorCode::UnknownName, "there is no table '{}'", source.table);
    std::string sql = "SELECT ";
    for (std::size_t i = 0; i < table->columns.size(); ++i)
        sql += (i == 0 ? "" : ", ") + table->columns[i].value + " AS " + column(i);
    KqlRelation relation = add(sql + " FROM " + table->name, {}, schema, false, false);
    relation.scan = table;
    return relation;
}

Result<KqlRelation> KqlPlanner::planRows(const kql::RowsSource &source,
                                         const kql::SchemaPtr &schema)
{
    KqlRows rows;
    rows.columns = schema->columns;
    for (std::size_t first = 0; first < source.rows; first += kBatchRows)
        rows.batches.push_back(
            slice(source.columns, first, std::min(kBatchRows, source.rows - first)));
    return addRows(std::move(rows), schema, std::nullopt);
}

Result<KqlRelation> KqlPlanner::planRange(const kql::RangeSource &source,
                                          const kql::SchemaPtr &schema)
{
    TRY_ASSIGN(const ColumnPtr from, constant(source.from));
    TRY_ASSIGN(const ColumnPtr to, constant(source.to));
    TRY_ASSIGN(const ColumnPtr step, constant(source.step));
    std::int64_t rows = 0;
    std::string value;
    if (from->valid[0] == 0 || to->valid[0] == 0 || step->valid[0] == 0) {
        value = fmt::format("CAST(NULL AS {})", kqlSqlType(from->type));
    } else if (from->storage() == Storage::Float) {
        const double count = std::floor((to->floats[0] - from->floats[0]) / step->floats[0]);
        rows = count >= 0 && count < 1e15 ? static_cast<std::int64_t>(count) + 1 : 0;
        const auto first = literalSql(*from);
        const auto by = literalSql(*step);
        if (!first || !by)
            return fail(ErrorCode::WrongArguments, "the range has no end");
        value = fmt::format("{} + i * {}", *first, *by);
    } else if (from->storage() == Storage::Integer) {
        const std::int64_t by = step->integers[0];
        const auto distance = static_cast<__int128>(to->integers[0]) - from->integers[0];
        if (by != 0 && distance / by >= 0 && (distance == 0 || (distance > 0) == (by > 0)))
            rows = static_cast<std::int64_t>(std::min<__int128>(distance / by, kMaxRangeRows)) + 1;
        value = fmt::format("CAST(({}) + i * ({}) AS BIGINT)", from->integers[0], by);
    } else {
        return fail(ErrorCode::NotSupported, "a range over decimals is not supported")
            .hint("Use real: range x from 1.0 to 2.0 step 0.1");
    }
    if (rows > kMaxRangeRows)
        return fail(ErrorCode::TooComplex, "the range has more than {} rows", kMaxRangeRows);
    return add(fmt::format(R"(SELECT {} AS c0, i AS "$o" FROM range({}) r(i))", value, rows),
               {},
               schema,
               true,
               false);
}

Result<KqlRelation>
KqlPlanner::planUnion(const kql::UnionSource &source, const kql::SchemaPtr &schema, Outer outer)
{
    std::vector<KqlRelation> parts;
    for (const kql::QueryPtr &part : source.parts) {
        const auto known = m_planned.find(part.get());
        if (known != m_planned.end() && outer == nullptr) {
            parts.push_back(known->second);
            continue;
        }
        TRY_ASSIGN(KqlRelation relation, planQuery(*part, outer));
        if (outer == nullptr)
            m_planned.emplace(part.get(), relation);
        parts.push_back(std::move(relation));
    }
    if (parts.size() == 1) {
        KqlRelation only = parts.front();
        only.schema = schema;
        return only;
    }
    std::string sql;
    std::vector<std::size_t> uses;
    const bool parted = !parts.empty() && parts.front().parted;
    // Rows keep the order of the parts, where every part has one.
    const bool ordered = std::all_of(
        parts.begin(), parts.end(), [](const KqlRelation &part) { return part.ordered; });
    for (std::size_t i = 0; i < parts.size(); ++i) {
        KqlRelation plain = parts[i];
        plain.ordered = false;
        sql += i == 0 ? "" : "\nUNION ALL ";
        sql += "SELECT " + everything(plain);
        if (ordered)
            sql += fmt::format(R"(, {} AS "$u", "$o" AS "$v")", i);
        sql += " FROM " + nameOf(parts[i].table);
        uses.push_back(parts[i].table);
    }
    KqlRelation all = add(std::move(sql), std::move(uses), schema, false, parted);
    if (!ordered)
        return all;
    return add(fmt::format(R"(SELECT {}, row_number() OVER (ORDER BY "$u", "$v") AS "$o" FROM {})",
                           everything(all),
                           nameOf(all.table)),
               {all.table},
               schema,
               true,
               parted);
}

Result<KqlRelation> KqlPlanner::planStep(const kql::Step &one, const KqlRelation &in)
{
    auto out =
        std::visit([&](const auto &operation) { return step(operation, one, in); }, one.operation);
    if (!out) {
        Error error = std::move(out).error();
        if (!error.message.starts_with("line ") && error.code != ErrorCode::Cancelled)
            error.message =
                fmt::format("line {}, column {}: {}", one.at.line, one.at.column, error.message);
        return fail(std::move(error));
    }
    return out;
}

// Expressions

/// Runs the queries inside of an expression.
Result<kql::ExpressionPtr> KqlPlanner::answered(const kql::ExpressionPtr &expression)
{
    std::vector<std::vector<ColumnPtr>> answers;
    for (const kql::SubQuery &sub : kql::subQueriesOf(*expression)) {
        TRY_ASSIGN(const KqlRelation relation, planQuery(*sub.query, nullptr));
        TRY_ASSIGN(const KqlRows rows, run(relation, sub.list ? m_options.rowLimit : 1));
        std::vector<ColumnPtr> &values = answers.emplace_back();
        for (const Batch &batch : rows.batches) {
            for (std::size_t row = 0; row < batch.rows; ++row) {
                auto value = std::make_shared<Column>();
                value->reset(batch.columns.front()->type, 0);
                appendRow(*value, *batch.columns.front(), row);
                values.push_back(std::move(value));
            }
        }
        if (!sub.list && values.empty())
            values.push_back(kql::nullConstant(sub.query->schema().columns.front().type));
    }
    return kql::withAnswers(expression, answers);
}

std::string KqlPlanner::call(const std::shared_ptr<RowProgram> &program,
                             const std::vector<std::string> &names,
                             const KqlRelation &in,
                             bool eachRow)
{
    std::string arguments;
    for (const std::string &name : names)
        arguments += (arguments.empty() ? "" : ", ") + column(in.schema->find(name).value_or(0));
    return programCall(program->result(), m_programs.add(program), arguments, eachRow);
}

Result<std::string> KqlPlanner::scalar(const kql::ExpressionPtr &expression, const KqlRelation &in)
{
    TRY_ASSIGN(const kql::ExpressionPtr known, answered(expression));
    const auto sql = nativeSql(known->root(), [&](std::size_t place) {
        return column(in.schema->find(known->columns()[place]).value_or(0));
    });
    if (sql)
        return *sql;
    return call(std::make_shared<ExpressionProgram>(known, m_options.now),
                known->columns(),
                in,
                callsEachRow(known->root()));
}

/// The same for a part of an aggregate plan, which reads only some of the plan's columns.
Result<std::string> KqlPlanner::scalar(const kql::NodePtr &node,
                                       const std::vector<SchemaColumn> &columns,
                                       const KqlRelation &in)
{
    return scalar(std::make_shared<const kql::Expression>(std::string(), node, columns), in);
}

Result<ColumnPtr> KqlPlanner::constant(const kql::ExpressionPtr &expression)
{
    TRY_ASSIGN(const kql::ExpressionPtr known, answered(expression));
    return kql::evaluateConstant(*known, m_options.now);
}

Result<std::int64_t> KqlPlanner::wholeNumber(const kql::ExpressionPtr &expression)
{
    TRY_ASSIGN(const ColumnPtr value, constant(expression));
    if (value->valid[0] == 0 || value->storage() != Storage::Integer)
        return 0;
    return std::max<std::int64_t>(0, value->integers[0]);
}

// Running

std::string KqlPlanner::statement(const KqlRelation &relation, std::size_t limit) const
{
    KqlRelation plain = relation;
    plain.ordered = false;
    plain.parted = false;
    return with({relation.table})
           + fmt::format("SELECT {} FROM {}{} LIMIT {}",
                         everything(plain),
                         nameOf(relation.table),
                         relation.ordered ? R"( ORDER BY "$o")" : "",
                         limit);
}

Result<KqlRows> KqlPlanner::run(const KqlRelation &relation, std::size_t limit)
{
    KqlRows rows;
    rows.columns = relation.schema->columns;
    const auto keep = [&](Batch batch) -> Result<bool> {
        TRY(count(batch));
        rows.batches.push_back(std::move(batch));
        return true;
    };
    TRY(stream(statement(relation, limit), rows.columns, keep));
    return rows;
}

/// Keeps the memory of what is held in mind.
Result<void> KqlPlanner::count(const Batch &batch)
{
    for (const ColumnPtr &column : batch.columns)
        m_bytes += column->arena.capacity() + column->rows() * 18;
    if (m_bytes > m_options.memoryLimit)
        return fail(ErrorCode::TooComplex,
                    "the query needs more than {} MiB of memory",
                    m_options.memoryLimit >> 20U)
            .hint("Filter or summarize earlier, or end it with 'take'.");
    return {};
}

Result<void> KqlPlanner::stream(const std::string &sql,
                                const std::vector<SchemaColumn> &columns,
                                const std::function<Result<bool>(Batch)> &take)
{
    if (m_options.stop.stop_requested())
        return fail(ErrorCode::Cancelled, "the query was stopped");
    duckdb_prepared_statement rawStatement = nullptr;
    const auto prepared = duckdb_prepare(m_connection.handle(), sql.c_str(), &rawStatement);
    const std::unique_ptr<_duckdb_prepared_statement, PreparedDeleter> statement(rawStatement);
    if (prepared != DuckDBSuccess)
        return databaseFailure("run the query", duckdb_prepare_error(statement.get()));
    duckdb_pending_result rawPending = nullptr;
    const auto begun = duckdb_pending_prepared_streaming(statement.get(), &rawPending);
    const std::unique_ptr<_duckdb_pending_result, PendingDeleter> pending(rawPending);
    const auto failure = [&](const char *message) -> Result<void> {
        if (m_options.stop.stop_requested()
            || std::string_view(message == nullptr ? "" : message).find("INTERRUPT")
                   != std::string_view::npos)
            return fail(ErrorCode::Cancelled, "the query was stopped");
        return databaseFailure("run the query", message);
    };
    if (begun != DuckDBSuccess)
        return failure(duckdb_pending_error(pending.get()));
    Answer answer;
    if (duckdb_execute_pending(pending.get(), &answer.result) != DuckDBSuccess)
        return failure(duckdb_result_error(&answer.result));
    for (;;) {
        if (m_options.stop.stop_requested())
            return fail(ErrorCode::Cancelled, "the query was stopped");
        const std::unique_ptr<_duckdb_data_chunk, ChunkDeleter> chunk(
            duckdb_fetch_chunk(answer.result));
        if (!chunk)
            break;
        Batch batch;
        batch.rows = duckdb_data_chunk_get_size(chunk.get());
        if (batch.rows == 0)
            break;
        batch.selection = Selection(batch.rows);
        for (std::size_t i = 0; i < columns.size(); ++i)
            batch.columns.push_back(columnFromVector(duckdb_data_chunk_get_vector(chunk.get(), i),
                                                     columns[i].type,
                                                     batch.rows,
                                                     Texts::Copy));
        TRY_ASSIGN(const bool more, take(std::move(batch)));
        if (!more)
            return {};
    }
    if (const char *message = duckdb_result_error(&answer.result); message != nullptr)
        return failure(message);
    return {};
}

Result<KqlRelation> KqlPlanner::runKernel(KqlKernel &kernel,
                                          const std::string &select,
                                          const KqlRelation &in,
                                          const std::vector<SchemaColumn> &columns,
                                          const kql::SchemaPtr &schema,
                                          std::optional<std::size_t> partColumn)
{
    std::string order;
    if (in.parted)
        order = R"( ORDER BY "$p")";
    if (in.ordered)
        order += order.empty() ? R"( ORDER BY "$o")" : R"(, "$o")";
    const auto feed = [&](Batch batch) -> Result<bool> {
        TRY(kernel.add(batch));
        return true;
    };
    TRY(stream(with({in.table}) + "SELECT " + select + " FROM " + nameOf(in.table) + order,
               columns,
               feed));
    TRY_ASSIGN(KqlRows rows, kernel.finish());
    return addRows(std::move(rows), schema, partColumn);
}

/// Rows become a relation, numbered in their order. @param partColumn  the one that is "$p"
Result<KqlRelation> KqlPlanner::addRows(KqlRows rows,
                                        const kql::SchemaPtr &schema,
                                        std::optional<std::size_t> partColumn)
{
    std::int64_t number = 0;
    for (Batch &batch : rows.batches) {
        auto order = takeColumn(ColumnType::Long, batch.rows);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            order->valid[row] = 1;
            order->integers[row] = number++;
        }
        TRY(count(batch));
        batch.columns.push_back(std::move(order));
    }
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.columns.size(); ++i)
        rows.columns[i].name = partColumn == i ? "$p" : column(next++);
    rows.columns.push_back({"$o", ColumnType::Long});
    KqlRelation relation{0, schema, true, partColumn.has_value(), nullptr};
    const std::int64_t program = m_programs.add(std::make_shared<const KqlRows>(std::move(rows)));
    return add(fmt::format("SELECT {} FROM sluice_rows({})", everything(relation), program),
               {},
               schema,
               true,
               partColumn.has_value());
}

} // namespace sluice
