#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"
#include "core/event/parameter_value.h"
#include "core/kql/problem.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

class NameScope;
struct Node;
struct Scratch;

/// What an expression is bound against. Both may be null: no columns, no parameters.
/// In an open schema a name that is not listed is a dynamic column.
struct BindContext
{
    const Schema *schema = nullptr;
    const ParameterValues *parameters = nullptr;
    NameScope *names = nullptr; // what a query knows besides columns and functions
};

/// A scalar KQL expression: typed, immutable. Thread: any.
class Expression
{
public:
    Expression(std::string text,
               std::shared_ptr<const Node> root,
               std::vector<SchemaColumn> columns);

    ColumnType type() const;
    /// Names of the columns it reads, in order of first use.
    const std::vector<std::string> &columns() const { return m_names; }
    /// The type that it was bound to for each of columns().
    const std::vector<ColumnType> &columnTypes() const { return m_types; }
    const std::string &text() const { return m_text; }
    const Node &root() const { return *m_root; }

private:
    std::string m_text;
    std::shared_ptr<const Node> m_root; // shared with expressions that embed it
    std::vector<std::string> m_names;
    std::vector<ColumnType> m_types;
};

using ExpressionPtr = std::shared_ptr<const Expression>;

struct BindResult
{
    ExpressionPtr expression; // null when problems holds any
    std::vector<Problem> problems;
};

BindResult compile(std::string_view text, const BindContext &context);
/// The first problem as an Error: "line 1, column 8: …".
Result<ExpressionPtr> compileOrFail(std::string_view text, const BindContext &context);
Error toError(const Problem &problem);

/// Runs an expression over batches; keeps scratch memory. Thread: one at a time.
class Evaluator
{
public:
    /// @param columnIndex  for each of expression->columns() its place in Batch::columns; a column
    ///                     that is null or behind the end reads as all null
    Evaluator(ExpressionPtr expression, std::vector<std::size_t> columnIndex);
    ~Evaluator();
    Evaluator(Evaluator &&) noexcept;
    Evaluator &operator=(Evaluator &&) noexcept;

    /// A dense column of batch.rows rows; only the selected rows mean something.
    /// @param now  what now() and ago() give; one moment a batch
    /// Errors: TypeMismatch when a column of the batch is not of the type that was bound
    Result<std::shared_ptr<const Column>> evaluate(const Batch &batch, Ticks now);
    /// For bool expressions: the selected rows for which it is true; null counts as false.
    Result<Selection> select(const Batch &batch, Ticks now);
    /// Strings so far that were longer than kMaxTextBytes and became null.
    std::size_t tooLongTexts() const;

private:
    ExpressionPtr m_expression; // shared by the tasks of a node
    std::vector<std::size_t> m_columnIndex;
    std::unique_ptr<Scratch> m_scratch;
};

/// The value of an expression without columns: one row. For defaults, forms and tests.
Result<std::shared_ptr<const Column>> evaluateConstant(const Expression &expression, Ticks now);

} // namespace sluice::kql
