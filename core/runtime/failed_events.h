#pragma once

#include "core/event/batch.h"
#include "core/node/operator.h"
#include "core/storage/dead_letters.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// The failed events as they came in, with $error_code, $error_message and $error_node.
/// @param schema  of the `errors` port they leave by
Batch errorBatch(const Batch &batch,
                 const std::vector<RowError> &errors,
                 const std::shared_ptr<const Schema> &schema,
                 const std::string &node);

/// One dead letter for row `error.row` of a batch.
DeadLetter
makeDeadLetter(const std::string &node, const Batch &batch, const RowError &error, Ticks now);

} // namespace sluice
