#include "tests/core/kinds/transform_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

TransformBed bed()
{
    return {"route", R"([{"name": "n", "type": "long"}, {"name": "c", "type": "string"}])"};
}

const std::string kInput = "{\"n\":1,\"c\":\"x\"}\n{\"n\":2,\"c\":\"y\"}\n{\"n\":3,\"c\":\"x\"}\n"
                           "{\"n\":null,\"c\":\"z\"}\n";

} // namespace

TEST_CASE("an event that fits several routes takes the first, or all of them when it should")
{
    const std::string routes =
        R"("routes": [{"name": "big", "where": "n >= 2"}, {"name": "x", "where": "c == 'x'"}])";
    TransformBed route = bed();
    route.run("{" + routes + "}", kInput, {"big", "x", "otherwise"});
    CHECK(route.out("big") == "{\"n\":2,\"c\":\"y\"}\n{\"n\":3,\"c\":\"x\"}\n");
    CHECK(route.out("x") == "{\"n\":1,\"c\":\"x\"}\n");
    CHECK(route.out("otherwise") == "{\"n\":null,\"c\":\"z\"}\n");
    CHECK(route.last.nodes.at("node").passed == 4);

    TransformBed all = bed();
    all.run("{" + routes + R"(, "match": "all"})", kInput, {"big", "x", "otherwise"});
    CHECK(all.out("big") == "{\"n\":2,\"c\":\"y\"}\n{\"n\":3,\"c\":\"x\"}\n");
    CHECK(all.out("x") == "{\"n\":1,\"c\":\"x\"}\n{\"n\":3,\"c\":\"x\"}\n");
    CHECK(all.out("otherwise") == "{\"n\":null,\"c\":\"z\"}\n");
    CHECK(all.last.nodes.at("node").passed == 4); // each event once
    CHECK(all.last.nodes.at("node").eventsOut == 5);
}

TEST_CASE("events of an output that is not wired count as filtered")
{
    for (const char *match : {"first", "all"}) {
        TransformBed route = bed();
        route.run(
            fmt::format(
                R"({{"routes": [{{"name": "big", "where": "n >= 2"}}, {{"name": "x", "where": "c == 'x'"}}], "match": "{}"}})",
                match),
            kInput,
            {"x"});
        CAPTURE(match);
        CHECK(route.last.nodes.at("node").filtered + route.last.nodes.at("node").passed == 4);
        CHECK(route.last.nodes.at("node").passed == (std::string(match) == "all" ? 2 : 1));
    }
}

TEST_CASE("wrong routes are said, with a fix where one is known")
{
    const TransformBed route = bed();
    const Strings otherwise{"otherwise"};
    CHECK(route.problems(R"({"routes": [{"name": "a", "where": "n > 1"}]})", otherwise).empty());
    CHECK(route.problems(R"({"routes": []})", otherwise) == Strings{"routes 1002"});
    CHECK(route.problems(R"({"routes": [{"name": "a b", "where": "n > 1"}]})", otherwise)
          == Strings{"routes 2012"});
    CHECK(route.problems(R"({"routes": [{"name": "otherwise", "where": "n > 1"}]})", otherwise)
          == Strings{"routes 1001"});
    CHECK(route.problems(
              R"({"routes": [{"name": "a", "where": "n > 1"}, {"name": "a", "where": "n > 2"}]})",
              otherwise)
          == Strings{"routes 2011"});
    CHECK(route.problems(R"({"routes": [{"name": "a", "where": "n + 1"}]})", otherwise)
          == Strings{"routes 5004"});
    const std::string misspelt =
        R"({"routes": [{"name": "a", "where": "n > 1"}, {"name": "b", "where": "cc == 'x'"}]})";
    CHECK(route.problems(misspelt, otherwise).size() == 1);
    CHECK(route.mended(misspelt, otherwise).empty());
}

TEST_CASE("a wire from a route that is not there is said")
{
    const TransformBed route = bed();
    const auto found = route.problems(R"({"routes": [{"name": "a", "where": "n > 1"}]})", {"b"});
    REQUIRE(found.size() == 1);
    CHECK(found[0] == " 2014");
}
