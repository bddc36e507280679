#pragma once

#include "core/event/byte_buffer.h"
#include "core/event/column.h"

#include <vector>

namespace sluice {

/// The values of some columns in one row as bytes: equal rows have equal bytes. Numbers of one
/// storage compare by value (int and long); a string that was never there is "", as KQL has it.
/// @param columns  null: all null
/// @return false when a value is null (other than a string); its bytes are written all the same
bool appendRowKey(ByteBuffer &out, const std::vector<const Column *> &columns, std::size_t row);

} // namespace sluice
