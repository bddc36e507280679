#include "tests/core/kql/kql_harness.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::kql;

TEST_CASE("a filter keeps the rows for which it is true")
{
    Table table("temp:real, name:string, n:long");
    table.row({"20.0", "'a'", "1"})
        .row({"20.5", "'B'", "long(null)"})
        .row({"real(null)", "''", "3"});
    CHECK(table.where("temp > 20") == "1");
    CHECK(table.where("temp <= 20.0") == "0");
    CHECK(table.where("temp > 20 or n == 3") == "1, 2");
    CHECK(table.where("temp > 0 and name =~ 'b'") == "1");
    CHECK(table.where("not(temp > 20)") == "0");
    CHECK(table.where("true") == "0, 1, 2");
    CHECK(table.where("n in (1, 3)") == "0, 2");
}

TEST_CASE("a null is unequal to every value and has no order")
{
    Table table("n:long, s:string");
    table.row({"5", "'x'"}).row({"long(null)", "''"}).row({"6", "'y'"});
    CHECK(table.where("n != 5") == "1, 2");
    CHECK(table.where("n == 5") == "0");
    CHECK(table.where("n < 10") == "0, 2");
    CHECK(table.project("n == 5") == "true, false, false");
    CHECK(table.project("n > 5") == "false, null, true");
    CHECK(table.project("n !in (5)") == "false, true, true");
    CHECK(table.project("n between (5 .. 6)") == "true, null, true");
    CHECK(table.project("n !between (5 .. 5)") == "false, null, true");
    CHECK(table.project("n == long(null)") == "false, null, false");
    CHECK(table.project("isnull(s)") == "false, false, false");
    CHECK(table.project("isempty(s)") == "false, true, false");
}

TEST_CASE("arithmetic follows Kusto")
{
    CHECK(value("7 / 2") == "3");
    CHECK(value("-7 / 2") == "-3");
    CHECK(value("-10 % -4") == "2");
    CHECK(value("1 / 0") == "null");
    CHECK(value("1.0 / 0") == "\"Infinity\"");
    CHECK(value("9223372036854775807 + 1") == "-9223372036854775808");
    CHECK(value("1 + 2 * 3 - 4") == "3");
    CHECK(typeOf("int(1) + int(2)") == "long");
    CHECK(typeOf("1 + 2.0") == "real");
    CHECK(value("2h * 2") == "\"04:00:00\"");
    CHECK(value("datetime(2026-01-01) + 1d") == "\"2026-01-02T00:00:00Z\"");
    CHECK(typeOf("1d / 1h") == "real");
    CHECK(value("-(1d + 2h)") == "\"-1.02:00:00\"");
}

TEST_CASE("an open schema gives unknown names as dynamic columns")
{
    Schema schema;
    schema.open = true;
    const auto expression = compileOrFail("a.b[0] > 20 and c == 'x'", {&schema, nullptr});
    REQUIRE(expression.has_value());
    CHECK((*expression)->columns() == std::vector<std::string>{"a", "c"});
    CHECK((*expression)->columnTypes()[0] == ColumnType::Dynamic);
    Batch batch;
    batch.rows = 2;
    batch.selection = Selection(2);
    auto a = takeColumn(ColumnType::Dynamic, 2);
    a->valid = {1, 1};
    a->texts = {R"({"b":[21]})", R"({"b":[7]})"};
    auto c = takeColumn(ColumnType::Dynamic, 2);
    c->valid = {1, 1};
    c->texts = {R"("x")", R"("x")"};
    batch.columns = {c, a};
    Evaluator evaluator(*expression, {1, 0});
    const auto rows = evaluator.select(batch, 0);
    REQUIRE(rows.has_value());
    CHECK(rows->size() == 1);
    CHECK((*rows)[0] == 0);
}

TEST_CASE("a column that the batch does not have is all null")
{
    Schema schema;
    schema.columns = {{"a", ColumnType::Long}};
    const auto expression = compileOrFail("a + 1", {&schema, nullptr});
    REQUIRE(expression.has_value());
    Batch batch;
    batch.rows = 2;
    batch.selection = Selection(2);
    batch.columns = {nullptr};
    const auto column = Evaluator(*expression, {0}).evaluate(batch, 0);
    REQUIRE(column.has_value());
    CHECK((*column)->rows() == 2);
    CHECK((*column)->valid[1] == 0);
}

TEST_CASE("a result is dense, and only its selected rows are computed")
{
    Table table("s:string");
    table.row({"'a'"}).row({"'b'"}).row({"'c'"});
    Batch batch = table.batch();
    batch.selection = Selection(std::make_shared<const std::vector<std::uint16_t>>(1, 2));
    const auto expression = compileOrFail("tostring(s)", {&table.schema(), nullptr});
    REQUIRE(expression.has_value());
    const auto column = Evaluator(*expression, {0}).evaluate(batch, 0);
    REQUIRE(column.has_value());
    CHECK((*column)->rows() == 3);
    CHECK((*column)->texts[2] == "c");
}

TEST_CASE("a problem names its place and the nearest name")
{
    Schema schema;
    schema.columns = {{"temperature", ColumnType::Real}, {"name", ColumnType::String}};
    CHECK(problemOf("temprature > 20", schema)
          == "5002 at 1:1: there is no column 'temprature'|Did you mean 'temperature'?");
    CHECK(problemOf("name ==\n tostrin(1)", schema)
          == "5001 at 2:2: there is no function 'tostrin'|Did you mean 'tostring'?");
    CHECK(problemOf("temperature > 'x'", schema)
              .starts_with("5004 at 1:13: '>' is not defined for real and string"));
    CHECK(problemOf("name hass 'x'", schema).find("Did you mean 'has'?") != std::string::npos);
    CHECK(problemOf("temperature = 20", schema)
          == "5000 at 1:13: '=' does not compare|Write '=='.");
    CHECK(problemOf("name + 'x'", schema).find("strcat") != std::string::npos);
    CHECK(problemOf("temperature >", schema).starts_with("5000 at 1:14: the text ends"));
    CHECK(problemOf("iff(true, 1, 2.0)").starts_with("5004"));
    CHECK(problemOf("coalesce(5, 1.5)").starts_with("5004"));
    CHECK(problemOf("name matches regex '(?=x)'", schema).starts_with("5003 at 1:6"));
    CHECK(problemOf("-9223372036854775808").starts_with("5000"));
    CHECK(problemOf("1L").starts_with("5000 at 1:1"));
    CHECK(problemOf("'abc").find("no closing quote") != std::string::npos);
    CHECK(problemOf("has == 1", schema).find("['has']") != std::string::npos);
    CHECK(problemOf("temperature > 20 | take 1", schema).starts_with("5005"));
    CHECK(problemOf("extract_all('(a)', 'aa', 5)").starts_with("5004"));
}

TEST_CASE("a text that goes beyond the bounds is refused, not run")
{
    CHECK(problemOf(std::string(300'000, ' ') + "1").starts_with("5006"));
    CHECK(problemOf(std::string(5'000, '(') + "1").starts_with("5006"));
    std::string sum = "1";
    for (int i = 0; i < 5000; ++i)
        sum += "+1";
    CHECK(problemOf(sum).starts_with("5006"));
}

TEST_CASE("param() gives the value of a pipeline parameter")
{
    const ParameterValues parameters{{"limit", ColumnType::Real, Value(20)},
                                     {"since", ColumnType::Timespan, Value("10s")}};
    Schema schema;
    const auto limit = compileOrFail("param('limit') * 2", {&schema, &parameters});
    REQUIRE(limit.has_value());
    CHECK(jsonOf(**evaluateConstant(**limit, 0), 0) == "40.0");
    const auto since = compileOrFail("param('since')", {&schema, &parameters});
    REQUIRE(since.has_value());
    CHECK((*since)->type() == ColumnType::Timespan);
    CHECK(compile("param('limt')", {&schema, &parameters}).problems.front().suggestion == "limit");
}
