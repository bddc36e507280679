#pragma once

#include "core/event/column.h"

#include <cstddef>
#include <string_view>

namespace sluice::kql {

/// Writes what a text stands for into a row, as toint(), todatetime() … read it.
/// @return false where it stands for nothing: the row is null, a string ""
bool putTextValue(Column &column, std::size_t row, std::string_view text);
/// Null, or "" in a column of strings.
void putNothing(Column &column, std::size_t row);

} // namespace sluice::kql
