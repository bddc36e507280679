#include "core/operators/reference_store.h"
#include "tests/core/storage/scratch.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace sluice;
using namespace sluice::test;

namespace {

/// A file that is written anew, each time with a later time of change.
void write(const std::string &path, const std::string &text)
{
    static int second = 0;
    std::ofstream(path, std::ios::trunc) << text;
    std::filesystem::last_write_time(
        path, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(++second));
}

ReferenceSpec spec(const std::string &path, const std::string &format = "csv")
{
    ReferenceSpec result;
    result.path = path;
    result.format = format;
    result.declared.columns = {{"id", ColumnType::String}, {"n", ColumnType::Long}};
    result.refresh = "1h"; // the test looks itself
    result.maxRows = 100;
    return result;
}

std::shared_ptr<ReferenceStore> open(const ReferenceSpec &wanted, const std::string &owner = "o")
{
    return must(ReferenceStore::open(
        owner, wanted, {wanted.declared, {0}, std::nullopt}, realFileSystem(), processDatabases()));
}

} // namespace

TEST_CASE("the instances of one node share a table, those of another have their own")
{
    const Scratch scratch;
    write(scratch.path("t.csv"), "id,n\na,1\n");
    const auto first = open(spec(scratch.path("t.csv")));
    CHECK(open(spec(scratch.path("t.csv"))) == first);
    CHECK(open(spec(scratch.path("t.csv")), "other") != first);
    CHECK(first->current()->rows().rows == 1);
}

TEST_CASE("a changed file is taken once two looks in a row have seen the same")
{
    const Scratch scratch;
    const std::string path = scratch.path("t.csv");
    write(path, "id,n\na,1\n");
    const auto store = open(spec(path));
    const auto before = store->current();
    CHECK_FALSE(must(store->look()));
    write(path, "id,n\na,1\nb,2\n");
    CHECK_FALSE(must(store->look()));
    CHECK(store->current() == before);
    write(path, "id,n\na,1\nb,2\nc,3\n"); // still being written
    CHECK_FALSE(must(store->look()));
    CHECK(must(store->look()));
    CHECK(store->current()->rows().rows == 3);
    CHECK(before->rows().rows == 1); // a batch that began with it ends with it
    CHECK_FALSE(must(store->look()));
}

TEST_CASE("what cannot be read leaves the table as it was")
{
    const Scratch scratch;
    const std::string path = scratch.path("t.csv");
    write(path, "id,n\na,1\n");
    const auto store = open(spec(path));
    write(path, "other\n1\n");
    CHECK_FALSE(must(store->look()));
    const auto failed = store->look();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::UnknownColumn);
    CHECK(store->current()->rows().rows == 1);
    std::filesystem::remove(path);
    CHECK_FALSE(store->look());
    CHECK(store->current()->rows().rows == 1);
    write(path, "id,n\nb,2\nc,3\n");
    (void)store->look();
    (void)store->look();
    CHECK(store->current()->rows().rows == 2);
}

TEST_CASE("a reference is read from every format")
{
    const Scratch scratch;
    write(scratch.path("t.csv"), "id,n\na,1\nb,\n");
    write(scratch.path("t.ndjson"), "{\"id\":\"a\",\"n\":1}\n{\"id\":\"b\"}\n");
    {
        const auto database = must(Database::openInMemory({scratch.path()}));
        Connection connection = must(database->connect());
        const std::string query = "SELECT * FROM (VALUES ('a', 1::BIGINT), ('b', NULL)) t(id, n)";
        std::filesystem::create_directories(scratch.path("d/_delta_log"));
        for (const char *file : {"t.parquet", "d/p.parquet"})
            must(connection.exec(fmt::format(
                "COPY ({}) TO {} (FORMAT parquet)", query, quoteText(scratch.path(file)))));
        write(
            scratch.path("d/_delta_log/00000000000000000000.json"),
            R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
            "\n"
            R"({"metaData":{"id":"m","schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"n\",\"type\":\"long\"}]}","partitionColumns":[]}})"
            "\n"
            R"({"add":{"path":"p.parquet","partitionValues":{},"size":1,"modificationTime":0,"dataChange":true}})"
            "\n");
        const auto file = must(processDatabases().open(scratch.path("t.duckdb")));
        Connection own = must(file->connect());
        must(own.exec("CREATE TABLE things AS " + query));
    }
    for (const char *format : {"csv", "ndjson", "parquet", "delta", "duckdb"}) {
        CAPTURE(format);
        ReferenceSpec wanted =
            spec(scratch.path(std::string(format) == "delta" ? "d" : std::string("t.") + format),
                 format);
        wanted.table = "things";
        const auto store = open(wanted);
        const TableColumns &rows = store->current()->rows();
        REQUIRE(rows.rows == 2);
        CHECK(rows.columns[0]->texts[0] == "a");
        CHECK(rows.columns[1]->integers[0] == 1);
        CHECK(rows.columns[1]->valid[1] == 0);
        // Without declared columns the file says what it has.
        wanted.declared = {};
        const Schema schema = must(referenceSchema(wanted, realFileSystem()));
        REQUIRE(schema.columns.size() == 2);
        CHECK(schema.columns[0] == SchemaColumn{"id", ColumnType::String});
        CHECK(schema.columns[1] == SchemaColumn{"n", ColumnType::Long});
    }
}

TEST_CASE("a new version of a Delta table and a row of a database are seen")
{
    const Scratch scratch;
    std::filesystem::create_directories(scratch.path("d/_delta_log"));
    const std::string log = scratch.path("d/_delta_log/");
    write(log + "00000000000000000000.json", "");
    ReferenceSpec delta = spec(scratch.path("d"), "delta");
    const auto before = must(referenceStamp(delta, realFileSystem()));
    write(log + "00000000000000000001.json", "");
    CHECK(must(referenceStamp(delta, realFileSystem())) != before);

    const auto file = must(processDatabases().open(scratch.path("t.duckdb")));
    Connection connection = must(file->connect());
    must(connection.exec("CREATE TABLE things (id VARCHAR, n BIGINT)"));
    ReferenceSpec database = spec(scratch.path("t.duckdb"), "duckdb");
    database.table = "things";
    const auto store = open(database);
    CHECK(store->current()->rows().rows == 0);
    must(connection.exec("INSERT INTO things VALUES ('a', 1)"));
    (void)must(store->look());
    CHECK(must(store->look()));
    CHECK(store->current()->rows().rows == 1);
}

TEST_CASE("a refresh that says nothing is refused")
{
    ReferenceSpec wanted = spec("x");
    for (const char *good : {"on_change", "never", "1s", "5m"}) {
        wanted.refresh = good;
        CHECK_FALSE(checkReference(wanted));
    }
    for (const char *bad : {"", "often", "10ms", "0s"}) {
        wanted.refresh = bad;
        CHECK(checkReference(wanted));
    }
}
