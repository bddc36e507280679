#pragma once

#include "core/node/node_descriptor.h"

#include <vector>

namespace sluice {

/// What sources of JSON records share: the fields that declare columns, and the schemas they give.

/// The `schema` field.
FieldSpec schemaField();
/// The `event_time` field.
FieldSpec eventTimeField();

/// Port `out`: the declared columns, or an open schema; port `errors`: $raw and what went wrong.
SchemaFlow
recordSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context);
std::vector<PortSpec> recordPorts();

} // namespace sluice
