#pragma once

#include "core/event/batch.h"

namespace sluice {

/// A system column of a batch of raw records: what the source, not the record's text, says of each.
/// Precondition: the batch has `raw`; for $event_time `times` too, or it is all null
/// @param source  id of the source node
ColumnPtr makeSystemColumn(SystemColumn which, const Batch &batch, std::string_view source);

} // namespace sluice
