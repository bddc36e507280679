#include "core/storage/database_registry.h"
#include "tests/core/storage/child_process.h"
#include "tests/core/storage/scratch.h"

#include <atomic>
#include <fstream>
#include <thread>

using namespace sluice;
using namespace sluice::test;

namespace {

void writeFile(const std::string &path, const std::string &content)
{
    std::ofstream(path, std::ios::binary) << content;
}

} // namespace

TEST_CASE("every spelling, link and hard link of a file opens the same database")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const auto database = must(registry.open(scratch.path("a.duckdb")));
    std::filesystem::create_directory(scratch.path("sub"));
    std::filesystem::create_symlink(scratch.path("a.duckdb"), scratch.path("link.duckdb"));
    std::filesystem::create_hard_link(scratch.path("a.duckdb"), scratch.path("hard.duckdb"));
    CHECK(must(registry.open(scratch.path("sub/../a.duckdb"))) == database);
    CHECK(must(registry.open(scratch.path(".//a.duckdb"))) == database);
    CHECK(must(registry.open(scratch.path("link.duckdb"))) == database);
    CHECK(must(registry.open(scratch.path("hard.duckdb"))) == database);
    CHECK(must(registry.open(scratch.path("b.duckdb"))) != database);
}

TEST_CASE("a link to a file that is not there yet and the file are one database")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    std::filesystem::create_symlink(scratch.path("real.duckdb"), scratch.path("link.duckdb"));
    const auto database = must(registry.open(scratch.path("link.duckdb")));
    CHECK(must(registry.open(scratch.path("real.duckdb"))) == database);
}

TEST_CASE("the last handle closes the database with a checkpoint")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const std::string path = scratch.path("a.duckdb");
    {
        const auto database = must(registry.open(path));
        Connection connection = must(database->connect());
        must(connection.exec("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES (1), (2)"));
        CHECK(database->logBytes() > 0);
    }
    CHECK(std::filesystem::exists(path));
    CHECK_FALSE(std::filesystem::exists(path + ".wal"));
    Connection again = must(must(registry.open(path))->connect());
    CHECK(rows(again, "SELECT x FROM t ORDER BY x") == "1;2");
}

TEST_CASE("handles outlive the registry that gave them")
{
    const Scratch scratch;
    std::shared_ptr<Database> database;
    {
        DatabaseRegistry registry;
        database = must(registry.open(scratch.path("a.duckdb")));
    }
    CHECK(rows(*std::make_unique<Connection>(must(database->connect())), "SELECT 1") == "1");
}

TEST_CASE("opening while the last owner closes waits for it")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const std::string path = scratch.path("a.duckdb");
    {
        Connection connection = must(must(registry.open(path))->connect());
        must(connection.exec("CREATE TABLE t(x INTEGER)"));
    }
    std::atomic<int> failures = 0;
    const auto work = [&] {
        for (int i = 0; i < 10; ++i) {
            auto database = registry.open(path);
            auto connection = database ? (*database)->connect() : Result<Connection>{};
            if (!database || !connection || !connection->exec("INSERT INTO t VALUES (1)"))
                ++failures;
        }
    };
    {
        const std::jthread first(work);
        const std::jthread second(work);
    }
    CHECK(failures == 0);
    Connection connection = must(must(registry.open(path))->connect());
    CHECK(rows(connection, "SELECT count(*) FROM t") == "20");
}

TEST_CASE("a file that was replaced while it is open is refused")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const auto database = must(registry.open(scratch.path("a.duckdb")));
    std::filesystem::remove(scratch.path("a.duckdb"));
    const auto again = registry.open(scratch.path("a.duckdb"));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::DatabaseFailed);
}

TEST_CASE("what is no database is named and left as it is")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    writeFile(scratch.path("text.duckdb"), std::string(20'000, 'x'));
    writeFile(scratch.path("empty.duckdb"), "");
    writeFile(scratch.path("lite.duckdb"), "SQLite format 3" + std::string(5'000, '\0'));
    std::filesystem::create_directory(scratch.path("folder.duckdb"));
    for (const char *name : {"text.duckdb", "empty.duckdb", "lite.duckdb", "folder.duckdb"}) {
        CAPTURE(name);
        const auto opened = registry.open(scratch.path(name));
        REQUIRE_FALSE(opened);
        CHECK(opened.error().code == ErrorCode::DatabaseFailed);
        CHECK_FALSE(opened.error().hint.empty());
    }
    CHECK(std::filesystem::file_size(scratch.path("text.duckdb")) == 20'000);
    CHECK(std::filesystem::file_size(scratch.path("empty.duckdb")) == 0);
}

TEST_CASE("a database that is cut off says that it is damaged")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const std::string path = scratch.path("a.duckdb");
    must(registry.open(path)).reset();
    std::filesystem::resize_file(path, 5'000);
    const auto opened = registry.open(path);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().message.find("damaged") != std::string::npos);
}

TEST_CASE("a missing folder and an unwanted new file are said before anything is made")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const auto nowhere = registry.open(scratch.path("none/a.duckdb"));
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == ErrorCode::DatabaseFailed);
    const auto missing = registry.open(scratch.path("a.duckdb"), DatabaseRegistry::Missing::Fail);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == ErrorCode::FileUnreadable);
    CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("child: holds a database" * doctest::skip())
{
    DatabaseRegistry registry;
    const auto database = must(registry.open(childArgument()));
    childSays();
    waitForParent();
}

TEST_CASE("a database held by another process says by which one, and opens when that lets go")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    const std::string path = scratch.path("a.duckdb");
    ChildProcess child("child: holds a database", path);
    REQUIRE(child.heard());
    const auto locked = registry.open(path);
    REQUIRE_FALSE(locked);
    CHECK(locked.error().code == ErrorCode::DatabaseLocked);
    CHECK(locked.error().message.find(std::to_string(child.pid())) != std::string::npos);
    child.goOn();
    CHECK(child.wait() == 0);
    CHECK(registry.open(path));
}

TEST_CASE("statements can neither reach other files nor load extensions nor change settings")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    const std::string other = quoteText(scratch.path("other"));
    CHECK_FALSE(connection.exec("COPY (SELECT 1) TO " + other));
    CHECK_FALSE(connection.exec("ATTACH " + other));
    CHECK_FALSE(connection.exec("INSTALL httpfs"));
    CHECK_FALSE(connection.exec("SET threads=7"));
    CHECK(rows(connection, "SELECT current_setting('TimeZone')") == "UTC");
}

TEST_CASE("query returns plain values as such and everything else as text")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    const QueryResult result = must(connection.query(
        "SELECT true AS b, 7::TINYINT AS t, 1::BIGINT AS l, 0.5::FLOAT AS f, 'x' AS s, "
        "TIMESTAMP '2026-01-01 00:00:00.5' AS ts, 1.50::DECIMAL(9,2) AS d, NULL::INTEGER AS n, "
        "[1, 2] AS list, '{\"a\":1}'::JSON AS j, sum(1) AS h;\n"));
    REQUIRE(result.rows.size() == 1);
    const auto &row = result.rows[0];
    CHECK(row[0] == Cell{true});
    CHECK(row[1] == Cell{std::int64_t{7}});
    CHECK(row[2] == Cell{std::int64_t{1}});
    CHECK(row[3] == Cell{0.5});
    CHECK(row[4] == Cell{std::string("x")});
    CHECK(row[5] == Cell{std::string("2026-01-01 00:00:00.5")});
    CHECK(row[6] == Cell{std::string("1.50")});
    CHECK(row[7] == Cell{});
    CHECK(row[8] == Cell{std::string("[1, 2]")});
    CHECK(row[9] == Cell{std::string("{\"a\":1}")});
    CHECK(row[10] == Cell{std::string("1")});
    CHECK(result.columns[5].name == "ts");
    CHECK(result.columns[5].type == "TIMESTAMP");
    CHECK(result.columns[9].type == "JSON");
}

TEST_CASE("query keeps the order, stops at its limit and says so")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    const std::string sql = "SELECT make_date(2026, 1, x::INTEGER % 28 + 1) AS d, x FROM "
                            "range(5000) AS r(x) ORDER BY x DESC";
    const QueryResult result = must(connection.query(sql, 3000));
    REQUIRE(result.rows.size() == 3000);
    CHECK(result.truncated);
    CHECK(result.rows[0][1] == Cell{std::int64_t{4999}});
    CHECK(result.rows[2999][1] == Cell{std::int64_t{2000}});
    CHECK_FALSE(must(connection.query("SELECT 1", 1)).truncated);
}

TEST_CASE("a statement that fails says why in one line")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
    const auto outcome = connection.query("SELECT nothing FROM nowhere");
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::DatabaseFailed);
    CHECK(outcome.error().message.find('\n') == std::string::npos);
    CHECK(outcome.error().message.find("nowhere") != std::string::npos);
}

TEST_CASE("names and texts are quoted so that nothing in them is SQL")
{
    CHECK(quoteIdentifier("a\"b") == "\"a\"\"b\"");
    CHECK(quoteText("it's") == "'it''s'");
}
