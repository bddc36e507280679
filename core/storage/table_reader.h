#pragma once

#include "core/event/column.h"
#include "core/event/schema.h"
#include "core/storage/database.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// What the texts of a query are.
enum class TextForm {
    Values, // as they stand in the database; in a column of another type they are read as its text
    Csv,    // the same, from a file without types
    Json,   // JSON values, as a field of an event
};

/// A whole table in memory, as columns of events.
struct TableColumns
{
    Schema schema;
    std::vector<ColumnPtr> columns; // all of them, `rows` long
    std::size_t rows = 0;
    std::uint64_t misfits = 0; // values that did not fit their column and became null
};

/// The columns of what stands behind FROM, with the event types that are nearest to their own.
Result<Schema> describeRows(Connection &connection, const std::string &from);

/// Reads what stands behind FROM. Columns of `wanted` that are not there are null.
/// @param wanted  columns with the types they get
/// Errors: DatabaseFailed; StateLimit when there are more than `maxRows` rows
Result<TableColumns> readRows(Connection &connection,
                              const std::string &from,
                              const Schema &wanted,
                              TextForm form,
                              std::size_t maxRows);

/// The names of the columns behind FROM, in order.
Result<std::vector<std::string>> columnNames(Connection &connection, const std::string &from);

} // namespace sluice
