#include "tests/core/runtime/run_bed.h"

#include <fmt/format.h>

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string quoted(const std::string &text)
{
    return Value(text).toJson();
}

std::string pipeline(const std::string &query, const std::string &references, bool follow = false)
{
    return fmt::format(R"({{"sluice": 1, "name": "References", "nodes": [
      {{"id": "in", "kind": "file_source", "config": {{"path": "in.ndjson", "follow": {},
         "schema": [{{"name": "device", "type": "string"}}, {{"name": "ts", "type": "datetime"}}],
         "event_time": {{"field": "ts"}}}}}},
      {{"id": "q", "kind": "kql", "config": {{"query": {}, "references": [{}]}}}},
      {{"id": "out", "kind": "file_destination", "config": {{"path": "out.ndjson"}}}}],
      "wires": [{{"from": "in", "to": "q"}}, {{"from": "q", "to": "out"}}]}})",
                       follow,
                       quoted(query),
                       references);
}

const std::string kDevices = R"({"name": "devices", "path": "devices.csv"})";

struct Bed : RunBed
{
    Bed()
    {
        write("in.ndjson",
              "{\"device\":\"a\",\"ts\":\"2026-01-01T00:00:01Z\"}\n"
              "{\"device\":\"b\",\"ts\":\"2026-01-01T00:00:02Z\"}\n"
              "{\"device\":\"c\",\"ts\":\"2026-01-01T00:00:03Z\"}\n");
    }
};

std::vector<Diagnostic> problemsOf(const RunBed &bed, const std::string &text)
{
    return validate(RunBed::parse(text), builtInCatalog(), bed.options().values).diagnostics;
}

} // namespace

TEST_CASE("a kql node looks events up in a file that it names")
{
    const Bed bed;
    bed.write("devices.csv", "device,site,level\na,north,3\nb,south,4\n");
    bed.run(pipeline("source | lookup devices on device | project device, site, level", kDevices));
    CHECK(bed.read("out.ndjson")
          == "{\"device\":\"a\",\"site\":\"north\",\"level\":3}\n"
             "{\"device\":\"b\",\"site\":\"south\",\"level\":4}\n"
             "{\"device\":\"c\",\"site\":null,\"level\":null}\n");
}

TEST_CASE("reference tables stand in lists, in scalars and behind windows, in every format")
{
    const Bed bed;
    bed.write("devices.ndjson", "{\"device\":\"a\"}\n{\"device\":\"c\"}\n");
    bed.write("sites.csv", "device,site\na,north\nb,south\nc,south\n");
    bed.run(pipeline("let known = toscalar(sites | count); "
                     "source | where device in ((devices | project device)) "
                     "| summarize n = count() by bin(ts, 10s), device "
                     "| lookup sites on device | project device, site, n, known = known",
                     R"({"name": "devices", "path": "devices.ndjson", "format": "ndjson"},
                        {"name": "sites", "path": "sites.csv", "refresh": "never"})"));
    CHECK(bed.read("out.ndjson")
          == "{\"device\":\"a\",\"site\":\"north\",\"n\":1,\"known\":3}\n"
             "{\"device\":\"c\",\"site\":\"south\",\"n\":1,\"known\":3}\n");
}

TEST_CASE("a reference table that has changed counts for the events that come behind")
{
    const Bed bed;
    bed.write("devices.csv", "device,site\na,north\n");
    Engine engine(builtInCatalog());
    const auto started = engine.start(
        RunBed::parse(
            pipeline("source | lookup devices on device | project device, site", kDevices, true)),
        bed.options());
    REQUIRE_MESSAGE(started, (started ? "" : describe(started.error())));
    const auto eventually = [&](const auto &done) {
        const Ticks deadline = systemClock().monotonic() + 30 * kTicksPerSecond;
        while (!done() && systemClock().monotonic() < deadline)
            engine.wait(20 * kTicksPerMillisecond);
        return done();
    };
    CHECK(eventually(
        [&] { return bed.read("out.ndjson").find("\"device\":\"c\"") != std::string::npos; }));
    CHECK(bed.read("out.ndjson").find("{\"device\":\"b\",\"site\":null}") != std::string::npos);
    bed.write("devices.csv", "device,site\na,north\nb,south\n");
    CHECK(eventually([&] {
        const auto file = realFileSystem().openWrite(bed.path("in.ndjson"), WriteMode::Append);
        REQUIRE(file);
        REQUIRE((*file)->write("{\"device\":\"b\",\"ts\":\"2026-01-01T00:00:09Z\"}\n"));
        return bed.read("out.ndjson").find("{\"device\":\"b\",\"site\":\"south\"}")
               != std::string::npos;
    }));
    engine.requestStop();
    REQUIRE(engine.wait(30 * kTicksPerSecond));
    CHECK(!engine.failure());
}

TEST_CASE("what is wrong with a reference table is said while editing")
{
    const Bed bed;
    const std::string query = "source | lookup devices on device";
    auto problems = problemsOf(bed, pipeline(query, kDevices));
    REQUIRE(problems.size() == 1); // it is not there; that its name is unknown follows from it
    CHECK(problems[0].code == ErrorCode::IoFailed);
    CHECK(problems[0].field == "references");
    bed.write("devices.csv", "device,site\na,north\n");
    CHECK(problemsOf(bed, pipeline(query, kDevices)).empty());
    problems = problemsOf(bed, pipeline("source | lookup devics on device", kDevices));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].field == "query");
    CHECK(problems[0].hint.find("devices") != std::string::npos);
    problems = problemsOf(bed, pipeline("source", R"({"name": "source", "path": "devices.csv"})"));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == ErrorCode::DuplicateId);
    problems = problemsOf(
        bed, pipeline(query, R"({"name": "devices", "path": "devices.csv", "refresh": "soon"})"));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == ErrorCode::InvalidValue);
}

TEST_CASE("reference rows are no events")
{
    const Bed bed;
    bed.write("devices.csv", "device,site\na,north\n");
    const auto problems = problemsOf(bed, pipeline("devices | where site == 'north'", kDevices));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].code == ErrorCode::NotSupported);
}
