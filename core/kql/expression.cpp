#include "core/kql/expression.h"

#include "core/kql/binder.h"
#include "core/kql/evaluation.h"
#include "core/kql/parser.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// A column with the same value in every row.
std::shared_ptr<Column> repeated(const ColumnPtr &value, std::size_t rows)
{
    auto column = takeColumn(value->type, rows);
    std::fill(column->valid.begin(), column->valid.end(), value->valid[0]);
    switch (column->storage()) {
    case Storage::Byte:
        std::fill(column->bytes.begin(), column->bytes.end(), value->bytes[0]);
        break;
    case Storage::Integer:
        std::fill(column->integers.begin(), column->integers.end(), value->integers[0]);
        break;
    case Storage::Float:
        std::fill(column->floats.begin(), column->floats.end(), value->floats[0]);
        break;
    case Storage::Text:
        if (value->valid[0] != 0)
            std::fill(column->texts.begin(), column->texts.end(), value->texts[0]);
        column->sources.push_back(value);
        break;
    }
    return column;
}

} // namespace

Expression::Expression(std::string text,
                       std::shared_ptr<const Node> root,
                       std::vector<SchemaColumn> columns)
    : m_text(std::move(text))
    , m_root(std::move(root))
{
    for (SchemaColumn &column : columns) {
        m_names.push_back(std::move(column.name));
        m_types.push_back(column.type);
    }
}

ColumnType Expression::type() const
{
    return m_root->type;
}

BindResult compile(std::string_view text, const BindContext &context)
{
    BindResult result;
    ParseResult parsed = parseExpression(text);
    if (!parsed.root) {
        result.problems = std::move(parsed.problems);
        return result;
    }
    Binder binder(context);
    NodePtr root = binder.bind(*parsed.root);
    result.problems = binder.takeProblems();
    if (root && result.problems.empty())
        result.expression = std::make_shared<const Expression>(
            std::string(text), std::move(root), binder.takeColumns());
    return result;
}

Error toError(const Problem &problem)
{
    Error error;
    error.code = problem.code;
    error.message =
        fmt::format("line {}, column {}: {}", problem.at.line, problem.at.column, problem.message);
    error.hint = problem.hint;
    return error;
}

Result<ExpressionPtr> compileOrFail(std::string_view text, const BindContext &context)
{
    BindResult result = compile(text, context);
    if (!result.expression)
        return fail(toError(result.problems.front()));
    return std::move(result.expression);
}

Evaluator::Evaluator(ExpressionPtr expression, std::vector<std::size_t> columnIndex)
    : m_expression(std::move(expression))
    , m_columnIndex(std::move(columnIndex))
    , m_scratch(std::make_unique<Scratch>())
{
    m_columnIndex.resize(m_expression->columns().size(), static_cast<std::size_t>(-1));
}

Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator &&) noexcept = default;
Evaluator &Evaluator::operator=(Evaluator &&) noexcept = default;

std::size_t Evaluator::tooLongTexts() const
{
    return m_scratch->tooLongTexts;
}

Result<std::shared_ptr<const Column>> Evaluator::evaluate(const Batch &batch, Ticks now)
{
    Evaluation evaluation{batch, m_columnIndex, m_expression->columnTypes(), *m_scratch, now};
    TRY_ASSIGN(Vector vector, evaluation.run(m_expression->root(), batch.selection));
    if (vector.isConstant())
        return repeated(vector.column, batch.rows);
    return std::move(vector.column);
}

Result<Selection> Evaluator::select(const Batch &batch, Ticks now)
{
    if (m_expression->type() != ColumnType::Bool)
        return fail(ErrorCode::WrongType,
                    "a condition must be bool, and this is {}",
                    typeName(m_expression->type()));
    Evaluation evaluation{batch, m_columnIndex, m_expression->columnTypes(), *m_scratch, now};
    return evaluation.select(m_expression->root(), batch.selection);
}

Result<std::shared_ptr<const Column>> evaluateConstant(const Expression &expression, Ticks now)
{
    Scratch scratch;
    Batch batch;
    batch.rows = 1;
    batch.selection = Selection(1);
    const std::vector<std::size_t> nowhere(expression.columns().size(),
                                           static_cast<std::size_t>(-1));
    Evaluation evaluation{batch, nowhere, expression.columnTypes(), scratch, now};
    TRY_ASSIGN(Vector vector, evaluation.run(expression.root(), batch.selection));
    return std::move(vector.column);
}

} // namespace sluice::kql
