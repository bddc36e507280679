// Prints the result of a query on a DuckDB file, one JSON object a line: tests read tables back
// with it, past Sluice's own code.   usage: read_table DATABASE QUERY

#include <duckdb.h>

#include <cstdio>
#include <string>

namespace {

int printRows(duckdb_connection connection, const std::string &query)
{
    // The rows as text, so that no type needs code of its own here.
    const std::string asJson = "SELECT CAST(to_json(row_) AS VARCHAR) FROM (" + query + ") AS row_";
    duckdb_result result;
    if (duckdb_query(connection, asJson.c_str(), &result) == DuckDBError) {
        std::fprintf(stderr, "read_table: %s\n", duckdb_result_error(&result));
        duckdb_destroy_result(&result);
        return 1;
    }
    while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
        duckdb_vector column = duckdb_data_chunk_get_vector(chunk, 0);
        auto *texts = static_cast<duckdb_string_t *>(duckdb_vector_get_data(column));
        for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
            std::fwrite(
                duckdb_string_t_data(&texts[row]), 1, duckdb_string_t_length(texts[row]), stdout);
            std::fputc('\n', stdout);
        }
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fputs("usage: read_table DATABASE QUERY\n", stderr);
        return 2;
    }
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    duckdb_config config = nullptr;
    char *words = nullptr;
    duckdb_create_config(&config);
    duckdb_set_config(config, "access_mode", "READ_ONLY");
    if (duckdb_open_ext(argv[1], &database, config, &words) == DuckDBError) {
        std::fprintf(stderr, "read_table: %s\n", words);
        duckdb_free(words);
        duckdb_destroy_config(&config);
        return 1;
    }
    duckdb_destroy_config(&config);
    duckdb_connect(database, &connection);
    const int code = printRows(connection, argv[2]);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return code;
}
