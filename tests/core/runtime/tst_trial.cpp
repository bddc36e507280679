#include "core/node/catalog.h"
#include "core/runtime/trial.h"
#include "tests/core/runtime/run_bed.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::test;

namespace {

const char *kEvents = R"({"id": 1, "temp": 10, "at": "2026-01-01T00:00:01Z"}
{"id": 2, "temp": 30, "at": "2026-01-01T00:00:02Z"}
{"id": 3, "temp": "hot", "at": "2026-01-01T00:00:03Z"}
{"id": 4, "temp": 40, "at": "2026-01-01T00:00:14Z"}
)";

/// file → filter → group_by → a database that must never be made.
std::string pipeline(const std::string &where)
{
    return fmt::format(R"-({{"sluice": 1, "nodes": [
        {{"id": "in", "kind": "file_source", "config": {{"path": "in.ndjson",
          "schema": [{{"name": "id", "type": "long"}}, {{"name": "temp", "type": "real"}}, {{"name": "at", "type": "datetime"}}],
          "event_time": {{"field": "at"}}}}}},
        {{"id": "hot", "kind": "filter", "config": {{"where": "{}"}}}},
        {{"id": "windows", "kind": "group_by", "config": {{"window": {{"type": "tumbling", "size": "10s"}},
          "aggregates": [{{"name": "n", "expression": "count()"}}]}}}},
        {{"id": "store", "kind": "kql_database_destination", "config": {{"database": "db.duckdb", "table": "t"}}}}],
        "wires": [{{"from": "in", "to": "hot"}}, {{"from": "hot", "to": "windows"}}, {{"from": "windows", "to": "store"}}]}})-",
                       where);
}

TrialOptions optionsFor(const RunBed &bed, const std::string &node)
{
    TrialOptions options;
    options.node = node;
    options.values = bed.options().values;
    return options;
}

std::vector<std::string> texts(const TapContent &content)
{
    std::vector<std::string> all;
    for (const TappedEvent &event : content.events)
        all.push_back(event.json);
    return all;
}

const TapContent *outputOf(const TrialResult &result, std::string_view port)
{
    for (const TrialPort &output : result.outputs) {
        if (output.end.port == port)
            return &output.content;
    }
    return nullptr;
}

} // namespace

TEST_CASE("a trial shows what a node gets and makes, by the engine itself")
{
    const RunBed bed;
    bed.write("in.ndjson", kEvents);
    const Pipeline parsed = RunBed::parse(pipeline("temp > 20"));
    const auto result =
        runTrial(parsed, builtInCatalog(), optionsFor(bed, "hot"), std::stop_token());
    REQUIRE_MESSAGE(result, (result ? "" : describe(result.error())));
    REQUIRE(result->inputs.size() == 1);
    CHECK(result->inputs[0].end.node == "in");
    CHECK(result->inputs[0].content.seen == 4);
    const TapContent *out = outputOf(*result, "out");
    REQUIRE(out != nullptr);
    CHECK(texts(*out)
          == std::vector<std::string>{R"({"id": 2, "temp": 30, "at": "2026-01-01T00:00:02Z"})",
                                      R"({"id": 4, "temp": 40, "at": "2026-01-01T00:00:14Z"})"});
    REQUIRE(outputOf(*result, "rejected") != nullptr);
    CHECK(outputOf(*result, "rejected")->seen == 2);
    CHECK(outputOf(*result, "errors") != nullptr);
    CHECK(result->samples.at("in").size() == 4);

    SUBCASE("windows close, and what they hold goes out")
    {
        const auto windows =
            runTrial(parsed, builtInCatalog(), optionsFor(bed, "windows"), std::stop_token());
        REQUIRE(windows);
        CHECK(windows->inputs[0].content.seen == 2);
        const TapContent *rows = outputOf(*windows, "out");
        REQUIRE(rows != nullptr);
        CHECK(
            texts(*rows)
            == std::vector<std::string>{
                R"({"window_start":"2026-01-01T00:00:00Z","window_end":"2026-01-01T00:00:10Z","n":1})",
                R"({"window_start":"2026-01-01T00:00:10Z","window_end":"2026-01-01T00:00:20Z","n":1})"});
    }
    SUBCASE("a destination shows what it would get, and gets nothing")
    {
        const auto store =
            runTrial(parsed, builtInCatalog(), optionsFor(bed, "store"), std::stop_token());
        REQUIRE(store);
        CHECK(store->outputs.empty());
        REQUIRE(store->inputs.size() == 1);
        CHECK(store->inputs[0].content.seen == 2);
    }
    // Neither a table nor any progress is left behind.
    CHECK_FALSE(std::filesystem::exists(bed.path("db.duckdb")));
    CHECK_FALSE(std::filesystem::exists(bed.path(".sluice")));
}

TEST_CASE("samples that are given are used, whatever the source has")
{
    const RunBed bed;
    bed.write("in.ndjson", "");
    TrialOptions options = optionsFor(bed, "hot");
    options.samples["in"] = {R"({"id": 7, "temp": 99})"};
    const auto result = runTrial(
        RunBed::parse(pipeline("temp > 20")), builtInCatalog(), options, std::stop_token());
    REQUIRE(result);
    CHECK(outputOf(*result, "out")->seen == 1);
}

TEST_CASE("what is wrong before the node is said, what is wrong behind it is no matter")
{
    const RunBed bed;
    bed.write("in.ndjson", kEvents);
    const Pipeline broken = RunBed::parse(pipeline("tmp > 20"));
    const auto before =
        runTrial(broken, builtInCatalog(), optionsFor(bed, "windows"), std::stop_token());
    REQUIRE_FALSE(before);
    CHECK(before.error().node == "hot");
    const auto source =
        runTrial(broken, builtInCatalog(), optionsFor(bed, "in"), std::stop_token());
    REQUIRE_MESSAGE(source, (source ? "" : describe(source.error())));
    CHECK(source->inputs.empty());
    CHECK(outputOf(*source, "out")->seen == 4);
}

TEST_CASE("a source that cannot be looked at says so, and a trial can be stopped")
{
    const RunBed bed;
    const Pipeline parsed = RunBed::parse(pipeline("temp > 20"));
    const auto missing =
        runTrial(parsed, builtInCatalog(), optionsFor(bed, "hot"), std::stop_token());
    REQUIRE_FALSE(missing);
    CHECK(missing.error().node == "in");
    bed.write("in.ndjson", kEvents);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped =
        runTrial(parsed, builtInCatalog(), optionsFor(bed, "hot"), stop.get_token());
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == ErrorCode::Cancelled);
    const auto nobody =
        runTrial(parsed, builtInCatalog(), optionsFor(bed, "nobody"), std::stop_token());
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == ErrorCode::UnknownNode);
}
