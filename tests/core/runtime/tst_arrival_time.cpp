#include "tests/core/runtime/run_bed.h"
#include "tests/core/runtime/scripted_source.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string pipeline(const std::string &sources, const std::string &wires)
{
    return fmt::format(
        R"-({{"sluice": 1, "name": "Arrival", "settings": {{"checkpoint_interval": "200ms"}},
      "nodes": [{},
      {{"id": "group", "kind": "group_by", "config": {{
         "window": {{"type": "tumbling", "size": "10s"}},
         "aggregates": [{{"name": "events", "expression": "count()"}}]}}}},
      {{"id": "out", "kind": "file_destination", "config": {{"path": "out.ndjson"}}}}],
      "wires": [{}, {{"from": "group", "to": "out"}}]}})-",
        sources,
        wires);
}

std::string followed(const std::string &id, const std::string &rest = "")
{
    return fmt::format(R"({{"id": "{0}", "kind": "file_source", "config": {{"path": "{0}.ndjson",
        "follow": true, "schema": [{{"name": "id", "type": "long"}}]{1}}}}})",
                       id,
                       rest);
}

void append(const RunBed &bed, const std::string &name, const std::string &text)
{
    const auto file = realFileSystem().openWrite(bed.path(name), WriteMode::Append);
    REQUIRE(file);
    REQUIRE((*file)->write(text));
}

/// Waits in real time for what the engine's threads do. @return whether it came about
bool eventually(Engine &engine, const std::function<bool()> &done)
{
    const Ticks deadline = systemClock().monotonic() + 30 * kTicksPerSecond;
    while (systemClock().monotonic() < deadline) {
        if (done())
            return true;
        if (engine.wait(5 * kTicksPerMillisecond))
            return done();
    }
    return false;
}

std::uint64_t taken(const Engine &engine)
{
    return engine.snapshot().nodes.at("group").absorbed;
}

/// A run by a clock that the test moves.
struct ClockedRun
{
    RunBed bed;
    ManualClock clock{1'767'225'600 * kTicksPerSecond}; // 2026-01-01T00:00:00Z
    Engine engine{builtInCatalog()};

    void start(const std::string &text)
    {
        RunOptions options = bed.options();
        options.clock = &clock;
        const auto started = engine.start(RunBed::parse(text), options);
        REQUIRE_MESSAGE(started, (started ? "" : describe(started.error())));
    }
    /// Lets the clock go on in small steps until something has come about.
    bool goesOn(TickSpan by, const std::function<bool()> &done)
    {
        constexpr TickSpan kStep = 100 * kTicksPerMillisecond;
        for (TickSpan gone = 0; gone < by; gone += kStep) {
            clock.advance(kStep);
            engine.wait(kTicksPerMillisecond);
        }
        return eventually(engine, [&] {
            clock.advance(20 * kTicksPerMillisecond); // figures are taken by this clock, too
            return done();
        });
    }
    std::string out() { return bed.read("out.ndjson"); }
};

} // namespace

TEST_CASE("where events happen when they arrive, the clock closes their window")
{
    ClockedRun run;
    run.bed.write("in.ndjson", "{\"id\":1}\n{\"id\":2}\n");
    run.start(pipeline(followed("in"), R"({"from": "in", "to": "group"})"));
    REQUIRE(run.goesOn(kTicksPerSecond, [&] { return taken(run.engine) == 2; }));
    CHECK(run.out().find("events") == std::string::npos);
    CHECK(run.goesOn(10 * kTicksPerSecond, [&] {
        return run.out()
               == "{\"window_start\":\"2026-01-01T00:00:00Z\","
                  "\"window_end\":\"2026-01-01T00:00:10Z\",\"events\":2}\n";
    }));
    // A second window, opened by an event after the silence.
    append(run.bed, "in.ndjson", "{\"id\":3}\n");
    REQUIRE(run.goesOn(kTicksPerSecond, [&] { return taken(run.engine) == 3; }));
    CHECK(run.goesOn(10 * kTicksPerSecond,
                     [&] { return run.out().find("\"events\":1") != std::string::npos; }));
    CHECK(run.engine.snapshot().nodes.at("group").late == 0);
    run.engine.requestStop();
    REQUIRE(eventually(run.engine, [&] { return run.engine.state() == RunState::Finished; }));
}

TEST_CASE("a source that has brought nothing yet does not keep windows of arrival open")
{
    ClockedRun run;
    run.bed.write("in.ndjson", "{\"id\":1}\n");
    run.bed.write("other.ndjson", "");
    run.start(pipeline(followed("in") + ", " + followed("other"),
                       R"({"from": "in", "to": "group"}, {"from": "other", "to": "group"})"));
    REQUIRE(run.goesOn(kTicksPerSecond, [&] { return taken(run.engine) == 1; }));
    CHECK(run.goesOn(10 * kTicksPerSecond,
                     [&] { return run.out().find("\"events\":1") != std::string::npos; }));
    run.engine.requestStop();
    REQUIRE(eventually(run.engine, [&] { return run.engine.state() == RunState::Finished; }));
}

TEST_CASE("the time of arrival can be asked for by name")
{
    ClockedRun run;
    run.bed.write("in.ndjson", "{\"id\":1}\n");
    run.start(pipeline(followed("in", R"(, "event_time": {"field": "$ingested_at"})"),
                       R"({"from": "in", "to": "group"})"));
    REQUIRE(run.goesOn(kTicksPerSecond, [&] { return taken(run.engine) == 1; }));
    CHECK(run.goesOn(10 * kTicksPerSecond,
                     [&] { return run.out().find("\"events\":1") != std::string::npos; }));
    run.engine.requestStop();
    REQUIRE(eventually(run.engine, [&] { return run.engine.state() == RunState::Finished; }));
}

TEST_CASE("time that passes over nothing takes no checkpoint")
{
    ClockedRun run;
    run.bed.write("in.ndjson", "{\"id\":1}\n");
    run.start(pipeline(followed("in"), R"({"from": "in", "to": "group"})"));
    REQUIRE(run.goesOn(11 * kTicksPerSecond,
                       [&] { return run.out().find("\"events\":1") != std::string::npos; }));
    // What has moved gets its epoch; then nothing does.
    const auto epochAfter = [&run](TickSpan span) {
        run.goesOn(span, [] { return true; });
        run.engine.wait(300 * kTicksPerMillisecond); // the coordinator looks four times a second
        return run.engine.snapshot().epoch;
    };
    std::uint64_t epoch = epochAfter(kTicksPerSecond);
    for (std::uint64_t before = 0; before != epoch;)
        before = std::exchange(epoch, epochAfter(kTicksPerSecond));
    for (int i = 0; i < 4; ++i)
        CHECK(epochAfter(3 * kTicksPerSecond) == epoch);
    run.engine.requestStop();
    REQUIRE(eventually(run.engine, [&] { return run.engine.state() == RunState::Finished; }));
}

TEST_CASE("events with a time of their own wait for the next one, whatever the clock says")
{
    ClockedRun run;
    run.bed.write("in.ndjson", "{\"id\":1,\"ts\":\"2026-01-01T00:00:01Z\"}\n");
    run.start(pipeline(R"({"id": "in", "kind": "file_source", "config": {"path": "in.ndjson",
        "follow": true, "schema": [{"name": "ts", "type": "datetime"}],
        "event_time": {"field": "ts", "idle_timeout": "0s"}}})",
                       R"({"from": "in", "to": "group"})"));
    REQUIRE(run.goesOn(20 * kTicksPerSecond, [&] { return taken(run.engine) == 1; }));
    CHECK(run.out().find("events") == std::string::npos);
    append(run.bed, "in.ndjson", "{\"id\":1,\"ts\":\"2026-01-01T00:00:11Z\"}\n");
    CHECK(run.goesOn(kTicksPerSecond,
                     [&] { return run.out().find("\"events\":1") != std::string::npos; }));
    run.engine.requestStop();
    REQUIRE(eventually(run.engine, [&] { return run.engine.state() == RunState::Finished; }));
}
