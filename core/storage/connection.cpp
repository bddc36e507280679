#include "core/storage/database.h"

#include <duckdb.h>

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

/// A result that is given back.
struct QueryAnswer
{
    QueryAnswer() = default;
    ~QueryAnswer() { duckdb_destroy_result(&result); }
    QueryAnswer(const QueryAnswer &) = delete;
    QueryAnswer &operator=(const QueryAnswer &) = delete;
    duckdb_result result{};
};

Result<void> run(duckdb_connection connection, const std::string &sql, QueryAnswer &answer)
{
    if (duckdb_query(connection, sql.c_str(), &answer.result) == DuckDBSuccess)
        return {};
    if (duckdb_result_error_type(&answer.result) == DUCKDB_ERROR_INTERRUPT)
        return fail(ErrorCode::Cancelled, "the query was stopped");
    return databaseFailure("query the database", duckdb_result_error(&answer.result));
}

/// Types that cell() reads; the database turns all others into text.
bool isPlain(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
        return true;
    default:
        return false;
    }
}

bool isSmallInteger(duckdb_type type)
{
    return type == DUCKDB_TYPE_TINYINT || type == DUCKDB_TYPE_SMALLINT
           || type == DUCKDB_TYPE_UTINYINT || type == DUCKDB_TYPE_USMALLINT
           || type == DUCKDB_TYPE_UINTEGER;
}

std::string typeWord(duckdb_prepared_statement statement, idx_t column)
{
    switch (duckdb_prepared_statement_column_type(statement, column)) {
    case DUCKDB_TYPE_BOOLEAN:
        return "BOOLEAN";
    case DUCKDB_TYPE_INTEGER:
        return "INTEGER";
    case DUCKDB_TYPE_BIGINT:
        return "BIGINT";
    case DUCKDB_TYPE_HUGEINT:
        return "HUGEINT";
    case DUCKDB_TYPE_DOUBLE:
        return "DOUBLE";
    case DUCKDB_TYPE_DECIMAL:
        return "DECIMAL";
    case DUCKDB_TYPE_TIMESTAMP:
        return "TIMESTAMP";
    case DUCKDB_TYPE_INTERVAL:
        return "INTERVAL";
    case DUCKDB_TYPE_UUID:
        return "UUID";
    case DUCKDB_TYPE_BLOB:
        return "BLOB";
    case DUCKDB_TYPE_VARCHAR: {
        duckdb_logical_type type = duckdb_prepared_statement_column_logical_type(statement, column);
        char *alias = duckdb_logical_type_get_alias(type);
        std::string word = alias == nullptr ? "VARCHAR" : alias;
        duckdb_free(alias);
        duckdb_destroy_logical_type(&type);
        return word;
    }
    default:
        return "other";
    }
}

/// The statement's columns, and the statement changed so that each of them can be read.
Result<std::string>
describeColumns(duckdb_connection connection, std::string sql, std::vector<QueryColumn> &columns)
{
    while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n'))
        sql.pop_back();
    duckdb_prepared_statement statement = nullptr;
    const auto outcome = duckdb_prepare(connection, sql.c_str(), &statement);
    const std::unique_ptr<_duckdb_prepared_statement, void (*)(duckdb_prepared_statement)> owner(
        statement, [](duckdb_prepared_statement held) { duckdb_destroy_prepare(&held); });
    if (outcome != DuckDBSuccess)
        return databaseFailure("query the database", duckdb_prepare_error(statement));
    if (duckdb_prepared_statement_type(statement) != DUCKDB_STATEMENT_TYPE_SELECT)
        return sql;

    std::string list;
    bool plain = true;
    for (idx_t i = 0; i < duckdb_prepared_statement_column_count(statement); ++i) {
        const char *name = duckdb_prepared_statement_column_name(statement, i);
        columns.push_back({name, typeWord(statement, i)});
        duckdb_free(const_cast<char *>(name)); // NOLINT: ours, by the contract of that function
        const duckdb_type type = duckdb_prepared_statement_column_type(statement, i);
        const std::string place = "#" + std::to_string(i + 1);
        list += list.empty() ? "" : ", ";
        if (isPlain(type))
            list += place;
        else if (type == DUCKDB_TYPE_FLOAT)
            list += "CAST(" + place + " AS DOUBLE)";
        else
            list += "CAST(" + place + (isSmallInteger(type) ? " AS BIGINT)" : " AS VARCHAR)");
        plain = plain && isPlain(type);
    }
    return plain ? sql : "SELECT " + list + " FROM (" + sql + "\n)";
}

Cell cell(duckdb_type type, void *data, idx_t row)
{
    switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
        return static_cast<bool *>(data)[row];
    case DUCKDB_TYPE_INTEGER:
        return std::int64_t{static_cast<std::int32_t *>(data)[row]};
    case DUCKDB_TYPE_BIGINT:
        return static_cast<std::int64_t *>(data)[row];
    case DUCKDB_TYPE_DOUBLE:
        return static_cast<double *>(data)[row];
    default: {
        duckdb_string_t &text = static_cast<duckdb_string_t *>(data)[row];
        return std::string(duckdb_string_t_data(&text), duckdb_string_t_length(text));
    }
    }
}

void appendRows(duckdb_result &result, duckdb_data_chunk chunk, QueryResult &out)
{
    const idx_t columns = duckdb_data_chunk_get_column_count(chunk);
    const idx_t rows = duckdb_data_chunk_get_size(chunk);
    const std::size_t first = out.rows.size();
    out.rows.resize(first + rows, std::vector<Cell>(columns));
    for (idx_t column = 0; column < columns; ++column) {
        const duckdb_type type = duckdb_column_type(&result, column);
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
        void *data = duckdb_vector_get_data(vector);
        std::uint64_t *validity = duckdb_vector_get_validity(vector);
        for (idx_t row = 0; row < rows; ++row) {
            if (validity == nullptr || duckdb_validity_row_is_valid(validity, row))
                out.rows[first + row][column] = cell(type, data, row);
        }
    }
}

} // namespace

Connection::Connection(Connection &&other) noexcept
    : m_database(std::move(other.m_database))
    , m_handle(std::exchange(other.m_handle, nullptr))
{}

Connection &Connection::operator=(Connection &&other) noexcept
{
    std::swap(m_database, other.m_database);
    std::swap(m_handle, other.m_handle);
    return *this;
}

Connection::~Connection()
{
    if (m_handle != nullptr)
        duckdb_disconnect(&m_handle); // before the database goes
}

Result<void> Connection::exec(const std::string &sql)
{
    QueryAnswer answer;
    return run(m_handle, sql, answer);
}

Result<QueryResult> Connection::query(const std::string &sql, std::size_t limit)
{
    QueryResult out;
    TRY_ASSIGN(const std::string readable, describeColumns(m_handle, sql, out.columns));
    QueryAnswer answer;
    TRY(run(m_handle, readable, answer));
    for (idx_t i = 0; i < duckdb_column_count(&answer.result); ++i) {
        const duckdb_type type = duckdb_column_type(&answer.result, i);
        if (out.columns.size() <= i) // no SELECT: a count, or text such as that of EXPLAIN
            out.columns.push_back({duckdb_column_name(&answer.result, i), ""});
        if (!isPlain(type))
            return fail(ErrorCode::NotSupported,
                        "column '{}' has a type that cannot be shown",
                        out.columns[i].name)
                .hint("Cast it: CAST(… AS VARCHAR).");
    }
    while (out.rows.size() <= limit) {
        duckdb_data_chunk chunk = duckdb_fetch_chunk(answer.result);
        if (chunk == nullptr)
            break;
        appendRows(answer.result, chunk, out);
        duckdb_destroy_data_chunk(&chunk);
    }
    out.truncated = out.rows.size() > limit;
    out.rows.resize(std::min(out.rows.size(), limit));
    return out;
}

void Connection::interrupt()
{
    duckdb_interrupt(m_handle);
}

} // namespace sluice
