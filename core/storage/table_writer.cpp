#include "core/storage/table_writer.h"

#include <duckdb.h>

#include <utility>

namespace sluice {

namespace {

constexpr int kAttempts = 5;

/// Somebody altered the table between the start of the transaction and its end.
bool isConflict(const Error &error)
{
    return error.message.find("Transaction conflict") != std::string::npos;
}

Failure appenderFailure(const std::string &table, duckdb_appender appender)
{
    duckdb_error_data data = duckdb_appender_error_data(appender);
    auto failure =
        databaseFailure("write to table '" + table + "'", duckdb_error_data_message(data));
    duckdb_destroy_error_data(&data);
    return failure;
}

} // namespace

void TableWriter::AppenderDeleter::operator()(duckdb_appender appender) const
{
    duckdb_appender_destroy(&appender);
}

TableWriter::TableWriter(Connection connection, std::string table)
    : m_connection(std::move(connection))
    , m_table(std::move(table))
{}

TableWriter::~TableWriter()
{
    if (m_connection.isOpen())
        rollback();
}

Result<TableWriter> TableWriter::open(std::shared_ptr<Database> database, std::string table)
{
    TRY_ASSIGN(Connection connection, database->connect());
    return TableWriter(std::move(connection), std::move(table));
}

Result<std::shared_ptr<const TableLayout>> TableWriter::fit(const Schema &schema)
{
    TRY(commit());
    return ensureTable(m_connection, m_table, schema);
}

Result<void> TableWriter::append(std::shared_ptr<RowChunk> chunk)
{
    if (chunk->rows() == 0)
        return {};
    m_pendingRows += chunk->rows();
    m_pendingBytes += chunk->byteSize();
    m_pending.push_back(std::move(chunk));
    auto outcome = appendNow(*m_pending.back());
    return outcome ? Result<void>{} : repeat(std::move(outcome).error());
}

Result<void> TableWriter::commit()
{
    if (m_pending.empty())
        return {};
    return commitWith([](Connection &) { return Result<void>(); });
}

Result<void> TableWriter::commitWith(const std::function<Result<void>(Connection &)> &step)
{
    if (m_pending.empty() && !m_inTransaction) {
        TRY(m_connection.exec("BEGIN TRANSACTION"));
        m_inTransaction = true;
    }
    auto outcome = commitNow(step);
    for (int attempt = 1; !outcome && !m_pending.empty() && attempt < kAttempts; ++attempt) {
        TRY(repeat(std::move(outcome).error()));
        outcome = commitNow(step);
    }
    if (!outcome) {
        rollback();
        return outcome;
    }
    m_pending.clear();
    m_pendingRows = 0;
    m_pendingBytes = 0;
    return m_connection.database().syncNewNames();
}

Result<void> TableWriter::begin(const TableLayout &layout)
{
    if (!m_inTransaction) {
        TRY(m_connection.exec("BEGIN TRANSACTION"));
        m_inTransaction = true;
    }
    duckdb_appender appender = nullptr;
    const auto state = duckdb_appender_create_ext(
        m_connection.handle(), nullptr, "main", m_table.c_str(), &appender);
    m_appender.reset(appender);
    if (state != DuckDBSuccess)
        return appenderFailure(m_table, appender);
    // The table may have further columns, or the same ones in another order.
    for (const TableLayout::Column &column : layout.columns) {
        if (duckdb_appender_add_column(appender, column.name.c_str()) != DuckDBSuccess)
            return appenderFailure(m_table, appender);
    }
    m_appenderLayout = &layout;
    return {};
}

Result<void> TableWriter::appendNow(const RowChunk &chunk)
{
    if (m_appender && m_appenderLayout != &chunk.layout())
        TRY(finishAppender());
    if (!m_appender)
        TRY(begin(chunk.layout()));
    if (duckdb_append_data_chunk(m_appender.get(), chunk.handle()) != DuckDBSuccess)
        return appenderFailure(m_table, m_appender.get());
    return {};
}

Result<void> TableWriter::finishAppender()
{
    if (m_appender && duckdb_appender_close(m_appender.get()) != DuckDBSuccess)
        return appenderFailure(m_table, m_appender.get());
    m_appender.reset();
    return {};
}

Result<void> TableWriter::commitNow(const std::function<Result<void>(Connection &)> &step)
{
    // After any failure the transaction must be rolled back: DuckDB's COMMIT then reports success
    // and keeps nothing.
    TRY(finishAppender());
    TRY(step(m_connection));
    TRY(m_connection.exec("COMMIT"));
    m_inTransaction = false;
    return {};
}

void TableWriter::rollback()
{
    m_appender.reset();
    if (m_inTransaction)
        (void)m_connection.exec("ROLLBACK"); // fails when the failed COMMIT has already done it
    m_inTransaction = false;
}

/// The transaction is lost; does it again when the cause was a change of the table by another.
Result<void> TableWriter::repeat(Error cause)
{
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        rollback();
        if (!isConflict(cause))
            break;
        const TableLayout &layout = m_pending.back()->layout();
        TRY_ASSIGN(const auto now, ensureTable(m_connection, m_table, layout.schema));
        if (now->columns != layout.columns)
            return fail(ErrorCode::SchemaClash,
                        "table '{}' was changed while events were written to it",
                        m_table)
                .hint("Run again; the pipeline then writes to the table as it is now.");
        Result<void> outcome;
        for (const auto &chunk : m_pending) {
            if (outcome)
                outcome = appendNow(*chunk);
        }
        if (outcome)
            outcome = finishAppender();
        if (outcome)
            return {};
        cause = std::move(outcome).error();
    }
    return fail(std::move(cause));
}

} // namespace sluice
