#include "core/storage/sql_query.h"

#include "core/storage/query_watch.h"

#include <duckdb.h>

#include <memory>

namespace sluice {

namespace {

struct ExtractedDeleter
{
    void operator()(duckdb_extracted_statements statements) const
    {
        duckdb_destroy_extracted(&statements);
    }
};
struct PreparedDeleter
{
    void operator()(duckdb_prepared_statement statement) const
    {
        duckdb_destroy_prepare(&statement);
    }
};

Result<void> checkReadsOnly(Connection &connection, const std::string &sql)
{
    duckdb_extracted_statements raw = nullptr;
    const idx_t count = duckdb_extract_statements(connection.handle(), sql.c_str(), &raw);
    const std::unique_ptr<_duckdb_extracted_statements, ExtractedDeleter> statements(raw);
    if (count == 0) {
        const char *message = duckdb_extract_statements_error(statements.get());
        return databaseFailure("read the SQL", message == nullptr ? "it is empty" : message);
    }
    if (count > 1)
        return fail(
            ErrorCode::NotSupported, "one SQL statement at a time, and these are {}", count);
    duckdb_prepared_statement rawStatement = nullptr;
    const auto state =
        duckdb_prepare_extracted_statement(connection.handle(), statements.get(), 0, &rawStatement);
    const std::unique_ptr<_duckdb_prepared_statement, PreparedDeleter> statement(rawStatement);
    if (state != DuckDBSuccess)
        return databaseFailure("read the SQL", duckdb_prepare_error(statement.get()));
    const duckdb_statement_type type = duckdb_prepared_statement_type(statement.get());
    if (type != DUCKDB_STATEMENT_TYPE_SELECT && type != DUCKDB_STATEMENT_TYPE_EXPLAIN)
        return fail(ErrorCode::NotSupported,
                    "queries only read: this statement would change something")
            .hint("Write a SELECT.");
    return {};
}

} // namespace

Result<QueryResult> runSql(Database &database, const std::string &sql, const SqlOptions &options)
{
    TRY_ASSIGN(Connection connection, database.connect());
    QueryWatch watch(connection, options.timeLimit, options.stop);
    const auto ask = [&]() -> Result<QueryResult> {
        TRY(checkReadsOnly(connection, sql));
        TRY(connection.exec("BEGIN TRANSACTION READ ONLY"));
        return connection.query(sql, options.rowLimit);
    };
    auto result = ask();
    if (!result && watch.expired())
        return watch.expiredFailure();
    if (!result && watch.token().stop_requested())
        return fail(ErrorCode::Cancelled, "the query was stopped");
    return result;
}

} // namespace sluice
