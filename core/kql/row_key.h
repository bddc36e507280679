#pragma once

#include "core/event/column.h"

#include <cstddef>
#include <string>

namespace sluice::kql {

/// Appends one value so that two texts made of the same columns are equal exactly where the values
/// are: null equals null, a string that was never there equals "", -0.0 equals 0.0, NaN itself.
/// @param column  null: a column that nobody computed, all null
void appendKey(const Column *column, ColumnType type, std::size_t row, std::string *key);

} // namespace sluice::kql
