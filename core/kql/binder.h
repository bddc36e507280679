#pragma once

#include "core/kql/expression.h"
#include "core/kql/function.h"
#include "core/kql/syntax.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::kql {

class AggregateBinder;

/// Gives names and types to what the parser read. The first problem of each part is reported; a
/// part with a problem is null, and so is all that holds it.
class Binder
{
public:
    explicit Binder(const BindContext &context)
        : m_context(context)
    {}

    NodePtr bind(const Syntax &syntax);

    /// A call of a function that is already found: picks the overload, converts the arguments.
    NodePtr call(const Function &function, const Position &at, std::vector<NodePtr> arguments);
    NodePtr call(std::string_view function, const Position &at, std::vector<NodePtr> arguments);
    /// The same, without the function's own CustomBind.
    NodePtr
    callOverload(const Function &function, const Position &at, std::vector<NodePtr> arguments);
    /// The value as `type`, as toint(), tostring() … give it; as it is when it has that type.
    NodePtr convert(const NodePtr &node, ColumnType type);
    NodePtr constant(ColumnPtr value, const Position &at);
    /// A path into a dynamic value by a constant name or number.
    NodePtr pathStep(const NodePtr &base, const NodePtr &key, const Position &at);
    NodePtr column(std::string_view name, const Position &at);
    /// The name of a node of kind Column.
    const std::string &columnName(const Node &node) const { return m_columns[node.column].name; }
    /// Reads a column that no schema lists: a value that was computed before.
    NodePtr listedColumn(std::string name, ColumnType type, const Position &at);
    /// While it lives, no column is known by name: the body of a function sees none.
    class WithoutColumns;
    NodePtr refuse(const Position &at,
                   ErrorCode code,
                   std::string message,
                   std::string hint = {},
                   std::string suggestion = {});

    /// Aggregates may be called, and columns may only stand inside of them.
    void setAggregates(AggregateBinder *aggregates) { m_aggregates = aggregates; }

    const BindContext &context() const { return m_context; }
    const std::vector<SchemaColumn> &listedColumns() const { return m_columns; }
    std::vector<SchemaColumn> takeColumns() { return std::move(m_columns); }
    std::vector<Problem> takeProblems() { return std::exchange(m_problems, {}); }

private:
    NodePtr refuseFunction(const Syntax &syntax);
    NodePtr bindName(const Syntax &syntax);
    NodePtr bindCall(const Syntax &syntax);
    NodePtr bindIndex(const Syntax &syntax);
    NodePtr finish(Node node);
    NodePtr refuseArguments(const Function &function,
                            const Position &at,
                            const std::vector<NodePtr> &arguments);
    NodePtr argumentFor(const Parameter &parameter, const NodePtr &argument);

    BindContext m_context;
    AggregateBinder *m_aggregates = nullptr; // null: aggregates have no place here
    std::vector<SchemaColumn> m_columns;
    std::vector<Problem> m_problems;
};

class Binder::WithoutColumns
{
public:
    explicit WithoutColumns(Binder &binder)
        : m_binder(binder)
        , m_schema(binder.m_context.schema)
    {
        binder.m_context.schema = nullptr;
    }
    ~WithoutColumns() { m_binder.m_context.schema = m_schema; }
    WithoutColumns(const WithoutColumns &) = delete;
    WithoutColumns &operator=(const WithoutColumns &) = delete;

private:
    Binder &m_binder;
    const Schema *m_schema;
};

/// "long", "long and string", "long, string and bool".
std::string typeList(const std::vector<NodePtr> &arguments);
/// "substring(source: string, start: long, [length: long])": the first signature of a function.
std::string usage(const Function &function);

} // namespace sluice::kql
