#pragma once

#include "core/storage/row_chunk.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct _duckdb_appender; // DuckDB's handle is a pointer to it

namespace sluice {

/// Appends chunks of rows to one table, in transactions that the caller ends with commit().
/// Keeps what it was given until the commit: when somebody alters the table meanwhile, DuckDB gives
/// the transaction up, and the writer does it again.
/// Thread: one at a time.
class TableWriter
{
public:
    static Result<TableWriter> open(std::shared_ptr<Database> database, std::string table);
    TableWriter(TableWriter &&) noexcept = default;
    TableWriter &operator=(TableWriter &&) noexcept = default;
    ~TableWriter(); // what was not committed is gone

    /// Makes the table fit the schema; commits first when rows wait.
    /// Errors: SchemaClash, DatabaseFailed
    Result<std::shared_ptr<const TableLayout>> fit(const Schema &schema);

    /// Adds a chunk with a layout that fit() returned. Errors: DatabaseFailed; the run must end
    Result<void> append(std::shared_ptr<RowChunk> chunk);

    /// Makes all appended rows durable and visible. Nothing to do is a success.
    Result<void> commit();
    /// The same, with more statements in the same transaction, also when no rows wait. `step` is
    /// repeated with the rows when another one altered the table meanwhile.
    Result<void> commitWith(const std::function<Result<void>(Connection &)> &step);
    Connection &connection() { return m_connection; }

    std::size_t pendingRows() const { return m_pendingRows; }
    std::size_t pendingBytes() const { return m_pendingBytes; }
    Database &database() const { return m_connection.database(); }

private:
    struct AppenderDeleter
    {
        void operator()(_duckdb_appender *appender) const;
    };

    TableWriter(Connection connection, std::string table);
    Result<void> begin(const TableLayout &layout);
    Result<void> appendNow(const RowChunk &chunk);
    Result<void> finishAppender();
    Result<void> commitNow(const std::function<Result<void>(Connection &)> &step);
    Result<void> repeat(Error cause);
    void rollback();

    Connection m_connection;
    std::string m_table;
    std::unique_ptr<_duckdb_appender, AppenderDeleter> m_appender; // goes before the connection
    const TableLayout *m_appenderLayout = nullptr;
    bool m_inTransaction = false;
    std::vector<std::shared_ptr<RowChunk>> m_pending; // shared with the pool it came from
    std::size_t m_pendingRows = 0;
    std::size_t m_pendingBytes = 0;
};

} // namespace sluice
