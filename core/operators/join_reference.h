#pragma once

#include "core/node/node_descriptor.h"

#include <memory>
#include <vector>

namespace sluice {

/// The variant of `join` that looks each event up in a reference table. Its config fields: `type`
/// (inner, left_outer), `on` ([{"left", "right"}]) and `reference`; one input, the left one.
/// Output: the input's columns, then those of the table that are no keys; a taken name gets 1.

/// Schema of the first output, and what is wrong.
SchemaFlow
referenceJoinSchema(const Config &config, const Schema &left, const NodeContext &context);

/// What the join needs of its input, given what is needed of its first output.
ColumnNeeds referenceJoinNeeds(const Config &config,
                               const Schema &left,
                               const ColumnNeeds &wanted,
                               const NodeContext &context);

/// @param context  inputSchemas.front() is the left input
/// Errors: as readReference()
Result<std::unique_ptr<Operator>> createReferenceJoin(const Config &config,
                                                      const NodeContext &context);

} // namespace sluice
