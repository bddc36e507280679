#pragma once

#include "core/base/error_code.h"
#include "core/base/file_system.h"
#include "core/base/time.h"
#include "core/storage/applied_progress.h"
#include "core/storage/database_registry.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// DuckDB's handle is a pointer to it. NOLINTNEXTLINE(bugprone-reserved-identifier)
struct _duckdb_appender;

namespace sluice {

/// An event that failed for good, as it came in, and why.
struct DeadLetter
{
    std::int64_t id = 0; // given by the store, ascending
    Ticks at = 0;        // wall time of the failure; kept to the microsecond
    std::string node;    // where it failed
    std::string source;  // node that brought it
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    ErrorCode code = ErrorCode::Unknown;
    std::string message;
    std::string payload;          // raw bytes, at most DeadLetterStore::kMaxPayload are kept
    std::int64_t payloadSize = 0; // of the whole event; 0: that of `payload`
    bool truncated = false;       // set by the store when bytes were left out
};

/// The dead letters of one pipeline, in dead_letters.duckdb of its workspace folder. The file is
/// made with the first letter, readable by its owner alone: events may hold anything.
/// Thread: one at a time; several stores of one folder may live in one process (run and window).
class DeadLetterStore
{
public:
    static constexpr std::size_t kMaxPayload = 1U << 20U;

    /// @param folder  the pipeline's workspace; made when it is missing
    DeadLetterStore(std::string folder,
                    DatabaseRegistry &databases,
                    FileSystem &files = realFileSystem());
    ~DeadLetterStore(); // what was not flushed is gone
    DeadLetterStore(const DeadLetterStore &) = delete;
    DeadLetterStore &operator=(const DeadLetterStore &) = delete;

    /// Errors: DatabaseLocked, DatabaseFailed, IoFailed; the letters then count as not taken
    Result<void> append(std::vector<DeadLetter> letters);
    /// Makes what was appended durable and visible to others.
    Result<void> flush();

    /// Takes the store over for the outbox of `key`; see ExactlyOnceDestination::claim(). A store
    /// without a file knows of no mark, and makes no file.
    Result<std::optional<AppliedMark>> claim(const ProgressKey &key);
    /// Letters and mark in one transaction. Errors: as append(), FencedOut
    Result<void> apply(std::vector<DeadLetter> letters, const AppliedMark &mark);

    /// All letters, those of this store that wait for flush() included. 0 when there is no file.
    Result<std::int64_t> count();
    /// Latest first.
    Result<std::vector<DeadLetter>> list(std::size_t limit, std::size_t offset = 0);

    std::string path() const;

private:
    struct AppenderDeleter
    {
        void operator()(_duckdb_appender *appender) const;
    };

    Result<bool> openExisting();
    Result<void> openOrCreate();
    Result<void> useTable();
    Result<void> begin();
    Result<void> writeRow(const DeadLetter &letter, std::int64_t id);
    Result<void> closeAppender();
    Result<void> restrictRights();
    void rollback();

    std::string m_folder;
    DatabaseRegistry &m_databases;
    FileSystem &m_files;
    Connection m_connection;
    std::unique_ptr<_duckdb_appender, AppenderDeleter> m_appender; // goes before the connection
    bool m_inTransaction = false;
    std::int64_t m_nextId = 0;
    ProgressKey m_key;
    std::optional<AppliedProgress> m_progress; // once claimed
};

} // namespace sluice
