#include "core/storage/delta_snapshot.h"

#include "core/storage/database.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <set>

namespace sluice {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kVersionDigits = 20;

std::string logFolder(const std::string &folder)
{
    return joinPath(folder, "_delta_log");
}

Failure damaged(const std::string &folder, const std::string &what)
{
    return fail(ErrorCode::FileDamaged, "the Delta table '{}' cannot be read: {}", folder, what);
}

Failure unsupported(const std::string &folder, const std::string &what)
{
    return fail(ErrorCode::NotSupported, "the Delta table '{}' uses {}", folder, what)
        .hint("Sluice reads plain Delta tables: without deletion vectors and column mapping.");
}

/// 00000000000000000010.json → 10, where the ending is the one asked for.
std::optional<std::int64_t> versionOf(const std::string &name, std::string_view ending)
{
    if (name.size() != kVersionDigits + ending.size()
        || name.compare(kVersionDigits, ending.size(), ending) != 0)
        return std::nullopt;
    std::int64_t version = 0;
    const char *end = name.data() + kVersionDigits;
    const auto [stop, error] = std::from_chars(name.data(), end, version);
    return error == std::errc() && stop == end ? std::optional(version) : std::nullopt;
}

struct LogFiles
{
    std::set<std::int64_t> commits;
    std::optional<std::int64_t> checkpoint; // the newest classic one
    bool otherCheckpoints = false;          // in several parts, or of the second version
};

Result<LogFiles> listLog(const std::string &folder, FileSystem &files)
{
    auto names = files.list(logFolder(folder));
    if (!names)
        return fail(ErrorCode::IoFailed, "'{}' is no Delta table: it has no _delta_log", folder)
            .hint("Give the folder that holds _delta_log.");
    LogFiles log;
    for (const std::string &name : *names) {
        if (const auto version = versionOf(name, ".json"))
            log.commits.insert(*version);
        else if (const auto checkpoint = versionOf(name, ".checkpoint.parquet"))
            log.checkpoint = std::max(log.checkpoint.value_or(0), *checkpoint);
        else if (name.find(".checkpoint.") != std::string::npos)
            log.otherCheckpoints = true;
    }
    if (log.commits.empty() && !log.checkpoint)
        return damaged(folder, "its log is empty");
    return log;
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Paths in the log are URIs.
std::string percentDecoded(const std::string &text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
        if (low < 0) {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

ColumnType typeOf(const Json &type)
{
    if (!type.is_string())
        return ColumnType::Dynamic; // struct, array, map
    const std::string name = type.get<std::string>();
    if (name == "boolean")
        return ColumnType::Bool;
    if (name == "byte" || name == "short" || name == "integer")
        return ColumnType::Int;
    if (name == "long")
        return ColumnType::Long;
    if (name == "float" || name == "double")
        return ColumnType::Real;
    if (name == "date" || name == "timestamp" || name == "timestamp_ntz")
        return ColumnType::Datetime;
    return name.rfind("decimal", 0) == 0 ? ColumnType::Decimal : ColumnType::String;
}

/// DuckDB's word for a partition column's type.
std::string sqlTypeOf(const std::string &deltaType)
{
    static const std::map<std::string, std::string> words{{"boolean", "BOOLEAN"},
                                                          {"byte", "TINYINT"},
                                                          {"short", "SMALLINT"},
                                                          {"integer", "INTEGER"},
                                                          {"long", "BIGINT"},
                                                          {"float", "FLOAT"},
                                                          {"double", "DOUBLE"},
                                                          {"date", "DATE"},
                                                          {"timestamp", "TIMESTAMPTZ"},
                                                          {"timestamp_ntz", "TIMESTAMP"}};
    if (const auto it = words.find(deltaType); it != words.end())
        return it->second;
    return deltaType.rfind("decimal", 0) == 0 ? deltaType : "VARCHAR";
}

/// Replays actions, oldest first.
class Replay
{
public:
    Replay(const std::string &folder, DeltaSnapshot &snapshot)
        : m_folder(folder)
        , m_snapshot(snapshot)
    {}

    Result<void> apply(const Json &action)
    {
        if (const auto it = action.find("protocol"); it != action.end() && it->is_object())
            return takeProtocol(*it);
        if (const auto it = action.find("metaData"); it != action.end() && it->is_object())
            return takeMetaData(*it);
        if (const auto it = action.find("add"); it != action.end() && it->is_object())
            return add(*it);
        if (const auto it = action.find("remove"); it != action.end() && it->is_object())
            m_files.erase(it->value("path", std::string()));
        return {};
    }

    Result<void> finish()
    {
        if (!m_hasProtocol || m_snapshot.id.empty())
            return damaged(m_folder, "its log names no protocol or no schema");
        for (auto &[path, file] : m_files)
            m_snapshot.files.push_back(std::move(file));
        return {};
    }

private:
    Result<void> takeProtocol(const Json &protocol)
    {
        m_hasProtocol = true;
        const int version = protocol.value("minReaderVersion", 1);
        if (version == 2)
            return unsupported(m_folder, "column mapping");
        if (version > 3)
            return unsupported(m_folder, fmt::format("version {} of the protocol", version));
        static const std::set<std::string> known{"timestampNtz", "vacuumProtocolCheck"};
        if (version == 3 && protocol.contains("readerFeatures")) {
            for (const Json &feature : protocol["readerFeatures"]) {
                if (feature.is_string() && !known.contains(feature.get<std::string>()))
                    return unsupported(m_folder,
                                       fmt::format("the feature '{}'", feature.get<std::string>()));
            }
        }
        return {};
    }

    Result<void> takeMetaData(const Json &metaData)
    {
        m_snapshot.id = metaData.value("id", std::string("?"));
        m_snapshot.schema = {};
        m_snapshot.columnTypes.clear();
        m_snapshot.partitionColumns.clear();
        const Json schema =
            Json::parse(metaData.value("schemaString", std::string()), nullptr, false);
        if (schema.is_discarded() || !schema.contains("fields"))
            return damaged(m_folder, "its schema is not JSON");
        for (const Json &field : schema["fields"]) {
            const std::string name = field.value("name", std::string());
            const Json type = field.value("type", Json("string"));
            m_snapshot.schema.columns.push_back({name, typeOf(type)});
            m_snapshot.columnTypes[name] =
                type.is_string() ? type.get<std::string>() : type.value("type", "struct");
        }
        if (const auto it = metaData.find("partitionColumns");
            it != metaData.end() && it->is_array()) {
            for (const Json &name : *it)
                m_snapshot.partitionColumns.push_back(name.get<std::string>());
        }
        return {};
    }

    Result<void> add(const Json &add)
    {
        const std::string raw = add.value("path", std::string());
        if (const auto it = add.find("deletionVector"); it != add.end() && !it->is_null())
            return unsupported(m_folder, "deletion vectors");
        const std::string path = percentDecoded(raw);
        if (path.empty() || path.find("://") != std::string::npos || path.front() == '/'
            || path.find("..") != std::string::npos)
            return unsupported(m_folder, fmt::format("a data file outside of it: {}", raw));
        DeltaSnapshot::DataFile file;
        file.path = joinPath(m_folder, path);
        if (const auto it = add.find("partitionValues"); it != add.end() && it->is_object()) {
            for (const auto &[name, value] : it->items()) {
                const bool null = !value.is_string() || value.get<std::string>().empty();
                file.partitionValues[name] =
                    null ? std::nullopt : std::optional(value.get<std::string>());
            }
        }
        m_files[raw] = std::move(file);
        return {};
    }

    const std::string &m_folder;
    DeltaSnapshot &m_snapshot;
    std::map<std::string, DeltaSnapshot::DataFile> m_files; // by path as the log has it
    bool m_hasProtocol = false;
};

Result<void> replayCheckpoint(const std::string &folder, std::int64_t version, Replay &replay)
{
    const std::string path =
        joinPath(logFolder(folder), fmt::format("{:020}.checkpoint.parquet", version));
    TRY_ASSIGN(const auto database, Database::openInMemory({path}));
    TRY_ASSIGN(Connection connection, database->connect());
    const std::string from = fmt::format("read_parquet({})", quoteText(path));
    for (const char *action : {"protocol", "metaData", "add"}) {
        // The whole action as JSON: which fields it has differs from writer to writer.
        TRY_ASSIGN(const QueryResult rows,
                   connection.query(fmt::format("SELECT CAST(to_json({0}) AS VARCHAR) FROM {1} "
                                                "WHERE {0} IS NOT NULL",
                                                quoteIdentifier(action),
                                                from),
                                    10'000'000));
        for (const auto &row : rows.rows) {
            const auto *text = std::get_if<std::string>(&row.at(0));
            Json json;
            json[action] = Json::parse(text == nullptr ? "" : *text, nullptr, false);
            if (json[action].is_discarded())
                return damaged(folder, "its checkpoint is not readable");
            TRY(replay.apply(json));
        }
    }
    return {};
}

Result<void>
replayCommit(const std::string &folder, std::int64_t version, FileSystem &files, Replay &replay)
{
    const std::string path = joinPath(logFolder(folder), fmt::format("{:020}.json", version));
    TRY_ASSIGN(const std::string text, files.readAll(path, std::int64_t{1} << 30));
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = text.find('\n', begin);
        end = end == std::string::npos ? text.size() : end;
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        const Json action = Json::parse(line, nullptr, false);
        if (action.is_discarded() || !action.is_object())
            return damaged(folder, fmt::format("version {} is not JSON", version));
        TRY(replay.apply(action));
    }
    return {};
}

Result<void> replayLog(const std::string &folder, FileSystem &files, DeltaSnapshot &snapshot)
{
    TRY_ASSIGN(const LogFiles log, listLog(folder, files));
    Replay replay(folder, snapshot);
    std::int64_t next = 0;
    if (log.checkpoint) {
        TRY(replayCheckpoint(folder, *log.checkpoint, replay));
        next = *log.checkpoint + 1;
    } else if (!log.commits.contains(0)) {
        if (log.otherCheckpoints)
            return unsupported(folder, "a checkpoint in several parts");
        return damaged(folder, "its log does not begin at version 0");
    }
    snapshot.version = next - 1;
    for (auto it = log.commits.lower_bound(next); it != log.commits.end(); ++it, ++next) {
        if (*it != next)
            return damaged(folder, fmt::format("version {} is missing in its log", next));
        TRY(replayCommit(folder, next, files, replay));
        snapshot.version = next;
    }
    return replay.finish();
}

} // namespace

std::string DeltaSnapshot::fromClause() const
{
    // Files of one partition together: a partition's values are not in its files.
    std::map<std::map<std::string, std::optional<std::string>>, std::string> parts;
    for (const DataFile &file : files) {
        std::string &list = parts[file.partitionValues];
        list += (list.empty() ? "" : ", ") + quoteText(file.path);
    }
    std::string sql;
    for (const auto &[values, list] : parts) {
        std::string more;
        for (const std::string &name : partitionColumns) {
            const auto value = values.find(name);
            const bool null = value == values.end() || !value->second;
            const auto type = columnTypes.find(name);
            more += fmt::format(", CAST({} AS {}) AS {}",
                                null ? "NULL" : quoteText(*value->second),
                                sqlTypeOf(type == columnTypes.end() ? "string" : type->second),
                                quoteIdentifier(name));
        }
        sql += fmt::format("{}SELECT *{} FROM read_parquet([{}], union_by_name=true, "
                           "hive_partitioning=false)",
                           sql.empty() ? "" : " UNION ALL BY NAME ",
                           more,
                           list);
    }
    if (sql.empty()) {
        for (const SchemaColumn &column : schema.columns)
            sql +=
                fmt::format("{}NULL AS {}", sql.empty() ? "" : ", ", quoteIdentifier(column.name));
        sql = "SELECT " + (sql.empty() ? std::string("1") : sql) + " WHERE false";
    }
    return "(" + sql + ")";
}

Result<DeltaSnapshot> readDeltaSnapshot(const std::string &folder, FileSystem &files)
{
    DeltaSnapshot snapshot;
    try {
        TRY(replayLog(folder, files, snapshot));
    } catch (const Json::exception &error) { // a field of a type that it never has
        return damaged(folder, error.what());
    }
    return snapshot;
}

Result<std::int64_t> latestDeltaVersion(const std::string &folder, FileSystem &files)
{
    TRY_ASSIGN(const LogFiles log, listLog(folder, files));
    const std::int64_t commit = log.commits.empty() ? -1 : *log.commits.rbegin();
    return std::max(commit, log.checkpoint.value_or(-1));
}

} // namespace sluice
