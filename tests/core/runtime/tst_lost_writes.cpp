#include "core/event/sensor_gen.h"
#include "tests/core/runtime/run_bed.h"
#include "tests/core/runtime/simulated_disk.h"

#include <cstdlib>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::uint64_t kEvents = 3000;
const std::string kPipeline = R"json({"sluice": 1, "name": "Once",
  "settings": {"delivery": "exactly_once"}, "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "in.ndjson", "rate": 100000,
    "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
               {"name": "timestamp", "type": "datetime"}],
    "event_time": {"field": "timestamp", "max_out_of_orderness": "0s"}}},
  {"id": "windows", "kind": "group_by", "config": {
    "window": {"type": "tumbling", "size": "10ms"}, "by": [{"name": "device_id"}],
    "aggregates": [{"name": "events", "expression": "count()"}]}},
  {"id": "copy", "kind": "file_destination", "config": {"path": "copy.ndjson"}},
  {"id": "sums", "kind": "file_destination", "config": {"path": "sums.ndjson", "rotate": 4000}}],
  "wires": [{"from": "in", "to": "copy"}, {"from": "in", "to": "windows"},
            {"from": "windows", "to": "sums"}]})json";

std::string sensors()
{
    std::string text;
    for (std::uint64_t i = 0; i < kEvents; ++i) {
        appendSensorGenEvent(text, i);
        text += '\n';
    }
    return text;
}

/// Runs on a disk until the end or its death.
Result<void> run(const RunBed &bed, SimulatedDisk &disk)
{
    RunOptions options = bed.options();
    options.files = &disk;
    options.checkpointInterval = 3 * kTicksPerMillisecond;
    options.outboxChunkBytes = 3000;
    options.batchRows = 150;
    Engine engine(builtInCatalog());
    TRY(engine.start(RunBed::parse(kPipeline), options));
    engine.wait();
    if (auto failure = engine.failure())
        return fail(std::move(*failure));
    return {};
}

std::string sums(SimulatedDisk &disk, const RunBed &bed)
{
    std::string text;
    const auto names = disk.list(directoryOf(bed.path("x")));
    for (const std::string &name : *names) {
        if (name.starts_with("sums-"))
            text += disk.get(bed.path(name));
    }
    return text;
}

bool hasCheckpoint(SimulatedDisk &disk, const RunBed &bed)
{
    const auto names = disk.list(bed.path(".sluice/test.sluice.json"));
    return std::any_of(names->begin(), names->end(), [](const std::string &name) {
        return name.starts_with("checkpoint-") && !name.ends_with(".partial");
    });
}

struct Outcome
{
    std::string copy;
    std::string sums;
};

/// What an undisturbed run gives.
Outcome expected(const std::string &input)
{
    const RunBed bed;
    SimulatedDisk disk;
    disk.put(bed.path("in.ndjson"), input);
    const auto outcome = run(bed, disk);
    REQUIRE_MESSAGE(outcome, (outcome ? "" : describe(outcome.error())));
    return {disk.get(bed.path("copy.ndjson")), sums(disk, bed)};
}

/// One life after another on what the last one left, until one comes to its end.
/// @return whether the result is right; a start that is refused is not
bool survives(std::uint64_t seed,
              const std::string &input,
              const Outcome &right,
              const SimulatedDisk::Faults &faults)
{
    Random random(seed);
    const RunBed bed;
    auto disk = std::make_unique<SimulatedDisk>(faults);
    disk->put(bed.path("in.ndjson"), input);
    for (int life = 0; life < 20; ++life) {
        disk->dieAt(life < 4 ? static_cast<std::int64_t>(1 + random.below(90)) : 1'000'000);
        const auto outcome = run(bed, *disk);
        if (!disk->isDead()) {
            if (!outcome)
                MESSAGE("seed ", seed, ": ", describe(outcome.error()));
            return outcome && disk->get(bed.path("copy.ndjson")) == right.copy
                   && sums(*disk, bed) == right.sums;
        }
        disk = disk->image(random);
        // One that died behind the mark that it has finished has finished.
        if (!hasCheckpoint(*disk, bed) && !sums(*disk, bed).empty())
            return disk->get(bed.path("copy.ndjson")) == right.copy
                   && sums(*disk, bed) == right.sums;
    }
    return false;
}

} // namespace

TEST_CASE("what was not synced may be lost in a crash, and nothing is missing or double")
{
    const std::string input = sensors();
    const Outcome right = expected(input);
    CHECK(right.copy == input);
    const char *asked = std::getenv("SLUICE_SEEDS"); // the heavy set takes more
    const std::uint64_t seeds = asked == nullptr ? 25 : std::strtoull(asked, nullptr, 10);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        CHECK_MESSAGE(survives(seed, input, right, {}), "seed " << seed);
}

TEST_CASE("a program that syncs nothing, or no names, is found out")
{
    const std::string input = sensors();
    const Outcome right = expected(input);
    const auto failures = [&](const SimulatedDisk::Faults &faults) {
        int found = 0;
        for (std::uint64_t seed = 1; seed <= 40 && found == 0; ++seed)
            found += survives(seed, input, right, faults) ? 0 : 1;
        return found;
    };
    CHECK(failures({true, false}) > 0);
    CHECK(failures({false, true}) > 0);
}
