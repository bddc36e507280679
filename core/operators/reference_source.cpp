#include "core/operators/reference_source.h"

#include "core/base/units.h"
#include "core/storage/delta_snapshot.h"

#include <fmt/format.h>

#include <map>
#include <mutex>

namespace sluice {

namespace {

constexpr std::string_view kOnChange = "on_change";
constexpr std::string_view kNever = "never";
constexpr std::int64_t kDefaultRows = 5'000'000;
constexpr std::int64_t kMostRows = 100'000'000;

/// What is open while a reference is read, and how SQL names it.
struct OpenReference
{
    std::shared_ptr<Database> database; // shared with its connections
    Connection connection;
    std::string from;
    TextForm form = TextForm::Values;
};

Error missing(const ReferenceSpec &spec)
{
    return {ErrorCode::IoFailed,
            fmt::format("the reference '{}' is not there", spec.path),
            "Check its path; a relative one is relative to the pipeline file.",
            {},
            {}};
}

/// {'a': 'JSON', 'b': 'JSON'}
std::string jsonColumns(const Schema &wanted)
{
    std::string list;
    for (const SchemaColumn &column : wanted.columns)
        list += fmt::format("{}{}: 'JSON'", list.empty() ? "" : ", ", quoteText(column.name));
    return "{" + list + "}";
}

std::string fileClause(const ReferenceSpec &spec, const Schema *wanted)
{
    const std::string path = quoteText(spec.path);
    if (spec.format == "csv")
        return wanted == nullptr ? fmt::format("read_csv({}, header=true)", path)
                                 : fmt::format("read_csv({}, header=true, all_varchar=true)", path);
    if (spec.format == "ndjson")
        return wanted == nullptr
                   ? fmt::format("read_json({}, format='newline_delimited')", path)
                   : fmt::format("read_json({}, format='newline_delimited', columns={})",
                                 path,
                                 jsonColumns(*wanted));
    return fmt::format("read_parquet({})", path);
}

/// @param wanted  columns that will be read; null: only to see what there is
Result<OpenReference> open(const ReferenceSpec &spec,
                           const Schema *wanted,
                           FileSystem &files,
                           DatabaseRegistry &databases)
{
    OpenReference reference;
    if (spec.format == "duckdb") {
        TRY_ASSIGN(reference.database, databases.open(spec.path, DatabaseRegistry::Missing::Fail));
        reference.from = quoteIdentifier(spec.table);
    } else if (spec.format == "delta") {
        TRY_ASSIGN(const DeltaSnapshot snapshot, readDeltaSnapshot(spec.path, files));
        TRY_ASSIGN(reference.database, Database::openInMemory({spec.path}));
        reference.from = snapshot.fromClause();
    } else {
        TRY_ASSIGN(reference.database, Database::openInMemory({spec.path}));
        reference.from = fileClause(spec, wanted);
        if (spec.format == "ndjson")
            reference.form = TextForm::Json;
        else if (spec.format == "csv")
            reference.form = TextForm::Csv;
    }
    TRY_ASSIGN(reference.connection, reference.database->connect());
    return reference;
}

Result<Schema> readSchema(const ReferenceSpec &spec, FileSystem &files)
{
    if (spec.format == "delta") {
        TRY_ASSIGN(const DeltaSnapshot snapshot, readDeltaSnapshot(spec.path, files));
        return snapshot.schema;
    }
    TRY_ASSIGN(OpenReference reference, open(spec, nullptr, files, processDatabases()));
    return describeRows(reference.connection, reference.from);
}

} // namespace

ReferenceSpec ReferenceSpec::fromConfig(const Config &reference)
{
    ReferenceSpec spec;
    spec.path = reference.text("path");
    spec.format = reference.text("format");
    spec.table = reference.text("table");
    spec.declared.columns = reference.schemaColumns("schema");
    spec.refresh = reference.text("refresh");
    spec.versionTime = reference.text("version_time");
    spec.maxRows = static_cast<std::size_t>(reference.integer("max_rows"));
    return spec;
}

std::string ReferenceSpec::key() const
{
    std::string text =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", path, format, table, refresh, versionTime, maxRows);
    for (const SchemaColumn &column : declared.columns)
        text += fmt::format("\n{}:{}", column.name, typeName(column.type));
    return text;
}

std::vector<FieldSpec> referenceMembers(std::int64_t mostRows)
{
    return {
        pathField("path")
            .label("File")
            .must()
            .example("devices.csv")
            .filter("*.csv")
            .filter("*.ndjson")
            .filter("*.parquet")
            .filter("*.duckdb")
            .help("For a Delta table the folder that holds _delta_log."),
        choiceField("format")
            .label("Format")
            .choice("csv", "CSV with a header line")
            .choice("ndjson", "NDJSON, an object a line")
            .choice("parquet", "Parquet")
            .choice("delta", "Delta table")
            .choice("duckdb", "Table of a DuckDB file")
            .defaultTo("csv"),
        textField("table").label("Table").must().example("devices").visibleWhen("format",
                                                                                {"duckdb"}),
        field("schema", FieldType::SchemaColumns)
            .label("Columns")
            .help("Names and types; left out: what the file says."),
        textField("refresh")
            .label("Refresh")
            .help("on_change, never, or how often to look: 30s.")
            .example("30s")
            .defaultTo("on_change"),
        integerField("max_rows")
            .label("Rows at most")
            .help("The table is held in memory; a larger one is refused.")
            .defaultTo(std::min(kDefaultRows, mostRows))
            .atLeast(1)
            .atMost(mostRows)
            .inAdvanced(),
    };
}

FieldSpec referenceField(std::string_view name)
{
    FieldSpec group = groupField(name)
                          .label("Reference table")
                          .help("A table in a file that each event is looked up in, instead of a "
                                "second stream.")
                          .alternativeOf("within");
    for (FieldSpec &member : referenceMembers(kMostRows)) {
        if (member.name == "max_rows")
            group.members.push_back(columnField("version_time")
                                        .label("Versions by")
                                        .columnsOf("right")
                                        .help("A datetime column of the table: a row counts for "
                                              "events from that moment until the key's next row.")
                                        .example("valid_from"));
        group.members.push_back(std::move(member));
    }
    return group;
}

std::optional<Error> checkReference(const ReferenceSpec &spec)
{
    if (spec.refresh == kOnChange || spec.refresh == kNever)
        return std::nullopt;
    if (const auto span = parseDuration(spec.refresh); span && *span >= kTicksPerSecond)
        return std::nullopt;
    return Error{ErrorCode::InvalidValue,
                 fmt::format("\"refresh\": \"{}\" says nothing", spec.refresh),
                 "Write on_change, never, or a duration of a second or more, such as 30s.",
                 {},
                 {}};
}

Result<ReferenceStamp> referenceStamp(const ReferenceSpec &spec, FileSystem &files)
{
    if (spec.format == "delta") {
        const auto info = files.info(spec.path);
        if (!info || !info->isDirectory)
            return fail(missing(spec));
        TRY_ASSIGN(const std::int64_t version, latestDeltaVersion(spec.path, files));
        return fmt::format("{}/{}", info->id.inode, version);
    }
    const auto info = files.info(spec.path);
    if (!info)
        return fail(missing(spec));
    if (!info->isRegular) // a pipe would never end
        return fail(ErrorCode::IoFailed, "the reference '{}' is not a file", spec.path);
    std::string stamp =
        fmt::format("{}/{}/{}/{}", info->id.device, info->id.inode, info->size, info->modifiedAt);
    if (spec.format == "duckdb") { // what is new stands in the log first
        if (const auto log = files.info(spec.path + ".wal"))
            stamp += fmt::format("/{}/{}", log->size, log->modifiedAt);
    }
    return stamp;
}

Result<Schema> referenceSchema(const ReferenceSpec &spec, FileSystem &files)
{
    if (!spec.declared.columns.empty())
        return spec.declared;
    struct Known
    {
        ReferenceStamp stamp;
        Schema schema;
    };
    static std::mutex mutex;
    static std::map<std::string, Known> known; // GUARDED_BY(mutex)
    TRY_ASSIGN(const ReferenceStamp stamp, referenceStamp(spec, files));
    {
        const std::scoped_lock lock(mutex);
        if (const auto it = known.find(spec.key()); it != known.end() && it->second.stamp == stamp)
            return it->second.schema;
    }
    TRY_ASSIGN(const Schema schema, readSchema(spec, files));
    const std::scoped_lock lock(mutex);
    known[spec.key()] = {stamp, schema};
    return schema;
}

Result<TableColumns> readReference(const ReferenceSpec &spec,
                                   const Schema &wanted,
                                   FileSystem &files,
                                   DatabaseRegistry &databases)
{
    TRY_ASSIGN(OpenReference reference, open(spec, &wanted, files, databases));
    auto rows =
        readRows(reference.connection, reference.from, wanted, reference.form, spec.maxRows);
    if (!rows) {
        Error error = std::move(rows).error();
        error.message = fmt::format("the reference '{}': {}", spec.path, error.message);
        return fail(std::move(error));
    }
    // A column that is nowhere would be null in every row: rather a word than silence.
    TRY_ASSIGN(const auto names, columnNames(reference.connection, reference.from));
    for (const SchemaColumn &column : wanted.columns) {
        const bool there = std::find(names.begin(), names.end(), column.name) != names.end();
        if (!there && spec.format != "ndjson" && spec.format != "delta")
            return fail(ErrorCode::UnknownColumn,
                        "the reference '{}' has no column '{}'",
                        spec.path,
                        column.name)
                .hint(fmt::format("It has {}.", fmt::join(names, ", ")));
    }
    return rows;
}

} // namespace sluice
