#pragma once

#include "core/storage/database.h"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>

namespace sluice {

struct SqlOptions
{
    std::size_t rowLimit = 1'000'000;
    std::chrono::milliseconds timeLimit{0}; // 0: none
    std::stop_token stop;
};

/// Runs one SQL statement that a user wrote: SELECT, WITH, VALUES, EXPLAIN, DESCRIBE and SHOW. It
/// changes nothing and reaches no file: the instance has no access outside of the database.
/// Errors: NotSupported for any other statement or for several, Cancelled, DatabaseFailed
Result<QueryResult>
runSql(Database &database, const std::string &sql, const SqlOptions &options = {});

} // namespace sluice
