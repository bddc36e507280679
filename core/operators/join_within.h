#pragma once

#include "core/operators/join_columns.h"

#include <memory>

namespace sluice {

/// A join of two streams within a tolerance of event time.

/// Ports `left` and `right`.
std::vector<PortSpec> joinWithinInputs();
SchemaFlow joinWithinSchemas(const Config &config,
                             const std::vector<Schema> &inputs,
                             const NodeContext &context);
std::vector<ColumnNeeds> joinWithinNeeds(const Config &config,
                                         const std::vector<Schema> &inputs,
                                         const std::vector<ColumnNeeds> &outputNeeds,
                                         const NodeContext &context);
/// What is wrong with `within`.
std::vector<SchemaProblem> checkJoinWithin(const Config &config);
Result<std::unique_ptr<StatefulOperator>> createJoinWithin(const Config &config,
                                                           const NodeContext &context);

} // namespace sluice
