#include "tests/core/kinds/transform_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

TransformBed bed()
{
    return {
        "expand",
        R"([{"name": "id", "type": "long"}, {"name": "o", "type": "dynamic"}, {"name": "s", "type": "string"}])"};
}

} // namespace

TEST_CASE("elements of an array inside a column get a column of their own at the end")
{
    TransformBed expand = bed();
    CHECK(expand.run(R"({"field": "o.a[0].items", "index": "n"})",
                     R"({"id":1,"o":{"a":[{"items":[5,null,"x"]}]},"s":"t"})"
                     "\n"
                     R"({"id":2,"o":{"a":[]},"s":"u"})"
                     "\n")
          == R"({"id":1,"o":{"a":[{"items":[5,null,"x"]}]},"s":"t","items":5,"n":0})"
             "\n"
             R"({"id":1,"o":{"a":[{"items":[5,null,"x"]}]},"s":"t","items":null,"n":1})"
             "\n"
             R"({"id":1,"o":{"a":[{"items":[5,null,"x"]}]},"s":"t","items":"x","n":2})"
             "\n");
    const NodeFigures &figures = expand.last.nodes.at("node");
    CHECK(figures.eventsIn == 2);
    CHECK(figures.passed == 1);
    CHECK(figures.filtered == 1);
    CHECK(figures.eventsOut == 3);
}

TEST_CASE("a bag gives an object with one key for each of its keys, a scalar itself")
{
    CHECK(bed().run(R"({"field": "o", "as": "e"})",
                    "{\"id\":1,\"o\":{\"a\":1,\"b \\\"c\":{\"d\":[]}}}\n{\"id\":2,\"o\":{}}\n"
                    "{\"id\":3,\"o\":7}\n{\"id\":4,\"o\":[[],{}]}\n")
          == "{\"id\":1,\"e\":{\"a\":1},\"s\":null}\n"
             "{\"id\":1,\"e\":{\"b \\\"c\":{\"d\":[]}},\"s\":null}\n"
             "{\"id\":3,\"e\":7,\"s\":null}\n"
             "{\"id\":4,\"e\":[],\"s\":null}\n"
             "{\"id\":4,\"e\":{},\"s\":null}\n");
}

TEST_CASE("what stands beside the elements keeps its text")
{
    CHECK(bed().run(R"({"field": "o"})",
                    R"({"id":1,"o":[1.0,1e2],"s":"caf\u00e9"})"
                    "\n")
          == "{\"id\":1,\"o\":1.0,\"s\":\"caf\\u00e9\"}\n{\"id\":1,\"o\":1e2,\"s\":\"caf\\u00e9\"}"
             "\n");
}

TEST_CASE("an array that is longer than a batch comes out whole and in order")
{
    std::string input = "{\"id\":1,\"o\":[0";
    for (int i = 1; i < 5000; ++i)
        input += "," + std::to_string(i);
    input += "]}\n";
    const std::string out = bed().run(R"({"field": "o", "index": "n"})", input);
    std::string expected;
    for (int i = 0; i < 5000; ++i)
        expected += fmt::format("{{\"id\":1,\"o\":{0},\"s\":null,\"n\":{0}}}\n", i);
    CHECK(out == expected);
}

TEST_CASE("wrong fields of expand are said, with a fix where one is known")
{
    const TransformBed expand = bed();
    CHECK(expand.problems(R"({"field": "o"})").empty());
    CHECK(expand.problems(R"({})") == Strings{"field 1002"});
    CHECK(expand.problems(R"({"field": "s"})") == Strings{"field 2021"});
    CHECK(expand.problems(R"({"field": "o", "as": "id"})") == Strings{"as 2011"});
    CHECK(expand.problems(R"({"field": "o", "index": "s"})") == Strings{"index 2011"});
    CHECK(expand.problems(R"({"field": "id + 1"})") == Strings{"field 2020"});
    const auto diagnostics = expand.diagnostics(R"({"field": "oo"})");
    REQUIRE(diagnostics.size() == 1);
    CHECK(diagnostics[0].code == ErrorCode::UnknownColumn);
    CHECK(expand.mended(R"({"field": "oo"})").empty());
}

// B8 of the benchmarks: event k has k mod 5 elements.
TEST_CASE("B8: 400,000 events with 0 to 4 elements give 800,000 rows")
{
    std::string input;
    for (int k = 0; k < 400'000; ++k) {
        input += fmt::format("{{\"id\":{},\"o\":[", k);
        for (int i = 0; i < k % 5; ++i)
            input += fmt::format("{}{{\"n\":{}}}", i == 0 ? "" : ",", i);
        input += "]}\n";
    }
    TransformBed expand = bed();
    const std::string out = expand.run(R"({"field": "o", "as": "item"})", input);
    CHECK(std::count(out.begin(), out.end(), '\n') == 800'000);
    CHECK(expand.last.nodes.at("node").eventsOut == 800'000);
    CHECK(expand.last.nodes.at("node").filtered == 80'000);
    CHECK(expand.last.nodes.at("to_out").eventsIn == 800'000);
}
