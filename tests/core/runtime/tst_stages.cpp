#include "core/event/sensor_gen.h"
#include "tests/core/runtime/run_bed.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string moment(std::int64_t milliseconds)
{
    return fmt::format("2026-01-01T{:02}:{:02}:{:02}.{:03}Z",
                       milliseconds / 3'600'000,
                       milliseconds / 60'000 % 60,
                       milliseconds / 1000 % 60,
                       milliseconds % 1000);
}

std::vector<std::string> sortedLines(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::size_t countOf(const std::string &text, const std::string &part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

const std::string kTimed =
    R"("schema": [{"name": "id", "type": "long"}, {"name": "ts", "type": "datetime"}],
       "event_time": {"field": "ts", "max_out_of_orderness": "0s"})";

std::string source(const std::string &id, const std::string &file)
{
    return fmt::format(R"({{"id": "{}", "kind": "file_source", "config": {{"path": "{}", {}}}}})",
                       id,
                       file,
                       kTimed);
}

std::string output(const std::string &id, const std::string &file)
{
    return fmt::format(
        R"({{"id": "{}", "kind": "file_destination", "config": {{"path": "{}"}}}})", id, file);
}

std::string pipeline(const std::vector<std::string> &nodes, const std::string &wires)
{
    return fmt::format(R"({{"sluice": 1, "name": "Stages", "nodes": [{}], "wires": [{}]}})",
                       fmt::join(nodes, ", "),
                       wires);
}

const std::string kOnce = R"({"id": "once", "kind": "deduplicate",
    "config": {"by": [{"name": "id"}], "within": "10s"}})";

/// Left k happens at k ms; nine of ten have a right event up to 20 s later.
/// Source: benchmark B7, whose counts follow from the formula
struct IntervalJoin
{
    std::string left;
    std::string right;
    std::size_t pairs = 0; // not more than 10 s apart

    explicit IntervalJoin(std::int64_t count)
    {
        std::vector<std::pair<std::int64_t, std::int64_t>> partners;
        for (std::int64_t k = 0; k < count; ++k) {
            left += fmt::format("{{\"id\":{},\"ts\":\"{}\"}}\n", k, moment(k));
            const std::int64_t later = k * 7919 % 20'000;
            if (k % 10 != 0)
                partners.emplace_back(k + later, k);
            pairs += k % 10 != 0 && later <= 10'000 ? 1 : 0;
        }
        std::sort(partners.begin(), partners.end());
        for (const auto &[at, k] : partners)
            right += fmt::format("{{\"id\":{},\"ts\":\"{}\"}}\n", k, moment(at));
    }
};

std::string joinPipeline(const std::string &type)
{
    return pipeline({source("l", "left.ndjson"),
                     source("r", "right.ndjson"),
                     fmt::format(
                         R"({{"id": "both", "kind": "join", "config": {{"type": "{}",
                 "on": [{{"left": "id", "right": "id"}}], "within": {{"after": "10s"}}}}}})",
                         type),
                     output("out", "out.ndjson")},
                    R"({"from": "l", "to": "both.left"}, {"from": "r", "to": "both.right"},
           {"from": "both", "to": "out"})");
}

} // namespace

TEST_CASE("an interval join finds every pair and keeps no more than its tolerance needs")
{
    const IntervalJoin events(40'000);
    CHECK(events.pairs == 18'000);
    const RunBed bed;
    bed.write("left.ndjson", events.left);
    bed.write("right.ndjson", events.right);
    const RunSnapshot inner = bed.run(joinPipeline("inner"));
    CHECK(countOf(bed.read("out.ndjson"), "\n") == events.pairs);
    CHECK(inner.nodes.at("both").absorbed == 40'000 + 36'000);
    CHECK(inner.nodes.at("both").late == 0);
    CHECK(inner.nodes.at("both").stateKeys == 0);
    CHECK(inner.conserved);
    RunOptions anew = bed.options();
    anew.batchRows = 500;
    anew.workers = 3;
    bed.run(joinPipeline("left_outer"), anew);
    const std::string all = bed.read("out.ndjson");
    CHECK(countOf(all, "\n") == 40'000);
    CHECK(countOf(all, R"("id1":null)") == 40'000 - events.pairs);
}

TEST_CASE("events without a time are rejected before a stage that needs one, and counted")
{
    const RunBed bed;
    bed.write(
        "in.ndjson",
        "{\"id\":1,\"ts\":\"2026-01-01T00:00:01Z\"}\n{\"id\":2}\n{\"id\":3,\"ts\":\"soon\"}\n");
    const RunSnapshot last =
        bed.run(pipeline({source("in", "in.ndjson"),
                          kOnce,
                          output("out", "out.ndjson"),
                          output("bad", "bad.ndjson")},
                         R"({"from": "in", "to": "once"}, {"from": "once", "to": "out"},
           {"from": "once.errors", "to": "bad"})"));
    CHECK(last.conserved);
    CHECK(last.nodes.at("once").errors == 2);
    CHECK(countOf(bed.read("out.ndjson"), "\n") == 1);
    CHECK(countOf(bed.read("bad.ndjson"), R"("$error_code":"4036")") == 2);
}

TEST_CASE("late events leave by their own port, the same however batches are cut")
{
    for (const std::size_t batchRows : {1U, 2U, 2048U}) {
        CAPTURE(batchRows);
        const RunBed bed;
        bed.write("in.ndjson",
                  "{\"id\":1,\"ts\":\"2026-01-01T00:00:01Z\"}\n"
                  "{\"id\":2,\"ts\":\"2026-01-01T00:00:05Z\"}\n"
                  "{\"id\":3,\"ts\":\"2026-01-01T00:00:04Z\"}\n"
                  "{\"id\":4,\"ts\":\"2026-01-01T00:00:05Z\"}\n");
        RunOptions options = bed.options();
        options.batchRows = batchRows;
        const RunSnapshot last =
            bed.run(pipeline({source("in", "in.ndjson"),
                              kOnce,
                              output("out", "out.ndjson"),
                              output("late", "late.ndjson")},
                             R"({"from": "in", "to": "once"}, {"from": "once", "to": "out"},
                        {"from": "once.late", "to": "late"})"),
                    options);
        CHECK(last.conserved);
        CHECK(last.nodes.at("once").late == 1);
        CHECK(last.nodes.at("once").passed == 3);
        CHECK(bed.read("late.ndjson") == "{\"id\":3,\"ts\":\"2026-01-01T00:00:04Z\"}\n");
    }
}

TEST_CASE("events that a filter drops move the watermark on")
{
    const RunBed bed;
    bed.write("in.ndjson",
              "{\"id\":1,\"ts\":\"2026-01-01T00:00:01Z\"}\n"
              "{\"id\":-9,\"ts\":\"2026-01-01T00:01:00Z\"}\n"
              "{\"id\":2,\"ts\":\"2026-01-01T00:00:30Z\"}\n");
    const RunSnapshot last =
        bed.run(pipeline({source("in", "in.ndjson"),
                          R"({"id": "good", "kind": "filter", "config": {"where": "id > 0"}})",
                          kOnce,
                          output("out", "out.ndjson")},
                         R"({"from": "in", "to": "good"}, {"from": "good", "to": "once"},
           {"from": "once", "to": "out"})"));
    CHECK(last.nodes.at("once").late == 1);
    CHECK(last.nodes.at("once").passed == 1);
    CHECK(last.conserved);
}

TEST_CASE("a stage behind a stage gets the times of what passes on")
{
    const RunBed bed;
    std::string input;
    for (int i = 0; i < 1000; ++i)
        input += fmt::format("{{\"id\":{},\"ts\":\"{}\"}}\n", i / 2, moment(i * 10));
    bed.write("in.ndjson", input);
    std::string second = kOnce;
    second.replace(second.find("once"), 4, "again");
    const RunSnapshot last =
        bed.run(pipeline({source("in", "in.ndjson"), kOnce, second, output("out", "out.ndjson")},
                         R"({"from": "in", "to": "once"}, {"from": "once", "to": "again"},
           {"from": "again", "to": "out"})"));
    CHECK(last.conserved);
    CHECK(last.nodes.at("once").passed == 500);
    CHECK(last.nodes.at("once").filtered == 500);
    CHECK(last.nodes.at("again").passed == 500);
    CHECK(last.nodes.at("again").late == 0);
    CHECK(last.nodes.at("again").watermark == kEndOfTime);
}

TEST_CASE("wires with other columns are fitted by name where they meet")
{
    const RunBed bed;
    bed.write("a.ndjson", "{\"x\":1,\"y\":\"a\"}\n");
    bed.write("b.ndjson", "{\"y\":\"b\",\"z\":true,\"x\":2}\n");
    bed.run(pipeline({R"({"id": "a", "kind": "file_source", "config": {"path": "a.ndjson",
             "schema": [{"name": "x", "type": "long"}, {"name": "y", "type": "string"}]}})",
                      R"({"id": "b", "kind": "file_source", "config": {"path": "b.ndjson",
             "schema": [{"name": "y", "type": "string"}, {"name": "z", "type": "bool"},
                        {"name": "x", "type": "long"}]}})",
                      R"({"id": "both", "kind": "manage_fields", "config": {"other_fields": "keep",
             "fields": [{"name": "twice", "expression": "x * 2"}]}})",
                      output("out", "out.ndjson")},
                     R"({"from": "a", "to": "both"}, {"from": "b", "to": "both"},
           {"from": "both", "to": "out"})"));
    CHECK(sortedLines(bed.read("out.ndjson"))
          == std::vector<std::string>{"{\"x\":1,\"y\":\"a\",\"z\":null,\"twice\":2}",
                                      "{\"x\":2,\"y\":\"b\",\"z\":true,\"twice\":4}"});
}

TEST_CASE("an epoch is saved although one of two sources has ended long before")
{
    const RunBed bed;
    bed.write("a.ndjson", "{\"id\":1}\n");
    bed.write("b.ndjson", "{\"id\":1}\n");
    Engine engine(builtInCatalog());
    REQUIRE(engine.start(
        RunBed::parse(
            R"({"sluice": 1, "name": "Two", "settings": {"checkpoint_interval": "200ms"}, "nodes": [
      {"id": "a", "kind": "file_source", "config": {"path": "a.ndjson"}},
      {"id": "b", "kind": "file_source", "config": {"path": "b.ndjson", "follow": true}},
      {"id": "x", "kind": "file_destination", "config": {"path": "x.ndjson"}},
      {"id": "y", "kind": "file_destination", "config": {"path": "y.ndjson"}}],
      "wires": [{"from": "a", "to": "x"}, {"from": "b", "to": "y"}]})"),
        bed.options()));
    std::uint64_t seen = 0;
    std::size_t commits = 0;
    // Each line that is added to `b` needs an epoch of its own.
    for (int round = 0; round < 4; ++round) {
        const auto file = realFileSystem().openWrite(bed.path("b.ndjson"), WriteMode::Append);
        REQUIRE(file);
        REQUIRE((*file)->write("{\"id\":2}\n"));
        const Ticks deadline = systemClock().monotonic() + 10 * kTicksPerSecond;
        while (systemClock().monotonic() < deadline) {
            const RunSnapshot now = engine.snapshot();
            if (now.epoch > seen && now.lastCheckpoint != 0
                && now.nodes.at("b").eventsIn == static_cast<std::uint64_t>(round) + 2) {
                seen = now.epoch;
                ++commits;
                break;
            }
            engine.wait(20 * kTicksPerMillisecond);
        }
    }
    CHECK(commits == 4);
    engine.requestStop();
    REQUIRE(engine.wait(30 * kTicksPerSecond));
}

TEST_CASE("a node that would keep more than it may ends the run and says how much it keeps")
{
    const RunBed bed;
    std::string input;
    for (int i = 0; i < 5000; ++i)
        input += fmt::format("{{\"id\":{},\"ts\":\"{}\"}}\n", i, moment(0));
    bed.write("in.ndjson", input);
    RunOptions options = bed.options();
    options.stateBytes = 100'000;
    Engine engine(builtInCatalog());
    REQUIRE(engine.start(
        RunBed::parse(pipeline({source("in", "in.ndjson"), kOnce, output("out", "out.ndjson")},
                               R"({"from": "in", "to": "once"}, {"from": "once", "to": "out"})")),
        options));
    REQUIRE(engine.wait(60 * kTicksPerSecond));
    REQUIRE(engine.failure());
    CHECK(engine.failure()->code == ErrorCode::StateLimit);
    CHECK(engine.failure()->node == "once");
}

TEST_CASE("expressions and fields name what the source knows of an event")
{
    const RunBed bed;
    bed.write("in.ndjson",
              "{\"id\":1,\"ts\":\"2026-01-01T00:00:01Z\"}\n"
              "{\"id\":2,\"ts\":\"2026-01-01T00:00:02Z\"}\n");
    bed.run(
        pipeline({source("in", "in.ndjson"),
                  R"({"id": "late", "kind": "filter", "config": {"where": "$offset > 0"}})",
                  R"({"id": "slim", "kind": "manage_fields", "config": {"fields": [{"name": "id"},
             {"name": "at", "from": "$event_time"}, {"name": "byte", "from": "$offset"},
             {"name": "part", "expression": "$partition + 1"}]}})",
                  output("out", "out.ndjson"),
                  output("whole", "whole.ndjson")},
                 R"({"from": "in", "to": "late"}, {"from": "late", "to": "slim"},
           {"from": "slim", "to": "out"}, {"from": "late", "to": "whole"})"));
    CHECK(bed.read("out.ndjson")
          == "{\"id\":2,\"at\":\"2026-01-01T00:00:02Z\",\"byte\":37,\"part\":1}\n");
    CHECK(bed.read("whole.ndjson") == "{\"id\":2,\"ts\":\"2026-01-01T00:00:02Z\"}\n");
}
