#pragma once

#include "core/kql/binder.h"
#include "core/kql/name_scope.h"
#include "core/kql/query.h"
#include "core/kql/query_syntax.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// What a query knows by a name: a chain, innermost first. A function sees what stood before it.
struct ScopeEntry;
using ScopePtr = std::shared_ptr<const ScopeEntry>; // shared by the closures that captured it
struct ScopeEntry
{
    std::string name;
    NodePtr scalar;
    QueryPtr table;
    std::shared_ptr<const FunctionSyntax> function;
    ScopePtr closure; // what the function's body sees
    ScopePtr outer;
};

/// Gives names and types to a query. Every function that fails has reported a problem.
/// Thread: the caller's.
class QueryBinder
{
public:
    explicit QueryBinder(QueryHost &host)
        : m_host(host)
    {}

    QueryPtr bind(const QuerySyntax &syntax);
    std::vector<Problem> takeProblems() { return std::move(m_problems); }

private:
    friend class ExpressionScope;

    /// A query while it is built.
    struct Pipe
    {
        Query query;
        const Schema &schema() const { return query.schema(); }
        void push(Operation operation, SchemaPtr schema, const OperatorSyntax &op);
    };
    struct Bound // an expression and what the rows before it must have
    {
        ExpressionPtr expression;
        std::string name; // automatic; may be empty
    };
    using Bind = bool (QueryBinder::*)(Pipe &, const OperatorSyntax &);
    struct Entry;

    bool refuse(const Position &at,
                ErrorCode code,
                std::string message,
                std::string hint = {},
                std::string suggestion = {});
    bool take(Binder &binder);

    // Statements and names
    bool bindStatement(const StatementSyntax &statement);
    bool bindDeclare(const StatementSyntax &statement);
    void define(std::string name, NodePtr scalar, QueryPtr table);
    const ScopeEntry *find(std::string_view name) const;
    std::vector<std::string> scopeNames() const;
    bool isTabular(const Syntax &syntax) const;
    NodePtr constantScalar(const Syntax &syntax);
    std::optional<ScopePtr> bindArguments(Binder *binder,
                                          const ScopeEntry &function,
                                          const Syntax &call,
                                          const QueryPtr &rows = nullptr);
    bool bindTable(const ParameterSyntax &parameter,
                   const QueryPtr &table,
                   const Position &at,
                   ScopePtr *scope);
    bool
    bindTableArgument(const ParameterSyntax &parameter, const Syntax &argument, ScopePtr *scope);
    bool bindScalarArgument(Binder *binder,
                            const ParameterSyntax &parameter,
                            const Syntax *argument,
                            const Syntax &call,
                            ScopePtr *scope);
    NodePtr callScalar(Binder &binder, const ScopeEntry &function, const Syntax &call);
    QueryPtr
    callTable(const ScopeEntry &function, const Syntax &call, const QueryPtr &rows = nullptr);
    NodePtr subQuery(Binder &binder, const Syntax &argument, const Position &at, bool list);

    // Pipes and sources
    QueryPtr tabular(const Syntax &syntax);
    QueryPtr tableNamed(const std::string &name, const Position &at);
    QueryPtr bindPipe(const PipeSyntax &syntax, const SchemaPtr &outer = nullptr);
    bool bindSource(Pipe &pipe, const OperatorSyntax &op, const SchemaPtr &outer);
    bool bindOperator(Pipe &pipe, const OperatorSyntax &op);
    bool bindPrint(Pipe &pipe, const OperatorSyntax &op);
    bool bindRange(Pipe &pipe, const OperatorSyntax &op);
    bool bindDatatable(Pipe &pipe, const OperatorSyntax &op);

    // Expressions
    ExpressionPtr finish(NodePtr node, Binder &binder);
    ExpressionPtr
    constantExpression(const Syntax &syntax, std::optional<ColumnType> type, std::string_view what);
    ExpressionPtr expression(const Syntax &syntax,
                             const Pipe &pipe,
                             RowCalls *rows,
                             std::optional<ColumnType> type = std::nullopt);
    /// A value and its name; several for a function that gives several columns.
    std::optional<std::vector<Output>>
    valuesOf(const ItemSyntax &item, const Pipe &pipe, RowCalls *rows);
    std::vector<TupleColumn> tupleOf(const Syntax &value, const Pipe &pipe, RowCalls *rows);
    Output columnOutput(const SchemaColumn &column) const;
    std::vector<Output> allColumns(const Schema &schema) const;
    bool pushRowCalls(Pipe &pipe, RowCalls rows, const OperatorSyntax &op);
    void pushProject(Pipe &pipe, std::vector<Output> outputs, const OperatorSyntax &op, bool open);

    // Operators
    bool bindWhere(Pipe &pipe, const OperatorSyntax &op);
    bool bindExtend(Pipe &pipe, const OperatorSyntax &op);
    bool bindProject(Pipe &pipe, const OperatorSyntax &op);
    bool bindPatterns(Pipe &pipe, const OperatorSyntax &op);
    bool bindRename(Pipe &pipe, const OperatorSyntax &op);
    bool bindReorder(Pipe &pipe, const OperatorSyntax &op);
    bool bindTake(Pipe &pipe, const OperatorSyntax &op);
    bool bindSort(Pipe &pipe, const OperatorSyntax &op);
    bool bindTop(Pipe &pipe, const OperatorSyntax &op);
    bool bindSerialize(Pipe &pipe, const OperatorSyntax &op);
    bool bindAs(Pipe &pipe, const OperatorSyntax &op);
    bool bindRender(Pipe &pipe, const OperatorSyntax &op);
    bool bindConsume(Pipe &pipe, const OperatorSyntax &op);
    bool bindGetSchema(Pipe &pipe, const OperatorSyntax &op);
    bool bindInvoke(Pipe &pipe, const OperatorSyntax &op);
    bool bindDistinct(Pipe &pipe, const OperatorSyntax &op);
    bool bindCount(Pipe &pipe, const OperatorSyntax &op);
    bool bindSummarize(Pipe &pipe, const OperatorSyntax &op);
    bool bindSampleDistinct(Pipe &pipe, const OperatorSyntax &op);
    bool bindTopHitters(Pipe &pipe, const OperatorSyntax &op);
    bool bindTopNested(Pipe &pipe, const OperatorSyntax &op);
    bool bindMakeSeries(Pipe &pipe, const OperatorSyntax &op);
    bool bindJoin(Pipe &pipe, const OperatorSyntax &op);
    bool bindUnion(Pipe &pipe, const OperatorSyntax &op);
    bool bindSearch(Pipe &pipe, const OperatorSyntax &op);
    bool bindExpand(Pipe &pipe, const OperatorSyntax &op);
    bool bindApply(Pipe &pipe, const OperatorSyntax &op);
    bool bindPartition(Pipe &pipe, const OperatorSyntax &op);
    bool bindParse(Pipe &pipe, const OperatorSyntax &op);
    bool bindParseKv(Pipe &pipe, const OperatorSyntax &op);
    bool bindScan(Pipe &pipe, const OperatorSyntax &op);
    bool bindEvaluate(Pipe &pipe, const OperatorSyntax &op);

    // Their parts
    std::optional<std::vector<std::string>> matching(const Schema &schema, const ItemSyntax &item);
    bool
    keyColumns(Pipe &pipe, const OperatorSyntax &op, std::vector<Output> *keys, RowCalls *rows);
    std::optional<SortKey> sortKey(const ItemSyntax &item, const Pipe &pipe, RowCalls *rows);
    bool aggregateItems(const Pipe &pipe,
                        const std::vector<ItemSyntax> &items,
                        const std::vector<Output> &keys,
                        AggregatePlanPtr *plan,
                        Schema *schema);
    std::optional<JoinKey> joinKey(const Syntax &syntax, const Schema &left, const Schema &right);
    bool joinKeys(const OperatorSyntax &op, const Schema &left, Join *join);
    bool bindUnionPart(const OperatorSyntax &op,
                       std::size_t index,
                       bool fuzzy,
                       std::vector<QueryPtr> *parts);
    QueryPtr
    unionOf(std::vector<QueryPtr> parts, const OperatorSyntax &op, std::string_view prefix);
    QueryPtr conform(const QueryPtr &part,
                     const SchemaPtr &schema,
                     const std::vector<std::string> &sources,
                     const std::string &sourceColumn,
                     const std::string &label,
                     const OperatorSyntax &op);
    bool searchPart(Pipe &pipe, const OperatorSyntax &op, std::string_view fallback);
    SyntaxPtr searchPredicate(const Syntax &syntax, const Schema &schema, bool exact);
    bool expansion(Pipe &pipe, const OperatorSyntax &op, MvExpand *expand, SchemaPtr *schema);
    bool unpackBag(Pipe &pipe, const OperatorSyntax &op, const Syntax &call);
    bool discoverBag(Pipe &pipe, const std::string &column, const Position &at, Schema *found);
    bool pivot(Pipe &pipe, const OperatorSyntax &op, const Syntax &call);
    bool narrow(Pipe &pipe, const OperatorSyntax &op, const Syntax &call);
    bool lookupIpv4(Pipe &pipe, const OperatorSyntax &op, const Syntax &call);

    QueryHost &m_host;
    ScopePtr m_scope;
    std::vector<Problem> m_problems;
    std::size_t m_hidden = 0; // columns so far that the language does not show
    int m_depth = 0;
    bool m_unknownTable = false;
};

/// The names of one expression inside a query.
class ExpressionScope : public NameScope
{
public:
    ExpressionScope(QueryBinder &query, RowCalls *rows, bool serialized)
        : m_query(query)
        , m_rows(rows)
        , m_serialized(serialized)
    {}
    std::optional<NodePtr> bindName(Binder &binder, const Syntax &syntax) override;
    std::optional<NodePtr> bindCall(Binder &binder, const Syntax &syntax) override;
    std::vector<std::string> names() const override;

private:
    NodePtr rowCall(Binder &binder, const Syntax &syntax, RowCall::Function function);
    NodePtr listWithQuery(Binder &binder, const Syntax &syntax);

    QueryBinder &m_query;
    RowCalls *m_rows;
    bool m_serialized;
};

/// `name` where it is free, else name1, name2 …
std::string freeName(const Schema &schema, const std::string &name);

} // namespace sluice::kql
