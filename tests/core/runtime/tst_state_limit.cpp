#include "tests/core/runtime/run_bed.h"
#include "tests/core/runtime/scripted_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::int32_t kAhead = 1;
constexpr std::int32_t kBehind = 0;

std::string event(int key, int second)
{
    return fmt::format(R"({{"id":{},"ts":"2026-01-01T{:02}:{:02}:{:02}Z"}})",
                       key,
                       second / 3600,
                       second / 60 % 60,
                       second % 60);
}

/// @param middle  nodes between the source and `out`; the first is "group" or leads to it
std::string
pipeline(const std::string &middle, const std::string &wires, const std::string &settings)
{
    return fmt::format(R"({{"sluice": 1, "name": "Limit", "settings": {{{}}}, "nodes": [
      {{"id": "in", "kind": "scripted_source", "config": {{
         "schema": [{{"name": "id", "type": "long"}}, {{"name": "ts", "type": "datetime"}}],
         "event_time": {{"field": "ts", "max_out_of_orderness": "0s", "idle_timeout": "0s"}}}}}},
      {},
      {{"id": "out", "kind": "file_destination", "config": {{"path": "out.ndjson"}}}}],
      "wires": [{}]}})",
                       settings,
                       middle,
                       wires);
}

const std::string kGroup = R"-({"id": "group", "kind": "group_by", "config": {
    "window": {"type": "tumbling", "size": "10s"}, "by": [{"name": "id"}],
    "aggregates": [{"name": "events", "expression": "count()"}]}})-";
const std::string kGrouped = R"({"from": "in", "to": "group"}, {"from": "group", "to": "out"})";

struct Ended
{
    std::optional<Error> failure;
    RunSnapshot last;
    std::uint64_t mostKeys = 0;
    std::vector<std::string> messages; // of the node "group" and of the source
};

/// So little is on its way that the limit is met while partitions still have much to deliver.
RunOptions narrow(const RunBed &bed)
{
    RunOptions options = bed.options();
    options.batchRows = 20;
    options.edgeBytes = 2000;
    return options;
}

Ended runScript(const RunBed &bed, const std::shared_ptr<Script> &script, const std::string &text)
{
    const ScriptedKinds kinds(script);
    Engine engine(kinds.catalog());
    const auto started = engine.start(RunBed::parse(text), narrow(bed));
    REQUIRE_MESSAGE(started, (started ? "" : describe(started.error())));
    Ended ended;
    const Ticks deadline = systemClock().monotonic() + 60 * kTicksPerSecond;
    while (!engine.wait(kTicksPerMillisecond) && systemClock().monotonic() < deadline) {
        const RunSnapshot now = engine.snapshot();
        ended.mostKeys = std::max(ended.mostKeys, now.nodes.at("group").stateKeys);
        for (const char *node : {"group", "in"}) {
            const std::string &message = now.nodes.at(node).message;
            if (!message.empty()
                && std::find(ended.messages.begin(), ended.messages.end(), message)
                       == ended.messages.end())
                ended.messages.push_back(message);
        }
    }
    REQUIRE(engine.state() != RunState::Running);
    ended.failure = engine.failure();
    ended.last = engine.snapshot();
    return ended;
}

/// Both partitions have ten keys of their own in each of 40 windows of ten seconds; the one ahead
/// delivers as long as it may.
std::shared_ptr<Script> twoPartitions()
{
    auto script = std::make_shared<Script>(std::vector<std::int32_t>{kAhead, kBehind});
    for (int window = 0; window < 40; ++window) {
        for (int key = 0; key < 10; ++key) {
            script->add(kAhead, event(1000 + window * 10 + key, window * 10 + key));
            script->add(kBehind, event(window * 10 + key, window * 10 + key));
        }
    }
    script->end();
    return script;
}

std::size_t lineCount(const std::string &text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("a node at its limit lets the partition that is behind close windows, then all go on")
{
    const RunBed bed;
    const auto script = twoPartitions();
    const Ended ended = runScript(bed, script, pipeline(kGroup, kGrouped, R"("state_keys": 100)"));
    REQUIRE_MESSAGE(!ended.failure, (ended.failure ? describe(*ended.failure) : ""));
    CHECK(ended.last.conserved);
    CHECK(ended.last.nodes.at("group").late == 0);
    CHECK(ended.last.nodes.at("group").absorbed == 800);
    CHECK(ended.last.nodes.at("group").stateKeyLimit == 100);
    CHECK(lineCount(bed.read("out.ndjson")) == 800);
    const auto holds = script->holds();
    REQUIRE_FALSE(holds.empty());
    CHECK(holds.front() == std::vector<std::int32_t>{kAhead});
    CHECK(holds.back().empty());
    for (const auto &held : holds)
        CHECK(held.size() < 2); // never all: no window could close
}

TEST_CASE("without a limit in its way a run holds nothing back")
{
    const RunBed bed;
    const auto script = twoPartitions();
    const Ended ended = runScript(bed, script, pipeline(kGroup, kGrouped, ""));
    REQUIRE(!ended.failure);
    CHECK(ended.last.nodes.at("group").stateKeyLimit == 10'000'000);
    CHECK(ended.last.nodes.at("group").stateLimit == std::uint64_t{1} << 30U);
    CHECK(lineCount(bed.read("out.ndjson")) == 800);
    CHECK(script->holds().empty());
}

TEST_CASE("a node at its limit says so, and so does the source that waits for it")
{
    const RunBed bed;
    auto script = std::make_shared<Script>(std::vector<std::int32_t>{kAhead, kBehind});
    script->add(kBehind, event(1000, 0));
    for (int i = 0; i < 400; ++i)
        script->add(kAhead, event(i, i));
    const ScriptedKinds kinds(script);
    Engine engine(kinds.catalog());
    REQUIRE(engine.start(RunBed::parse(pipeline(kGroup, kGrouped, R"("state_keys": 100)")),
                         narrow(bed)));
    RunSnapshot seen;
    const Ticks deadline = systemClock().monotonic() + 30 * kTicksPerSecond;
    while (systemClock().monotonic() < deadline && !engine.wait(10 * kTicksPerMillisecond)) {
        seen = engine.snapshot();
        if (!seen.nodes.at("group").message.empty() && !seen.nodes.at("in").message.empty())
            break;
    }
    CHECK(seen.nodes.at("group").state == NodeState::Waiting);
    CHECK(seen.nodes.at("group").message
          == "keeps as much as it may: waits for the input that is behind; 1 partition ahead of it "
             "waits");
    CHECK(seen.nodes.at("in").message.find("1 partition waits") == 0);
    // The one behind catches up: everything goes on.
    for (int i = 1; i < 400; ++i)
        script->add(kBehind, event(1000 + i, i));
    script->end();
    REQUIRE(engine.wait(60 * kTicksPerSecond));
    REQUIRE(!engine.failure());
    CHECK(engine.snapshot().nodes.at("in").message.empty());
    CHECK(lineCount(bed.read("out.ndjson")) == 800);
}

TEST_CASE("a node at its limit ends the run where no partition is behind")
{
    const RunBed bed;
    auto script = std::make_shared<Script>(std::vector<std::int32_t>{0});
    for (int i = 0; i < 1000; ++i)
        script->add(0, event(i, 0));
    const Ended ended = runScript(bed, script, pipeline(kGroup, kGrouped, R"("state_keys": 100)"));
    REQUIRE(ended.failure);
    CHECK(ended.failure->code == ErrorCode::StateLimit);
    CHECK(ended.failure->node == "group");
    CHECK(ended.failure->message.find("'group' keeps 120 keys in ") == 0);
    CHECK(ended.failure->message.find("it may keep 100 keys and 1.07 GB") != std::string::npos);
    CHECK(script->holds().empty());
}

TEST_CASE("a node at its limit ends the run where what is behind brings too much by itself")
{
    const RunBed bed;
    auto script = std::make_shared<Script>(std::vector<std::int32_t>{kAhead, kBehind});
    script->add(kAhead, event(1, 5));
    for (int i = 0; i < 1000; ++i)
        script->add(kBehind, event(i, 0));
    const Ended ended = runScript(bed, script, pipeline(kGroup, kGrouped, R"("state_keys": 100)"));
    REQUIRE(ended.failure);
    CHECK(ended.failure->code == ErrorCode::StateLimit);
}

TEST_CASE("a node behind another stage has its partitions held back as well")
{
    const RunBed bed;
    const auto script = twoPartitions();
    const std::string once = R"({"id": "once", "kind": "deduplicate",
        "config": {"by": [{"name": "id"}], "within": "1s"}}, )";
    const Ended ended =
        runScript(bed,
                  script,
                  pipeline(once + kGroup,
                           R"({"from": "in", "to": "once"}, {"from": "once", "to": "group"},
                    {"from": "group", "to": "out"})",
                           R"("state_keys": 200)"));
    REQUIRE_MESSAGE(!ended.failure, (ended.failure ? describe(*ended.failure) : ""));
    CHECK(lineCount(bed.read("out.ndjson")) == 800);
    CHECK(ended.last.nodes.at("group").late == 0);
    CHECK_FALSE(script->holds().empty());
}

TEST_CASE("a limit that makes no sense is a problem of the settings")
{
    const auto problems = [](const std::string &settings) {
        std::string text = pipeline(kGroup, kGrouped, settings);
        text.replace(text.find("scripted_source"), 15, "file_source");
        const auto validated = validate(RunBed::parse(text), builtInCatalog(), {});
        std::vector<std::string> fields;
        for (const Diagnostic &found : validated.diagnostics) {
            if (found.node.empty())
                fields.push_back(found.field);
        }
        return fields;
    };
    CHECK(problems(R"("state_bytes": "512MiB", "state_keys": 5)").empty());
    CHECK(problems(R"("state_bytes": "a lot")") == std::vector<std::string>{"state_bytes"});
    CHECK(problems(R"("state_bytes": "10")") == std::vector<std::string>{"state_bytes"});
    CHECK(problems(R"("state_bytes": 7)") == std::vector<std::string>{"state_bytes"});
    CHECK(problems(R"("state_keys": 0)") == std::vector<std::string>{"state_keys"});
    CHECK(problems(R"("state_keys": "many")") == std::vector<std::string>{"state_keys"});
}

TEST_CASE("limits are written where they are not the usual ones")
{
    const std::string text =
        pipeline(kGroup, kGrouped, R"("state_bytes": "2GiB", "state_keys": 5)");
    const Pipeline pipelineOf = RunBed::parse(text);
    CHECK(pipelineOf.settings.stateBytes == "2GiB");
    CHECK(pipelineOf.settings.stateKeys == 5);
    const std::string written = pipelineText(pipelineOf);
    CHECK(written.find(R"("state_bytes": "2GiB", "state_keys": 5)") != std::string::npos);
    CHECK(RunBed::parse(written).settings == pipelineOf.settings);
    CHECK(pipelineText(RunBed::parse(pipeline(kGroup, kGrouped, ""))).find("state_")
          == std::string::npos);
}
