#pragma once

#include "core/storage/database.h"

#include <cstddef>
#include <string>

namespace sluice {

/// Runs one SQL statement that a user wrote: SELECT, WITH, VALUES, EXPLAIN, DESCRIBE and SHOW. It
/// changes nothing and reaches no file: the instance has no access outside of the database.
/// Errors: NotSupported for any other statement or for several, DatabaseFailed
Result<QueryResult> runSql(Database &database, const std::string &sql, std::size_t rowLimit);

} // namespace sluice
