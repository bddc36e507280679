#pragma once

#include "core/kql/aggregate_binder.h"
#include "core/kql/query.h"
#include "core/kql/table_program.h"

#include <memory>
#include <vector>

namespace sluice::kql {

// The operators that need a whole table.

std::unique_ptr<TableStep> makeSort(const std::vector<SortKey> &keys, const Schema &input);
/// The first rows; none for a count below one.
std::unique_ptr<TableStep> makeTake(std::int64_t count);
/// Groups stand in the order of their first row. Without keys one row, also for no rows.
std::unique_ptr<TableStep>
makeSummarize(const Summarize &summarize, const Schema &input, const SchemaPtr &output);

} // namespace sluice::kql
