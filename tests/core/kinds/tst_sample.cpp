#include "tests/core/kinds/transform_bed.h"

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

namespace {

TransformBed bed()
{
    return {
        "sample",
        R"([{"name": "n", "type": "long"}, {"name": "k", "type": "string"}, {"name": "at", "type": "datetime"}])",
        "at"};
}

/// Event i has key a, b or c in turn, and 4 events have the same second.
std::string input(int events)
{
    std::string text;
    for (int i = 0; i < events; ++i)
        text += fmt::format("{{\"n\":{},\"k\":\"{}\",\"at\":\"2026-01-01T00:00:{:02}.{}Z\"}}\n",
                            i,
                            static_cast<char>('a' + i % 3),
                            i / 4 % 60,
                            i % 4 + 1);
    return text;
}

/// The numbers of the events that passed: "0,3,6".
std::string numbers(const std::string &out)
{
    std::string found;
    for (std::size_t at = out.find("\"n\":"); at != std::string::npos;
         at = out.find("\"n\":", at + 1))
        found += (found.empty() ? "" : ",") + out.substr(at + 4, out.find(',', at) - at - 4);
    return found;
}

} // namespace

TEST_CASE("one in n keeps the same events whatever the batches are")
{
    for (const std::size_t batchRows : {std::size_t{1}, std::size_t{5}, kBatchRows}) {
        TransformBed sample = bed();
        CHECK(numbers(sample.run(R"({"one_in": 4})", input(18), {"out"}, batchRows))
              == "0,4,8,12,16");
        CHECK(sample.last.nodes.at("node").filtered == 13);
    }
}

TEST_CASE("one in n of each key counts every key by itself")
{
    CHECK(numbers(bed().run(R"({"one_in": 2, "by": [{"name": "k"}]})", input(12)))
          == "0,1,2,6,7,8");
    CHECK(numbers(bed().run(R"({"one_in": 2, "by": [{"name": "ab", "expression": "k == 'c'"}]})",
                            input(12)))
          == "0,2,3,6,8,9");
}

TEST_CASE("n a second keeps the first ones of each second of event time")
{
    for (const std::size_t batchRows : {std::size_t{1}, std::size_t{5}, kBatchRows})
        CHECK(numbers(bed().run(R"({"per_second": 2})", input(13), {"out"}, batchRows))
              == "0,1,4,5,8,9,12");
    CHECK(numbers(bed().run(R"({"per_second": 1, "by": [{"name": "k"}]})", input(8)))
          == "0,1,2,4,5,6");
}

TEST_CASE("wrong fields of a sample are said")
{
    const TransformBed sample = bed();
    CHECK(sample.problems(R"({"one_in": 2})").empty());
    CHECK(sample.problems(R"({})") == Strings{"one_in 1002"});
    CHECK(sample.problems(R"({"one_in": 2, "per_second": 2})") == Strings{"one_in 1001"});
    CHECK(sample.problems(R"({"one_in": 0})") == Strings{"one_in 1001"});
    CHECK(sample.problems(R"({"one_in": 2, "by": [{"name": "kk"}]})") == Strings{"by 2020"});
    CHECK(sample.mended(R"({"one_in": 2, "by": [{"name": "kk"}]})").empty());
}

TEST_CASE("the count goes on where a stopped run left it")
{
    const RunBed runs;
    const TransformBed sample = bed();
    runs.write("in.ndjson", input(10));
    RunOptions options = runs.options();
    options.untilCaughtUp = true;
    runs.run(sample.pipeline(R"({"one_in": 4})"), options);
    const std::string first = runs.read("out.out");
    runs.write("in.ndjson", input(18));
    runs.run(sample.pipeline(R"({"one_in": 4})"), runs.options());
    CHECK(numbers(runs.read("out.out")) == "0,4,8,12,16");
}
