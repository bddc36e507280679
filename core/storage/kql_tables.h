#pragma once

#include "core/kql/query.h"
#include "core/storage/database.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// How a table is read: for every column of the schema the SQL that gives KQL's value.
struct KqlTable
{
    struct Column
    {
        std::string raw;   // the column, quoted
        std::string value; // an expression over it
        /// The raw column can be compared in place of the value: filters reach the scan.
        bool timestamp = false; // microseconds
        bool text = false;
    };
    std::string name; // quoted, with its schema
    kql::SchemaPtr schema;
    std::vector<Column> columns;
};

/// The tables and views of a database, read once a query. Thread: one at a time.
class KqlTables
{
public:
    explicit KqlTables(Connection &connection)
        : m_connection(connection)
    {}
    /// Null when there is none of that name, which counts case.
    Result<std::shared_ptr<const KqlTable>> find(std::string_view name);
    Result<std::vector<std::string>> names();

private:
    Result<void> load();
    std::shared_ptr<const KqlTable> single(std::string_view name);

    Connection &m_connection;
    bool m_loaded = false;
    std::map<std::string, std::shared_ptr<const KqlTable>, std::less<>> m_tables;
};

} // namespace sluice
