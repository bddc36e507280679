#pragma once

#include "core/base/state_bytes.h"
#include "core/event/column.h"

#include <cstdint>
#include <vector>

namespace sluice {

/// Columns that grow value by value: what a state keeps of events that are gone, and rows made of
/// several others. Types must be alike.

/// Appends a null.
void appendNull(Column &column);
/// Appends one value, its JSON text included; bytes are copied into the column's arena.
void appendCopy(Column &column, const Column &from, std::size_t row);
/// Appends one value whose bytes stay where they are: list `from` in column.sources.
void appendView(Column &column, const Column &from, std::size_t row);

/// Rows of a column in any order, also several times, as a column of its own. Texts stay where they
/// are, so the result keeps `from` alive; the batch must keep its raw bytes. Null stays null.
ColumnPtr gatherColumn(const ColumnPtr &from, const std::vector<std::uint16_t> &rows);

/// One value as bytes, and back. @return false when the bytes are damaged
void writeValue(StateWriter &out, const Column &column, std::size_t row);
bool readValue(StateReader &in, Column &column);

} // namespace sluice
