#pragma once

#include "core/storage/query_answer.h"

#include <string>

namespace sluice {

/// Writes an answer as a Parquet file (zstd), whole or not at all. Columns have KQL's types:
/// decimal as DECIMAL(38,18), datetime as TIMESTAMP in UTC with microseconds, guid as UUID, dynamic
/// as JSON; a timespan is the text that KQL reads, since Parquet's own holds milliseconds only.
/// Errors: FileUnwritable, CastFailed for a value that no such column holds, DatabaseFailed
Result<void> writeParquet(const QueryAnswer &answer, const std::string &path);

} // namespace sluice
