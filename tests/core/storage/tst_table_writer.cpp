#include "core/storage/database_registry.h"
#include "core/storage/table_writer.h"
#include "tests/core/storage/batches.h"
#include "tests/core/storage/child_process.h"
#include "tests/core/storage/scratch.h"

#include <csignal>
#include <limits>
#include <sys/resource.h>
#include <unistd.h>

using namespace sluice;
using namespace sluice::test;

namespace {

using std::nullopt;

/// A database in a scratch folder with one writer and one reader.
struct Fixture
{
    Scratch scratch;
    DatabaseRegistry registry;
    std::shared_ptr<Database> database = must(registry.open(scratch.path("a.duckdb")));
    TableWriter writer = must(TableWriter::open(database, "t"));
    Connection reader = must(database->connect());

    std::vector<RowError> append(const Batch &batch, TableWriter &into)
    {
        std::vector<RowError> rejected;
        auto chunk = std::make_shared<RowChunk>();
        chunk->fill(must(into.fit(*batch.schema)), batch, rejected);
        must(into.append(std::move(chunk)));
        return rejected;
    }
    std::vector<RowError> write(const Batch &batch)
    {
        auto rejected = append(batch, writer);
        must(writer.commit());
        return rejected;
    }
    std::string rows(const std::string &sql) { return test::rows(reader, sql); }
    std::string types()
    {
        return rows("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 't' "
                    "ORDER BY column_index");
    }
};

Batch everyType()
{
    return Rows()
        .bools("b", {true, false, nullopt})
        .integers("i",
                  ColumnType::Int,
                  {std::numeric_limits<std::int32_t>::max(),
                   std::numeric_limits<std::int32_t>::min(),
                   nullopt})
        .integers("l",
                  ColumnType::Long,
                  {std::numeric_limits<std::int64_t>::max(),
                   std::numeric_limits<std::int64_t>::min(),
                   nullopt})
        .reals("r", {0.1, -1e300, nullopt})
        .texts(
            "d", ColumnType::Decimal, {"12345678901234567890.123456789012345678", "-0.5", nullopt})
        .texts("s", ColumnType::String, {"short", "a text of more than twelve bytes, é", nullopt})
        .integers("t", ColumnType::Datetime, {kMaxTicks, -1, nullopt})
        .integers("p", ColumnType::Timespan, {15'000'000, -15'000'001, nullopt})
        .texts("g",
               ColumnType::Guid,
               {"00000000-0000-0000-0000-000000000001",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                nullopt})
        .texts("j", ColumnType::Dynamic, {R"({"a":[1,2]})", "\"text\"", nullopt})
        .batch();
}

} // namespace

TEST_CASE("every type goes into the table and comes back, null as null")
{
    Fixture fixture;
    CHECK(fixture.write(everyType()).empty());
    CHECK(fixture.types()
          == "b|BOOLEAN;i|INTEGER;l|BIGINT;r|DOUBLE;d|DECIMAL(38,18);s|VARCHAR;t|TIMESTAMP;"
             "p|INTERVAL;g|UUID;j|JSON");
    CHECK(fixture.rows("SELECT b, i, l, r FROM t")
          == "true|2147483647|9223372036854775807|0.1;"
             "false|-2147483648|-9223372036854775808|-1e+300;null|null|null|null");
    CHECK(fixture.rows("SELECT d, s FROM t")
          == "12345678901234567890.123456789012345678|short;"
             "-0.500000000000000000|a text of more than twelve bytes, é;null|null");
    CHECK(fixture.rows("SELECT t, p FROM t")
          == "9999-12-31 23:59:59.999999|00:00:01.5;"
             "1969-12-31 23:59:59.999999|-00:00:01.500001;null|null");
    CHECK(fixture.rows("SELECT g, j, j->>'$.a[1]' FROM t")
          == "00000000-0000-0000-0000-000000000001|{\"a\":[1,2]}|2;"
             "ffffffff-ffff-ffff-ffff-ffffffffffff|\"text\"|null;null|null|null");
}

TEST_CASE("special reals and U+0000 in a text are kept")
{
    Fixture fixture;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    fixture.write(Rows()
                      .reals("r", {std::numeric_limits<double>::quiet_NaN(), -kInfinity})
                      .texts("s",
                             ColumnType::String,
                             {std::string("a\0b", 3), std::string("longer than twelve\0bytes", 24)})
                      .batch());
    CHECK(fixture.rows("SELECT isnan(r), isinf(r) FROM t") == "true|false;false|true");
    CHECK(fixture.rows("SELECT s FROM t")
          == std::string("a\0b", 3) + ";" + std::string("longer than twelve\0bytes", 24));
    CHECK(fixture.rows("SELECT s = 'a' || chr(0) || 'b' FROM t LIMIT 1") == "true");
}

TEST_CASE("only the selected rows are written, in their order")
{
    Fixture fixture;
    fixture.write(Rows()
                      .integers("n", ColumnType::Long, {0, 1, nullopt, 3, 4})
                      .texts("s", ColumnType::String, {"a", "b", "c", nullopt, "e"})
                      .select({1, 2, 3})
                      .batch());
    CHECK(fixture.rows("SELECT n, s FROM t") == "1|b;null|c;3|null");
}

TEST_CASE("a full batch and an empty one go through, and a chunk can be filled again")
{
    Fixture fixture;
    Rows::Values<std::int64_t> values(kBatchRows);
    for (std::size_t i = 0; i < kBatchRows; ++i)
        values[i] = static_cast<std::int64_t>(i);
    const Batch full = Rows().integers("n", ColumnType::Long, values).batch();
    const Batch none = Rows().integers("n", ColumnType::Long, {1}).select({}).batch();
    const Batch nulls = Rows().integers("n", ColumnType::Long, {nullopt, 7}).batch();
    const auto layout = must(fixture.writer.fit(*full.schema));
    std::vector<RowError> rejected;
    auto chunk = std::make_shared<RowChunk>();
    for (const Batch *batch : {&full, &none, &nulls, &full}) {
        chunk->fill(layout, *batch, rejected);
        must(fixture.writer.append(chunk));
        must(fixture.writer.commit());
    }
    CHECK(rejected.empty());
    CHECK(fixture.rows("SELECT count(*), count(n), sum(n)::BIGINT FROM t") == "4098|4097|4192263");
}

TEST_CASE("rows that the table cannot hold are named, their neighbours are written")
{
    Fixture fixture;
    const auto rejected =
        fixture.write(Rows()
                          .integers("i", ColumnType::Int, {1, 1LL << 40, 3, 4, 5, nullopt})
                          .texts("s", ColumnType::String, {"a", "b", "\xFF", "d", "e", "f"})
                          .texts("j", ColumnType::Dynamic, {"1", "{", "[]", "{]", nullopt, "\"x\""})
                          .texts("d", ColumnType::Decimal, {"1", "1", "1", "1", "1e30", nullopt})
                          .batch());
    REQUIRE(rejected.size() == 4);
    CHECK(rejected[0].row == 1);
    CHECK(rejected[0].message.find("'i'") != std::string::npos); // one error a row, the first
    CHECK(rejected[1].row == 2);
    CHECK(rejected[2].row == 3);
    CHECK(rejected[2].message.find("'j'") != std::string::npos);
    CHECK(rejected[3].row == 4);
    CHECK(rejected[3].code == ErrorCode::CastFailed);
    CHECK(fixture.rows("SELECT i, s, j, d FROM t")
          == "1|a|1|1.000000000000000000;null|f|\"x\"|null");
}

TEST_CASE("a table that lacks columns gets them, with null for the rows before")
{
    Fixture fixture;
    fixture.write(Rows().integers("a", ColumnType::Long, {1}).batch());
    fixture.write(Rows()
                      .texts("b", ColumnType::String, {"x"})
                      .integers("A", ColumnType::Long, {2}) // the table's own column 'a'
                      .reals("odd \"name\"", {0.5})
                      .batch());
    fixture.write(Rows().texts("b", ColumnType::String, {"y"}).batch());
    CHECK(fixture.types() == "a|BIGINT;b|VARCHAR;odd \"name\"|DOUBLE");
    CHECK(fixture.rows("SELECT * FROM t") == "1|null|null;2|x|0.5;null|y|null");
}

TEST_CASE("one transaction takes batches of several schemas")
{
    Fixture fixture;
    fixture.write(
        Rows().integers("a", ColumnType::Long, {1}).integers("b", ColumnType::Long, {1}).batch());
    const Batch onlyA = Rows().integers("a", ColumnType::Long, {2}).batch();
    const Batch onlyB = Rows().integers("b", ColumnType::Long, {3}).batch();
    const auto layoutA = must(fixture.writer.fit(*onlyA.schema));
    const auto layoutB = must(fixture.writer.fit(*onlyB.schema));
    std::vector<RowError> rejected;
    for (int round = 0; round < 2; ++round) {
        auto a = std::make_shared<RowChunk>();
        auto b = std::make_shared<RowChunk>();
        a->fill(layoutA, onlyA, rejected);
        b->fill(layoutB, onlyB, rejected);
        must(fixture.writer.append(a));
        must(fixture.writer.append(b));
    }
    CHECK(fixture.rows("SELECT count(*) FROM t") == "1");
    must(fixture.writer.commit());
    CHECK(fixture.rows("SELECT * FROM t") == "1|1;2|null;null|3;2|null;null|3");
}

TEST_CASE("wider columns of an existing table are used as they are")
{
    Fixture fixture;
    must(fixture.reader.exec("CREATE TABLE t(i BIGINT, k DOUBLE, ts TIMESTAMPTZ, j VARCHAR)"));
    CHECK(fixture
              .write(Rows()
                         .integers("i", ColumnType::Int, {1})
                         .integers("k", ColumnType::Int, {2})
                         .integers("ts", ColumnType::Datetime, {0})
                         .texts("j", ColumnType::Dynamic, {"{}"})
                         .batch())
              .empty());
    CHECK(fixture.rows("SELECT i, k, ts, j FROM t") == "1|2|1970-01-01 00:00:00+00|{}");
}

TEST_CASE("a type clash is refused with column, both types and what to do; nothing is changed")
{
    Fixture fixture;
    must(fixture.reader.exec("CREATE TABLE t(temp DOUBLE, id INTEGER)"));
    const Batch batch = Rows()
                            .texts("extra", ColumnType::String, {"x"})
                            .texts("temp", ColumnType::String, {"x"})
                            .batch();
    const auto outcome = fixture.writer.fit(*batch.schema);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::SchemaClash);
    CHECK(outcome.error().message.find("'temp'") != std::string::npos);
    CHECK(outcome.error().message.find("DOUBLE") != std::string::npos);
    CHECK(outcome.error().message.find("string") != std::string::npos);
    CHECK_FALSE(outcome.error().hint.empty());
    CHECK(fixture.types() == "temp|DOUBLE;id|INTEGER");
    // Narrower than what comes: refused too, not cut.
    CHECK_FALSE(fixture.writer.fit(*Rows().integers("id", ColumnType::Long, {1}).batch().schema));
}

TEST_CASE("tables that one bad event could block are refused")
{
    Fixture fixture;
    const Schema schema = Rows().integers("n", ColumnType::Long, {1}).schema();
    for (const char *made : {"CREATE TABLE t(n BIGINT PRIMARY KEY)",
                             "CREATE TABLE t(n BIGINT UNIQUE)",
                             "CREATE TABLE t(n BIGINT CHECK (n > 1))",
                             "CREATE TABLE t(n BIGINT, must INTEGER NOT NULL)"}) {
        CAPTURE(made);
        must(fixture.reader.exec(made));
        const auto outcome = fixture.writer.fit(schema);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == ErrorCode::SchemaClash);
        must(fixture.reader.exec("DROP TABLE t"));
    }
    must(fixture.reader.exec("CREATE VIEW t AS SELECT 1::BIGINT AS n"));
    CHECK(fixture.writer.fit(schema).error().code == ErrorCode::SchemaClash);
}

TEST_CASE("a null for a column that takes none rejects that row alone")
{
    Fixture fixture;
    must(fixture.reader.exec("CREATE TABLE t(n BIGINT NOT NULL, d INTEGER NOT NULL DEFAULT 5)"));
    const auto rejected =
        fixture.write(Rows().integers("n", ColumnType::Long, {1, nullopt, 3}).batch());
    REQUIRE(rejected.size() == 1);
    CHECK(rejected[0].row == 1);
    CHECK(fixture.rows("SELECT * FROM t") == "1|5;3|5");
}

TEST_CASE("names that a database cannot tell apart or cannot have are refused")
{
    Fixture fixture;
    const auto clash = fixture.writer.fit(Rows()
                                              .integers("Temp", ColumnType::Long, {1})
                                              .integers("temp", ColumnType::Long, {1})
                                              .schema());
    REQUIRE_FALSE(clash);
    CHECK(clash.error().code == ErrorCode::SchemaClash);
    CHECK_FALSE(fixture.writer.fit(Schema{}));
    CHECK(checkTableName(""));
    CHECK(checkTableName("a\nb"));
    CHECK_FALSE(checkTableName("hot readings; DROP TABLE x --\""));
}

TEST_CASE("any table name is only a name")
{
    Fixture fixture;
    TableWriter writer = must(TableWriter::open(fixture.database, "x\"; DROP TABLE t --"));
    fixture.append(Rows().integers("n", ColumnType::Long, {1}).batch(), writer);
    must(writer.commit());
    CHECK(fixture.rows(R"(SELECT n FROM "x""; DROP TABLE t --")") == "1");
}

TEST_CASE("rows become visible at the commit, and two tables of one file do not disturb each other")
{
    Fixture fixture;
    TableWriter other = must(TableWriter::open(fixture.database, "u"));
    const Batch batch = Rows().integers("n", ColumnType::Long, {1, 2}).batch();
    fixture.append(batch, fixture.writer);
    fixture.append(batch, other);
    CHECK(fixture.rows("SELECT count(*) FROM t") == "0");
    CHECK(other.pendingRows() == 2);
    must(other.commit());
    CHECK(other.pendingRows() == 0);
    CHECK(fixture.rows("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)") == "0|2");
    must(fixture.writer.commit());
    CHECK(fixture.rows("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)") == "2|2");
}

TEST_CASE("a table that another connection alters in the middle loses no row")
{
    Fixture fixture;
    const Batch batch = Rows().integers("n", ColumnType::Long, {1, 2}).batch();
    std::vector<RowError> rejected;
    const auto layout = must(fixture.writer.fit(*batch.schema));
    const auto append = [&] {
        auto chunk = std::make_shared<RowChunk>();
        chunk->fill(layout, batch, rejected);
        must(fixture.writer.append(std::move(chunk)));
    };
    append();
    must(fixture.reader.exec("ALTER TABLE t ADD COLUMN more INTEGER"));
    append();
    must(fixture.writer.commit());
    CHECK(fixture.rows("SELECT count(*), sum(n)::BIGINT FROM t") == "4|6");
    append();
    must(fixture.reader.exec("DROP TABLE t"));
    must(fixture.writer.commit()); // made again
    CHECK(fixture.rows("SELECT count(*) FROM t") == "2");
    append();
    must(fixture.reader.exec("DROP TABLE t; CREATE TABLE t(n DOUBLE)"));
    const auto changed = fixture.writer.commit();
    REQUIRE_FALSE(changed);
    CHECK(changed.error().code == ErrorCode::SchemaClash);
}

TEST_CASE("child: commits rows and dies" * doctest::skip())
{
    DatabaseRegistry registry;
    const auto database = must(registry.open(childArgument()));
    TableWriter writer = must(TableWriter::open(database, "t"));
    const Batch batch = Rows().integers("n", ColumnType::Long, {1, 2, 3}).batch();
    std::vector<RowError> rejected;
    const auto layout = must(writer.fit(*batch.schema));
    for (int round = 0; round < 5; ++round) {
        auto chunk = std::make_shared<RowChunk>();
        chunk->fill(layout, batch, rejected);
        must(writer.append(std::move(chunk)));
        if (round < 4)
            must(writer.commit());
    }
    _exit(0); // nothing is closed: what a kill leaves
}

TEST_CASE("what was committed survives a kill, what was not is gone")
{
    const Scratch scratch;
    const std::string path = scratch.path("a.duckdb");
    ChildProcess child("child: commits rows and dies", path);
    REQUIRE(child.wait() == 0);
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(path))->connect());
    CHECK(rows(connection, "SELECT count(*), sum(n)::BIGINT FROM t") == "12|24");
}

TEST_CASE("child: writes until the disk takes no more" * doctest::skip())
{
    DatabaseRegistry registry;
    const auto database = must(registry.open(childArgument()));
    TableWriter writer = must(TableWriter::open(database, "t"));
    const Batch batch =
        Rows()
            .integers("n", ColumnType::Long, Rows::Values<std::int64_t>(kBatchRows, 1))
            .texts("s",
                   ColumnType::String,
                   Rows::Values<std::string>(kBatchRows, std::string(200, 'x')))
            .batch();
    std::vector<RowError> rejected;
    const auto layout = must(writer.fit(*batch.schema));
    // A file that may not grow stands for a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4U << 20U, 4U << 20U};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    int committed = 0;
    Result<void> outcome;
    while (outcome && committed < 1000) {
        auto chunk = std::make_shared<RowChunk>();
        chunk->fill(layout, batch, rejected);
        outcome = writer.append(std::move(chunk));
        if (outcome)
            outcome = writer.commit();
        if (outcome) {
            ++committed;
            childSays();
        }
    }
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::DatabaseFailed);
}

TEST_CASE("a disk that is full is an error, and keeps every row that was confirmed")
{
    const Scratch scratch;
    const std::string path = scratch.path("a.duckdb");
    ChildProcess child("child: writes until the disk takes no more", path);
    int confirmed = 0;
    while (child.heard())
        ++confirmed;
    REQUIRE(child.wait() == 0);
    REQUIRE(confirmed > 0);
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(path))->connect());
    CHECK(rows(connection, "SELECT count(*) FROM t")
          == std::to_string(static_cast<std::size_t>(confirmed) * kBatchRows));
}
