// DuckDB writes the file, from a table in a database in memory that may reach that file alone: the
// one that was asked reaches none.
#include "core/storage/parquet_file.h"

#include "core/storage/query_text.h"
#include "core/storage/table_writer.h"

#include <filesystem>

namespace sluice {

namespace {

constexpr const char *kTable = "answer";
constexpr std::size_t kRowsAtOnce = 64 * kBatchRows;

std::string placeName(std::size_t column)
{
    return "c" + std::to_string(column);
}

/// Names that a table takes, and texts where Parquet has no type.
Schema heldSchema(const Schema &schema)
{
    Schema held;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const ColumnType type = schema.columns[i].type;
        held.columns.push_back(
            {placeName(i), type == ColumnType::Timespan ? ColumnType::String : type});
    }
    return held;
}

ColumnPtr heldColumn(const ColumnPtr &column, std::size_t rows)
{
    if (column->type != ColumnType::Timespan)
        return column;
    auto texts = std::make_shared<Column>();
    texts->reset(ColumnType::String, rows);
    for (std::size_t row = 0; row < rows; ++row) {
        texts->valid[row] = column->valid[row];
        if (column->valid[row] != 0)
            texts->texts[row] = texts->arena.copy(valueText(*column, row));
    }
    return texts;
}

Result<void>
fill(const std::shared_ptr<Database> &database, const QueryAnswer &answer, const Schema &held)
{
    TRY_ASSIGN(TableWriter writer, TableWriter::open(database, kTable));
    TRY_ASSIGN(const auto layout, writer.fit(held));
    const auto schema = std::make_shared<const Schema>(held);
    std::size_t done = 0;
    for (const Batch &batch : answer.batches) {
        Batch rows = batch;
        rows.schema = schema;
        for (ColumnPtr &column : rows.columns)
            column = heldColumn(column, batch.rows);
        auto chunk = std::make_shared<RowChunk>(); // shared with the writer until its commit
        std::vector<RowError> rejected;
        chunk->fill(layout, rows, rejected);
        if (!rejected.empty())
            return fail(ErrorCode::CastFailed,
                        "row {} cannot be written: {}",
                        done + rejected.front().row + 1,
                        rejected.front().message)
                .hint("Turn that column into a text with tostring(), or write CSV.");
        done += batch.rows;
        TRY(writer.append(std::move(chunk)));
        if (writer.pendingRows() >= kRowsAtOnce)
            TRY(writer.commit());
    }
    return writer.commit();
}

std::string copyStatement(const Schema &schema, const std::string &path)
{
    std::string list;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const bool moment = schema.columns[i].type == ColumnType::Datetime;
        list += fmt::format("{}{}{} AS {}",
                            i == 0 ? "" : ", ",
                            placeName(i),
                            moment ? "::TIMESTAMPTZ" : "",
                            quoteIdentifier(schema.columns[i].name));
    }
    return fmt::format(
        "COPY (SELECT {} FROM {}) TO {} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
        list,
        kTable,
        quoteText(path));
}

} // namespace

Result<void> writeParquet(const QueryAnswer &answer, const std::string &path)
{
    if (answer.schema.columns.empty())
        return fail(ErrorCode::NotSupported, "an answer without columns makes no Parquet file");
    const std::string target = std::filesystem::absolute(path).string();
    const std::string beside = target + ".partial";
    TRY_ASSIGN(const auto database, Database::openInMemory({beside}));
    TRY(fill(database, answer, heldSchema(answer.schema)));
    TRY_ASSIGN(Connection connection, database->connect());
    auto written = connection.exec(copyStatement(answer.schema, beside));
    if (written)
        written = realFileSystem().rename(beside, target);
    if (written)
        return {};
    (void)realFileSystem().remove(beside);
    return fail(ErrorCode::FileUnwritable, "cannot write '{}': {}", path, written.error().message)
        .hint("Choose another folder, or free some space.");
}

} // namespace sluice
