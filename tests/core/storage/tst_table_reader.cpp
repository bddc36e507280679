#include "core/event/json_encoder.h"
#include "core/storage/table_reader.h"
#include "tests/core/storage/scratch.h"

#include <doctest/doctest.h>

#include <fstream>

using namespace sluice;
using namespace sluice::test;

namespace {

void write(const std::string &path, const std::string &text)
{
    std::ofstream(path) << text;
}

/// Rows as NDJSON.
std::string json(const TableColumns &table)
{
    Batch batch;
    batch.schema = std::make_shared<Schema>(table.schema);
    batch.columns = table.columns;
    batch.rows = table.rows;
    batch.selection = Selection(table.rows);
    ByteBuffer out;
    JsonEncoder(table.schema).encode(batch, out);
    return std::string(out.view());
}

Schema schema(std::vector<SchemaColumn> columns)
{
    Schema result;
    result.columns = std::move(columns);
    return result;
}

} // namespace

TEST_CASE("a CSV file is read by the declared types, and what does not fit is null")
{
    const Scratch scratch;
    const std::string path = scratch.path("t.csv");
    write(path,
          "id,site,max,at,on,note\n"
          "1,\"south, hall 2\",50,2026-01-01T00:00:00.5Z,true,x\n"
          "two,,1e1,never,maybe,\n");
    const auto database = must(Database::openInMemory({path}));
    Connection connection = must(database->connect());
    const std::string from = "read_csv(" + quoteText(path) + ", header=true, all_varchar=true)";
    const TableColumns table = must(readRows(connection,
                                             from,
                                             schema({{"id", ColumnType::Long},
                                                     {"site", ColumnType::String},
                                                     {"max", ColumnType::Real},
                                                     {"at", ColumnType::Datetime},
                                                     {"on", ColumnType::Bool},
                                                     {"gone", ColumnType::String}}),
                                             TextForm::Csv,
                                             100));
    CHECK(
        json(table)
        == R"({"id":1,"site":"south, hall 2","max":50.0,"at":"2026-01-01T00:00:00.5Z","on":true,"gone":null})"
           "\n"
           R"({"id":null,"site":null,"max":10.0,"at":null,"on":null,"gone":null})"
           "\n");
    CHECK(table.misfits == 3);
}

TEST_CASE("the fields of an NDJSON file are read as those of an event")
{
    const Scratch scratch;
    const std::string path = scratch.path("t.ndjson");
    write(path,
          "{\"id\":7,\"tags\":[1,{\"a\":null}],\"name\":\"\\u00e9\"}\n"
          "{\"id\":\"x\",\"name\":5}\n");
    const auto database = must(Database::openInMemory({path}));
    Connection connection = must(database->connect());
    const std::string from =
        "read_json(" + quoteText(path)
        + ", format='newline_delimited', columns={'id': 'JSON', 'tags': 'JSON', 'name': 'JSON'})";
    const TableColumns table = must(readRows(connection,
                                             from,
                                             schema({{"id", ColumnType::Long},
                                                     {"tags", ColumnType::Dynamic},
                                                     {"name", ColumnType::String}}),
                                             TextForm::Json,
                                             100));
    CHECK(json(table)
          == "{\"id\":7,\"tags\":[1,{\"a\":null}],\"name\":\"é\"}\n"
             "{\"id\":null,\"tags\":null,\"name\":\"5\"}\n");
    CHECK(table.misfits == 1);
}

TEST_CASE("columns of a table keep their values and get the nearest types")
{
    const auto database = must(Database::openInMemory({}));
    Connection connection = must(database->connect());
    const std::string from =
        "(SELECT true AS b, 5::TINYINT AS t, 6::BIGINT AS l, 1.5::FLOAT AS f, "
        "1.25::DECIMAL(9,4) AS d, TIMESTAMP '2026-01-01 00:00:00.000001' AS at, DATE '2026-01-02' "
        "AS day, INTERVAL '90 seconds' AS span, {'a': [1, 2]} AS o, 'é' AS s, "
        "'6D0A5E0F-3B5C-4E2B-9E0A-7B1A2C3D4E5F'::UUID AS g, "
        "TIMESTAMPTZ '2026-01-01 02:00:00+02' AS z)";
    const Schema found = must(describeRows(connection, from));
    const std::vector<ColumnType> types{ColumnType::Bool,
                                        ColumnType::Int,
                                        ColumnType::Long,
                                        ColumnType::Real,
                                        ColumnType::Decimal,
                                        ColumnType::Datetime,
                                        ColumnType::Datetime,
                                        ColumnType::Timespan,
                                        ColumnType::Dynamic,
                                        ColumnType::String,
                                        ColumnType::Guid,
                                        ColumnType::Datetime};
    REQUIRE(found.columns.size() == types.size());
    for (std::size_t i = 0; i < types.size(); ++i)
        CHECK(found.columns[i].type == types[i]);
    const TableColumns table = must(readRows(connection, from, found, TextForm::Values, 100));
    CHECK(
        json(table)
        == R"({"b":true,"t":5,"l":6,"f":1.5,"d":1.25,"at":"2026-01-01T00:00:00.000001Z","day":"2026-01-02T00:00:00Z","span":"00:01:30","o":{"a":[1,2]},"s":"é","g":"6d0a5e0f-3b5c-4e2b-9e0a-7b1a2c3d4e5f","z":"2026-01-01T00:00:00Z"})"
           "\n");
}

TEST_CASE("more rows than there may be are refused, and more than a chunk are read")
{
    const auto database = must(Database::openInMemory({}));
    Connection connection = must(database->connect());
    const Schema wanted = schema({{"range", ColumnType::Long}});
    const auto refused = readRows(connection, "range(5000)", wanted, TextForm::Values, 4999);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::StateLimit);
    const TableColumns table =
        must(readRows(connection, "range(5000)", wanted, TextForm::Values, 5000));
    REQUIRE(table.rows == 5000);
    CHECK(table.columns[0]->integers[4999] == 4999);
}

TEST_CASE("a database in memory reads what it was given, and nothing beside it")
{
    const Scratch scratch;
    write(scratch.path("a.csv"), "x\n1\n");
    write(scratch.path("b.csv"), "x\n2\n");
    const auto database = must(Database::openInMemory({scratch.path("a.csv")}));
    Connection connection = must(database->connect());
    CHECK(rows(connection, "FROM read_csv(" + quoteText(scratch.path("a.csv")) + ")") == "1");
    CHECK_FALSE(connection.query("FROM read_csv(" + quoteText(scratch.path("b.csv")) + ")"));
    CHECK_FALSE(connection.exec("SET enable_external_access=true"));
}
