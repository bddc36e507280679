#include "core/storage/delta_snapshot.h"
#include "core/storage/table_reader.h"
#include "tests/core/storage/scratch.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace sluice;
using namespace sluice::test;

namespace {

/// A Delta table made by hand.
class Table
{
public:
    Table() { std::filesystem::create_directories(m_scratch.path("t/_delta_log")); }

    std::string path(const std::string &name = {}) const
    {
        return m_scratch.path(name.empty() ? "t" : "t/" + name);
    }
    void commit(int version, const std::string &lines) const
    {
        std::ofstream(path(fmt::format("_delta_log/{:020}.json", version))) << lines;
    }
    /// A Parquet file with the rows of a query.
    void data(const std::string &name, const std::string &query) const
    {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        const auto database = must(Database::openInMemory({m_scratch.path()}));
        Connection connection = must(database->connect());
        must(connection.exec(
            fmt::format("COPY ({}) TO {} (FORMAT parquet)", query, quoteText(path(name)))));
    }
    std::string read() const
    {
        const DeltaSnapshot snapshot = must(readDeltaSnapshot(path()));
        const auto database = must(Database::openInMemory({path()}));
        Connection connection = must(database->connect());
        return rows(connection, "SELECT * FROM " + snapshot.fromClause() + " ORDER BY ALL");
    }
    ErrorCode failure() const
    {
        const auto snapshot = readDeltaSnapshot(path());
        return snapshot ? ErrorCode::Unknown : snapshot.error().code;
    }

private:
    Scratch m_scratch;
};

const std::string kProtocol = R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
                              "\n";

std::string metaData(const std::string &fields, const std::string &partitions = "[]")
{
    return R"({"metaData":{"id":"m","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[)"
           + fields + R"(]}","partitionColumns":)" + partitions + ",\"configuration\":{}}}\n";
}

std::string column(const std::string &name, const std::string &type)
{
    return fmt::format(
        R"({{\"name\":\"{}\",\"type\":\"{}\",\"nullable\":true,\"metadata\":{{}}}})", name, type);
}

std::string add(const std::string &path, const std::string &more = "\"partitionValues\":{}")
{
    return fmt::format("{{\"add\":{{\"path\":\"{}\",{},\"size\":1,\"modificationTime\":0,"
                       "\"dataChange\":true}}}}\n",
                       path,
                       more);
}

} // namespace

TEST_CASE("a Delta table is what its log says, not what lies in its folder")
{
    const Table table;
    table.data("a.parquet", "SELECT 'a' AS id, 1::BIGINT AS n");
    table.data("b c.parquet", "SELECT 'b' AS id, 2::BIGINT AS n");
    table.data("orphan.parquet", "SELECT 'x' AS id, 9::BIGINT AS n");
    table.commit(0,
                 kProtocol + metaData(column("id", "string") + "," + column("n", "long"))
                     + add("a.parquet"));
    table.commit(1, add("b%20c.parquet"));
    CHECK(table.read() == "a|1;b|2");
    table.commit(2,
                 R"({"remove":{"path":"a.parquet","dataChange":true}})"
                 "\n");
    CHECK(table.read() == "b|2");
    const DeltaSnapshot snapshot = must(readDeltaSnapshot(table.path()));
    CHECK(snapshot.version == 2);
    CHECK(must(latestDeltaVersion(table.path())) == 2);
    REQUIRE(snapshot.schema.columns.size() == 2);
    CHECK(snapshot.schema.columns[1].type == ColumnType::Long);
}

TEST_CASE("values of partition columns come from the log")
{
    const Table table;
    table.data("p/1.parquet", "SELECT 1::INTEGER AS n");
    table.data("p/2.parquet", "SELECT 2::INTEGER AS n");
    table.commit(0,
                 kProtocol
                     + metaData(column("n", "integer") + "," + column("day", "date"), "[\"day\"]")
                     + add("p/1.parquet", R"("partitionValues":{"day":"2026-01-02"})")
                     + add("p/2.parquet", R"("partitionValues":{"day":null})"));
    CHECK(table.read() == "1|2026-01-02;2|null");
}

TEST_CASE("a checkpoint stands for the commits before it")
{
    const Table table;
    table.data("a.parquet", "SELECT 1::BIGINT AS n");
    table.data("b.parquet", "SELECT 2::BIGINT AS n");
    table.data("_delta_log/00000000000000000004.checkpoint.parquet",
               "SELECT {'minReaderVersion': 1, 'minWriterVersion': 2} AS protocol, NULL AS "
               "metaData, NULL AS \"add\" UNION ALL SELECT NULL, {'id': 'm', 'schemaString': "
               "'{\"type\":\"struct\",\"fields\":[{\"name\":\"n\",\"type\":\"long\"}]}', "
               "'partitionColumns': []::VARCHAR[]}, NULL UNION ALL SELECT NULL, NULL, {'path': "
               "'a.parquet', 'partitionValues': MAP{}::MAP(VARCHAR, VARCHAR), 'size': 1}");
    table.commit(5, add("b.parquet"));
    CHECK(table.read() == "1;2");
    CHECK(must(readDeltaSnapshot(table.path())).version == 5);
}

TEST_CASE("an empty table has columns and no rows")
{
    const Table table;
    table.commit(0, kProtocol + metaData(column("n", "long")));
    CHECK(table.read().empty());
}

TEST_CASE("tables that a plain reader would read wrongly are refused")
{
    const Table table;
    CHECK(table.failure() == ErrorCode::FileDamaged); // an empty log
    table.commit(1, kProtocol + metaData(column("n", "long")));
    CHECK(table.failure() == ErrorCode::FileDamaged); // begins at 1
    table.commit(0, kProtocol + metaData(column("n", "long")));
    CHECK(table.failure() == ErrorCode::Unknown);
    table.commit(3, add("a.parquet"));
    CHECK(table.failure() == ErrorCode::FileDamaged); // 2 is missing
    table.commit(2,
                 add("a.parquet", R"("partitionValues":{},"deletionVector":{"storageType":"u"})"));
    CHECK(table.failure() == ErrorCode::NotSupported);
    table.commit(2, add("../../a.parquet"));
    CHECK(table.failure() == ErrorCode::NotSupported);
    table.commit(2, add("s3://bucket/a.parquet"));
    CHECK(table.failure() == ErrorCode::NotSupported);
    table.commit(2, R"({"protocol":{"minReaderVersion":2,"minWriterVersion":5}})");
    CHECK(table.failure() == ErrorCode::NotSupported);
    table.commit(
        2,
        R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":[]}})");
    CHECK(table.failure() == ErrorCode::NotSupported);
    table.commit(
        2,
        R"({"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timestampNtz"],"writerFeatures":[]}})");
    CHECK(table.failure() == ErrorCode::Unknown);
    table.commit(2, "{\"add\": 5}\nnot json\n");
    CHECK(table.failure() == ErrorCode::FileDamaged);
    table.commit(2, R"({"metaData":{"id":5}})");
    CHECK(table.failure() == ErrorCode::FileDamaged);
}

TEST_CASE("a folder without a log is no Delta table")
{
    const Scratch scratch;
    const auto snapshot = readDeltaSnapshot(scratch.path());
    REQUIRE_FALSE(snapshot);
    CHECK(snapshot.error().code == ErrorCode::IoFailed);
}
