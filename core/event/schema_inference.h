#pragma once

#include "core/event/schema.h"

#include <string>
#include <vector>

namespace sluice {

/// Columns of JSON records, in the order they first appear. Integers are long, integers and reals
/// together real, ISO 8601 texts datetime; anything else that differs from record to record,
/// arrays and objects are dynamic. Records that are no JSON object count for nothing.
/// @return  an open, whole schema
Schema inferSchema(const std::vector<std::string> &records);

} // namespace sluice
