#pragma once

#include "core/event/batch.h"
#include "core/kql/kernel.h"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

struct _duckdb_data_chunk; // DuckDB's handles are pointers to these
struct _duckdb_vector;
struct _duckdb_logical_type;

namespace sluice {

/// How KQL's values lie in SQL, between the scan of a table and the result: datetime and timespan
/// as BIGINT ticks, int as BIGINT, dynamic, decimal and guid as the text that kernels use; a string
/// is never null.
const char *kqlSqlType(ColumnType type);
/// The caller destroys it.
_duckdb_logical_type *makeKqlSqlType(ColumnType type);

enum class Texts { View, Copy };

/// The values of a DuckDB vector of the type above.
/// @param texts  View: they point into the vector, which must live as long
std::shared_ptr<Column>
columnFromVector(_duckdb_vector *vector, ColumnType type, std::size_t rows, Texts texts);
/// Writes rows of a column into a DuckDB vector, from its first row on.
void columnToVector(const Column &column,
                    std::size_t first,
                    std::size_t rows,
                    _duckdb_vector *vector);

/// Copies one row of a column behind the rows of another one of the same type.
void appendRow(Column &to, const Column &from, std::size_t row);
/// What KQL calls null: for a string the empty text.
void appendKqlNull(Column &to);

} // namespace sluice
