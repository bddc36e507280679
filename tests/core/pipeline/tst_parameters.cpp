#include "core/pipeline/parameters.h"
#include "tests/core/pipeline/validation_helper.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a parameter's text is read by its declared type")
{
    struct Case
    {
        ColumnType type;
        const char *good;
        const char *json; // what becomes of it
        const char *bad;
    };
    for (const Case &c : {Case{ColumnType::Bool, "true", "true", "yes"},
                          Case{ColumnType::Int, "-5", "-5", "2147483648"},
                          Case{ColumnType::Long, "9000000000", "9000000000", "1.5"},
                          Case{ColumnType::Real, "20", "20.0", "warm"},
                          Case{ColumnType::Decimal, "1.10", "\"1.10\"", "x"},
                          Case{ColumnType::Datetime, "2026-01-01", "\"2026-01-01\"", "someday"},
                          Case{ColumnType::Timespan, "10s", "\"10s\"", "a while"},
                          Case{ColumnType::Guid,
                               "74be27de-1e4e-49d9-b579-fe0b331d3642",
                               "\"74be27de-1e4e-49d9-b579-fe0b331d3642\"",
                               "74be27de"},
                          Case{ColumnType::Dynamic, "[1,2]", "[1, 2]", "[1"}}) {
        CAPTURE(c.good);
        const auto good = parameterFromText(c.good, c.type);
        REQUIRE(good.has_value());
        CHECK(good->toJson() == c.json);
        const auto bad = parameterFromText(c.bad, c.type);
        REQUIRE_FALSE(bad.has_value());
        CHECK(bad.error().code == ErrorCode::InvalidValue);
    }
    CHECK(parameterFromText("", ColumnType::String)->toJson() == "\"\"");
    CHECK_FALSE(parameterFromText("", ColumnType::Real).has_value());
}

TEST_CASE("overrides count, and unknown or unfit ones are refused")
{
    const Pipeline pipeline =
        withSource(R"({"rate": {"param": "rate"}})",
                   R"(, "parameters": {"rate": {"type": "long", "value": 7}})");
    ValueSources values;
    CHECK(validate(pipeline, catalog(), values).find("in")->config.integer("rate") == 7);
    values.parameterOverrides = {{"rate", "9"}};
    const auto validated = validate(pipeline, catalog(), values);
    CHECK(validated.find("in")->config.integer("rate") == 9);
    REQUIRE(validated.parameters.size() == 1);
    CHECK(validated.parameters[0].value == Value(9));
    values.parameterOverrides = {{"rat", "9"}};
    CHECK(problems(pipeline, values) == Texts{" 1006"});
    values.parameterOverrides = {{"rate", "many"}};
    CHECK(problems(pipeline, values) == Texts{" 1001"});
    values.parameterOverrides = {{"rate", "5000"}}; // fits the parameter, not the field
    CHECK(problems(pipeline, values) == Texts{"in.rate 1001"});
}

TEST_CASE("parameters of the file are checked too")
{
    const auto with = [](const char *parameter) {
        return problems(withSource("{}", fmt::format(R"(, "parameters": {{"p": {}}})", parameter)));
    };
    CHECK(with(R"({"type": "real", "value": 20})").empty());
    CHECK(with(R"({"type": "real", "value": "20"})") == Texts{" 1001"});
    CHECK(with(R"({"type": "number", "value": 20})") == Texts{" 1001"});
    CHECK(with(R"({"type": "string"})") == Texts{" 1002"});
    CHECK(with(R"({"type": "string", "value": {"secret": "s"}})") == Texts{" 1001"});
}

TEST_CASE("a parameter may come from the environment")
{
    const Pipeline pipeline =
        withSource(R"({"rate": {"param": "rate"}})",
                   R"(, "parameters": {"rate": {"type": "long", "value": {"env": "RATE"}}})");
    ValueSources values;
    values.environment = [](const std::string &) { return "12"; };
    CHECK(validate(pipeline, catalog(), values).find("in")->config.integer("rate") == 12);
    values.environment = [](const std::string &) { return std::nullopt; };
    CHECK(problems(pipeline, values) == Texts{" 1005"});
}
