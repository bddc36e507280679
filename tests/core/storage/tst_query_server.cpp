#include "core/storage/local_socket.h"
#include "core/storage/query_server.h"
#include "core/storage/query_text.h"
#include "core/storage/query_wire.h"
#include "tests/core/storage/child_process.h"
#include "tests/core/storage/scratch.h"

#include <atomic>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace sluice;
using namespace sluice::test;

namespace {

// Long enough to be cancelled, and no table needed.
constexpr const char *kEndless =
    "range a from 1 to 100000000 step 1 | extend b = hash(tostring(a)) | summarize "
    "dcount(b), count() by c = b % 1000 | summarize sum(count_)";

QueryRequest kql(std::string text)
{
    QueryRequest request;
    request.text = std::move(text);
    return request;
}

/// Cells of an answer, rows parted by ';'.
std::string cells(const QueryAnswer &answer)
{
    std::string text;
    for (const Batch &batch : answer.batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            text += text.empty() ? "" : ";";
            for (std::size_t i = 0; i < batch.columns.size(); ++i)
                text += (i == 0 ? "" : "|")
                        + (batch.columns[i]->valid[row] != 0 ? valueText(*batch.columns[i], row)
                                                             : "null");
        }
    }
    return text;
}

/// A database with two rows of every type, and a registry that answers for it.
struct Owner
{
    Scratch scratch;
    std::string path = scratch.path("demo.duckdb");
    DatabaseRegistry registry;
    QueryServer server{registry};
    std::shared_ptr<Database> database = must(registry.open(path));

    Owner()
    {
        Connection connection = must(database->connect());
        must(connection.exec(
            "CREATE TABLE readings(b BOOLEAN, n BIGINT, r DOUBLE, d DECIMAL(38,18), s VARCHAR, "
            "t TIMESTAMP, i INTERVAL, g UUID, j JSON); INSERT INTO readings VALUES "
            "(true, 7, 1.5, 12.25, 'a, \"b\"', '2026-01-01 00:00:00.123456', "
            "INTERVAL '26 hours', '00000000-0000-0000-0000-00000000000a', '{\"x\": [1]}'), "
            "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"));
    }
};

} // namespace

TEST_CASE("an owner answers with the rows that it has itself")
{
    Owner owner;
    for (const char *text : {"readings",
                             "readings | where n > 100",
                             "readings | summarize count() by s | render barchart with (title='x')",
                             "print x = real(nan), y = dynamic([1, \"é\"])",
                             ".show tables",
                             ".show table readings schema"}) {
        CAPTURE(text);
        const QueryAnswer own = must(answerQuery(*owner.database, kql(text)));
        const QueryAnswer asked = must(askOwner(owner.path, kql(text)));
        CHECK(asked.schema == own.schema);
        CHECK(cells(asked) == cells(own));
        CHECK(asked.render.has_value() == own.render.has_value());
        if (own.render)
            CHECK(asked.render->properties == own.render->properties);
    }
    QueryRequest sql = kql("SELECT n, s, n IS NULL FROM readings ORDER BY n");
    sql.language = QueryLanguage::Sql;
    const QueryAnswer answer = must(askOwner(owner.path, sql));
    CHECK(cells(answer) == "7|a, \"b\"|false;null|null|true");
    std::string json;
    appendAnswerJson(answer, *answer.batches[0].columns[1], 1, &json);
    CHECK(json == "null");
}

TEST_CASE("many rows come whole and limits hold")
{
    Owner owner;
    QueryRequest request = kql("range x from 1 to 10000 step 1 | extend s = strrep('ab', x % 50)");
    const QueryAnswer all = must(askOwner(owner.path, request));
    CHECK(all.rows() == 10'000);
    CHECK_FALSE(all.truncated);
    CHECK(cells(all) == cells(must(answerQuery(*owner.database, request))));
    request.rowLimit = 3000;
    const QueryAnswer some = must(askOwner(owner.path, request));
    CHECK(some.rows() == 3000);
    CHECK(some.truncated);
    request = kql(kEndless);
    request.timeLimit = std::chrono::milliseconds(30);
    const auto stopped = askOwner(owner.path, request);
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error().code == ErrorCode::Cancelled);
    CHECK(stopped.error().message.find("30 ms") != std::string::npos);
}

TEST_CASE("an owner refuses what it would refuse to itself")
{
    Owner owner;
    const auto codeOf = [&](const char *text, QueryLanguage language) {
        QueryRequest request = kql(text);
        request.language = language;
        const auto answer = askOwner(owner.path, request);
        return answer ? ErrorCode::Unknown : answer.error().code;
    };
    using enum QueryLanguage;
    CHECK(codeOf("DELETE FROM readings", Sql) == ErrorCode::NotSupported);
    CHECK(codeOf("SELECT 1; DROP TABLE readings", Sql) == ErrorCode::NotSupported);
    CHECK(codeOf("SELECT * FROM read_csv('/etc/passwd')", Sql) == ErrorCode::DatabaseFailed);
    CHECK(codeOf("SELECT sluice_long(1, 2)", Sql) == ErrorCode::DatabaseFailed);
    CHECK(codeOf("readings | evaluate python(n)", Kql) == ErrorCode::NotSupported);
    CHECK(codeOf("nothing", Kql) == ErrorCode::UnknownName);
    CHECK(codeOf(".drop table readings", Kql) == ErrorCode::NotSupported);
    CHECK(must(askOwner(owner.path, kql("readings | count"))).rows() == 1);
}

TEST_CASE("who hangs up stops the query")
{
    Owner owner;
    std::stop_source stop;
    std::jthread other([&stop] { stop.request_stop(); });
    const auto answer = askOwner(owner.path, kql(kEndless), stop.get_token());
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == ErrorCode::Cancelled);
    // The owner's side lets go of the database: closing waits for nothing.
    const std::weak_ptr<Database> held = owner.database;
    owner.database.reset();
    while (!held.expired())
        std::this_thread::yield();
}

TEST_CASE("a query that runs when the server ends is stopped")
{
    Scratch scratch;
    DatabaseRegistry registry;
    auto server = std::make_unique<QueryServer>(registry);
    auto database = must(registry.open(scratch.path("a.duckdb")));
    std::atomic<bool> asking = false;
    Result<QueryAnswer> answer;
    std::thread client([&] {
        asking = true;
        answer = askOwner(scratch.path("a.duckdb"), kql(kEndless));
    });
    while (!asking)
        std::this_thread::yield();
    server.reset();
    client.join();
    CHECK_FALSE(answer.has_value());
}

TEST_CASE("the socket is this user's alone and goes with the file")
{
    Owner owner;
    const std::string place = querySocketPath(owner.path);
    struct stat info
    {};
    REQUIRE(lstat(place.c_str(), &info) == 0);
    CHECK(S_ISSOCK(info.st_mode));
    CHECK((info.st_mode & 0777U) == 0600);
    owner.database.reset();
    CHECK(lstat(place.c_str(), &info) != 0);
    CHECK(askOwner(owner.path, kql("readings")).error().code == ErrorCode::ConnectionFailed);
}

TEST_CASE("a file that is open already is offered, and a dead socket is replaced")
{
    Scratch scratch;
    const std::string path = scratch.path("a.duckdb");
    {
        const Descriptor left = must(listenLocally(querySocketPath(path)));
    }
    CHECK(std::filesystem::exists(querySocketPath(path)));
    CHECK(askOwner(path, kql("print 1")).error().code == ErrorCode::ConnectionFailed);
    DatabaseRegistry registry;
    const auto database = must(registry.open(path));
    const QueryServer server(registry);
    CHECK(cells(must(askOwner(path, kql("print 1")))) == "1");
    std::filesystem::create_symlink(path, scratch.path("link.duckdb"));
    CHECK(cells(must(askOwner(scratch.path("link.duckdb"), kql("print 2")))) == "2");
}

TEST_CASE("long folders and names have their socket too")
{
    Scratch scratch;
    const std::string folder = scratch.path(std::string(120, 'f'));
    std::filesystem::create_directory(folder);
    const std::string path = folder + "/" + std::string(180, 'n') + ".duckdb";
    DatabaseRegistry registry;
    const QueryServer server(registry);
    const auto database = must(registry.open(path));
    CHECK(cells(must(askOwner(path, kql("print 3")))) == "3");
}

TEST_CASE("what is no question is answered with an error and harms nobody")
{
    Owner owner;
    const std::string place = querySocketPath(owner.path);
    for (const std::string bytes :
         {"", "{}", "{\"sluice\": 9, \"query\": \"print 1\"}", "\xff\x00"}) {
        const Descriptor connection = must(connectLocally(place));
        must(sendMessage(connection.number(), kQuestionMessage, bytes));
        CHECK(must(receiveMessage(connection.number(), 1000)).kind == kErrorMessage);
    }
    const Descriptor huge = must(connectLocally(place));
    const char head[] = {'Q', '\xff', '\xff', '\xff', '\x7f'};
    REQUIRE(write(huge.number(), head, sizeof head) == sizeof head);
    CHECK(must(receiveMessage(huge.number(), 1000)).kind == kErrorMessage);
    CHECK(cells(must(askOwner(owner.path, kql("print 1")))) == "1");
}

TEST_CASE("bytes that are no batch of the schema are refused")
{
    const auto schema = std::make_shared<const Schema>(
        Schema{{{"s", ColumnType::String}, {"n", ColumnType::Long}}});
    Batch batch;
    batch.rows = 2;
    auto texts = takeColumn(ColumnType::String, 2);
    texts->valid = {1, 0};
    texts->texts[0] = "abc";
    auto numbers = takeColumn(ColumnType::Long, 2);
    numbers->valid = {1, 1};
    numbers->integers = {4, 5};
    batch.columns = {texts, numbers};
    const std::string bytes = batchBytes(batch, 0, 2);
    CHECK(must(batchFrom(bytes, schema)).columns[0]->texts[0] == "abc");
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(batchFrom(std::string_view(bytes).substr(0, size), schema).has_value());
    CHECK_FALSE(batchFrom(bytes + "x", schema).has_value());
    std::string many = bytes;
    many[1] = '\x7f';
    CHECK_FALSE(batchFrom(many, schema).has_value());
}

TEST_CASE("child: owns a database" * doctest::skip())
{
    DatabaseRegistry registry;
    const QueryServer server(registry);
    const auto database = must(registry.open(childArgument()));
    Connection connection = must(database->connect());
    must(connection.exec("CREATE TABLE t(x BIGINT); INSERT INTO t VALUES (41), (1)"));
    childSays();
    waitForParent();
    must(connection.exec("INSERT INTO t VALUES (100)"));
    childSays();
    waitForParent();
}

TEST_CASE("a database that another process has open is asked there")
{
    Scratch scratch;
    const std::string path = scratch.path("shared.duckdb");
    DatabaseRegistry registry;
    const QueryRequest sum = kql("t | summarize sum(x)");
    {
        ChildProcess owner("child: owns a database", path);
        REQUIRE(owner.heard());
        CHECK(registry.open(path).error().code == ErrorCode::DatabaseLocked);
        CHECK(cells(must(askDatabase(registry, path, sum))) == "42");
        owner.goOn();
        REQUIRE(owner.heard());
        CHECK(cells(must(askDatabase(registry, path, sum))) == "142");
        owner.goOn();
        CHECK(owner.wait() == 0);
    }
    CHECK(cells(must(askDatabase(registry, path, sum))) == "142"); // now this process has it
    CHECK(askDatabase(registry, scratch.path("none.duckdb"), sum).error().code
          == ErrorCode::FileUnreadable);
}

TEST_CASE("a query in another process dies with it and the file can be opened again")
{
    Scratch scratch;
    const std::string path = scratch.path("shared.duckdb");
    DatabaseRegistry registry;
    ChildProcess owner("child: owns a database", path);
    REQUIRE(owner.heard());
    Result<QueryAnswer> answer;
    std::thread client([&] { answer = askOwner(path, kql(kEndless)); });
    owner.kill();
    client.join();
    CHECK_FALSE(answer.has_value());
    CHECK(owner.wait() < 0);
    CHECK(std::filesystem::exists(querySocketPath(path)));
    CHECK(cells(must(askDatabase(registry, path, kql("t | count")))) == "2");
}
