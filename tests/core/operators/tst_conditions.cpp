#include "core/base/value_json.h"
#include "core/operators/conditions.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

Schema input()
{
    Schema schema;
    schema.columns = {{"temp", ColumnType::Real},
                      {"state", ColumnType::String},
                      {"on", ColumnType::Bool},
                      {"at", ColumnType::Datetime},
                      {"site", ColumnType::Dynamic}};
    return schema;
}

std::vector<SchemaProblem> check(const std::string &json)
{
    const auto value = valueFromJson(json);
    REQUIRE(value);
    return checkConditions("conditions", *value, input(), {});
}

} // namespace

TEST_CASE("sound conditions have no problems")
{
    for (
        const char *sound :
        {R"({"all": []})",
         R"({"field": "temp", "operator": "greater_than", "value": 20})",
         R"({"field": "temp", "operator": "equals", "value": "20.5"})",
         R"({"field": "on", "operator": "equals", "value": "true"})",
         R"({"field": "at", "operator": "less_than", "value": "2026-01-01T00:00:00Z"})",
         R"({"all": [{"field": "state", "operator": "starts_with", "value": "x"}, {"any": [{"field": "site.floor", "operator": "equals", "value": 3}, {"field": "site", "operator": "is_null"}]}]})"}) {
        CAPTURE(sound);
        CHECK(check(sound).empty());
    }
}

TEST_CASE("each wrong condition has a problem, with a fix at its place where one is known")
{
    struct Case
    {
        const char *json;
        ErrorCode code;
        const char *place;
        const char *fix;
    };
    for (
        const Case &c : {
            Case{R"({"all": [{"field": "tempp", "operator": "equals", "value": 1}]})",
                 ErrorCode::UnknownColumn,
                 "/all/0/field",
                 "\"temp\""},
            Case{
                R"({"any": [{"field": "temp", "operator": "is_null"}, {"all": [{"field": "stat", "operator": "is_null"}]}]})",
                ErrorCode::UnknownColumn,
                "/any/1/all/0/field",
                "\"state\""},
            Case{R"({"all": [{"field": "temp", "operator": "greater_then", "value": 1}]})",
                 ErrorCode::InvalidValue,
                 "/all/0/operator",
                 "\"greater_than\""},
            Case{R"({"field": "temp", "operator": "starts_with", "value": "x"})",
                 ErrorCode::TypeMismatch,
                 "",
                 "null"},
            Case{R"({"field": "on", "operator": "less_than", "value": true})",
                 ErrorCode::TypeMismatch,
                 "",
                 "null"},
            Case{R"({"field": "temp", "operator": "equals", "value": "warm"})",
                 ErrorCode::TypeMismatch,
                 "",
                 "null"},
            Case{R"({"all": [{"field": "state", "operator": "equals", "value": 5}]})",
                 ErrorCode::TypeMismatch,
                 "/all/0/value",
                 "\"5\""},
            Case{R"({"field": "at", "operator": "equals", "value": "soon"})",
                 ErrorCode::TypeMismatch,
                 "",
                 "null"},
            Case{R"({"field": "temp", "operator": "equals"})", ErrorCode::MissingValue, "", "null"},
            Case{R"({"field": "temp > 5", "operator": "is_null"})",
                 ErrorCode::UnknownColumn,
                 "/field",
                 "null"},
            Case{R"({"operator": "is_null"})", ErrorCode::InvalidValue, "", "null"},
            Case{R"({"all": 5})", ErrorCode::InvalidValue, "", "null"},
        }) {
        CAPTURE(c.json);
        const auto problems = check(c.json);
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].error.code == c.code);
        CHECK(problems[0].suggestion.toJson() == c.fix);
        if (!problems[0].suggestion.isNull())
            CHECK(problems[0].suggestionPlace == c.place);
    }
}

TEST_CASE("values that Fabric writes as texts become what the column is")
{
    const auto kql = [](const std::string &json) {
        return *conditionsToKql(*valueFromJson(json), input());
    };
    CHECK(kql(R"({"field": "temp", "operator": "greater_than", "value": "20.5"})")
          == "temp > 20.5");
    CHECK(kql(R"({"field": "on", "operator": "equals", "value": "true"})") == "on == true");
    CHECK(kql(R"({"field": "state", "operator": "equals", "value": "20"})") == "state == '20'");
    CHECK(kql(R"({"field": "at", "operator": "less_than", "value": "2026-01-01"})")
          == "at < todatetime('2026-01-01')");
}
