#include "core/event/sensor_gen.h"
#include "tests/core/kinds/transform_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

TransformBed bed()
{
    return {
        "join",
        R"([{"name": "id", "type": "string"}, {"name": "n", "type": "long"}, {"name": "o", "type": "dynamic"}])"};
}

std::string config(const std::string &type,
                   const std::string &on = R"([{"left": "id", "right": "key"}])",
                   const std::string &more = {})
{
    return fmt::format(
        R"({{"type": "{}", "on": {}, "reference": {{"path": "ref.csv", "format": "csv", "refresh": "never", "schema": [{{"name": "key", "type": "string"}}, {{"name": "n", "type": "long"}}, {{"name": "city", "type": "string"}}]{}}}}})",
        type,
        on,
        more);
}

const std::string kReference = "key,n,city\na,1,Oslo\nb,2,\na,3,Bergen\n,4,Nowhere\n";
const std::string kInput =
    "{\"id\":\"a\",\"n\":7}\n{\"id\":\"c\",\"n\":8}\n{\"id\":\"b\",\"n\":9.0}\n"
    "{\"id\":null,\"n\":10}\n";

} // namespace

TEST_CASE("several rows of a key multiply the event, and a taken name gets 1")
{
    for (const std::size_t batchRows : {std::size_t{1}, std::size_t{3}, kBatchRows}) {
        TransformBed join = bed();
        join.bed().write("ref.csv", kReference);
        CHECK(join.run(config("inner"), kInput, {"out"}, batchRows)
              == "{\"id\":\"a\",\"n\":7,\"o\":null,\"n1\":1,\"city\":\"Oslo\"}\n"
                 "{\"id\":\"a\",\"n\":7,\"o\":null,\"n1\":3,\"city\":\"Bergen\"}\n"
                 "{\"id\":\"b\",\"n\":null,\"o\":null,\"n1\":2,\"city\":null}\n"
                 "{\"id\":null,\"n\":10,\"o\":null,\"n1\":4,\"city\":\"Nowhere\"}\n");
        const NodeFigures &figures = join.last.nodes.at("node");
        CHECK(figures.passed == 3);
        CHECK(figures.filtered == 1);
        CHECK(figures.eventsOut == 4);
    }
}

TEST_CASE("a left outer join keeps events without a match, with nulls")
{
    TransformBed join = bed();
    join.bed().write("ref.csv", "key,n,city\na,1,Oslo\n");
    CHECK(join.run(config("left_outer"), kInput)
          == "{\"id\":\"a\",\"n\":7,\"o\":null,\"n1\":1,\"city\":\"Oslo\"}\n"
             "{\"id\":\"c\",\"n\":8,\"o\":null,\"n1\":null,\"city\":null}\n"
             "{\"id\":\"b\",\"n\":null,\"o\":null,\"n1\":null,\"city\":null}\n"
             "{\"id\":null,\"n\":10,\"o\":null,\"n1\":null,\"city\":null}\n");
    CHECK(join.last.nodes.at("node").passed == 4);
}

TEST_CASE("keys may be several; all of them must be equal")
{
    TransformBed join = bed();
    join.bed().write("ref.csv", kReference);
    CHECK(join.run(config("inner", R"([{"left": "id", "right": "key"}, {"left": "n"}])"),
                   "{\"id\":\"a\",\"n\":3}\n{\"id\":\"b\",\"n\":3}\n{\"id\":\"a\",\"n\":2}\n")
          == "{\"id\":\"a\",\"n\":3,\"o\":null,\"city\":\"Bergen\"}\n");
}

TEST_CASE("wrong fields of a reference join are said")
{
    const TransformBed join = bed();
    CHECK(join.problems(config("inner")).empty());
    CHECK(join.problems(config("inner", "[]")) == Strings{"on 1002"});
    CHECK(join.problems(config("inner", R"([{"left": "idd", "right": "key"}])"))
          == Strings{"on 2020"});
    CHECK(join.problems(config("inner", R"([{"left": "id", "right": "kye"}])"))
          == Strings{"on 2020"});
    CHECK(join.problems(config("inner", R"([{"left": "n", "right": "key"}])"))
          == Strings{"on 2021"});
    CHECK(join.problems(config("inner", R"([{"left": "o", "right": "key"}])"))
          == Strings{"on 2021"});
    CHECK(join.problems(config(
              "inner", R"([{"left": "id", "right": "key"}])", R"(, "version_time": "since")"))
          == Strings{"reference 2020"});
    CHECK(join.problems(
              config("inner", R"([{"left": "id", "right": "key"}])", R"(, "version_time": "city")"))
          == Strings{"reference 2021"});
    CHECK(join.problems(
              R"({"type": "inner", "on": [{"left": "id"}], "reference": {"path": "none.csv"}})")
          == Strings{"reference 4000"});
}

TEST_CASE("a reference that declares no columns is read by what its file says")
{
    TransformBed join = bed();
    join.bed().write("ref.csv", "id,site\na,north\n");
    CHECK(join.run(R"({"type": "inner", "on": [{"left": "id"}], "reference": {"path": "ref.csv"}})",
                   kInput)
          == "{\"id\":\"a\",\"n\":7,\"o\":null,\"site\":\"north\"}\n");
}

namespace {

/// B6 of the benchmarks: SensorGen against a table of the first 900 devices.
struct B6
{
    static constexpr int kEvents = 400'000;

    std::string run(const std::string &type, const std::string &reference, bool versioned)
    {
        const RunBed bed;
        bed.write("ref.csv", reference);
        last = bed.run(fmt::format(
            R"({{"sluice": 1, "nodes": [
            {{"id": "in", "kind": "sample_data_source", "config": {{"data": "sensor_gen", "count": {}, "rate": 0, "schema": [{{"name": "device_id", "type": "string"}}, {{"name": "temp", "type": "real"}}, {{"name": "timestamp", "type": "datetime"}}], "event_time": {{"field": "timestamp", "max_out_of_orderness": "0s"}}}}}},
            {{"id": "join", "kind": "join", "config": {{"type": "{}", "on": [{{"left": "device_id"}}], "reference": {{"path": "ref.csv", "schema": [{{"name": "device_id", "type": "string"}}, {{"name": "site", "type": "string"}}, {{"name": "max_temp", "type": "real"}}{}]{}}}}}}},
            {{"id": "out", "kind": "file_destination", "config": {{"path": "out", "format": "ndjson"}}}}],
            "wires": [{{"from": "in", "to": "join"}}, {{"from": "join", "to": "out"}}]}})",
            kEvents,
            type,
            versioned ? R"(, {"name": "since", "type": "datetime"})" : "",
            versioned ? R"(, "version_time": "since")" : ""));
        CHECK(last.conserved);
        return bed.read("out");
    }
    static std::size_t count(const std::string &text, std::string_view part)
    {
        std::size_t found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos;
             at = text.find(part, at + part.size()))
            ++found;
        return found;
    }
    RunSnapshot last;
};

std::string devices(const std::string &site, const std::string &since = {})
{
    std::string text;
    for (int i = 0; i < 900; ++i)
        text += fmt::format("sensor{:03},{}-{},{}{}\n", i, site, i % 7, i % 40, since);
    return text;
}

} // namespace

TEST_CASE("B6: 900 of 1,000 devices in a table give 360,000 and 400,000 rows")
{
    const std::string reference = "device_id,site,max_temp\n" + devices("s");
    B6 bench;
    const std::string inner = bench.run("inner", reference, false);
    CHECK(B6::count(inner, "\n") == 360'000);
    CHECK(B6::count(inner, "\"site\":\"s-") == 360'000);
    CHECK(bench.last.nodes.at("join").filtered == 40'000);
    const std::string left = bench.run("left_outer", reference, false);
    CHECK(B6::count(left, "\n") == 400'000);
    CHECK(B6::count(left, "\"site\":null") == 40'000);
}

TEST_CASE("B6: a version that begins after 40 % of the time holds for the last 60 %")
{
    const std::string reference = "device_id,site,max_temp,since\n"
                                  + devices("new", ",2026-01-01T00:00:04Z")
                                  + devices("old", ",2026-01-01T00:00:00Z");
    B6 bench;
    const std::string inner = bench.run("inner", reference, true);
    CHECK(B6::count(inner, "\n") == 360'000);
    CHECK(B6::count(inner, "\"site\":\"old-") == 144'000);
    CHECK(B6::count(inner, "\"site\":\"new-") == 216'000);
}
