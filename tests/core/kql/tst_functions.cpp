#include "core/kql/functions.h"
#include "core/kql/lexer.h"
#include "core/kql/quote.h"
#include "tests/core/kql/kql_harness.h"

#include <doctest/doctest.h>

#include <set>

using namespace sluice;
using namespace sluice::kql;

TEST_CASE("every function has help, and an example that compiles")
{
    Schema schema;
    schema.open = true;
    for (const char *name : {"timestamp", "ended", "started"})
        schema.columns.push_back({name, ColumnType::Datetime});
    for (const char *name : {"temp", "x", "y", "area", "delta", "total"})
        schema.columns.push_back({name, ColumnType::Real});
    for (const char *name : {"id", "ts", "n"})
        schema.columns.push_back({name, ColumnType::Long});
    for (const char *name :
         {"name", "nickname", "line", "text", "path", "body", "s", "level", "message", "min"})
        schema.columns.push_back({name, ColumnType::String});
    schema.columns.push_back({"age", ColumnType::Timespan});
    schema.columns.push_back({"enabled", ColumnType::Bool});
    schema.columns.push_back({"a", ColumnType::Long});
    schema.columns.push_back({"b", ColumnType::Long});
    const ParameterValues parameters{{"limit", ColumnType::Real, Value(20)}};
    const std::set<std::string_view> otherTypes{"strcmp",
                                                "array_concat",
                                                "bag_merge",
                                                "set_union",
                                                "set_intersect",
                                                "set_difference",
                                                "zip",
                                                "pack_all"};
    for (const FunctionInfo &function : functionList()) {
        CAPTURE(function.name);
        CHECK(!function.example.empty());
        if (!function.isOperator) {
            CHECK(!function.help.empty());
        }
        if (otherTypes.contains(function.name))
            continue; // tested below with columns of their own
        const BindResult result = compile(function.example, {&schema, &parameters});
        CHECK_MESSAGE(result.problems.empty(),
                      function.example,
                      ": ",
                      result.problems.empty() ? "" : result.problems.front().message);
    }
}

TEST_CASE("every alias stands for a function that exists")
{
    std::set<std::string_view> names;
    for (const FunctionInfo &function : functionList())
        CHECK_MESSAGE(names.insert(function.name).second, "twice: ", function.name);
    for (const FunctionInfo &function : functionList())
        CHECK((function.aliasOf.empty() || names.contains(function.aliasOf)));
}

TEST_CASE("functions of two strings, arrays or bags work on columns")
{
    Table table("a:dynamic, b:dynamic, s:string, t:string");
    table.row({"dynamic([1,2])", "dynamic([2,3])", "'a'", "'b'"});
    CHECK(table.project("array_concat(a, b)") == "[1,2,2,3]");
    CHECK(table.project("set_union(a, b)") == "[1,2,3]");
    CHECK(table.project("set_intersect(a, b)") == "[2]");
    CHECK(table.project("set_difference(a, b)") == "[1]");
    CHECK(table.project("zip(a, b)") == "[[1,2],[2,3]]");
    CHECK(table.project("strcmp(s, t)") == "-1");
    CHECK(table.project("bag_merge(bag_pack('k', 1), bag_pack('k', 2, 'l', 3))")
          == R"({"k":1,"l":3})");
    CHECK(table.project("pack_all()") == R"({"a":[1,2],"b":[2,3],"s":"a","t":"b"})");
    CHECK(table.project("array_sort_desc(dynamic([1,3,null,'x',2]))") == R"([3,2,1,"x",null])");
    CHECK(table.project("array_slice(dynamic([1,2,3,4]), 1, -2)") == "[2,3]");
    CHECK(table.project("bag_set_key(dynamic({'a':{'b':1}}), '$.a.c', 2)")
          == R"({"a":{"b":1,"c":2}})");
    CHECK(
        table.project("bag_remove_keys(dynamic({'a':1,'b':{'c':2,'d':3}}), dynamic(['a','$.b.c']))")
        == R"({"b":{"d":3}})");
    CHECK(table.project("range(1, 7, 3)") == "[1,4,7]");
    CHECK(table.project("repeat('x', 2)") == R"(["x","x"])");
    CHECK(table.project("array_index_of(a, 2)") == "1");
    CHECK(table.project("set_has_element(a, 5)") == "false");
}

TEST_CASE("the string operators look at terms, with and without case")
{
    CHECK(value("'a_b' has 'a'") == "true");
    CHECK(value("'éa' has 'a'") == "false");
    CHECK(value("'x a-b y' has 'a-b'") == "true");
    CHECK(value("'xa b' has 'a '") == "false");
    CHECK(value("'a b' has 'a '") == "true");
    CHECK(value("'abc' has ''") == "true");
    CHECK(value("'ERROR' has 'error'") == "true");
    CHECK(value("'ERROR' has_cs 'error'") == "false");
    CHECK(value("'CAFÉ' =~ 'café'") == "true");
    CHECK(value("'CAFÉ am Eck' contains 'fé'") == "true");
    CHECK(value("'Straße' contains 'STRASSE'") == "false");
    CHECK(value("'\\u212A' =~ 'k'") == "true");
    CHECK(value("'a\\u212Ab' contains 'akb'") == "true");
    CHECK(value("'100%' contains '%'") == "true");
    CHECK(value("'the quick fox' has_any ('dog', 'FOX')") == "true");
    CHECK(value("'the quick fox' has_all ('quick', 'dog')") == "false");
    CHECK(value("'x' in (dynamic(['x', 'y']))") == "true");
    CHECK(value("'X' in~ ('x')") == "true");
    CHECK(value("'x１' matches regex @'\\d'") == "true");
    CHECK(value("dynamic({'a':'x'}).a startswith 'X'") == "true");
    CHECK(value("dynamic({'a':'x'}).missing == ''") == "true");
    CHECK(value("isnull(dynamic({'a':'x'}).missing)") == "true");
}

TEST_CASE("paths lead into dynamic values and never fail")
{
    const std::string d = R"(dynamic({"a":{"b":[10,20,{"c d":"x\"y"}]},"n":null,"t":"ab"}))";
    CHECK(value(d + ".a.b[0]") == "10");
    CHECK(value(d + ".a.b[-1]['c d']") == R"("x\"y")");
    CHECK(value("tostring(" + d + ".a.b[2]['c d'])") == R"("x\"y")");
    CHECK(value(d + ".a.b[9]") == "null");
    CHECK(value(d + ".n") == "null");
    CHECK(value(d + ".t.x") == "null");
    CHECK(value(d + "['a']['b'][1] > 15") == "true");
    CHECK(value(d + ".a.b[1] + 1") == "21");
    CHECK(value("tostring(dynamic( [1, 2 ,{ 'a' : 1 } ] ))") == R"("[1,2,{\"a\":1}]")");
    CHECK(value("parse_json('{bad')") == R"("{bad")");
    CHECK(value("parse_json('')") == "null");
    CHECK(value("dynamic([9007199254740993])[0] == 9007199254740993") == "true");
    CHECK(value("dynamic([9007199254740993])[0] == 9007199254740992") == "false");
}

TEST_CASE("names and strings are quoted so that KQL reads them back")
{
    for (const std::string text :
         {"plain", "it's", "a\\b", "line\nbreak", "tab\t", "ünï", "\x01", ""}) {
        const auto expression = compileOrFail(quoteString(text), {});
        REQUIRE(expression.has_value());
        CHECK((*evaluateConstant(**expression, 0))->texts[0] == text);
    }
    CHECK(quoteName("temp") == "temp");
    CHECK(quoteName("a b") == "['a b']");
    CHECK(quoteName("has") == "['has']");
    CHECK(quoteName("1a") == "['1a']");
    Schema schema;
    schema.columns = {{"it's a b", ColumnType::Long}};
    const BindResult result = compile(quoteName("it's a b") + " > 1", {&schema, nullptr});
    REQUIRE(result.expression != nullptr);
    CHECK(result.expression->columns() == std::vector<std::string>{"it's a b"});
}

TEST_CASE("the tokenizer never fails and loses no character but spaces")
{
    const std::string_view text = "a == 'x' and d.k !in~ (1, 2.5, 10s) // end\n| §";
    std::string joined;
    for (const Token &token : tokenize(text))
        joined +=
            std::to_string(static_cast<int>(token.kind)) + ":" + std::string(token.text) + " ";
    CHECK(joined
          == "1:a 6:== 4:'x' 0:and 1:d 6:. 1:k 0:!in~ 6:( 2:1 6:, 2:2.5 6:, 3:10s 6:) 7:// end 6:| "
             "8:§ ");
    CHECK(tokenize("datetime(2020-01-01 10:00)").size() == 1);
    CHECK(tokenize("datetime(2020").front().kind == TokenKind::Error);
}

TEST_CASE("a text beyond the bound becomes null and is counted")
{
    Table table("s:string");
    table.row({"'ab'"}).row({"''"});
    const auto expression = compileOrFail("strrep(s, 100000000)", {&table.schema(), nullptr});
    REQUIRE(expression.has_value());
    Evaluator evaluator(*expression, {0});
    const auto column = evaluator.evaluate(table.batch(), 0);
    REQUIRE(column.has_value());
    CHECK((*column)->valid[0] == 0);
    CHECK((*column)->valid[1] == 1);
    CHECK(evaluator.tooLongTexts() == 1);
    CHECK(problemOf("strrep('ab', 100000000)").starts_with("5006"));
}

TEST_CASE("now() is one moment for a batch")
{
    Table table("t:datetime");
    table.row({"datetime(2026-01-02 03:00)"}).row({"datetime(2026-01-02 01:00)"});
    CHECK(table.where("t > ago(1h)") == "0");
    CHECK(table.project("now()") == R"("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")");
    CHECK(value("datetime() == now()") == "true");
}
