#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// Runs what the cases of scalar expressions need around them: print or datatable, then project,
/// extend and where. The expressions themselves go through compile() and Evaluator alone.
/// Errors: what compile() says, or NotSupported for any other operator
Result<Batch> runMiniQuery(std::string_view query);

/// The selected rows of a batch: for each the JSON text of every column.
std::vector<std::vector<std::string>> jsonRows(const Batch &batch);

} // namespace sluice::kql
