// Steps that filter, compute, sort and group.
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_native.h"
#include "core/storage/kql_planner.h"

#include <algorithm>

namespace sluice {

Result<KqlRelation>
KqlPlanner::step(const kql::Where &where, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const kql::ExpressionPtr condition, answered(where.condition));
    TRY_ASSIGN(const std::string sql, scalar(condition, in));
    KqlRelation from = in;
    if (in.scan) {
        // The scan leaves out what the condition would leave out: by its own statistics.
        const std::string filter = scanFilter(condition->root(), condition->columns(), *in.scan);
        if (!filter.empty())
            from = add(m_expressions[in.table].sql
                           + (m_expressions[in.table].sql.find(" WHERE ") == std::string::npos
                                  ? " WHERE "
                                  : " AND ")
                           + filter,
                       {},
                       in.schema,
                       false,
                       false);
    }
    return add("SELECT " + everything(in) + " FROM " + nameOf(from.table) + " WHERE " + sql,
               {from.table},
               step.schema,
               in.ordered,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Project &project, const kql::Step &step, const KqlRelation &in)
{
    std::string sql;
    for (std::size_t i = 0; i < project.outputs.size(); ++i) {
        TRY_ASSIGN(const std::string value, scalar(project.outputs[i].expression, in));
        sql += (i == 0 ? "" : ", ") + value + " AS " + column(i);
    }
    if (sql.empty())
        sql = "1 AS c0";
    return add("SELECT " + sql + hidden(in) + " FROM " + nameOf(in.table),
               {in.table},
               step.schema,
               in.ordered,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::RowCalls &calls, const kql::Step &step, const KqlRelation &in)
{
    kql::RowCalls known = calls;
    for (kql::RowCall &call : known.calls) {
        for (kql::ExpressionPtr &argument : call.arguments) {
            TRY_ASSIGN(argument, answered(argument));
        }
    }
    std::vector<SchemaColumn> columns = in.schema->columns;
    std::optional<std::size_t> part;
    KqlRelation plain = in;
    plain.ordered = false;
    plain.parted = false;
    std::string select = everything(plain);
    if (in.parted) {
        part = columns.size();
        columns.push_back({"$p", ColumnType::Long});
        select += R"(, "$p")";
    }
    const auto kernel = makeRowCallsKernel(columns, known, part, m_options.now);
    return runKernel(*kernel, select, in, columns, step.schema, part);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Take &take, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const std::int64_t count, wholeNumber(take.count));
    const std::string order = in.ordered && !take.sample ? R"(ORDER BY "$o")" : "";
    const std::string from = "SELECT " + everything(in) + " FROM " + nameOf(in.table);
    const std::string limit =
        in.parted ? fmt::format(
            R"( QUALIFY row_number() OVER (PARTITION BY "$p" {}) <= {})", order, count)
        : take.sample ? fmt::format(" ORDER BY random() LIMIT {}", count)
                      : fmt::format(" {} LIMIT {}", order, count);
    return add(from + limit, {in.table}, step.schema, in.ordered, in.parted);
}

/// The keys of a sort, with null as the smallest value and NaN beside it.
Result<std::string> KqlPlanner::orderBy(const std::vector<kql::SortKey> &keys,
                                        const KqlRelation &in)
{
    std::string sql = in.parted ? R"("$p")" : "";
    for (const kql::SortKey &key : keys) {
        TRY_ASSIGN(std::string value, scalar(key.expression, in));
        sql += sql.empty() ? "" : ", ";
        if (key.expression->type() == ColumnType::Real)
            sql += fmt::format("{} IS NULL {}, isnan({}) {}, ",
                               value,
                               key.nullsFirst ? "DESC" : "ASC",
                               value,
                               key.nullsFirst ? "DESC" : "ASC");
        if (key.expression->type() == ColumnType::Decimal)
            value = "TRY_CAST(" + value + " AS DOUBLE)";
        sql += fmt::format("{} {} NULLS {}",
                           value,
                           key.descending ? "DESC" : "ASC",
                           key.nullsFirst ? "FIRST" : "LAST");
    }
    if (in.ordered)
        sql += R"(, "$o")"; // equal ones stay as they were
    return sql;
}

Result<KqlRelation>
KqlPlanner::step(const kql::Sort &sort, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const std::string order, orderBy(sort.keys, in));
    KqlRelation plain = in;
    plain.ordered = false;
    return add(fmt::format(R"(SELECT {}, row_number() OVER (ORDER BY {}) AS "$o" FROM {})",
                           everything(plain),
                           order,
                           nameOf(in.table)),
               {in.table},
               step.schema,
               true,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Top &top, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const std::int64_t count, wholeNumber(top.count));
    TRY_ASSIGN(const std::string order, orderBy(top.keys, in));
    KqlRelation few = in;
    if (in.parted)
        few = add(
            fmt::format(
                R"(SELECT {} FROM {} QUALIFY row_number() OVER (PARTITION BY "$p" ORDER BY {}) <= {})",
                everything(in),
                nameOf(in.table),
                order,
                count),
            {in.table},
            in.schema,
            in.ordered,
            true);
    else
        few = add(fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT {}",
                              everything(in),
                              nameOf(in.table),
                              order,
                              count),
                  {in.table},
                  in.schema,
                  in.ordered,
                  false);
    return this->step(kql::Sort{top.keys}, step, few);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Serialize & /*serialize*/, const kql::Step &step, const KqlRelation &in)
{
    if (in.ordered)
        return in;
    return add(fmt::format(R"(SELECT {}, row_number() OVER () AS "$o" FROM {})",
                           everything(in),
                           nameOf(in.table)),
               {in.table},
               step.schema,
               true,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Consume & /*consume*/, const kql::Step &step, const KqlRelation &in)
{
    return add("SELECT " + everything(in) + " FROM " + nameOf(in.table) + " WHERE false",
               {in.table},
               step.schema,
               in.ordered,
               in.parted);
}

// Groups

} // namespace sluice
