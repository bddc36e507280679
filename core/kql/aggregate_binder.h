#pragma once

#include "core/kql/aggregate.h"
#include "core/kql/binder.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::kql {

/// One output column of a list of aggregates.
struct AggregateColumn
{
    std::string name; // "" where KQL counts: Column1, Column2, …
    bool named =
        false; // the author named it; an automatic name that is taken gets 1, 2 … behind it
    ColumnType type = ColumnType::Dynamic;
    NodePtr value; // over AggregatePlan::results
};

/// What `summarize` or a group-by computes: calls over the rows, and expressions over their
/// results. Immutable; shared by the states made for it.
struct AggregatePlan
{
    std::vector<AggregateCall> calls;
    std::vector<SchemaColumn> inputs;  // columns of the rows that the calls read
    std::vector<SchemaColumn> results; // results of all calls, one call behind the other
    std::vector<AggregateColumn> columns;
};

using AggregatePlanPtr = std::shared_ptr<const AggregatePlan>;

/// Binds the entries of one list: `sum(temp)`, `round(avg(temp), 1)`, `(a, b) = arg_max(x, y)`.
class AggregateBinder
{
public:
    /// @param rows  what the arguments are bound against
    /// @param keys  columns of `by`, which arg_max(x, *) leaves out
    explicit AggregateBinder(const BindContext &rows, std::vector<std::string> keys = {});
    AggregateBinder(const AggregateBinder &) = delete; // its binders point back to it
    AggregateBinder &operator=(const AggregateBinder &) = delete;

    /// Appends the columns of one entry to the plan.
    /// @param names  what its columns are called, as far as the author says it
    /// @return false when it reported problems
    bool bind(const Syntax &entry, std::span<const std::string> names = {});
    std::vector<Problem> takeProblems();
    /// The plan of all entries; call it last.
    AggregatePlanPtr take();

    // For Binder: a call of an aggregate inside an entry.
    NodePtr bindCall(Binder &outer, const Aggregate &aggregate, const Syntax &syntax);
    // For AggregateBind functions.
    Binder &rows() { return m_rows; }
    bool isKey(std::string_view column) const;
    const Schema *rowSchema() const { return m_rows.context().schema; }

private:
    bool makeCall(const Aggregate &aggregate, const Syntax &syntax, AggregateCall *call);
    bool takeOverload(const Aggregate &aggregate,
                      const Syntax &syntax,
                      std::vector<NodePtr> arguments,
                      AggregateCall *call);
    NodePtr resultNode(std::size_t result, const Position &at);
    bool refuseNames(const Syntax &entry, std::size_t columns);

    Binder m_rows;
    Binder m_results;
    std::vector<std::string> m_keys;
    AggregatePlan m_plan;
};

/// The plan of a list written as text, as in a form: one expression a column.
struct NamedAggregate
{
    std::string name;
    std::string expression;
};
struct AggregateListResult
{
    AggregatePlanPtr plan; // null when problems holds any
    struct EntryProblem
    {
        std::size_t entry = 0;
        Problem problem;
    };
    std::vector<EntryProblem> problems;
};
AggregateListResult compileAggregates(std::span<const NamedAggregate> list,
                                      const BindContext &context,
                                      std::vector<std::string> keys = {});

} // namespace sluice::kql
