#include "core/base/value.h"
#include "core/base/value_json.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("a value read from JSON is written as the same JSON")
{
    for (const char *text : {"null",
                             "true",
                             "-7",
                             "9223372036854775807",
                             "20.0",
                             "0.1",
                             "1e+300",
                             R"("a\"b\\c\n\u0001")",
                             "[1, [2, {}], []]",
                             R"({"b": 1, "a": {"param": "limit"}})",
                             R"({"env": "HOME"})",
                             R"({"secret": "token"})",
                             R"({"param": "limit", "more": 1})"}) {
        const auto value = valueFromJson(text);
        REQUIRE(value.has_value());
        CHECK(value->toJson() == text);
    }
}

TEST_CASE("a single key param, env or secret with a text is a reference")
{
    const Value value = *valueFromJson(R"([{"param": "p"}, {"env": "E"}, {"secret": "s"}])");
    const ValueList &list = *value.asList();
    REQUIRE(list[0].asReference() != nullptr);
    CHECK(*list[0].asReference() == Reference{ReferenceKind::Parameter, "p"});
    CHECK(list[1].asReference()->kind == ReferenceKind::Environment);
    CHECK(list[2].asReference()->kind == ReferenceKind::Secret);
    CHECK(valueFromJson(R"({"param": 1})")->asMap() != nullptr);
}

TEST_CASE("damaged JSON is refused with line and column")
{
    struct Case
    {
        const char *text;
        const char *place;
    };
    for (const Case &c : {Case{"{\n  \"a\": 1,\n  \"b\" 2\n}", "line 3, column 7"},
                          Case{"{\"ä\": x}", "line 1, column 7"},
                          Case{"{\"a\": 1} x", "line 1, column 10"},
                          Case{"{\"a\": 1, \"a\": 2}", "line 1, column 12"},
                          Case{"[1, 2", "line 1, column 6"}}) {
        const auto value = valueFromJson(c.text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().code == ErrorCode::FileDamaged);
        CHECK_MESSAGE(value.error().message.rfind(c.place, 0) == 0, value.error().message);
    }
}

TEST_CASE("nesting beyond the limit is refused, not followed")
{
    const auto value = valueFromJson(std::string(100'000, '['));
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().code == ErrorCode::FileDamaged);
}

TEST_CASE("set and erase work on maps and keep the order")
{
    Value value;
    value.set("b", 1);
    value.set("a", 2);
    value.set("b", 3);
    CHECK(value.toJson() == R"({"b": 3, "a": 2})");
    value.erase("b");
    CHECK(value.find("b") == nullptr);
    CHECK(*value.find("a") == Value(2));
}

TEST_CASE("a whole number and a real are different values, and both are numbers")
{
    CHECK_FALSE(Value(1) == Value(1.0));
    CHECK(Value(1).asNumber() == 1.0);
    CHECK(Value(1.5).asNumber() == 1.5);
    CHECK_FALSE(Value("1").asNumber().has_value());
}
