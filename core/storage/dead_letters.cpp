#include "core/storage/dead_letters.h"

#include "core/storage/value_text.h"

#include <duckdb.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <utility>

namespace sluice {

namespace {

constexpr const char *kTable = "dead_letters";
constexpr const char *kCreate = "CREATE TABLE IF NOT EXISTS main.dead_letters("
                                "id BIGINT, \"at\" TIMESTAMP, node VARCHAR, source VARCHAR, "
                                "partition INTEGER, \"offset\" BIGINT, error_code INTEGER, "
                                "error_message VARCHAR, payload BLOB, payload_size BIGINT, "
                                "truncated BOOLEAN)";

/// Words of an error may quote the event's bytes; the database takes UTF-8 only.
std::string asUtf8(std::string text)
{
    if (!isUtf8(text))
        std::replace_if(
            text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; }, '?');
    return text;
}

std::int64_t toMicroseconds(Ticks ticks)
{
    const std::int64_t whole = ticks / kTicksPerMicrosecond;
    return ticks % kTicksPerMicrosecond < 0 ? whole - 1 : whole;
}

std::int64_t integer(const Cell &cell)
{
    const auto *value = std::get_if<std::int64_t>(&cell);
    return value == nullptr ? 0 : *value;
}

std::string textOf(const Cell &cell)
{
    const auto *value = std::get_if<std::string>(&cell);
    return value == nullptr ? std::string() : *value;
}

DeadLetter toLetter(const std::vector<Cell> &row)
{
    DeadLetter letter;
    letter.id = integer(row[0]);
    letter.at = integer(row[1]) * kTicksPerMicrosecond;
    letter.node = textOf(row[2]);
    letter.source = textOf(row[3]);
    letter.partition = static_cast<std::int32_t>(integer(row[4]));
    letter.offset = integer(row[5]);
    letter.code = static_cast<ErrorCode>(integer(row[6]));
    letter.message = textOf(row[7]);
    letter.payload = textOf(row[8]);
    letter.payloadSize = integer(row[9]);
    letter.truncated = row[10] == Cell{true};
    return letter;
}

} // namespace

void DeadLetterStore::AppenderDeleter::operator()(duckdb_appender appender) const
{
    duckdb_appender_destroy(&appender);
}

DeadLetterStore::DeadLetterStore(std::string folder, DatabaseRegistry &databases, FileSystem &files)
    : m_folder(std::move(folder))
    , m_databases(databases)
    , m_files(files)
{}

DeadLetterStore::~DeadLetterStore()
{
    rollback();
}

std::string DeadLetterStore::path() const
{
    return joinPath(m_folder, "dead_letters.duckdb");
}

Result<void> DeadLetterStore::useTable()
{
    const std::scoped_lock lock(m_connection.database().schemaMutex());
    TRY(m_connection.exec(kCreate));
    TRY_ASSIGN(const QueryResult last, m_connection.query("SELECT max(id) FROM main.dead_letters"));
    m_nextId = integer(last.rows.at(0).at(0)) + 1;
    return m_connection.database().syncNewNames();
}

/// @return  false when there is no file yet
Result<bool> DeadLetterStore::openExisting()
{
    if (m_connection.isOpen())
        return true;
    if (!m_files.exists(path()))
        return false;
    TRY(openOrCreate());
    return true;
}

Result<void> DeadLetterStore::openOrCreate()
{
    if (m_connection.isOpen())
        return {};
    TRY(m_files.createDirectories(m_folder));
    TRY_ASSIGN(const auto database, m_databases.open(path()));
    TRY_ASSIGN(m_connection, database->connect());
    TRY(restrictRights());
    auto outcome = useTable();
    if (!outcome)
        m_connection = Connection();
    return outcome;
}

/// DuckDB makes its files as the umask says, and its log anew with the first commit behind each
/// checkpoint. Works on the names alone: opening the file here would drop its lock.
Result<void> DeadLetterStore::restrictRights()
{
    for (const std::string &name : {path(), path() + ".wal"}) {
        if (chmod(name.c_str(), S_IRUSR | S_IWUSR) != 0 && errno != ENOENT)
            return fail(ErrorCode::IoFailed,
                        "cannot set the rights of '{}': {}",
                        name,
                        std::strerror(errno));
    }
    return {};
}

Result<void> DeadLetterStore::begin()
{
    if (!m_inTransaction) {
        TRY(m_connection.exec("BEGIN TRANSACTION"));
        m_inTransaction = true;
    }
    if (m_appender)
        return {};
    duckdb_appender appender = nullptr;
    const auto state =
        duckdb_appender_create_ext(m_connection.handle(), nullptr, "main", kTable, &appender);
    m_appender.reset(appender);
    if (state != DuckDBSuccess)
        return databaseFailure("keep dead letters", duckdb_appender_error(appender));
    return {};
}

Result<void> DeadLetterStore::append(std::vector<DeadLetter> letters)
{
    if (letters.empty())
        return {};
    TRY(openOrCreate());
    TRY(begin());
    for (const DeadLetter &letter : letters) {
        if (auto outcome = writeRow(letter, m_nextId); !outcome) {
            rollback();
            return outcome;
        }
        ++m_nextId;
    }
    return {};
}

Result<void> DeadLetterStore::writeRow(const DeadLetter &letter, std::int64_t id)
{
    duckdb_appender appender = m_appender.get();
    bool good = true;
    const auto text = [&](const std::string &raw) {
        const std::string value = asUtf8(raw);
        good =
            good
            && duckdb_append_varchar_length(appender, value.data(), value.size()) == DuckDBSuccess;
    };
    const auto check = [&](duckdb_state state) { good = good && state == DuckDBSuccess; };
    const std::size_t kept = std::min(letter.payload.size(), kMaxPayload);
    const auto whole =
        std::max(letter.payloadSize, static_cast<std::int64_t>(letter.payload.size()));
    check(duckdb_append_int64(appender, id));
    check(duckdb_append_timestamp(appender, {toMicroseconds(letter.at)}));
    text(letter.node);
    text(letter.source);
    check(duckdb_append_int32(appender, letter.partition));
    check(duckdb_append_int64(appender, letter.offset));
    check(duckdb_append_int32(appender, static_cast<std::int32_t>(letter.code)));
    text(letter.message);
    check(duckdb_append_blob(appender, letter.payload.data(), kept));
    check(duckdb_append_int64(appender, whole));
    check(duckdb_append_bool(appender, whole > static_cast<std::int64_t>(kept)));
    check(duckdb_appender_end_row(appender));
    if (!good)
        return databaseFailure("keep a dead letter", duckdb_appender_error(appender));
    return {};
}

Result<void> DeadLetterStore::closeAppender()
{
    if (m_appender && duckdb_appender_close(m_appender.get()) != DuckDBSuccess)
        return databaseFailure("keep dead letters", duckdb_appender_error(m_appender.get()));
    m_appender.reset();
    return {};
}

Result<void> DeadLetterStore::flush()
{
    if (!m_inTransaction)
        return {};
    auto outcome = closeAppender();
    if (outcome)
        outcome = m_connection.exec("COMMIT");
    if (!outcome) {
        rollback();
        return outcome;
    }
    m_inTransaction = false;
    TRY(restrictRights());
    return m_connection.database().syncNewNames();
}

Result<std::optional<AppliedMark>> DeadLetterStore::claim(const ProgressKey &key)
{
    m_key = key;
    TRY_ASSIGN(const bool there, openExisting());
    if (!there)
        return std::optional<AppliedMark>(AppliedMark{});
    m_progress.emplace(key);
    TRY_ASSIGN(const auto mark, m_progress->claim(m_connection));
    // A file that was made anew since holds none of it.
    return std::optional<AppliedMark>(mark.value_or(AppliedMark{}));
}

Result<void> DeadLetterStore::apply(std::vector<DeadLetter> letters, const AppliedMark &mark)
{
    TRY(openOrCreate());
    if (!m_progress) {
        m_progress.emplace(m_key);
        TRY(m_progress->claim(m_connection));
    }
    TRY(append(std::move(letters)));
    auto outcome = closeAppender();
    if (outcome)
        outcome = m_progress->store(m_connection, mark);
    if (!outcome) {
        rollback();
        return outcome;
    }
    return flush();
}

void DeadLetterStore::rollback()
{
    m_appender.reset();
    if (m_inTransaction)
        (void)m_connection.exec("ROLLBACK");
    m_inTransaction = false;
}

Result<std::int64_t> DeadLetterStore::count()
{
    TRY_ASSIGN(const bool there, openExisting());
    if (!there)
        return 0;
    TRY(closeAppender()); // so that the query sees what waits
    TRY_ASSIGN(const QueryResult result,
               m_connection.query("SELECT count(*) FROM main.dead_letters"));
    return integer(result.rows.at(0).at(0));
}

Result<std::vector<DeadLetter>> DeadLetterStore::list(std::size_t limit, std::size_t offset)
{
    TRY_ASSIGN(const bool there, openExisting());
    if (!there)
        return std::vector<DeadLetter>{};
    TRY(closeAppender());
    TRY_ASSIGN(const QueryResult result,
               m_connection.query(fmt::format(
                   "SELECT id, epoch_us(\"at\"), node, source, partition, \"offset\", error_code, "
                   "error_message, payload, payload_size, truncated FROM main.dead_letters "
                   "ORDER BY id DESC LIMIT {} OFFSET {}",
                   limit,
                   offset)));
    std::vector<DeadLetter> letters;
    letters.reserve(result.rows.size());
    for (const auto &row : result.rows)
        letters.push_back(toLetter(row));
    return letters;
}

} // namespace sluice
