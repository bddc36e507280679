#include "core/event/sensor_gen.h"
#include "core/storage/database_registry.h"
#include "core/storage/dead_letters.h"
#include "tests/core/runtime/run_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

const std::string kCopy = R"({"sluice": 1, "name": "Copy", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson"}},
  {"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson"}}],
  "wires": [{"from": "in", "to": "out"}]})";

const std::string kFollow = R"({"sluice": 1, "name": "Follow", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson", "follow": true}},
  {"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson"}}],
  "wires": [{"from": "in", "to": "out"}]})";

std::string sensors(std::uint64_t from, std::uint64_t to)
{
    std::string text;
    for (std::uint64_t i = from; i < to; ++i) {
        appendSensorGenEvent(text, i);
        text += '\n';
    }
    return text;
}

/// Waits until `condition` holds, looking again whenever figures may have moved.
template<typename Condition>
bool eventually(Engine &engine, Condition &&condition)
{
    const Ticks end = systemClock().monotonic() + 30 * kTicksPerSecond;
    while (systemClock().monotonic() < end) {
        if (condition())
            return true;
        if (engine.wait(20 * kTicksPerMillisecond))
            return condition();
    }
    return false;
}

} // namespace

TEST_CASE("a copy has the same bytes in the same order, whatever the workers do")
{
    const RunBed bed;
    const std::string input = sensors(0, 50'000);
    bed.write("in.ndjson", input);
    RunOptions options = bed.options();
    options.workers = 4;
    options.batchRows = 97;
    options.edgeBytes = 64 * 1024; // back-pressure all the time
    const RunSnapshot last = bed.run(kCopy, std::move(options));
    CHECK(last.state == RunState::Finished);
    CHECK(last.conserved);
    CHECK(last.nodes.at("in").eventsIn == 50'000);
    CHECK(last.nodes.at("out").eventsOut == 50'000);
    CHECK(last.wires.at("in>out").events == 50'000);
    CHECK(bed.read("out.ndjson") == input);
}

TEST_CASE("bad lines become dead letters with their place and reason")
{
    const RunBed bed;
    bed.write("in.ndjson", "{\"a\":1}\n\nhello\r\n{\"a\":2}\n[3]\n{\"a\":4}");
    const RunSnapshot last = bed.run(kCopy);
    CHECK(bed.read("out.ndjson") == "{\"a\":1}\n{\"a\":2}\n{\"a\":4}\n");
    CHECK(last.nodes.at("in").deadLettered == 2);
    CHECK(last.conserved);
    DeadLetterStore store(bed.path(".sluice/test.sluice.json"), processDatabases());
    const auto letters = store.list(10);
    REQUIRE(letters);
    REQUIRE(letters->size() == 2);
    const DeadLetter &last_ = letters->front();
    CHECK(last_.payload == "[3]");
    CHECK(last_.code == ErrorCode::NotAnObject);
    CHECK(last_.node == "in");
    CHECK(last_.offset == 24);
    CHECK(letters->back().payload == "hello");
    CHECK(letters->back().code == ErrorCode::MalformedJson);
}

TEST_CASE("a wired errors port takes what would be dead letters")
{
    const RunBed bed;
    bed.write("in.ndjson", "{\"a\":1}\nhello\n");
    const RunSnapshot last = bed.run(R"({"sluice": 1, "name": "Errors", "nodes": [
      {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson"}},
      {"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson"}},
      {"id": "bad", "kind": "file_destination", "config": {"path": "bad.ndjson"}}],
      "wires": [{"from": "in", "to": "out"}, {"from": "in.errors", "to": "bad"}]})");
    CHECK(last.nodes.at("in").deadLettered == 0);
    CHECK(last.nodes.at("in").errors == 1);
    CHECK(last.conserved);
    const std::string bad = bed.read("bad.ndjson");
    CHECK(bad.find(R"("$raw":"hello","$error_code":"4031")") != std::string::npos);
    CHECK(bad.find(R"("$error_node":"in")") != std::string::npos);
}

TEST_CASE("a run that was stopped is continued, one that finished begins anew")
{
    const RunBed bed;
    bed.write("in.ndjson", sensors(0, 1000));
    RunOptions options = bed.options();
    options.untilCaughtUp = true;
    bed.run(kFollow, options);
    CHECK(bed.read("out.ndjson") == sensors(0, 1000));
    {
        const auto file = realFileSystem().openWrite(bed.path("in.ndjson"), WriteMode::Append);
        REQUIRE(file);
        REQUIRE((*file)->write(sensors(1000, 1500)));
    }
    const RunSnapshot second = bed.run(kFollow, options);
    CHECK(second.nodes.at("in").eventsIn == 500);
    CHECK(bed.read("out.ndjson") == sensors(0, 1500));

    options.fromStart = true;
    bed.run(kFollow, options);
    CHECK(bed.read("out.ndjson") == sensors(0, 1500));

    bed.run(kCopy, [&] {
        RunOptions other = bed.options();
        other.pipelinePath = bed.path("other.sluice.json");
        return other;
    }());
    CHECK(bed.read("out.ndjson") == sensors(0, 1500));
}

TEST_CASE("another input file is read from its start although there is progress")
{
    const RunBed bed;
    const std::string text = R"({"sluice": 1, "name": "P",
      "parameters": {"input": {"type": "string", "value": "in.ndjson"}}, "nodes": [
      {"id": "in", "kind": "file_source", "config": {"path": {"param": "input"}, "follow": true}},
      {"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson"}}],
      "wires": [{"from": "in", "to": "out"}]})";
    bed.write("in.ndjson", sensors(0, 10));
    bed.write("other.ndjson", sensors(100, 103));
    RunOptions options = bed.options();
    options.untilCaughtUp = true;
    bed.run(text, options);
    std::vector<std::string> log;
    options.log = [&](const std::string &line) { log.push_back(line); };
    options.values.parameterOverrides["input"] = bed.path("other.ndjson");
    const RunSnapshot last = bed.run(text, options);
    CHECK(last.nodes.at("in").eventsIn == 3);
    CHECK(std::any_of(log.begin(), log.end(), [](const std::string &line) {
        return line.find("another file") != std::string::npos;
    }));
}

TEST_CASE("pause holds the sources, resume lets them go on, stop drains")
{
    const RunBed bed;
    const std::string text = R"({"sluice": 1, "name": "S", "nodes": [
      {"id": "in", "kind": "sample_data_source", "config": {"data": "sensors", "rate": 20000}},
      {"id": "hot", "kind": "filter", "config": {"where": "temp > 20"}},
      {"id": "out", "kind": "discard_destination"}],
      "wires": [{"from": "in", "to": "hot"}, {"from": "hot", "to": "out"}]})";
    Engine engine(builtInCatalog());
    engine.openTap({"hot", ""}, 50);
    REQUIRE(engine.start(RunBed::parse(text), bed.options()));
    CHECK(eventually(engine, [&] { return engine.snapshot().nodes["in"].eventsIn > 1000; }));
    CHECK(eventually(engine, [&] { return engine.tapContent({"hot", "out"}).seen > 0; }));
    engine.pause();
    CHECK(engine.state() == RunState::Paused);
    engine.resume();
    const std::uint64_t before = engine.snapshot().nodes["in"].eventsIn;
    CHECK(
        eventually(engine, [&] { return engine.snapshot().nodes["in"].eventsIn > before + 1000; }));
    CHECK(eventually(engine, [&] { return engine.snapshot().epoch > 0; }));
    engine.requestStop();
    CHECK(engine.wait(30 * kTicksPerSecond));
    const RunSnapshot last = engine.snapshot();
    CHECK(last.state == RunState::Finished);
    CHECK(last.conserved);
    const NodeFigures &hot = last.nodes.at("hot");
    CHECK(hot.eventsIn == last.nodes.at("in").eventsOut);
    CHECK(hot.eventsIn == hot.passed + hot.filtered);
    CHECK(last.nodes.at("out").latency.p50 >= 0);
    const TapContent tap = engine.tapContent({"hot", "out"});
    REQUIRE_FALSE(tap.events.empty());
    CHECK(tap.events.front().json.find("\"temp\":") != std::string::npos);
}

TEST_CASE("a failing node ends the run and says which")
{
    const RunBed bed;
    bed.write("in.ndjson", sensors(0, 10));
    Engine engine(builtInCatalog());
    const auto started = engine.start(RunBed::parse(R"({"sluice": 1, "name": "F", "nodes": [
      {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson"}},
      {"id": "out", "kind": "file_destination", "config": {"path": "no/such/folder/out.ndjson"}}],
      "wires": [{"from": "in", "to": "out"}]})"),
                                      bed.options());
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::IoFailed);
    CHECK(started.error().node == "out");
    CHECK(engine.state() == RunState::Failed);
}

TEST_CASE("a second run of the same pipeline is refused while the first holds the workspace")
{
    const RunBed bed;
    bed.write("in.ndjson", sensors(0, 10));
    Engine first(builtInCatalog());
    REQUIRE(first.start(RunBed::parse(kFollow), bed.options()));
    Engine second(builtInCatalog());
    const auto started = second.start(RunBed::parse(kFollow), bed.options());
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::WorkspaceLocked);
    first.requestStop();
    CHECK(first.wait(30 * kTicksPerSecond));
}

TEST_CASE("an engine that is destroyed while it runs stops its threads")
{
    const RunBed bed;
    bed.write("in.ndjson", sensors(0, 10));
    {
        Engine engine(builtInCatalog());
        REQUIRE(engine.start(RunBed::parse(kFollow), bed.options()));
    }
    CHECK(realFileSystem().exists(bed.path(".sluice/test.sluice.json/lock")));
}
