#include "core/node/node_descriptor.h"
#include "core/storage/database_registry.h"
#include "tests/core/storage/batches.h"
#include "tests/core/storage/scratch.h"

#include <algorithm>
#include <fstream>

namespace sluice {
const NodeDescriptor &kqlDatabaseDestinationDescriptor();
}

using namespace sluice;
using namespace sluice::test;

namespace {

using std::nullopt;

/// A destination on a scratch database, driven as the engine does.
struct Fixture
{
    Scratch scratch;
    DatabaseRegistry registry;
    NodeContext context;

    Fixture() { context.databases = &registry; }

    Config config(const std::string &table, const std::string &file = "a.duckdb") const
    {
        return Config(ValueMap{{"database", scratch.path(file)}, {"table", table}});
    }
    Result<std::unique_ptr<Destination>> open(const std::string &table, const Schema &schema)
    {
        context.inputSchemas = {schema};
        TRY_ASSIGN(auto destination,
                   kqlDatabaseDestinationDescriptor().createDestination(config(table), context));
        TRY(destination->open());
        return destination;
    }
    ProbeReport probe(const std::string &table, const std::string &file = "a.duckdb")
    {
        return kqlDatabaseDestinationDescriptor().probe(config(table, file), context, {});
    }
    std::string rows(const std::string &sql)
    {
        Connection connection = must(must(registry.open(scratch.path("a.duckdb")))->connect());
        return test::rows(connection, sql);
    }
};

/// @return  errors of both steps
std::vector<RowError> push(Destination &destination, const Batch &batch)
{
    auto prepared = must(destination.prepare(batch));
    std::vector<RowError> errors = std::move(prepared->errors);
    must(destination.accept(std::move(prepared), errors));
    return errors;
}

Rows readings()
{
    return Rows()
        .texts("device_id", ColumnType::String, {"a", "b", nullopt})
        .reals("temp", {20.5, nullopt, -1});
}

bool mentions(const std::vector<std::string> &lines, const std::string &text)
{
    return std::any_of(lines.begin(), lines.end(), [&](const std::string &line) {
        return line.find(text) != std::string::npos;
    });
}

} // namespace

TEST_CASE("events become rows of a table that is made for them")
{
    Fixture fixture;
    const auto destination = must(fixture.open("readings", readings().schema()));
    CHECK(push(*destination, readings().batch()).empty());
    CHECK(fixture.rows("SELECT count(*) FROM readings") == "0");
    must(destination->flush(1));
    CHECK(fixture.rows("SELECT * FROM readings") == "a|20.5;b|null;null|-1");
    must(destination->close(true));
}

TEST_CASE("a quiet moment makes rows visible, and many rows do not wait for it")
{
    Fixture fixture;
    const auto destination = must(fixture.open("t", readings().schema()));
    push(*destination, readings().batch());
    must(destination->idle());
    CHECK(fixture.rows("SELECT count(*) FROM t") == "3");
    const Batch full =
        Rows()
            .texts("device_id", ColumnType::String, Rows::Values<std::string>(kBatchRows, "device"))
            .reals("temp", Rows::Values<double>(kBatchRows, 1.0))
            .batch();
    for (int i = 0; i < 100; ++i)
        push(*destination, full);
    CHECK(fixture.rows("SELECT count(*) FROM t") == "204803");
}

TEST_CASE("what no barrier confirmed is not kept, so that its replay does not double it")
{
    Fixture fixture;
    const auto destination = must(fixture.open("t", readings().schema()));
    push(*destination, readings().batch());
    must(destination->flush(1));
    push(*destination, readings().batch());
    must(destination->close(false));
    CHECK(fixture.rows("SELECT count(*) FROM t") == "3");
}

TEST_CASE("events that the table cannot hold are handed back, the others are written")
{
    Fixture fixture;
    const Rows rows = Rows()
                          .integers("n", ColumnType::Long, {1, 2, 3})
                          .texts("j", ColumnType::Dynamic, {"{}", "{\"a\":", "[1]"});
    const auto destination = must(fixture.open("t", rows.schema()));
    const auto errors = push(*destination, rows.batch());
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].row == 1);
    CHECK(errors[0].code == ErrorCode::CastFailed);
    must(destination->flush(1));
    CHECK(fixture.rows("SELECT n FROM t") == "1;3");
}

TEST_CASE("a schema that grows in the middle of a run grows the table")
{
    Fixture fixture;
    const auto destination = must(fixture.open("t", readings().schema()));
    push(*destination, readings().batch());
    const Batch grown =
        readings().integers("extra", ColumnType::Long, {7, nullopt, nullopt}).select({0}).batch();
    CHECK(push(*destination, grown).empty());
    push(*destination, grown);
    push(*destination, readings().batch());
    must(destination->flush(1));
    CHECK(fixture.rows("SELECT count(*), count(extra) FROM t") == "8|2");
}

TEST_CASE("two destinations write to two tables of one file, and two to one table")
{
    Fixture fixture;
    const Schema schema = readings().schema();
    const auto first = must(fixture.open("one", schema));
    const auto second = must(fixture.open("two", schema));
    const auto third = must(fixture.open("two", schema));
    for (int i = 0; i < 3; ++i) {
        for (const auto *destination : {&first, &second, &third})
            push(**destination, readings().batch());
    }
    for (const auto *destination : {&second, &first, &third})
        must((*destination)->flush(1));
    CHECK(fixture.rows("SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two)") == "9|18");
}

TEST_CASE("a table of another type stops the start and names the field")
{
    Fixture fixture;
    fixture.rows("CREATE TABLE t(temp VARCHAR)");
    const auto destination = fixture.open("t", readings().schema());
    REQUIRE_FALSE(destination);
    CHECK(destination.error().code == ErrorCode::SchemaClash);
    CHECK(destination.error().field == "table");
    CHECK_FALSE(destination.error().hint.empty());
}

TEST_CASE("a path that is no database stops the start and names the field")
{
    Fixture fixture;
    std::ofstream(fixture.scratch.path("a.duckdb")) << "not a database";
    const auto destination = fixture.open("t", readings().schema());
    REQUIRE_FALSE(destination);
    CHECK(destination.error().code == ErrorCode::DatabaseFailed);
    CHECK(destination.error().field == "database");
}

TEST_CASE("a card shows table and file, and the names of what is looked up")
{
    const auto &describe = kqlDatabaseDestinationDescriptor().describe;
    CHECK(describe({{"database", "data/demo.duckdb"}, {"table", "readings"}})
          == "readings · demo.duckdb");
    CHECK(describe({{"database", Reference{ReferenceKind::Parameter, "db"}}, {"table", "t"}})
          == "t · db");
    CHECK(describe({{"table", "t"}}) == "t");
    CHECK(describe({}).empty());
}

TEST_CASE("the schema check tells names that clash, and keeps quiet while nothing is known")
{
    const NodeContext context;
    const auto &check = kqlDatabaseDestinationDescriptor().outputSchemas;
    const Schema clash{{{"Temp", ColumnType::Real}, {"temp", ColumnType::Real}}, false, false};
    const auto flow = check({}, {clash}, context);
    REQUIRE(flow.problems.size() == 1);
    CHECK(flow.problems[0].error.code == ErrorCode::SchemaClash);
    REQUIRE(flow.outputs.size() == 1);
    CHECK(flow.outputs[0].find("$error_code").has_value());
    CHECK(check({}, {Schema{{}, true, true}}, context).problems.empty());
    CHECK(check({}, {Schema{{}, false, false}}, context).problems.size() == 1);
    CHECK(check({}, {readings().schema()}, context).problems.empty());
}

TEST_CASE("the test of the connection says what it found and makes nothing")
{
    Fixture fixture;
    ProbeReport report = fixture.probe("t");
    CHECK(report.ok);
    CHECK_FALSE(std::filesystem::exists(fixture.scratch.path("a.duckdb")));
    CHECK_FALSE(fixture.probe("t", "none/a.duckdb").ok);
    CHECK_FALSE(fixture.probe("").ok);

    fixture.rows("CREATE TABLE t(temp DOUBLE)");
    fixture.context.inputSchemas = {readings().schema()};
    report = fixture.probe("t");
    CHECK(report.ok);
    CHECK(mentions(report.details, "temp DOUBLE"));
    CHECK(mentions(report.details, "device_id VARCHAR will be added"));
    CHECK(report.suggestions == std::vector<std::string>{"t"});
    CHECK(report.suggestionsFor == "table");
    CHECK(fixture.rows("SELECT count(*) FROM duckdb_columns() WHERE table_name = 't'") == "1");

    CHECK(fixture.probe("u").ok);
    CHECK(fixture.rows("SELECT count(*) FROM duckdb_tables()") == "1");

    fixture.context.inputSchemas = {Rows().texts("temp", ColumnType::String, {"x"}).schema()};
    report = fixture.probe("t");
    CHECK_FALSE(report.ok);
    CHECK(report.summary.find("temp") != std::string::npos);
}
