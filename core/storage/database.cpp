#include "core/storage/database.h"

#include <duckdb.h>

#include <algorithm>
#include <array>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

struct ConfigDeleter
{
    void operator()(duckdb_config config) const { duckdb_destroy_config(&config); }
};
using ConfigHandle = std::unique_ptr<_duckdb_config, ConfigDeleter>;

/// DuckDB's own 16 MiB make every few commits wait 160 ms and more for a checkpoint.
constexpr const char *kCheckpointThreshold = "256MiB";
constexpr const char *kInMemory = ":memory:";

std::uint64_t defaultMemory()
{
    const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
    const auto pageSize = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    return std::max<std::uint64_t>(pages * pageSize / 4, 512U << 20U);
}

Result<ConfigHandle> makeConfig(const DatabaseSettings &settings)
{
    duckdb_config raw = nullptr;
    if (duckdb_create_config(&raw) != DuckDBSuccess)
        return fail(ErrorCode::DatabaseFailed, "cannot configure the database: out of memory");
    ConfigHandle config(raw);
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::string threads = std::to_string(settings.threads == 0 ? cores : settings.threads);
    const std::uint64_t bytes = settings.memoryBytes == 0 ? defaultMemory() : settings.memoryBytes;
    const std::string memory = std::to_string(bytes >> 20U) + "MiB";
    const std::array<std::pair<const char *, const char *>, 8> options{{
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_unsigned_extensions", "false"},
        {"allow_community_extensions", "false"},
        {"enable_external_access", "false"},
        {"checkpoint_threshold", kCheckpointThreshold},
        {"threads", threads.c_str()},
        {"memory_limit", memory.c_str()},
    }};
    for (const auto &[name, value] : options) {
        if (duckdb_set_config(config.get(), name, value) != DuckDBSuccess)
            return fail(ErrorCode::DatabaseFailed, "DuckDB refuses the setting {}={}", name, value);
    }
    return config;
}

/// The text between two marks; empty when one of them is missing.
std::string between(std::string_view text, std::string_view before, std::string_view after)
{
    const std::size_t begin = text.find(before);
    if (begin == std::string_view::npos)
        return {};
    const std::size_t from = begin + before.size();
    const std::size_t end = text.find(after, from);
    return std::string(end == std::string_view::npos ? "" : text.substr(from, end - from));
}

Failure openFailure(const std::string &path, std::string_view message)
{
    if (message.find("Could not set lock") != std::string_view::npos) {
        const std::string program = between(message, "held in ", " (PID");
        const std::string pid = between(message, "(PID ", ")");
        std::string holder = "another process";
        if (!pid.empty())
            holder +=
                program.empty() ? " (pid " + pid + ")" : " (" + program + ", pid " + pid + ")";
        return fail(ErrorCode::DatabaseLocked, "the database '{}' is held by {}", path, holder)
            .hint("One process at a time can have a database open. Close it there, or write to "
                  "another file.");
    }
    const bool foreign = message.find("not a valid DuckDB") != std::string_view::npos
                         || message.find("external extensions") != std::string_view::npos;
    if (foreign)
        return fail(ErrorCode::DatabaseFailed, "'{}' is no DuckDB database", path)
            .hint(
                "Choose another file name, or move that file away; Sluice does not overwrite it.");
    if (message.find("Could not read enough bytes") != std::string_view::npos)
        return fail(ErrorCode::DatabaseFailed, "the database '{}' is damaged: it was cut off", path)
            .hint("Restore it from a copy, or move it away so that a new one is made.");
    return databaseFailure(fmt::format("open the database '{}'", path),
                           std::string(message).c_str());
}

} // namespace

Database::Database(std::string path, FileSystem &files)
    : m_path(std::move(path))
    , m_files(files)
{}

Result<std::unique_ptr<Database>>
Database::open(const std::string &path, const DatabaseSettings &settings, FileSystem &files)
{
    TRY_ASSIGN(const ConfigHandle config, makeConfig(settings));
    std::unique_ptr<Database> database(new Database(path, files)); // NOLINT: private constructor
    char *message = nullptr;
    if (duckdb_open_ext(path.c_str(), &database->m_handle, config.get(), &message)
        != DuckDBSuccess) {
        const std::string text = message == nullptr ? "" : message;
        duckdb_free(message);
        return openFailure(path, text);
    }
    // Not options of the open call: they belong to an extension, or would lock out the others.
    Connection setup;
    if (duckdb_connect(database->m_handle, &setup.m_handle) != DuckDBSuccess)
        return fail(ErrorCode::DatabaseFailed, "cannot connect to the database '{}'", path);
    TRY(setup.exec("SET GLOBAL TimeZone='UTC'; SET GLOBAL lock_configuration=true"));
    TRY(database->syncNewNames());
    return database;
}

Result<std::shared_ptr<Database>> Database::openInMemory(const std::vector<std::string> &readable,
                                                         const DatabaseSettings &settings)
{
    TRY_ASSIGN(const ConfigHandle config, makeConfig(settings));
    (void)duckdb_set_config(config.get(), "enable_external_access", "true");
    std::shared_ptr<Database> database(             // shared by its connections, as any other
        new Database(kInMemory, realFileSystem())); // NOLINT: private constructor
    char *message = nullptr;
    if (duckdb_open_ext(kInMemory, &database->m_handle, config.get(), &message) != DuckDBSuccess) {
        const std::string text = message == nullptr ? "" : message;
        duckdb_free(message);
        return openFailure("in memory", text);
    }
    std::string files;
    std::string folders;
    for (const std::string &path : readable) {
        const auto info = realFileSystem().info(path);
        std::string &list = info && info->isDirectory ? folders : files;
        list += (list.empty() ? "" : ", ") + quoteText(path);
    }
    Connection setup;
    if (duckdb_connect(database->m_handle, &setup.m_handle) != DuckDBSuccess)
        return fail(ErrorCode::DatabaseFailed, "cannot connect to a database in memory");
    // The lists first: they cannot be changed once access is off.
    TRY(setup.exec(fmt::format("SET GLOBAL TimeZone='UTC'; SET GLOBAL allowed_paths=[{}]; "
                               "SET GLOBAL allowed_directories=[{}]; "
                               "SET GLOBAL enable_external_access=false; "
                               "SET GLOBAL lock_configuration=true",
                               files,
                               folders)));
    return database;
}

Database::~Database()
{
    if (m_handle == nullptr)
        return;
    if (m_path == kInMemory) {
        duckdb_close(&m_handle);
        return;
    }
    // What fails here is in the log and comes back with the next open.
    (void)checkpoint();
    duckdb_close(&m_handle);
    (void)m_files.syncDirectory(directoryOf(m_path));
}

Result<Connection> Database::connect()
{
    Connection connection;
    if (duckdb_connect(m_handle, &connection.m_handle) != DuckDBSuccess)
        return fail(ErrorCode::DatabaseFailed, "cannot connect to the database '{}'", m_path);
    connection.m_database = shared_from_this();
    return connection;
}

Result<void> Database::checkpoint()
{
    Connection connection; // without a share in the database: also called by the destructor
    if (duckdb_connect(m_handle, &connection.m_handle) != DuckDBSuccess)
        return fail(ErrorCode::DatabaseFailed, "cannot connect to the database '{}'", m_path);
    TRY(connection.exec("CHECKPOINT"));
    return m_files.syncDirectory(directoryOf(m_path));
}

Result<void> Database::syncNewNames()
{
    const auto idOf = [this](const std::string &path) {
        const auto info = m_files.info(path);
        return info ? info->id : FileId{};
    };
    const std::scoped_lock lock(m_namesMutex);
    const FileId fileId = idOf(m_path);
    const FileId logId = idOf(logPath());
    if (fileId == m_fileId && logId == m_logId)
        return {};
    TRY(m_files.syncDirectory(directoryOf(m_path)));
    m_fileId = fileId;
    m_logId = logId;
    return {};
}

std::int64_t Database::logBytes() const
{
    const auto info = m_files.info(logPath());
    return info ? info->size : 0;
}

std::string quoteIdentifier(std::string_view name)
{
    std::string quoted = "\"";
    for (const char c : name)
        quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

std::string quoteText(std::string_view text)
{
    std::string quoted = "'";
    for (const char c : text)
        quoted.append(c == '\'' ? 2 : 1, c);
    return quoted + '\'';
}

std::string databaseMessage(const char *message)
{
    std::string text = message == nullptr || *message == '\0' ? "no reason given" : message;
    text.resize(std::min(text.find('\n'), text.size()));
    const std::size_t colon = text.find("Error: ");
    if (colon != std::string::npos && colon < 40)
        text.erase(0, colon + 7);
    return text;
}

Failure databaseFailure(std::string_view what, const char *message)
{
    const std::string text = databaseMessage(message);
    auto failure = fail(ErrorCode::DatabaseFailed, "cannot {}: {}", what, text);
    if (text.find("No space left") != std::string::npos)
        return std::move(failure).hint("Free some space on that disk, then run again.");
    if (text.find("Transaction conflict") != std::string::npos)
        return std::move(failure).hint("The table was changed meanwhile. Run again.");
    if (text.find("Permission denied") != std::string::npos
        || text.find("Read-only file system") != std::string::npos)
        return std::move(failure).hint("Check that you may write there.");
    return failure;
}

} // namespace sluice
