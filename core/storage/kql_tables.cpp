#include "core/storage/kql_tables.h"

#include "core/base/value_json.h"
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
    if (type.starts_with("DECIMAL"))
        return {Decimal, "sluice_decimal({0})"};
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

namespace {

/// A table's columns one by one, as SQL has them.
struct Building
{
    KqlTable table;
    std::shared_ptr<Schema> schema = std::make_shared<Schema>();

    void add(const std::string &name, std::string_view type)
    {
        const Reading reading = readingOf(type);
        KqlTable::Column column;
        column.raw = quoteIdentifier(name);
        column.value = fmt::format(fmt::runtime(reading.value), column.raw);
        column.timestamp = reading.timestamp;
        column.text = reading.text;
        table.columns.push_back(std::move(column));
        schema->columns.push_back({name, reading.type});
    }
    std::shared_ptr<const KqlTable> finish()
    {
        table.schema = std::move(schema);
        return std::make_shared<const KqlTable>(std::move(table));
    }
};

std::string textOf(const Cell &cell)
{
    const auto *text = std::get_if<std::string>(&cell);
    return text != nullptr ? *text : std::string();
}

/// The name of the table that a plan does nothing but scan, as the catalog has it.
std::string scannedTable(const std::string &plan)
{
    const auto parsed = valueFromJson(plan);
    const ValueList *nodes = parsed ? parsed->asList() : nullptr;
    if (nodes == nullptr || nodes->size() != 1)
        return {};
    const Value *name = (*nodes)[0].find("name");
    const Value *info = (*nodes)[0].find("extra_info");
    const Value *table = info != nullptr ? info->find("Table") : nullptr;
    const bool scan =
        name != nullptr && name->asString() != nullptr && name->asString()->starts_with("SEQ_SCAN");
    return scan && table != nullptr && table->asString() != nullptr ? *table->asString()
                                                                    : std::string();
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
    std::map<std::string, Building> tables;
    for (const auto &row : found.rows) {
        // A table outside of the main schema goes by its name where that is free.
        const std::string name = textOf(row[1]);
        const std::string quoted = quoteIdentifier(textOf(row[0])) + "." + quoteIdentifier(name);
        Building &building = tables[name];
        if (!building.table.name.empty() && building.table.name != quoted) {
            if (textOf(row[0]) != "main")
                continue;
            building = Building{};
        }
        building.table.name = quoted;
        building.add(textOf(row[2]), textOf(row[3]));
    }
    m_tables.clear();
    for (auto &[name, building] : tables)
        m_tables.emplace(name, building.finish());
    m_loaded = true;
    return {};
}

/// One table of the main schema. The list of all makes DuckDB prepare its own views, which takes
/// 8 ms in a new process. Null when it is no such table: then the list knows better.
std::shared_ptr<const KqlTable> KqlTables::single(std::string_view name)
{
    const std::string quoted = "\"main\"." + quoteIdentifier(name);
    // DuckDB does not tell capitals from small letters, KQL does: a plan has the name as it is.
    const auto plan = m_connection.query("EXPLAIN (FORMAT json) SELECT * FROM " + quoted, 1);
    if (!plan || plan->rows.size() != 1 || plan->rows[0].size() != 2
        || scannedTable(textOf(plan->rows[0][1])) != name)
        return nullptr;
    const auto found = m_connection.query(fmt::format(
        "SELECT name, type FROM pragma_table_info({}) ORDER BY cid", quoteText(quoted)));
    if (!found || found->rows.empty())
        return nullptr;
    Building building;
    building.table.name = quoted;
    for (const auto &row : found->rows)
        building.add(textOf(row[0]), textOf(row[1]));
    return building.finish();
}

Result<std::shared_ptr<const KqlTable>> KqlTables::find(std::string_view name)
{
    if (const auto known = m_tables.find(name); known != m_tables.end())
        return known->second;
    if (!m_loaded) {
        if (auto table = single(name)) {
            m_tables.emplace(name, table);
            return table;
        }
    }
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
