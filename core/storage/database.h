#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// DuckDB's handles are pointers to these. NOLINTNEXTLINE(bugprone-reserved-identifier)
struct _duckdb_database;
struct _duckdb_connection; // NOLINT(bugprone-reserved-identifier)

namespace sluice {

/// One value of a query result: null, boolean, whole number that fits, real; anything else as text.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

struct QueryColumn
{
    std::string name;
    std::string type; // DuckDB's word: "VARCHAR"
};

struct QueryResult
{
    std::vector<QueryColumn> columns;
    std::vector<std::vector<Cell>> rows;
    bool truncated = false; // there were more rows than asked for
};

class Connection;

/// How an instance is set up. Holds for the whole instance: the first to open a file decides.
struct DatabaseSettings
{
    /// 0: one a core. With more than one an append costs half as much processor time again:
    /// DuckDB's threads spin while they wait for each other.
    unsigned threads = 1;
    std::uint64_t memoryBytes = 0; // 0: a quarter of the machine's, at least 512 MiB
};

/// An open database file, the only one of its file in this process (DatabaseRegistry).
/// The last owner's release writes a checkpoint and closes it.
///
/// Nothing else in the process may open the file itself, not even to read a byte: closing any
/// descriptor of it drops the lock that keeps other processes out (POSIX record locks).
/// Thread: any.
class Database : public std::enable_shared_from_this<Database>
{
public:
    /// Errors: DatabaseLocked when another process holds it, DatabaseFailed
    static Result<std::unique_ptr<Database>>
    open(const std::string &path, const DatabaseSettings &settings, FileSystem &files);
    /// A database in memory for Sluice's own SQL, which may read what lies at the given paths
    /// (files, or folders with all that is below them) and nothing else.
    static Result<std::shared_ptr<Database>> openInMemory(const std::vector<std::string> &readable,
                                                          const DatabaseSettings &settings = {});
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    Result<Connection> connect();
    /// Moves the log into the file. Errors: also while a transaction of this process is open
    Result<void> checkpoint();
    /// Makes the names of the file and its log survive a power cut, when one of them is new:
    /// DuckDB syncs what it writes, never the directory. Called behind each commit that counts.
    Result<void> syncNewNames();
    /// Bytes of the log that wait for a checkpoint.
    std::int64_t logBytes() const;

    const std::string &path() const { return m_path; }
    Result<FileInfo> fileInfo() const { return m_files.info(m_path); }
    /// Held while a table is created or changed: DuckDB fails the second of two at once.
    std::mutex &schemaMutex() { return m_schemaMutex; }
    /// Whether ensureKqlFunctions() was here. Under schemaMutex().
    bool hasKqlFunctions() const { return m_kqlFunctions; }
    void setHasKqlFunctions() { m_kqlFunctions = true; }

private:
    Database(std::string path, FileSystem &files);
    std::string logPath() const { return m_path + ".wal"; }

    std::string m_path; // canonical
    FileSystem &m_files;
    _duckdb_database *m_handle = nullptr;
    std::mutex m_schemaMutex;
    bool m_kqlFunctions = false; // GUARDED_BY(m_schemaMutex)
    std::mutex m_namesMutex;
    FileId m_fileId; // GUARDED_BY(m_namesMutex), as m_logId
    FileId m_logId;
};

/// A line to a database. Thread: one at a time, except interrupt().
class Connection
{
public:
    Connection() = default;
    Connection(Connection &&other) noexcept;
    Connection &operator=(Connection &&other) noexcept;
    ~Connection();

    /// Runs statements whose results nobody wants. Errors: DatabaseFailed with DuckDB's words
    Result<void> exec(const std::string &sql);
    /// Runs one statement. @param limit  rows that are fetched at most
    /// Errors: DatabaseFailed; NotSupported for a column of a type that has no Cell
    Result<QueryResult> query(const std::string &sql, std::size_t limit = 1'000'000);
    /// Stops what another thread runs on this connection. Thread: any.
    void interrupt();

    bool isOpen() const { return m_handle != nullptr; }
    Database &database() const { return *m_database; }
    _duckdb_connection *handle() const { return m_handle; }

private:
    friend class Database;
    std::shared_ptr<Database> m_database; // shared by the connections and handles of one file
    _duckdb_connection *m_handle = nullptr;
};

/// A name as SQL writes it: "odd ""name""". Never empty: see isValidName().
std::string quoteIdentifier(std::string_view name);
/// A text as SQL writes it: 'it''s'.
std::string quoteText(std::string_view text);

/// DuckDB's own words, without the class of error before them and the advice below them.
std::string databaseMessage(const char *message);
/// "cannot WHAT: DuckDB's words", with a hint where one is known.
Failure databaseFailure(std::string_view what, const char *message);

} // namespace sluice
