#pragma once

#include "core/event/batch.h"
#include "core/kql/expression.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace sluice {

/// A column without rows, to be filled.
std::shared_ptr<Column> emptyColumn(ColumnType type);
/// The columns of a dense batch from `first` on.
Batch columnsFrom(const Batch &batch, std::size_t first);
/// 0 … count-1
std::vector<std::size_t> countUp(std::size_t count);
/// An evaluator over batches of these columns; one that is not there reads as null.
kql::Evaluator evaluatorOver(const kql::ExpressionPtr &expression,
                             const std::vector<SchemaColumn> &columns);

} // namespace sluice
