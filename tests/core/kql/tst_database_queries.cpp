#include "core/storage/kql_query.h"
#include "core/storage/query_text.h"
#include "core/storage/sql_query.h"
#include "tests/core/kql/scratch_database.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>
#include <thread>

using namespace sluice;
using namespace sluice::kql;

namespace {

constexpr const char *kTables = R"(
CREATE TABLE readings(ts TIMESTAMP, device VARCHAR, temp DOUBLE, n INTEGER, big BIGINT, ok BOOLEAN,
                      tags JSON, price DECIMAL(10,2));
INSERT INTO readings SELECT
    CASE WHEN i % 11 = 10 THEN NULL ELSE TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND END,
    CASE WHEN i % 7 = 0 THEN NULL ELSE 'dev' || (i % 3) END,
    CASE WHEN i % 5 = 0 THEN NULL WHEN i % 13 = 0 THEN 'nan'::DOUBLE ELSE i * 0.5 END,
    i % 10,
    CASE WHEN i % 9 = 0 THEN NULL ELSE i * 1000000007 END,
    CASE WHEN i % 8 = 0 THEN NULL ELSE i % 2 = 0 END,
    '{"a": ' || i || ', "l": ["x", "y"]}',
    i / 4.0
FROM range(100) r(i);
CREATE TABLE devices(device VARCHAR, site VARCHAR);
INSERT INTO devices VALUES ('dev0', 'north'), ('dev1', 'south'), ('dev9', NULL);
)";

/// The rows as JSON, "[1,"a"] [2,"b"]", or the error.
std::string kqlRows(Database &database, std::string_view query, const KqlOptions &options = {})
{
    const auto result = runKql(database, query, options);
    if (!result)
        return result.error().message;
    std::string text;
    for (const Batch &batch : result->batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            text += text.empty() ? "[" : " [";
            for (const ColumnPtr &column : batch.columns) {
                text += text.back() == '[' ? "" : ",";
                appendValueJson(*column, row, &text);
            }
            text += "]";
        }
    }
    return text;
}

std::string sqlRows(Database &database, const std::string &sql)
{
    const auto result = runSql(database, sql, {.rowLimit = 10'000});
    if (!result)
        return result.error().message;
    std::string text;
    for (const auto &row : result->rows) {
        text += text.empty() ? "[" : " [";
        for (const Cell &cell : row) {
            text += text.back() == '[' ? "" : ",";
            appendValueJson(cell, &text);
        }
        text += "]";
    }
    return text;
}

/// A database with the tables above.
class Tables
{
public:
    Tables()
    {
        auto connection = m_scratch.database().connect();
        REQUIRE(connection.has_value());
        REQUIRE(connection->exec(kTables).has_value());
    }

    std::string ask(std::string_view query, const KqlOptions &options = {})
    {
        return kqlRows(m_scratch.database(), query, options);
    }
    Database &database() { return m_scratch.database(); }

private:
    ScratchDatabase m_scratch;
};

} // namespace

TEST_CASE("tables of a database come as KQL's types")
{
    Tables tables;
    CHECK(
        tables.ask("readings | getschema | project ColumnType")
        == R"(["datetime"] ["string"] ["real"] ["int"] ["long"] ["bool"] ["dynamic"] ["decimal"])");
    CHECK(
        tables.ask("readings | where n == 1 | take 1")
        == R"(["2026-01-01T00:00:01Z","dev1",0.5,1,1000000007,false,{"a": 1, "l": ["x", "y"]},"0.25"])");
    CHECK(tables.ask("readings | where isempty(device) | count") == "[15]");
    CHECK(tables.ask("devices | where isempty(site) | project device") == R"(["dev9"])");
    CHECK(tables.ask("reading | count") == "line 1, column 1: there is no table 'reading'");
}

TEST_CASE("a table is found by its exact name, in whatever schema, as a view or empty")
{
    ScratchDatabase scratch;
    auto connection = scratch.database().connect();
    REQUIRE(connection.has_value());
    REQUIRE(connection
                ->exec("CREATE TABLE Big(x INTEGER); INSERT INTO Big VALUES (1), (2); "
                       "CREATE TABLE \"odd \"\"name\"(x INTEGER); "
                       "CREATE TABLE d(a DECIMAL(10,2), b DECIMAL(5,0), c DECIMAL(38,18)); "
                       "INSERT INTO d VALUES (12.50, 100, 0.000000000000000001), (0, 0, 5); "
                       "CREATE VIEW seen AS SELECT x + 1 AS y FROM Big; "
                       "CREATE VIEW plain AS SELECT * FROM Big; "
                       "CREATE SCHEMA other; CREATE TABLE other.far(z INTEGER); "
                       "INSERT INTO other.far VALUES (7); "
                       "CREATE TABLE other.Big(q INTEGER)")
                .has_value());
    const auto ask = [&](std::string_view query) { return kqlRows(scratch.database(), query); };
    CHECK(ask("Big") == "[1] [2]");
    CHECK(ask("big") == "line 1, column 1: there is no table 'big'");
    CHECK(ask("['odd \"name'] | count") == "[0]");
    CHECK(ask("seen | order by y asc") == "[2] [3]");
    CHECK(ask("plain | count") == "[2]");
    CHECK(ask("far") == "[7]");
    CHECK(ask("Far") == "line 1, column 1: there is no table 'Far'");
    CHECK(ask("union Big, (far | project x = z)") == "[1] [2] [7]");
    CHECK(ask("d") == R"(["12.5","100","0.000000000000000001"] ["0","0","5"])");
    CHECK(ask("d | summarize sum(a), sum(b)") == R"(["12.5","100"])");
}

TEST_CASE("what becomes plain SQL gives what the kernels give")
{
    // The second form computes something that does not change the value, which no SQL is made for.
    Tables tables;
    const auto same = [&](const std::string &plain, const std::string &kernel) {
        INFO(plain);
        const std::string query = "readings | extend x = tostring(";
        const std::string tail = ") | summarize count() by x | sort by x asc";
        const std::string first = tables.ask(query + plain + tail);
        CHECK(first == tables.ask(query + kernel + tail));
        CHECK(first.find("line ") == std::string::npos);
        CHECK(tables.ask("readings | where " + plain + " | summarize n = count(), s = sum(n)")
              == tables.ask("readings | where " + kernel + " | summarize n = count(), s = sum(n)"));
    };
    for (const std::string op : {"<", "<=", ">", ">=", "==", "!="}) {
        same("n " + op + " 5", "(n + 0) " + op + " 5");
        same("big " + op + " 27000000189", "(big + 0) " + op + " 27000000189");
        same("temp " + op + " 6.0", "(temp + 0.0) " + op + " 6.0");
        same("ts " + op + " datetime(2026-01-01 00:00:30)",
             "(ts + 0s) " + op + " datetime(2026-01-01 00:00:30)");
        same("ts " + op + " datetime(2026-01-01 00:00:30.0000005)",
             "(ts + 0s) " + op + " datetime(2026-01-01 00:00:30.0000005)");
    }
    same("device == 'dev1'", "strcat(device, '') == 'dev1'");
    same("device != 'dev1'", "strcat(device, '') != 'dev1'");
    same("device == ''", "strcat(device, '') == ''");
    same("ok and n > 3", "iff(n >= 0, ok, ok) and (n + 0) > 3");
    same("ok or n > 3", "iff(n >= 0, ok, ok) or (n + 0) > 3");
    same("isnull(big)", "isnull(big + 0)");
    same("isnotnull(ts)", "isnotnull(ts + 0s)");
    CHECK(tables.ask("readings | summarize count() by b = bin(ts, 7s) | sort by b asc")
          == tables.ask("readings | summarize count() by b = bin(ts + 0s, 7s) | sort by b asc"));
    CHECK(tables.ask("readings | summarize count() by b = bin(ts, 7d)")
          == tables.ask("readings | summarize count() by b = bin(ts + 0s, 7d)"));
}

TEST_CASE("plain aggregates give what the kernels give")
{
    Tables tables;
    // make_set() is computed by a kernel, and so is all that stands beside it.
    for (const std::string aggregates : {"sum(big)",
                                         "avg(big)",
                                         "min(big)",
                                         "max(big)",
                                         "sum(temp)",
                                         "avg(temp)",
                                         "min(temp)",
                                         "max(temp)",
                                         "min(ts)",
                                         "max(ts)",
                                         "count()",
                                         "countif(n > 3)",
                                         "sumif(n, ok)",
                                         "avgif(n, ok)",
                                         "maxif(temp, n > 3)",
                                         "sum(n * 4611686018427387904)",
                                         "round(avg(n), 1) + count()"}) {
        INFO(aggregates);
        for (const std::string by : {"", " by device", " by device, ok"}) {
            const std::string sort = by.empty() ? "" : " | sort by device asc";
            const std::string more = by.size() > 10 ? ", ok asc" : "";
            const std::string plain =
                tables.ask("readings | summarize a = " + aggregates + by + sort + more);
            CHECK(plain
                  == tables.ask("readings | summarize a = " + aggregates + ", s = make_set(n)" + by
                                + " | project-away s" + sort + more));
        }
    }
}

TEST_CASE("a query stops when it is asked to, and when its time is over")
{
    Tables tables;
    const std::string endless = "range x from 1 to 100000000 step 1 | extend y = x % 7 "
                                "| summarize make_set(tostring(x)) by y";
    KqlOptions brief;
    brief.timeLimit = std::chrono::milliseconds(30);
    CHECK(tables.ask(endless, brief) == "the query took longer than 30 ms and was stopped");
    std::stop_source source;
    KqlOptions stoppable;
    stoppable.stop = source.get_token();
    std::jthread stopper([&] { source.request_stop(); });
    const auto result = runKql(tables.database(), endless, stoppable);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::Cancelled);
    CHECK(tables.ask("print 1") == "[1]");
}

TEST_CASE("a result is cut off at its limit, and says so")
{
    Tables tables;
    KqlOptions options;
    options.rowLimit = 3;
    const auto result = runKql(tables.database(), "readings | sort by n asc", options);
    REQUIRE(result.has_value());
    CHECK(result->rows == 3);
    CHECK(result->truncated);
    const auto whole = runKql(tables.database(), "readings | take 3", options);
    REQUIRE(whole.has_value());
    CHECK_FALSE(whole->truncated);
    options = {};
    options.memoryLimit = std::size_t{1} << 20;
    CHECK(tables.ask("range x from 1 to 1000000 step 1", options)
              .find("needs more than 1 MiB of memory")
          != std::string::npos);
}

TEST_CASE("SQL reads only, and no query leaves the database")
{
    Tables tables;
    const auto sql = [&](const std::string &text) {
        const auto result = runSql(tables.database(), text, {.rowLimit = 10});
        return result ? std::to_string(result->rows.size()) + " rows" : result.error().message;
    };
    CHECK(tables.ask("readings | count") == "[100]"); // from here DuckDB knows our functions
    CHECK(sql("SELECT count(*) FROM readings") == "1 rows");
    CHECK(sql("DELETE FROM readings").find("queries only read") != std::string::npos);
    CHECK(sql("CREATE TABLE x(i INT)").find("queries only read") != std::string::npos);
    CHECK(sql("SELECT 1; SELECT 2").find("one SQL statement at a time") != std::string::npos);
    CHECK(sql("SELECT * FROM read_csv('/etc/passwd')").find("rows") == std::string::npos);
    CHECK(sql("COPY readings TO '/tmp/out.csv'").find("rows") == std::string::npos);
    CHECK(sql("SELECT sluice_long(1, 2)").find("for queries in KQL only") != std::string::npos);
    CHECK(sql("SELECT * FROM sluice_rows(1)").find("for queries in KQL only") != std::string::npos);
    CHECK(tables.ask("table('/etc/passwd') | count").find("there is no table")
          != std::string::npos);
    CHECK(tables.ask("readings | count") == "[100]");
}

TEST_CASE("long queries of everyday life give what SQL gives")
{
    // Every query stands beside SQL that computes the same in DuckDB's own way.
    ScratchDatabase scratch;
    std::ifstream setup(SLUICE_SOURCE_DIR "/tests/core/kql/cases/long_queries.sql");
    std::stringstream tables;
    tables << setup.rdbuf();
    auto connection = scratch.database().connect();
    REQUIRE(connection.has_value());
    REQUIRE(connection->exec(tables.str()).has_value());
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/kql/cases/long_queries.jsonl");
    int queries = 0;
    for (std::string line; std::getline(file, line); ++queries) {
        const auto test = nlohmann::json::parse(line);
        INFO(test["name"].get<std::string>());
        const std::string wanted = sqlRows(scratch.database(), test["sql"].get<std::string>());
        CHECK(kqlRows(scratch.database(), test["query"].get<std::string>()) == wanted);
        CHECK(wanted.starts_with('['));
    }
    CHECK(queries >= 45);
}
