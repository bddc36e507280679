#pragma once

#include "core/kql/query.h"
#include "core/storage/kql_functions.h"
#include "core/storage/kql_kernel.h"
#include "core/storage/kql_query.h"
#include "core/storage/kql_tables.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Rows while a query is planned: a common table expression with the columns c0, c1 … of the
/// schema; "$o" numbers the rows where their order is known, "$p" says to which part of a partition
/// or to which row of an mv-apply they belong.
struct KqlRelation
{
    std::size_t table = 0; // place in the list of expressions
    kql::SchemaPtr schema;
    bool ordered = false;
    bool parted = false;
    std::shared_ptr<const KqlTable> scan; // these are just the rows of a table
};

/// Turns a bound query into SQL, one common table expression a step. What SQL cannot say is run
/// by a kernel on the way, over the rows of the SQL so far.
/// Thread: the connection's.
class KqlPlanner
{
public:
    KqlPlanner(Connection &connection, const KqlOptions &options)
        : m_connection(connection)
        , m_options(options)
        , m_tables(connection)
    {}

    Result<KqlRelation> plan(const kql::Query &query);
    /// Runs what was planned. @param limit  rows at most; one more is asked for
    Result<KqlRows> run(const KqlRelation &relation, std::size_t limit);
    /// The whole statement, for tests and for looking at it.
    std::string statement(const KqlRelation &relation, std::size_t limit) const;
    KqlTables &tables() { return m_tables; }

private:
    struct TableExpression
    {
        std::string sql;
        std::vector<std::size_t> uses;
    };
    using Outer = const KqlRelation *;

    Result<KqlRelation> planQuery(const kql::Query &query, Outer outer);
    Result<KqlRelation> planSource(const kql::Query &query, Outer outer);
    Result<KqlRelation> planTable(const kql::TableSource &source, const kql::SchemaPtr &schema);
    Result<KqlRelation> planRows(const kql::RowsSource &source, const kql::SchemaPtr &schema);
    Result<KqlRelation> planRange(const kql::RangeSource &source, const kql::SchemaPtr &schema);
    Result<KqlRelation>
    planUnion(const kql::UnionSource &source, const kql::SchemaPtr &schema, Outer outer);
    Result<KqlRelation> planStep(const kql::Step &step, const KqlRelation &in);

    Result<KqlRelation> step(const kql::Where &where, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Project &project, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::RowCalls &calls, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation>
    step(const kql::Summarize &summarize, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Take &take, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Sort &sort, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Top &top, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Join &join, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::MvExpand &expand, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::MvApply &apply, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Parse &parse, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::ParseKv &parse, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation>
    step(const kql::MakeSeries &series, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation>
    step(const kql::Partition &partition, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation>
    step(const kql::TopNested &nested, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Scan &scan, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation>
    step(const kql::Serialize &serialize, const kql::Step &, const KqlRelation &in);
    Result<KqlRelation> step(const kql::Consume &consume, const kql::Step &, const KqlRelation &in);

    /// Adds a table expression.
    KqlRelation add(std::string sql,
                    std::vector<std::size_t> uses,
                    kql::SchemaPtr schema,
                    bool ordered,
                    bool parted);
    static std::string nameOf(std::size_t table);
    static std::string column(std::size_t place);
    /// All columns, comma between them, and "$o" and "$p" where there are such.
    static std::string hidden(const KqlRelation &in);
    static std::string everything(const KqlRelation &in);

    Result<kql::ExpressionPtr> answered(const kql::ExpressionPtr &expression);
    Result<std::string> scalar(const kql::ExpressionPtr &expression, const KqlRelation &in);
    Result<std::string> scalar(const kql::NodePtr &node,
                               const std::vector<SchemaColumn> &columns,
                               const KqlRelation &in);
    std::string call(const std::shared_ptr<RowProgram> &program,
                     const std::vector<std::string> &names,
                     const KqlRelation &in,
                     bool eachRow);
    Result<ColumnPtr> constant(const kql::ExpressionPtr &expression);
    Result<std::int64_t> wholeNumber(const kql::ExpressionPtr &expression);
    Result<std::string> orderBy(const std::vector<kql::SortKey> &keys, const KqlRelation &in);

    Result<std::optional<KqlRelation>>
    nativeSummarize(const kql::Summarize &summarize, const kql::Step &step, const KqlRelation &in);
    Result<std::optional<std::string>> nativeAggregate(const kql::AggregateCall &call,
                                                       const std::vector<SchemaColumn> &inputs,
                                                       const KqlRelation &in);
    Result<std::string>
    joinSql(const kql::Join &join, const KqlRelation &left, const KqlRelation &right) const;
    Result<KqlRelation>
    expand(const kql::MvExpand &expand, const kql::SchemaPtr &schema, const KqlRelation &in);
    Result<SeriesRange> seriesRange(const kql::MakeSeries &series, const KqlRelation &in);
    Result<ColumnPtr>
    edgeOf(const kql::ExpressionPtr &value, const KqlRelation &in, const char *aggregate);

    /// Sends the rows of a SELECT through a kernel; its rows are the new relation.
    Result<KqlRelation> runKernel(KqlKernel &kernel,
                                  const std::string &select,
                                  const KqlRelation &in,
                                  const std::vector<SchemaColumn> &columns,
                                  const kql::SchemaPtr &schema,
                                  std::optional<std::size_t> partColumn);
    Result<KqlRelation>
    addRows(KqlRows rows, const kql::SchemaPtr &schema, std::optional<std::size_t> partColumn);
    Result<void> stream(const std::string &sql,
                        const std::vector<SchemaColumn> &columns,
                        const std::function<Result<bool>(Batch)> &take);
    std::string with(const std::vector<std::size_t> &roots) const;
    Result<void> count(const Batch &batch);

    Connection &m_connection;
    const KqlOptions &m_options;
    KqlTables m_tables;
    KqlPrograms m_programs;
    std::vector<TableExpression> m_expressions;
    std::map<const kql::Query *, KqlRelation> m_planned; // parts that several queries share
    std::size_t m_bytes = 0;
    int m_depth = 0;
};

} // namespace sluice
