#pragma once

#include "core/base/result.h"
#include "core/kql/kernel.h"
#include "core/kql/scratch.h"

#include <span>

namespace sluice::kql {

/// What the parts of one evaluation share.
struct Evaluation
{
    const Batch &batch;
    std::span<const std::size_t> columnIndex;
    std::span<const ColumnType> columnTypes;
    Scratch &scratch;
    Ticks now;

    Result<Vector> run(const Node &node, const Selection &selection);
    /// The rows of a selection for which a bool expression is true.
    Result<Selection> select(const Node &node, const Selection &selection);

private:
    Result<Vector> runColumn(const Node &node);
    Result<Selection> selectAll(const Node &node, Selection selection);
    Result<Selection> selectAny(const Node &node, const Selection &selection);
};

/// Runs the kernel of a call over arguments that are already computed.
Result<std::shared_ptr<Column>> runCall(const Node &node,
                                        std::span<const Vector> arguments,
                                        const Selection &selection,
                                        std::size_t rows,
                                        Scratch &scratch,
                                        Ticks now);
/// The value of a call whose arguments are all constants.
Result<ColumnPtr> foldCall(const Node &node);

/// Rows of a selection where a column compares to a constant, without a result column; nothing
/// when the call is no such comparison.
std::optional<Selection>
selectByComparison(const Node &node, std::span<const Vector> arguments, const Selection &selection);

} // namespace sluice::kql
