#pragma once

#include "core/event/column_type.h"

#include <simdjson.h>

#include <optional>

namespace sluice {

/// The type that a JSON value has by itself: ISO 8601 texts are datetimes, objects and arrays
/// dynamic. Nothing for null.
std::optional<ColumnType> jsonValueType(const simdjson::dom::element &value);
/// The type of a column that holds both.
ColumnType widenedType(ColumnType a, ColumnType b);

} // namespace sluice
