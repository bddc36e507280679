#pragma once

#include "core/node/node_descriptor.h"

namespace sluice {

/// What a destination needs that writes events as JSON text: the raw bytes of whole events,
/// else the text of every column.
ColumnNeeds textNeeds(const Schema &input);

} // namespace sluice
