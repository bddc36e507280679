#include "core/event/batch_codec.h"
#include "core/event/pool.h"
#include "core/node/exactly_once.h"
#include "core/node/node_descriptor.h"
#include "core/storage/applied_progress.h"
#include "core/storage/database_registry.h"
#include "core/storage/table_writer.h"

#include <algorithm>
#include <optional>

namespace sluice {

namespace {

constexpr std::string_view kDatabase = "database";
constexpr std::string_view kTable = "table";

// What waits for a commit at most. So many rows fill a whole number of the appender's own buffers:
// they go to their place in the file at once, past the log.
constexpr std::size_t kCommitRows = 204'800;
constexpr std::size_t kCommitBytes = 64U << 20U;
// A log longer than this is moved into the file in a quiet moment.
constexpr std::int64_t kIdleLogBytes = 32 << 20;

std::vector<FieldSpec> fields()
{
    return {
        pathField(kDatabase)
            .label("Database")
            .help("A DuckDB file; made when it is not there.")
            .example("events.duckdb")
            .filter("*.duckdb")
            .output()
            .must(),
        textField(kTable)
            .label("Table")
            .help("Made when it is not there; columns that it lacks are added.")
            .example("readings")
            .must(),
    };
}

/// A batch whose rows a worker has already put into DuckDB's form.
struct PreparedRows : Prepared
{
    std::shared_ptr<RowChunk> chunk; // goes back to the destination's pool
};

class KqlDatabaseDestination : public Destination, public ExactlyOnceDestination
{
public:
    KqlDatabaseDestination(const Config &config, const NodeContext &context)
        : m_path(config.text(kDatabase))
        , m_table(config.text(kTable))
        , m_schemas(context.inputSchemas)
        , m_databases(context.databases == nullptr ? processDatabases() : *context.databases)
    {}

    Result<void> open() override
    {
        auto database = m_databases.open(m_path);
        if (!database)
            return fail(std::move(database).error()).field(std::string(kDatabase));
        TRY_ASSIGN(TableWriter writer, TableWriter::open(std::move(*database), m_table));
        m_writer.emplace(std::move(writer));
        for (const Schema &schema : m_schemas) {
            TRY_ASSIGN(auto layout, fit(schema));
            m_layouts.push_back(std::move(layout));
        }
        return {};
    }

    Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const override
    {
        auto prepared = std::make_unique<PreparedRows>();
        prepared->batch = batch;
        prepared->events = batch.selection.size();
        const auto layout = std::find_if(m_layouts.begin(),
                                         m_layouts.end(),
                                         [&](const std::shared_ptr<const TableLayout> &known) {
                                             return known->schema.columns == batch.schema->columns;
                                         });
        if (layout != m_layouts.end()) {
            prepared->chunk = m_chunks->take();
            prepared->chunk->fill(*layout, batch, prepared->errors);
        }
        return prepared;
    }

    Result<void> accept(std::unique_ptr<Prepared> prepared,
                        std::vector<RowError> &rejected) override
    {
        auto &rows = static_cast<PreparedRows &>(*prepared);
        if (!rows.chunk) {
            TRY_ASSIGN(const auto layout, layoutOf(*rows.batch.schema));
            rows.chunk = m_chunks->take();
            rows.chunk->fill(layout, rows.batch, rejected);
        }
        TRY(m_writer->append(std::move(rows.chunk)));
        if (m_writer->pendingRows() >= kCommitRows || m_writer->pendingBytes() >= kCommitBytes)
            return m_writer->commit();
        return {};
    }

    Result<void> flush(std::uint64_t /*epoch*/) override { return m_writer->commit(); }

    Result<void> idle() override
    {
        TRY(m_writer->commit());
        return tidyLog();
    }

    Result<void> putAside(Prepared &prepared) const override
    {
        auto &rows = static_cast<PreparedRows &>(prepared);
        if (rows.chunk == nullptr) {
            // The schema grew since the start of the run: apply() finds out what the table takes.
            std::vector<std::uint16_t> all;
            rows.batch.selection.forEach(
                [&](std::size_t row) { all.push_back(static_cast<std::uint16_t>(row)); });
            encodeBatch(rows.batch, all, rows.bytes);
            return {};
        }
        if (rows.chunk->rows() != 0)
            encodeBatch(rows.batch, rows.chunk->rowNumbers(), rows.bytes);
        rows.chunk.reset();
        return {};
    }

    Result<std::string> identity() const override
    {
        TRY_ASSIGN(const FileInfo file, m_writer->database().fileInfo());
        return fmt::format("table '{}' of the database '{}' (file {}:{})",
                           m_table,
                           m_writer->database().path(),
                           file.id.device,
                           file.id.inode);
    }

    Result<std::optional<AppliedMark>> claim(const ProgressKey &key,
                                             const std::string & /*place*/) override
    {
        m_progress = AppliedProgress(key);
        return m_progress.claim(m_writer->connection());
    }

    Result<void> apply(const std::vector<std::string_view> &records,
                       const AppliedMark &mark) override
    {
        // Tables are changed before the transaction: a change in it would commit what is there.
        std::vector<std::shared_ptr<RowChunk>> chunks;
        std::vector<RowError> rejected;
        for (const std::string_view record : records) {
            TRY_ASSIGN(const Batch batch, decodeBatch(record, m_lastSchema));
            m_lastSchema = batch.schema;
            TRY_ASSIGN(const auto layout, layoutOf(*batch.schema));
            chunks.push_back(m_chunks->take());
            chunks.back()->fill(layout, batch, rejected);
        }
        if (!rejected.empty())
            return fail(rejected.front().code,
                        "table '{}' does not take an event any more that it took before: {}",
                        m_table,
                        rejected.front().message)
                .hint("The table was changed. Change it back, and run again: nothing is lost.")
                .field(std::string(kTable));
        for (auto &chunk : chunks)
            TRY(m_writer->append(std::move(chunk)));
        TRY(m_writer->commitWith(
            [&](Connection &connection) { return m_progress.store(connection, mark); }));
        return tidyLog();
    }

    Result<void> close(bool /*finished*/) override
    {
        m_writer.reset(); // rows behind the last barrier are not kept: they are read again
        return {};
    }

private:
    /// Fails while somebody else writes to the same file; the next quiet moment will do.
    Result<void> tidyLog()
    {
        if (m_writer->database().logBytes() > kIdleLogBytes)
            (void)m_writer->database().checkpoint();
        return {};
    }

    Result<std::shared_ptr<const TableLayout>> layoutOf(const Schema &schema)
    {
        for (const auto &layout : m_layouts) {
            if (layout->schema.columns == schema.columns)
                return layout;
        }
        if (!m_grown || m_grown->schema.columns != schema.columns) {
            TRY_ASSIGN(m_grown, fit(schema));
        }
        return m_grown;
    }

    Result<std::shared_ptr<const TableLayout>> fit(const Schema &schema)
    {
        auto layout = m_writer->fit(schema);
        if (!layout)
            return fail(std::move(layout).error()).field(std::string(kTable));
        return layout;
    }

    std::string m_path;
    std::string m_table;
    std::vector<Schema> m_schemas;
    DatabaseRegistry &m_databases;
    std::vector<std::shared_ptr<const TableLayout>> m_layouts; // fixed once open; workers read it
    std::shared_ptr<const TableLayout> m_grown;
    std::shared_ptr<Pool<RowChunk>> m_chunks = std::make_shared<Pool<RowChunk>>();
    std::optional<TableWriter> m_writer; // from open() to close()
    AppliedProgress m_progress;
    std::shared_ptr<const Schema> m_lastSchema; // of the batches of an outbox: they share it
};

/// "readings · events.duckdb"; a value that is looked up at the start shows its name.
std::string describeConfig(const ValueMap &config)
{
    const auto shown = [&](std::string_view field) -> std::string {
        for (const auto &[name, value] : config) {
            if (name != field)
                continue;
            if (const auto *reference = value.asReference())
                return reference->name;
            if (const auto *text = value.asString())
                return *text;
        }
        return {};
    };
    const std::string table = shown(kTable);
    const std::string file = fileNameOf(shown(kDatabase));
    return table.empty() || file.empty() ? table + file : table + " · " + file;
}

/// Whether anything is known of the columns yet: sources without declared ones say at the start.
bool isKnown(const Schema &schema)
{
    return !schema.open || !visibleColumns(schema).empty();
}

SchemaFlow checkSchemas(const Config & /*config*/,
                        const std::vector<Schema> &inputs,
                        const NodeContext & /*context*/)
{
    SchemaFlow flow;
    for (const Schema &input : inputs) {
        auto error = isKnown(input) ? checkColumnNames(input) : std::nullopt;
        if (error)
            flow.problems.push_back({"", std::move(*error)});
    }
    flow.outputs.push_back(errorsSchema(inputs.empty() ? Schema{{}, true, false} : inputs.front()));
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config & /*config*/,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext & /*context*/)
{
    ColumnNeeds needs;
    for (const ColumnNeeds &wanted : outputNeeds)
        needs.add(wanted);
    needs.all = true;
    return std::vector<ColumnNeeds>(std::max<std::size_t>(1, inputs.size()), needs);
}

std::vector<SchemaProblem> validate(const Config &config)
{
    std::vector<SchemaProblem> problems;
    if (auto error = checkTableName(config.text(kTable)))
        problems.push_back({std::string(kTable), std::move(*error)});
    return problems;
}

ProbeReport failedProbe(const Error &error)
{
    ProbeReport report;
    report.summary = error.message;
    if (!error.hint.empty())
        report.details.push_back(error.hint);
    return report;
}

/// What the database says about the table, and whether the events would fit.
Result<ProbeReport>
lookInside(Database &database, const std::string &table, const NodeContext &context)
{
    ProbeReport report;
    TRY_ASSIGN(Connection connection, database.connect());
    TRY_ASSIGN(const QueryResult tables,
               connection.query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' "
                                "AND database_name = current_database() ORDER BY table_name",
                                1000));
    for (const auto &row : tables.rows)
        report.suggestions.push_back(std::get<std::string>(row.at(0)));
    report.suggestionsFor = kTable;
    TRY_ASSIGN(const TableDescription found, describeTable(connection, table));
    report.ok = true;
    if (!found.exists) {
        report.summary = fmt::format("The database is there; table '{}' will be made", table);
        return report;
    }
    report.summary =
        fmt::format("Table '{}' is there, with {} columns", table, found.columns.size());
    for (const auto &column : found.columns)
        report.details.push_back(column.name + " " + column.type);
    for (const Schema &schema : context.inputSchemas) {
        if (!isKnown(schema))
            continue;
        TRY_ASSIGN(const auto missing, fitTable(found, table, schema));
        for (const SchemaColumn &column : missing)
            report.details.push_back(fmt::format(
                "{} {} will be added", column.name, sqlTypeName(sqlTypeFor(column.type))));
    }
    return report;
}

ProbeReport
probe(const Config &config, const NodeContext &context, const std::stop_token & /*stop*/)
{
    const std::string path = config.text(kDatabase);
    const std::string table = config.text(kTable);
    if (auto error = checkTableName(table))
        return failedProbe(*error);
    if (!context.files->exists(path)) {
        const std::string folder = directoryOf(path);
        ProbeReport report;
        report.ok = context.files->exists(folder);
        report.summary = report.ok ? fmt::format("The database '{}' will be made", fileNameOf(path))
                                   : fmt::format("The folder '{}' does not exist", folder);
        return report;
    }
    DatabaseRegistry &databases =
        context.databases == nullptr ? processDatabases() : *context.databases;
    const auto database = databases.open(path, DatabaseRegistry::Missing::Fail);
    if (!database)
        return failedProbe(database.error());
    auto report = lookInside(**database, table, context);
    return report ? std::move(*report) : failedProbe(report.error());
}

constexpr const char *kHelp =
    R"(Writes events to a table of a DuckDB file, which other tools can read
when no run has it open.

The table is made from the columns that arrive. A table that exists gets the columns it lacks; one
with a column of another type is refused, as is one with constraints that a single event could break.

| KQL | DuckDB | |
|---|---|---|
| bool | BOOLEAN | |
| int, long | INTEGER, BIGINT | |
| real | DOUBLE | |
| decimal | DECIMAL(38,18) | 20 digits before the point; digits behind the 18th are rounded |
| string | VARCHAR | |
| datetime | TIMESTAMP (UTC) | to the microsecond; the seventh digit is cut off |
| timespan | INTERVAL | to the microsecond |
| guid | UUID | |
| dynamic | JSON | |

An event with a value that the table cannot hold goes to `errors`, or to the dead letters; the others
are written. Rows can be seen by others at each checkpoint, and as soon as no more events come.
)";

} // namespace

const NodeDescriptor &kqlDatabaseDestinationDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "kql_database_destination",
        .role = NodeRole::Destination,
        .title = "KQL database",
        .summary = "Writes events to a table of a database file.",
        .icon = "database",
        .keywords = {"duckdb", "table", "sql", "eventhouse", "kusto", "store"},
        .inputs = {{.id = "in", .many = true}},
        .outputs = {errorsPort()},
        .fields = fields(),
        .help = kHelp,
        .exampleConfig = R"({"database": "events.duckdb", "table": "readings"})",
        .describe = describeConfig,
        .outputSchemas = checkSchemas,
        .columnNeeds = columnNeeds,
        .validate = validate,
        .createDestination = [](const Config &config, const NodeContext &context)
            -> Result<std::unique_ptr<Destination>> {
            return std::unique_ptr<Destination>(
                std::make_unique<KqlDatabaseDestination>(config, context));
        },
        .exactlyOnce = true,
        .probe = probe,
    };
    return descriptor;
}

} // namespace sluice
