#pragma once

#include "core/event/column.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// The rows that mv-expand makes of a dynamic value. Null gives one element that is null, an empty
/// array or bag none, a value that is no collection itself.
/// @param json          the value's text; empty: null
/// @param bagsAsArrays  a bag gives [key, value] instead of {key: value}
/// @param elements      receives views into `json` or `arena`; one without data is null
void appendElements(std::string_view json,
                    bool bagsAsArrays,
                    std::vector<std::string_view> *elements,
                    Arena *arena);

/// Writes an element as a value of the column's type, `to typeof(…)`: nothing is parsed, one of
/// another kind is null. A dynamic element stays a view.
void putElement(Column &column, std::size_t row, std::string_view element);

} // namespace sluice::kql
