#include "core/event/sensor_gen.h"
#include "core/runtime/outbox.h"
#include "core/storage/database_registry.h"
#include "core/storage/dead_letters.h"
#include "tests/core/runtime/run_bed.h"
#include "tests/core/runtime/watched_files.h"

#include <set>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint64_t kEvents = 6000;

std::string pipeline(const std::string &nodes, const std::string &wires)
{
    return R"({"sluice": 1, "name": "Once", "settings": {"delivery": "exactly_once"}, "nodes": [
      {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson", "rate": 60000,
        "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
                   {"name": "timestamp", "type": "datetime"}],
        "event_time": {"field": "timestamp", "max_out_of_orderness": "0s"}}},
      {"id": "hot", "kind": "filter", "config": {"where": "temp > 20"}}, )"
           + nodes + R"(], "wires": [{"from": "in", "to": "hot"}, )" + wires + "]}";
}

const std::string kToFile =
    pipeline(R"({"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson"}})",
             R"({"from": "hot", "to": "out"})");
const std::string kToParts = pipeline(
    R"({"id": "out", "kind": "file_destination", "config": {"path": "out.ndjson", "rotate": 40000}})",
    R"({"from": "hot", "to": "out"})");
const std::string kToTable = pipeline(
    R"json({"id": "out", "kind": "kql_database_destination",
        "config": {"database": "out.duckdb", "table": "hot"}},
       {"id": "windows", "kind": "group_by", "config": {
         "window": {"type": "tumbling", "size": "1s"}, "by": [{"name": "device_id"}],
         "aggregates": [{"name": "events", "expression": "count()"}]}},
       {"id": "sums", "kind": "kql_database_destination",
        "config": {"database": "out.duckdb", "table": "sums"}})json",
    R"({"from": "hot", "to": "out"}, {"from": "in", "to": "windows"}, {"from": "windows", "to": "sums"})");

std::string sensors()
{
    std::string text;
    for (std::uint64_t i = 0; i < kEvents; ++i) {
        appendSensorGenEvent(text, i);
        text += '\n';
    }
    return text;
}

/// Lines of the input whose temp is above 20, as they are.
std::string hotLines(const std::string &input)
{
    std::string hot;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = input.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
        const std::string_view line(input.data() + begin, end - begin + 1);
        const std::size_t at = line.find("\"temp\":");
        if (std::strtod(line.data() + at + 7, nullptr) > 20)
            hot += line;
    }
    return hot;
}

RunOptions quick(const RunBed &bed)
{
    RunOptions options = bed.options();
    options.checkpointInterval = 8 * kTicksPerMillisecond;
    options.outboxChunkBytes = 8000;
    options.batchRows = 200;
    return options;
}

bool hasCheckpoint(const RunBed &bed)
{
    const auto names = realFileSystem().list(bed.path(".sluice/test.sluice.json"));
    REQUIRE(names);
    return std::any_of(names->begin(), names->end(), [](const std::string &name) {
        return name.starts_with("checkpoint-") && !name.ends_with(".partial");
    });
}

/// A run on a disk that dies at the n-th change. @return whether it did
bool crashAt(const RunBed &bed, const std::string &text, std::int64_t changes)
{
    CrashingFiles files(changes);
    RunOptions options = quick(bed);
    options.files = &files;
    Engine engine(builtInCatalog());
    const auto started = engine.start(RunBed::parse(text), options);
    if (started)
        REQUIRE(engine.wait(60 * kTicksPerSecond));
    else
        CHECK(files.crashed());
    if (!files.crashed()) {
        CHECK_FALSE(engine.failure());
        return false;
    }
    // One that died behind the mark that it has finished has finished.
    return engine.snapshot().lastCheckpoint == 0 || hasCheckpoint(bed);
}

std::int64_t number(const RunBed &bed, const std::string &sql)
{
    const auto database = processDatabases().open(bed.path("out.duckdb"));
    REQUIRE(database);
    auto connection = (*database)->connect();
    REQUIRE(connection);
    const auto result = connection->query(sql);
    REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
    return std::get<std::int64_t>(result->rows.at(0).at(0));
}

std::string parts(const RunBed &bed)
{
    std::set<std::string> names;
    const auto all = realFileSystem().list(bed.path("."));
    REQUIRE(all);
    for (const std::string &name : *all) {
        if (name.starts_with("out-"))
            names.insert(name);
    }
    std::string text;
    for (const std::string &name : names)
        text += bed.read(name);
    return text;
}

std::set<std::string> leftOutboxes(const RunBed &bed)
{
    std::set<std::string> names;
    const auto all = realFileSystem().list(bed.path(".sluice/test.sluice.json"));
    REQUIRE(all);
    for (const std::string &name : *all) {
        if (Outbox::isFileName(name))
            names.insert(name);
    }
    return names;
}

} // namespace

TEST_CASE("an exactly-once run that nothing disturbs gives what an ordinary one gives")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    const RunSnapshot last = bed.run(kToFile, quick(bed));
    CHECK(last.conserved);
    CHECK(bed.read("out.ndjson") == hotLines(input));
    CHECK(leftOutboxes(bed).empty());
    CHECK(last.nodes.at("out").outboxEpochs == 0);
}

TEST_CASE("a file gets every line once, whenever the process dies")
{
    const std::string input = sensors();
    const std::string expected = hotLines(input);
    int crashes = 0;
    for (std::int64_t at = 3;; at += 19) {
        const RunBed bed;
        bed.write("in.ndjson", input);
        if (!crashAt(bed, kToFile, at))
            break;
        ++crashes;
        bed.run(kToFile, quick(bed));
        REQUIRE_MESSAGE(bed.read("out.ndjson") == expected, "died at change " << at);
        REQUIRE(leftOutboxes(bed).empty());
    }
    CHECK(crashes > 2);
}

TEST_CASE("numbered parts together get every line once, whenever the process dies")
{
    const std::string input = sensors();
    const std::string expected = hotLines(input);
    int crashes = 0;
    for (std::int64_t at = 5;; at += 29) {
        const RunBed bed;
        bed.write("in.ndjson", input);
        if (!crashAt(bed, kToParts, at))
            break;
        ++crashes;
        bed.run(kToParts, quick(bed));
        REQUIRE_MESSAGE(parts(bed) == expected, "died at change " << at);
    }
    CHECK(crashes > 2);
}

TEST_CASE("tables get every row once, windows too, whenever the process dies and dies again")
{
    const std::string input = sensors();
    const std::string hot = hotLines(input);
    const auto expected = std::count(hot.begin(), hot.end(), '\n');
    int crashes = 0;
    for (std::int64_t at = 4;; at += 37) {
        const RunBed bed;
        bed.write("in.ndjson", input);
        if (!crashAt(bed, kToTable, at))
            break;
        ++crashes;
        // Twice more, the first time while it recovers.
        if (crashAt(bed, kToTable, 1 + at % 13) && crashAt(bed, kToTable, 30))
            bed.run(kToTable, quick(bed));
        REQUIRE_MESSAGE(number(bed, "SELECT count(*) FROM hot") == expected,
                        "died at change " << at);
        REQUIRE(number(bed, "SELECT sum(events)::BIGINT FROM sums") == std::int64_t(kEvents));
    }
    CHECK(crashes > 2);
}

TEST_CASE("a run that is stopped goes on with nothing missing and nothing twice")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    for (int i = 0; i < 4; ++i) {
        Engine engine(builtInCatalog());
        REQUIRE(engine.start(RunBed::parse(kToTable), quick(bed)));
        engine.wait(20 * kTicksPerMillisecond);
        engine.requestStop();
        REQUIRE(engine.wait(30 * kTicksPerSecond));
        CHECK_FALSE(engine.failure());
        CHECK(engine.snapshot().conserved);
        CHECK(leftOutboxes(bed).empty());
    }
    bed.run(kToTable, quick(bed));
    const std::string hot = hotLines(input);
    CHECK(number(bed, "SELECT count(*) FROM hot") == std::count(hot.begin(), hot.end(), '\n'));
    CHECK(number(bed, "SELECT sum(events)::BIGINT FROM sums") == std::int64_t(kEvents));
}

TEST_CASE("dead letters are kept once, whenever the process dies")
{
    std::string input;
    for (int i = 0; i < 3000; ++i)
        input += i % 10 == 0 ? "bad " + std::to_string(i) + "\n" : "{\"temp\":30}\n";
    int crashes = 0;
    for (std::int64_t at = 6;; at += 31) {
        const RunBed bed;
        bed.write("in.ndjson", input);
        if (!crashAt(bed, kToFile, at))
            break;
        ++crashes;
        bed.run(kToFile, quick(bed));
        DeadLetterStore store(bed.path(".sluice/test.sluice.json"), processDatabases());
        const auto letters = store.list(10'000);
        REQUIRE(letters);
        std::set<std::string> payloads;
        for (const DeadLetter &letter : *letters)
            payloads.insert(letter.payload);
        REQUIRE_MESSAGE(letters->size() == 300, "died at change " << at);
        REQUIRE(payloads.size() == 300);
    }
    CHECK(crashes > 2);
}

TEST_CASE("a destination that was replaced between two runs stops the start")
{
    const RunBed bed;
    bed.write("in.ndjson", sensors());
    REQUIRE(crashAt(bed, kToFile, 50));
    REQUIRE(realFileSystem().remove(bed.path("out.ndjson")));
    bed.write("out.ndjson", "something else\n");
    Engine engine(builtInCatalog());
    const auto started = engine.start(RunBed::parse(kToFile), quick(bed));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::TargetChanged);
    CHECK(started.error().node == "out");
    CHECK(bed.read("out.ndjson") == "something else\n");
}

TEST_CASE("a run that begins anew writes a new line of checkpoints and all events again")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    REQUIRE(crashAt(bed, kToTable, 50));
    RunOptions options = quick(bed);
    options.fromStart = true;
    const std::int64_t before = number(bed, "SELECT count(*) FROM hot");
    bed.run(kToTable, options);
    const std::string hot = hotLines(input);
    CHECK(number(bed, "SELECT count(*) FROM hot")
          == before + std::count(hot.begin(), hot.end(), '\n'));
    CHECK(number(bed, "SELECT count(DISTINCT lineage) FROM sluice.progress") == 2);
}

TEST_CASE("output that is on its way gets there also when the delivery is changed")
{
    std::string atLeast = kToTable;
    const std::string once = R"("delivery": "exactly_once")";
    atLeast.replace(atLeast.find(once), once.size(), R"("delivery": "at_least_once")");
    const std::string input = sensors();
    const std::string hot = hotLines(input);
    const auto expected = std::count(hot.begin(), hot.end(), '\n');
    for (std::int64_t at = 60; at < 200; at += 23) {
        const RunBed bed;
        bed.write("in.ndjson", input);
        if (!crashAt(bed, kToTable, at))
            break;
        bed.run(atLeast, quick(bed));
        REQUIRE_MESSAGE(number(bed, "SELECT count(*) FROM hot") == expected,
                        "died at change " << at);
    }
}

TEST_CASE("an idle pipeline writes and syncs nothing")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    std::string text = kToTable;
    text.replace(text.find("\"rate\": 60000"), 13, "\"follow\": true");
    CrashingFiles files(1'000'000);
    RunOptions options = quick(bed);
    options.files = &files;
    Engine engine(builtInCatalog());
    REQUIRE(engine.start(RunBed::parse(text), options));
    // Until all that came is at the tables, and the last checkpoint says so.
    std::int64_t before = -1;
    for (int look = 0; look < 200 && before != files.changes(); ++look) {
        before = files.changes();
        engine.wait(300 * kTicksPerMillisecond);
    }
    CHECK(engine.snapshot().nodes["in"].eventsIn == kEvents);
    const std::int64_t still = files.changes();
    const std::uint64_t epoch = engine.snapshot().epoch;
    engine.wait(2 * kTicksPerSecond); // two hundred and fifty intervals
    CHECK(files.changes() == still);
    CHECK(engine.snapshot().epoch == epoch);
    CHECK(engine.snapshot().checkpointBytes > 0);
    engine.requestStop();
    REQUIRE(engine.wait(30 * kTicksPerSecond));
    CHECK_FALSE(engine.failure());
}

TEST_CASE("a full disk is waited for, and nothing is missing when there is room again")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    FullFiles files;
    RunOptions options = quick(bed);
    options.files = &files;
    Engine engine(builtInCatalog());
    REQUIRE(engine.start(RunBed::parse(kToFile), options));
    engine.wait(30 * kTicksPerMillisecond);
    files.setFull(true);
    const auto says = [&] {
        const RunSnapshot now = engine.snapshot();
        return now.nodes.at("out").message.find("waiting for room") != std::string::npos
               || now.message.find("waiting for room") != std::string::npos;
    };
    for (int look = 0; look < 400 && !says(); ++look)
        engine.wait(25 * kTicksPerMillisecond);
    CHECK(says());
    CHECK(engine.state() == RunState::Running);
    files.setFull(false);
    REQUIRE(engine.wait(60 * kTicksPerSecond));
    CHECK_FALSE(engine.failure());
    CHECK(bed.read("out.ndjson") == hotLines(input));
}

TEST_CASE("a changed pipeline goes on where its state fits, and is told what would be lost")
{
    const RunBed bed;
    const std::string input = sensors();
    bed.write("in.ndjson", input);
    const auto stopped = [&](const std::string &text) {
        Engine engine(builtInCatalog());
        REQUIRE(engine.start(RunBed::parse(text), quick(bed)));
        engine.wait(30 * kTicksPerMillisecond);
        engine.requestStop();
        REQUIRE(engine.wait(30 * kTicksPerSecond));
        REQUIRE_FALSE(engine.failure());
    };
    stopped(kToTable);

    // A filter with another condition and a new destination keep every state.
    std::string wider = kToTable;
    wider.replace(wider.find("temp > 20"), 9, "temp > 10");
    stopped(wider);

    std::string other = wider;
    other.replace(other.find("\"size\": \"1s\""), 12, "\"size\": \"2s\"");
    Engine refused(builtInCatalog());
    const auto started = refused.start(RunBed::parse(other), quick(bed));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == ErrorCode::ProgressMismatch);
    CHECK(started.error().message.find("the state of 'windows'") != std::string::npos);
    CHECK(started.error().hint.find("--drop-state") != std::string::npos);

    RunOptions options = quick(bed);
    options.dropState = true;
    std::string log;
    options.log = [&](const std::string &line) { log += line + "\n"; };
    bed.run(other, options);
    CHECK(log.find("dropped: the state of 'windows'") != std::string::npos);
}
