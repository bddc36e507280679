#pragma once

#include "core/event/schema.h"
#include "core/storage/database.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// DuckDB types that events are written to.
enum class SqlType {
    Boolean,
    Integer,
    BigInt,
    Double,
    Decimal, // DECIMAL(38,18)
    Varchar,
    Json,
    Timestamp,   // microseconds UTC: the seventh digit of a datetime is cut off
    TimestampTz, // the same, in tables that others made
    Interval,    // microseconds, no months and days: the seventh digit of a timespan is cut off
    Uuid,
};

std::string_view sqlTypeName(SqlType type); // "DECIMAL(38,18)"
std::optional<SqlType> sqlTypeFromName(std::string_view name);
/// What a new table has for a KQL type.
SqlType sqlTypeFor(ColumnType type);
/// Whether a column of an existing table takes every value of a KQL type without loss.
bool holds(SqlType target, ColumnType type);

/// A table as it is.
struct TableDescription
{
    struct Column
    {
        std::string name;
        std::string type; // DuckDB's words, also of types that events cannot have
        bool nullable = true;
        bool hasDefault = false;
    };
    bool exists = false;
    bool isView = false;
    std::vector<Column> columns;
    std::vector<std::string> constraints; // those that a row can break, other than NOT NULL

    const Column *find(std::string_view name) const; // without regard to case, as DuckDB does
};

/// How the columns of a schema lie in a table. Immutable; shared by writer and chunks.
struct TableLayout
{
    struct Column
    {
        std::string name;
        ColumnType type = ColumnType::Dynamic;
        SqlType target = SqlType::Json;
        bool nullable = true;
        std::size_t place = 0; // in the schema
        friend bool operator==(const Column &, const Column &) = default;
    };
    Schema schema;
    std::vector<Column>
        columns; // one for each of the schema that is no system column, in its order
};

/// What stands against a table of that name; nothing when it can be made.
std::optional<Error> checkTableName(std::string_view table);
/// What stands against making columns of a schema; nothing when all is well.
std::optional<Error> checkColumnNames(const Schema &schema);

Result<TableDescription> describeTable(Connection &connection, const std::string &table);

/// The columns that the table lacks. Errors: SchemaClash, with column, both types and what to do
Result<std::vector<SchemaColumn>>
fitTable(const TableDescription &existing, const std::string &table, const Schema &schema);

/// Creates the table, or adds the columns it lacks, in one transaction of its own.
/// Errors: SchemaClash, DatabaseFailed. Thread: the connection's; waits for others that do the same
Result<std::shared_ptr<const TableLayout>>
ensureTable(Connection &connection, const std::string &table, const Schema &schema);

} // namespace sluice
