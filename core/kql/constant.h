#pragma once

#include "core/event/column.h"

#include <cstdint>
#include <string_view>

namespace sluice::kql {

/// Columns of one row: what a constant of the language is.
ColumnPtr nullConstant(ColumnType type);
ColumnPtr boolConstant(bool value);
/// Int, Long, Datetime or Timespan.
ColumnPtr integerConstant(ColumnType type, std::int64_t value);
ColumnPtr realConstant(double value);
/// String, Dynamic, Decimal or Guid, in the form that core/event/column_type.h says.
ColumnPtr textConstant(ColumnType type, std::string_view value);
/// The first row of a column, on its own.
ColumnPtr compactConstant(const Column &column);

} // namespace sluice::kql
