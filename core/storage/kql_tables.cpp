#include "core/storage/kql_tables.h"

#include "core/storage/table_layout.h"

#include <algorithm>

namespace sluice {

namespace {

struct Reading
{
    ColumnType type = ColumnType::String;
    std::string value; // {} stands for the column
    bool timestamp = false;
    bool text = false;
};

/// Days of infinity and moments that no datetime holds are null.
constexpr std::string_view kTimestamp = "CASE WHEN isfinite({0}) THEN epoch_us({0}) * 10 END";

/// The KQL type of a column, and how its values become KQL's.
Reading readingOf(std::string_view type)
{
    using enum ColumnType;
    if (type == "BOOLEAN")
        return {Bool, "{0}"};
    if (type == "TINYINT" || type == "SMALLINT" || type == "INTEGER" || type == "UTINYINT"
        || type == "USMALLINT")
        return {Int, "CAST({0} AS BIGINT)"};
    if (type == "BIGINT")
        return {Long, "{0}"};
    if (type == "UINTEGER")
        return {Long, "CAST({0} AS BIGINT)"};
    if (type == "FLOAT")
        return {Real, "CAST({0} AS DOUBLE)"};
    if (type == "DOUBLE")
        return {Real, "{0}"};
    if (type == "UBIGINT" || type == "HUGEINT" || type == "UHUGEINT")
        return {Decimal, "CAST({0} AS VARCHAR)"};
    if (type.starts_with("DECIMAL")) // without the zeros behind the point, as kernels write it
        return {Decimal,
                "CASE WHEN contains(CAST({0} AS VARCHAR), '.') THEN "
                "rtrim(rtrim(CAST({0} AS VARCHAR), '0'), '.') ELSE CAST({0} AS VARCHAR) END"};
    if (type == "JSON")
        return {Dynamic, "CAST({0} AS VARCHAR)"};
    if (type == "UUID")
        return {Guid, "CAST({0} AS VARCHAR)"};
    if (type == "TIMESTAMP")
        return {Datetime, std::string(kTimestamp), true};
    if (type.starts_with("TIMESTAMP") || type == "DATE")
        return {Datetime,
                type == "TIMESTAMP WITH TIME ZONE"
                    ? std::string(kTimestamp)
                    : "CASE WHEN isfinite({0}) THEN epoch_us(CAST({0} AS TIMESTAMP)) * 10 END"};
    if (type == "INTERVAL")
        return {Timespan, "epoch_us({0}) * 10"};
    if (type == "TIME")
        return {Timespan, "epoch_us({0}) * 10"};
    if (type == "VARCHAR" || type.starts_with("ENUM"))
        return {String, "coalesce(CAST({0} AS VARCHAR), '')", false, type == "VARCHAR"};
    if (type.ends_with("[]") || type.starts_with("STRUCT") || type.starts_with("MAP")
        || type.ends_with("]"))
        return {Dynamic, "CAST(to_json({0}) AS VARCHAR)"};
    if (type == "BLOB")
        return {String, "coalesce(base64({0}), '')"};
    return {String, "coalesce(CAST({0} AS VARCHAR), '')"};
}

} // namespace

Result<void> KqlTables::load()
{
    if (m_loaded)
        return {};
    TRY_ASSIGN(const QueryResult found,
               m_connection.query(
                   "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
                   "WHERE NOT internal AND database_name = current_database() "
                   "ORDER BY schema_name, table_name, column_index"));
    struct Raw
    {
        KqlTable table;
        std::shared_ptr<Schema> schema = std::make_shared<Schema>();
    };
    std::map<std::string, Raw> tables;
    for (const auto &row : found.rows) {
        const auto text = [&](std::size_t i) {
            const auto *value = std::get_if<std::string>(&row[i]);
            return value != nullptr ? *value : std::string();
        };
        // A table outside of the main schema goes by its name where that is free.
        const std::string name = text(1);
        const std::string quoted = quoteIdentifier(text(0)) + "." + quoteIdentifier(name);
        Raw &raw = tables[name];
        if (!raw.table.name.empty() && raw.table.name != quoted) {
            if (text(0) != "main")
                continue;
            raw = Raw{};
        }
        raw.table.name = quoted;
        const Reading reading = readingOf(text(3));
        KqlTable::Column column;
        column.raw = quoteIdentifier(text(2));
        column.value = fmt::format(fmt::runtime(reading.value), column.raw);
        column.timestamp = reading.timestamp;
        column.text = reading.text;
        raw.table.columns.push_back(std::move(column));
        raw.schema->columns.push_back({text(2), reading.type});
    }
    for (auto &[name, raw] : tables) {
        raw.table.schema = std::move(raw.schema);
        m_tables.emplace(name, std::make_shared<const KqlTable>(std::move(raw.table)));
    }
    m_loaded = true;
    return {};
}

Result<std::shared_ptr<const KqlTable>> KqlTables::find(std::string_view name)
{
    TRY(load());
    const auto known = m_tables.find(name);
    return known == m_tables.end() ? nullptr : known->second;
}

Result<std::vector<std::string>> KqlTables::names()
{
    TRY(load());
    std::vector<std::string> names;
    for (const auto &[name, table] : m_tables)
        names.push_back(name);
    return names;
}

} // namespace sluice
