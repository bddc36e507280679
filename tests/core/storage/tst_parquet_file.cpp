#include "core/storage/database_registry.h"
#include "core/storage/parquet_file.h"
#include "core/storage/table_reader.h"
#include "tests/core/storage/scratch.h"

#include <filesystem>

using namespace sluice;
using namespace sluice::test;

namespace {

QueryAnswer ask(Database &database, const std::string &text)
{
    QueryRequest request;
    request.text = text;
    return must(answerQuery(database, request));
}

/// What DuckDB reads from a Parquet file.
std::string read(const std::string &path, const std::string &columns)
{
    const auto database = must(Database::openInMemory({path}));
    Connection connection = must(database->connect());
    return rows(connection, "SELECT " + columns + " FROM " + quoteText(path));
}

struct Fixture
{
    Scratch scratch;
    DatabaseRegistry registry;
    std::shared_ptr<Database> database = must(registry.open(scratch.path("a.duckdb")));
    std::string path = scratch.path("out.parquet");
};

} // namespace

TEST_CASE("every type of KQL goes to Parquet and back")
{
    Fixture fixture;
    const QueryAnswer answer =
        ask(*fixture.database,
            "print b = true, i = int(7), l = long(-9223372036854775807), r = real(1.25), "
            "d = decimal(123456789012345.123456789012345678), s = 'é \"x\"', "
            "t = datetime(2026-01-02T03:04:05.1234567Z), "
            "p = timespan(1.02:03:04.0000005), "
            "g = guid(0123abcd-0000-0000-0000-00000000000f), j = dynamic({'a': [1, null]})");
    must(writeParquet(answer, fixture.path));
    CHECK(read(fixture.path, "b, i, l, r, CAST(d AS VARCHAR), s, p, CAST(g AS VARCHAR)")
          == "true|7|-9223372036854775807|1.25|123456789012345.123456789012345678|é \"x\"|"
             "1.02:03:04.0000005|0123abcd-0000-0000-0000-00000000000f");
    CHECK(read(fixture.path, "CAST(t AS VARCHAR), typeof(t), json_extract(j, '$.a[0]'), typeof(j)")
          == "2026-01-02 03:04:05.123456+00|TIMESTAMP WITH TIME ZONE|1|JSON");
    CHECK(read(fixture.path, "typeof(i), typeof(l), typeof(d), typeof(g)")
          == "INTEGER|BIGINT|DECIMAL(38,18)|UUID");
    CHECK_FALSE(std::filesystem::exists(fixture.path + ".partial"));
}

TEST_CASE("Sluice reads its own Parquet file as it was")
{
    Fixture fixture;
    const QueryAnswer answer =
        ask(*fixture.database,
            "range x from 1 to 5000 step 1 | extend p = x * 1ms, d = todecimal(x) / 4, "
            "t = datetime(2026-01-01) + x * 1s, j = pack('x', x)");
    must(writeParquet(answer, fixture.path));
    const auto database = must(Database::openInMemory({fixture.path}));
    Connection connection = must(database->connect());
    const TableColumns table = must(
        readRows(connection, quoteText(fixture.path), answer.schema, TextForm::Values, 10'000));
    REQUIRE(table.rows == 5000);
    CHECK(table.misfits == 0);
    std::size_t row = 0;
    for (const Batch &batch : answer.batches) {
        for (std::size_t i = 0; i < batch.rows; ++i, ++row) {
            REQUIRE(table.columns[0]->integers[row] == batch.columns[0]->integers[i]);
            REQUIRE(table.columns[1]->integers[row] == batch.columns[1]->integers[i]);
            REQUIRE(table.columns[3]->integers[row] == batch.columns[3]->integers[i]);
        }
    }
}

TEST_CASE("nulls, odd names and no rows are written too")
{
    Fixture fixture;
    const QueryAnswer nulls =
        ask(*fixture.database,
            "print ['odd \"name'] = long(null), A = datetime(null), p = timespan(null), "
            "g = guid(null), d = decimal(null), s = ''");
    must(writeParquet(nulls, fixture.path));
    CHECK(read(fixture.path, "\"odd \"\"name\", A, p, g, d, s") == "null|null|null|null|null|");
    const QueryAnswer none = ask(*fixture.database, "print x = 1, y = 'a' | where x > 1");
    must(writeParquet(none, fixture.path)); // over the one that is there
    CHECK(read(fixture.path, "count(*)") == "0");
}

TEST_CASE("a file that cannot be written says so and leaves what was there")
{
    Fixture fixture;
    const QueryAnswer answer = ask(*fixture.database, "print x = 1");
    must(writeParquet(answer, fixture.path));
    const QueryAnswer big = ask(*fixture.database, "print d = decimal(1e30)");
    const auto tooBig = writeParquet(big, fixture.path);
    REQUIRE_FALSE(tooBig.has_value());
    CHECK(tooBig.error().code == ErrorCode::CastFailed);
    CHECK(tooBig.error().message.find("row 1") != std::string::npos);
    CHECK(read(fixture.path, "x") == "1");
    CHECK(writeParquet(answer, fixture.scratch.path("no/such/out.parquet")).error().code
          == ErrorCode::FileUnwritable);
}
