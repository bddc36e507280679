#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"
#include "core/event/schema.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// What a query over constant rows gives on the stream engine.
struct StreamRows
{
    std::shared_ptr<const Schema> schema;
    std::vector<std::vector<std::string>> rows; // JSON texts, in Kusto's wire form
};

/// Feeds the rows of a query's datatable or print as events through its steps.
/// Errors: what compileStream() refuses
Result<StreamRows> runOnStream(std::string_view query, std::size_t batchRows = kBatchRows);

} // namespace sluice::kql
