#include "core/base/value_json.h"
#include "core/kql/expression.h"
#include "core/operators/conditions.h"
#include "core/operators/conditions_text.h"

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
                      {"a b", ColumnType::Long},
                      {"site", ColumnType::Dynamic}};
    return schema;
}

} // namespace

TEST_CASE("rows of conditions and the text that a person would write are the same")
{
    struct Case
    {
        const char *text;
        const char *rows;
    };
    for (const Case &c :
         {Case{"temp > 20", R"({"all":[{"field":"temp","operator":"greater_than","value":20}]})"},
          Case{"temp >= -1.5 and state != 'off'",
               R"({"all":[{"field":"temp","operator":"greater_than_or_equals","value":-1.5},)"
               R"({"field":"state","operator":"not_equals","value":"off"}]})"},
          Case{"on == true or isnull(at)",
               R"({"any":[{"field":"on","operator":"equals","value":true},)"
               R"({"field":"at","operator":"is_null"}]})"},
          Case{"temp > 20 and (state startswith_cs 'x' or state !contains_cs 'it\\'s')",
               R"({"all":[{"field":"temp","operator":"greater_than","value":20},)"
               R"({"any":[{"field":"state","operator":"starts_with","value":"x"},)"
               R"({"field":"state","operator":"does_not_contain","value":"it's"}]}]})"},
          Case{"at < todatetime('2026-01-01')",
               R"({"all":[{"field":"at","operator":"less_than","value":"2026-01-01"}]})"},
          Case{"site.floor == 3 and isnotempty(site.name)",
               R"({"all":[{"field":"site.floor","operator":"equals","value":3},)"
               R"({"field":"site.name","operator":"is_not_null_or_empty"}]})"},
          Case{"['a b'] == 1", R"({"all":[{"field":"a b","operator":"equals","value":1}]})"}}) {
        CAPTURE(c.text);
        const auto rows = conditionsFromText(c.text);
        REQUIRE(rows.has_value());
        CHECK((*rows == *valueFromJson(c.rows)));
        CHECK(conditionsToText(*rows, input()) == std::optional<std::string>(c.text));
        // What a run computes with is the same condition.
        const auto kql = conditionsToKql(*rows, input());
        REQUIRE(kql);
        const Schema schema = input();
        CHECK(kql::compile(*kql, {&schema, nullptr}).expression != nullptr);
    }
}

TEST_CASE("three conditions in a row are one list, and what stands in parentheses a group of it")
{
    const auto rows = conditionsFromText("temp > 1 and temp < 9 and on == true");
    REQUIRE(rows);
    CHECK(rows->find("all")->asList()->size() == 3);
    const auto mixed = conditionsFromText("temp > 1 and on == true or isnull(state)");
    REQUIRE(mixed);
    CHECK(mixed->find("any")->asList()->size() == 2);
    CHECK(conditionsToText(*mixed, input())
          == std::optional<std::string>("(temp > 1 and on == true) or isnull(state)"));
}

TEST_CASE("what rows cannot say stays an expression")
{
    for (const char *text : {"",
                             "temp >",
                             "temp",
                             "temp > other",
                             "temp * 2 > 20",
                             "tolower(state) == 'on'",
                             "not(on)",
                             "state has 'x'",
                             "state contains 'x'",
                             "temp > param('limit')",
                             "temp between (1 .. 2)",
                             "state in ('a', 'b')",
                             "20 < temp",
                             "temp > 20 and state has 'x'"}) {
        CAPTURE(text);
        CHECK_FALSE(conditionsFromText(text).has_value());
    }
}

TEST_CASE("rows that are not sound have no text")
{
    for (const char *json : {R"({"all": []})",
                             R"({"all": [{"field": "temp"}]})",
                             R"({"all": [{"field": "temp", "operator": "bigger", "value": 1}]})",
                             R"({"all": "temp"})"}) {
        CAPTURE(json);
        const auto rows = valueFromJson(json);
        REQUIRE(rows);
        CHECK_FALSE(conditionsToText(*rows, input()).has_value());
    }
}
