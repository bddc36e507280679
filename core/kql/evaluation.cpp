#include "core/kql/evaluation.h"

#include "core/event/column_type.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/regex.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// Rows where a bool vector is true.
Selection collectTrue(const Vector &vector, const Selection &selection)
{
    if (vector.isConstant())
        return vector.valid(0) && vector.boolean(0) ? selection : Selection();
    auto rows = takeSelection();
    rows->resize(selection.size());
    std::uint16_t *out = rows->data();
    std::size_t count = 0;
    const std::uint8_t *valid = vector.column->valid.data();
    const std::uint8_t *values = vector.column->bytes.data();
    selection.forEach([&](std::size_t row) {
        out[count] = static_cast<std::uint16_t>(row);
        count += static_cast<std::size_t>(valid[row] & values[row] & 1U);
    });
    if (count == selection.size())
        return selection;
    rows->resize(count);
    return Selection(std::shared_ptr<const std::vector<std::uint16_t>>(std::move(rows)));
}

/// The rows of `all` that are not in `taken`.
Selection without(const Selection &all, const Selection &taken)
{
    if (taken.empty())
        return all;
    auto rows = takeSelection();
    std::size_t next = 0;
    all.forEach([&](std::size_t row) {
        if (next < taken.size() && taken[next] == row)
            ++next;
        else
            rows->push_back(static_cast<std::uint16_t>(row));
    });
    return Selection(std::shared_ptr<const std::vector<std::uint16_t>>(std::move(rows)));
}

Selection merged(const Selection &a, const Selection &b)
{
    if (a.empty())
        return b;
    if (b.empty())
        return a;
    auto rows = takeSelection();
    rows->reserve(a.size() + b.size());
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        const bool fromA = j == b.size() || (i < a.size() && a[i] < b[j]);
        rows->push_back(static_cast<std::uint16_t>(fromA ? a[i++] : b[j++]));
    }
    return Selection(std::shared_ptr<const std::vector<std::uint16_t>>(std::move(rows)));
}

bool isCallOf(const Node &node, std::string_view function)
{
    return node.kind == NodeKind::Call && node.function->name == function;
}

} // namespace

Scratch::Scratch()
    : regexes(std::make_unique<RegexCache>())
    , random(seedOfScratch())
{}
Scratch::~Scratch() = default;

std::string_view Call::keep(std::string_view text)
{
    if (text.size() > kMaxTextBytes || scratch.keptBytes + text.size() > kMaxKernelBytes)
        scratch.tooLong = true;
    if (scratch.tooLong) {
        ++scratch.tooLongTexts;
        return {};
    }
    scratch.keptBytes += text.size();
    return result.arena.copy(text);
}

Result<std::shared_ptr<Column>> runCall(const Node &node,
                                        std::span<const Vector> arguments,
                                        const Selection &selection,
                                        std::size_t rows,
                                        Scratch &scratch,
                                        Ticks now)
{
    auto result = takeColumn(node.type, rows);
    scratch.keptBytes = 0;
    scratch.tooLong = false;
    Call call{node, arguments, *result, selection, rows, scratch, now};
    node.overload->kernel(call);
    if (result->storage() == Storage::Text) {
        for (const Vector &argument : arguments) {
            if (argument.column->storage() == Storage::Text)
                result->sources.push_back(argument.column);
        }
    }
    return result;
}

Result<ColumnPtr> foldCall(const Node &node)
{
    std::vector<Vector> arguments;
    for (const NodePtr &argument : node.arguments)
        arguments.push_back({argument->constant, 0});
    Scratch scratch;
    TRY_ASSIGN(const auto column, runCall(node, arguments, Selection(1), 1, scratch, 0));
    if (scratch.tooLongTexts != 0)
        return fail(ErrorCode::TooComplex, "this makes a text of more than 1 MiB");
    return compactConstant(*column);
}

Result<Vector> Evaluation::runColumn(const Node &node)
{
    const std::size_t place = columnIndex[node.column];
    if (place >= batch.columns.size() || !batch.columns[place])
        return Vector{nullConstant(node.type), 0};
    const ColumnPtr &column = batch.columns[place];
    if (column->storage() != storageOf(node.type) || column->rows() < batch.rows)
        return fail(ErrorCode::TypeMismatch,
                    "a column that was planned as {} arrived as {}",
                    typeName(node.type),
                    typeName(column->type));
    return Vector{column, 1};
}

Result<Vector> Evaluation::run(const Node &node, const Selection &selection)
{
    switch (node.kind) {
    case NodeKind::Constant:
        return Vector{node.constant, 0};
    case NodeKind::Column:
        return runColumn(node);
    case NodeKind::Query:
        return fail(ErrorCode::NotSupported, "a query inside an expression has no answer yet");
    case NodeKind::Call:
        break;
    }
    std::vector<Vector> arguments;
    arguments.reserve(node.arguments.size());
    bool constant = node.function->stability != Stability::Row;
    for (const NodePtr &argument : node.arguments) {
        TRY_ASSIGN(Vector vector, run(*argument, selection));
        constant = constant && vector.isConstant();
        arguments.push_back(std::move(vector));
    }
    if (constant) {
        TRY_ASSIGN(auto column, runCall(node, arguments, Selection(1), 1, scratch, now));
        return Vector{std::move(column), 0};
    }
    TRY_ASSIGN(auto column, runCall(node, arguments, selection, batch.rows, scratch, now));
    return Vector{std::move(column), 1};
}

Result<Selection> Evaluation::select(const Node &node, const Selection &selection)
{
    if (selection.empty())
        return selection;
    if (isCallOf(node, "and"))
        return selectAll(node, selection);
    if (isCallOf(node, "or"))
        return selectAny(node, selection);
    if (node.kind == NodeKind::Call && node.arguments.size() == 2
        && node.arguments[0]->kind == NodeKind::Column && node.arguments[1]->isConstant()) {
        TRY_ASSIGN(Vector left, run(*node.arguments[0], selection));
        const std::array<Vector, 2> arguments{std::move(left),
                                              Vector{node.arguments[1]->constant, 0}};
        if (auto rows = selectByComparison(node, arguments, selection))
            return std::move(*rows);
    }
    TRY_ASSIGN(const Vector result, run(node, selection));
    return collectTrue(result, selection);
}

/// Each condition looks only at the rows that the ones before it left.
Result<Selection> Evaluation::selectAll(const Node &node, Selection selection)
{
    for (const NodePtr &condition : node.arguments) {
        TRY_ASSIGN(selection, select(*condition, selection));
    }
    return selection;
}

Result<Selection> Evaluation::selectAny(const Node &node, const Selection &selection)
{
    Selection left = selection;
    Selection taken;
    for (const NodePtr &condition : node.arguments) {
        TRY_ASSIGN(const Selection more, select(*condition, left));
        left = without(left, more);
        taken = merged(taken, more);
    }
    return taken.size() == selection.size() ? selection : taken;
}

} // namespace sluice::kql
