// Rows that stand in the query: print, range, datatable.
#include "core/kql/constant.h"
#include "core/kql/evaluation.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

bool QueryBinder::bindPrint(Pipe &pipe, const OperatorSyntax &op)
{
    pipe.query.source = RowsSource{{}, 1};
    pipe.query.sourceSchema = std::make_shared<const Schema>();
    std::vector<Output> outputs;
    Schema names;
    std::size_t place = 0;
    for (const ItemSyntax &item : op.items) {
        if (!item.value)
            return refuse(item.at, ErrorCode::SyntaxError, "'*' has no meaning in 'print'");
        auto values = valuesOf(item, pipe, nullptr);
        if (!values)
            return false;
        for (Output &value : *values) {
            const bool several = values->size() > 1;
            if (item.names.empty() && !several)
                value.name = "print_" + std::to_string(place);
            ++place;
            if (names.find(value.name)) {
                if (!item.names.empty())
                    return refuse(item.at,
                                  ErrorCode::WrongArguments,
                                  fmt::format("there are two columns '{}'", value.name));
                value.name = freeName(names, value.name);
            }
            names.columns.push_back({value.name, value.expression->type()});
            outputs.push_back(std::move(value));
        }
    }
    pushProject(pipe, std::move(outputs), op, false);
    return true;
}

bool QueryBinder::bindRange(Pipe &pipe, const OperatorSyntax &op)
{
    RangeSource source;
    source.from = constantExpression(*op.from, std::nullopt, "the start of a range");
    source.to =
        source.from ? constantExpression(*op.to, std::nullopt, "the end of a range") : nullptr;
    source.step =
        source.to ? constantExpression(*op.step, std::nullopt, "the step of a range") : nullptr;
    if (!source.step)
        return false;
    using enum ColumnType;
    ColumnType type = source.from->type();
    const auto isWhole = [](ColumnType one) { return one == Int || one == Long; };
    if (isWhole(type) && (source.to->type() == Real || source.step->type() == Real))
        type = Real;
    else if (type == Int)
        type = Long;
    const bool span = type == Datetime || type == Timespan;
    const bool number = isWhole(type) || type == Real || type == Decimal;
    if ((!span && !number) || (span && source.step->type() != Timespan)
        || (span && source.to->type() != type))
        return refuse(op.at,
                      ErrorCode::WrongType,
                      fmt::format("a range from {} to {} by {} has no meaning",
                                  typeName(source.from->type()),
                                  typeName(source.to->type()),
                                  typeName(source.step->type())),
                      "Ranges go over numbers, or over datetimes and timespans by a timespan.");
    if (number) {
        source.from = constantExpression(*op.from, type, "the start of a range");
        source.to = constantExpression(*op.to, type, "the end of a range");
        source.step = constantExpression(*op.step, type, "the step of a range");
        if (!source.from || !source.to || !source.step)
            return false;
    }
    auto schema = std::make_shared<Schema>();
    schema->columns.push_back({op.items.front().names.front(), type});
    pipe.query.source = std::move(source);
    pipe.query.sourceSchema = std::move(schema);
    pipe.query.serialized = true;
    return true;
}

namespace {

/// Copies the only row of a constant into a row of a column.
void putConstant(Column *column, std::size_t row, const Column &value)
{
    column->valid[row] = value.valid[0];
    if (value.valid[0] == 0)
        return;
    switch (column->storage()) {
    case Storage::Byte:
        column->bytes[row] = value.bytes[0];
        break;
    case Storage::Integer:
        column->integers[row] = value.integers[0];
        break;
    case Storage::Float:
        column->floats[row] = value.floats[0];
        break;
    case Storage::Text:
        column->texts[row] = column->arena.copy(value.texts[0]);
        break;
    }
}

/// A literal, with or without a sign: all that a cell of a datatable may be.
bool isLiteral(const Syntax &syntax)
{
    if (syntax.kind == SyntaxKind::Constant)
        return true;
    return syntax.kind == SyntaxKind::Call
           && ((syntax.isOperator && syntax.name == "negate" && isLiteral(*syntax.children[0]))
               || (!syntax.isOperator && syntax.children.empty() && syntax.name == "now"));
}

} // namespace

bool QueryBinder::bindDatatable(Pipe &pipe, const OperatorSyntax &op)
{
    auto schema = std::make_shared<Schema>();
    for (const ItemSyntax &column : op.items) {
        if (schema->find(column.names.front()))
            return refuse(column.at,
                          ErrorCode::WrongArguments,
                          fmt::format("there are two columns '{}'", column.names.front()));
        schema->columns.push_back({column.names.front(), *column.type});
    }
    const std::size_t width = schema->columns.size();
    if (width == 0 || op.cells.size() % width != 0)
        return refuse(
            op.at,
            ErrorCode::WrongArguments,
            fmt::format("{} values do not fill rows of {} columns", op.cells.size(), width));
    RowsSource source;
    source.rows = op.cells.size() / width;
    for (std::size_t place = 0; place < width; ++place) {
        const ColumnType type = schema->columns[place].type;
        auto column = std::make_shared<Column>();
        column->reset(type, source.rows);
        for (std::size_t row = 0; row < source.rows; ++row) {
            const Syntax &cell = *op.cells[row * width + place];
            if (!isLiteral(cell))
                return refuse(cell.at,
                              ErrorCode::SyntaxError,
                              "a cell of a datatable is a literal",
                              "Compute with 'extend' behind the datatable.");
            const ExpressionPtr value = constantExpression(cell, type, "a cell");
            if (!value)
                return false;
            const auto known = evaluateConstant(*value, 0);
            if (!known)
                return refuse(cell.at, known.error().code, known.error().message);
            putConstant(column.get(), row, **known);
        }
        source.columns.push_back(std::move(column));
    }
    pipe.query.source = std::move(source);
    pipe.query.sourceSchema = std::move(schema);
    return true;
}

} // namespace sluice::kql
