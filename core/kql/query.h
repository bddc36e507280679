#pragma once

#include "core/event/batch.h"
#include "core/event/schema.h"
#include "core/kql/expression.h"
#include "core/kql/problem.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice::kql {

struct AggregatePlan; // core/kql/aggregate_binder.h
using AggregatePlanPtr = std::shared_ptr<const AggregatePlan>;
struct Query;
using QueryPtr = std::shared_ptr<const Query>; // shared by the queries that refer to it
using SchemaPtr = std::shared_ptr<const Schema>;

/// A bound query: a source and the steps behind it, in order. Names are resolved, `let` is gone,
/// every expression is bound against the schema of the step before it. Immutable. Thread: any.
///
/// What looks alike in the language is one step here: extend, project-away, -keep, -rename and
/// -reorder are Project, distinct and count are Summarize, filter is Where, lookup is Join.

/// A computed column; a plain column is an expression whose root is NodeKind::Column.
struct Output
{
    std::string name;
    ExpressionPtr expression;
};

// Sources

/// A table of the database; on a stream the input of that name ("source", "left" …).
struct TableSource
{
    std::string table;
    Position at;
};
/// Constant rows: datatable, and one row without columns for print.
struct RowsSource
{
    std::vector<ColumnPtr> columns; // in the schema's order
    std::size_t rows = 0;
};
/// Both ends included; nothing when the step leads away from the end.
struct RangeSource
{
    ExpressionPtr from; // without columns; the type of the schema's only column
    ExpressionPtr to;
    ExpressionPtr step; // a number, for datetime a timespan
};
/// Rows of all parts, in the order of the parts. Every part ends in a Project to the schema.
struct UnionSource
{
    std::vector<QueryPtr> parts;
};
/// Inside of mv-apply and partition: the rows that the outer step hands in.
struct OuterSource
{};

using Source = std::variant<TableSource, RowsSource, RangeSource, UnionSource, OuterSource>;

// Steps

struct Where
{
    ExpressionPtr condition; // bool; null counts as false
};
/// Its outputs are all columns of the result.
struct Project
{
    std::vector<Output> outputs;
};
/// Row functions over serialized rows: appends a hidden column ("$row0") for each.
struct RowCall
{
    enum class Function { RowNumber, Prev, Next, Cumsum, RankDense, RankMin, WindowSession };
    Function function = Function::RowNumber;
    std::vector<ExpressionPtr> arguments; // defaults filled in, but prev/next without 3rd = null
    std::string name;
    ColumnType type = ColumnType::Long;
    Position at;
};
struct RowCalls
{
    std::vector<RowCall> calls; // a later one may read the column of an earlier one
};
/// One row for each combination of keys; null and "" are keys. The schema has the keys, then the
/// columns of the plan. Without keys one row, also for no input.
struct Summarize
{
    std::vector<Output> keys;
    AggregatePlanPtr plan; // shared with the states that compute it; no columns for distinct
};
struct Take
{
    ExpressionPtr count; // without columns, long
    bool sample = false; // any rows
};
struct SortKey
{
    ExpressionPtr expression;
    bool descending = true;
    bool nullsFirst = false;
};
struct Sort
{
    std::vector<SortKey> keys;
};
struct Top
{
    ExpressionPtr count; // without columns, long
    std::vector<SortKey> keys;
};
enum class JoinKind {
    InnerUnique, // the first left row of each key
    Inner,
    LeftOuter,
    RightOuter,
    FullOuter,
    LeftSemi,
    LeftAnti,
    RightSemi,
    RightAnti
};
struct JoinKey
{
    std::string left;
    std::string right;
    ColumnType type = ColumnType::String;
};
struct JoinColumn
{
    std::string column; // of its side
    std::string name;   // in the result
    bool fromRight = false;
};
/// Keys are compared with null equal to null; cells without a partner are null, texts "".
struct Join
{
    JoinKind kind = JoinKind::InnerUnique;
    bool lookup = false;
    QueryPtr right;
    std::vector<JoinKey> keys;
    std::vector<JoinColumn> columns;
};
struct ExpandItem
{
    ExpressionPtr value; // dynamic
    std::string name;
    ColumnType type = ColumnType::Dynamic;
};
/// Arrays and bags become rows, several in parallel. Columns that are neither an item nor the index
/// pass through.
struct MvExpand
{
    std::vector<ExpandItem> items;
    bool bagsAsArrays = false; // a bag gives [key, value] instead of {key: value}
    std::string indexColumn;   // empty: none
    std::optional<std::int64_t> limit;
};
/// For each row: its expansion goes through `query` (source OuterSource with all columns), the
/// result is joined to the row. Schema: that of the query.
struct MvApply
{
    MvExpand expand;
    SchemaPtr expanded; // what OuterSource has
    QueryPtr query;
    std::vector<std::string> kept; // columns of the row that stand before those of the query
};
enum class ParseKind { Simple, Regex, Relaxed };
struct ParsePiece
{
    enum class Kind { Text, Skip, Column };
    Kind kind = Kind::Text;
    std::string text;   // Text
    std::string column; // Column
    ColumnType type = ColumnType::String;
};
/// The work on one text is TextPattern's (core/kql/text_pattern.h).
struct Parse
{
    ExpressionPtr source; // string
    ParseKind kind = ParseKind::Simple;
    std::string flags;
    std::vector<ParsePiece> pieces;
    bool filter = false; // parse-where: a row that does not match is dropped
};
/// The work on one text is KeyValuePattern's (core/kql/key_value_pattern.h).
struct ParseKv
{
    ExpressionPtr source; // string
    std::vector<SchemaColumn> columns;
    std::string pairDelimiter = " ";
    std::string keyDelimiter = "=";
    std::vector<std::pair<std::string, std::string>> quotes; // opening, closing
    std::string escape;
    bool greedy = false;
    std::string regex; // with two groups, key and value; empty: by delimiters
};
/// The schema has the keys, one array for each column of the plan, the array of the axis.
struct MakeSeries
{
    AggregatePlanPtr plan;
    std::vector<ExpressionPtr> defaults; // one a column of the plan, without columns
    ExpressionPtr axis;                  // number, datetime or timespan
    std::string axisName;
    ExpressionPtr from; // null: from the data
    ExpressionPtr to;   // null: from the data
    ExpressionPtr step;
    std::vector<Output> keys;
    bool nonempty = false;
    bool endIncluded = false; // on t in range(…)
};
struct Partition
{
    std::vector<Output> keys;
    QueryPtr query; // source OuterSource
};
struct NestedLevel
{
    ExpressionPtr count; // null: all
    Output key;
    ExpressionPtr others;  // null: the rest is left out
    AggregatePlanPtr plan; // one column
    bool descending = true;
};
struct TopNested
{
    std::vector<NestedLevel> levels;
};
struct ScanAssignment
{
    std::string column;
    ExpressionPtr value;
};
/// Expressions see the row's columns by name, a declared column as it stands in this step, and
/// "step.column" for the state of another step.
struct ScanStep
{
    enum class Emit { All, Last, None };
    std::string name;
    ExpressionPtr condition;
    std::vector<ScanAssignment> assignments;
    Emit emit = Emit::All;
    bool optional = false;
};
struct Scan
{
    std::vector<SchemaColumn> declared;
    std::vector<ExpressionPtr> defaults; // one a declared column; null: null
    std::vector<ScanStep> steps;
    std::string matchId; // empty: none
};
/// From here the order of the rows counts.
struct Serialize
{};
/// No rows come out.
struct Consume
{};

using Operation = std::variant<Where,
                               Project,
                               RowCalls,
                               Summarize,
                               Take,
                               Sort,
                               Top,
                               Join,
                               MvExpand,
                               MvApply,
                               Parse,
                               ParseKv,
                               MakeSeries,
                               Partition,
                               TopNested,
                               Scan,
                               Serialize,
                               Consume>;

struct Step
{
    Operation operation;
    SchemaPtr schema; // of what comes out
    Position at;      // of the operator
    std::string name; // as written: "extend"
};

/// `render timechart with (title = "…")`: changes no rows.
struct Render
{
    std::string kind;
    std::vector<std::pair<std::string, std::string>> properties;
    Position at;
};

struct Query
{
    Source source;
    SchemaPtr sourceSchema;
    Position at; // of the source
    std::vector<Step> steps;
    bool serialized = false; // the order of the result's rows means something
    std::string alias;       // `as name`
    std::optional<Render> render;

    const Schema &schema() const { return *(steps.empty() ? sourceSchema : steps.back().schema); }
    const SchemaPtr &schemaPtr() const
    {
        return steps.empty() ? sourceSchema : steps.back().schema;
    }
};

/// What a query is bound against. Thread: the binder's.
class QueryHost
{
public:
    virtual ~QueryHost() = default;
    /// The columns of a table, or null when there is none of that name.
    virtual SchemaPtr table(std::string_view name) = 0;
    /// All tables, for wildcards and near names.
    virtual std::vector<std::string> tableNames() = 0;
    /// The result of a query whose rows decide the columns of the outer one (pivot, bag_unpack
    /// without schema). Errors: NotSupported where there is nothing to look at, as on a stream
    virtual Result<std::vector<Batch>> rowsOf(const QueryPtr &query) = 0;
    /// The values of `declare query_parameters`, by name; null for one that was not given.
    virtual const ParameterValues *parameters() { return nullptr; }
};

struct QueryBindResult
{
    QueryPtr query; // null when problems holds any
    std::vector<Problem> problems;
};

/// Parses and binds a whole query.
QueryBindResult compileQuery(std::string_view text, QueryHost &host);

/// The queries inside an expression that must be answered before it can run.
struct SubQuery
{
    QueryPtr query;
    bool list = false; // all values of the first column (in, has_any); else the first one
};
/// None for most expressions.
std::vector<SubQuery> subQueriesOf(const Expression &expression);
/// The expression with the answers in place of its queries.
/// @param answers  for each of subQueriesOf() constants of one row; a scalar has exactly one
Result<ExpressionPtr> withAnswers(const ExpressionPtr &expression,
                                  const std::vector<std::vector<ColumnPtr>> &answers);

} // namespace sluice::kql
