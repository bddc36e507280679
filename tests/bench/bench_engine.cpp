// B1 (copy) and B2 (filter and project) over SensorGen, as whole processes, beside DuckDB doing B2
// as a batch with two threads in the same run; and heap allocations per event, in process.
// usage: bench_engine SLUICE_PROGRAM [EVENTS] [ROUNDS]
#include "core/event/sensor_gen.h"
#include "tests/bench/bench_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

using namespace sluice;
using namespace sluice::bench;

namespace {

constexpr const char *kB1 = R"({"sluice": 1, "name": "B1", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson"}},
  {"id": "out", "kind": "file_destination", "config": {"path": "copy.ndjson"}}],
  "wires": [{"from": "in", "to": "out"}]})";
constexpr const char *kB2 = R"({"sluice": 1, "name": "B2", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson",
   "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
              {"name": "timestamp", "type": "datetime"}]}},
  {"id": "hot", "kind": "filter", "config": {"where": "temp > 20"}},
  {"id": "slim", "kind": "manage_fields",
   "config": {"fields": [{"name": "device_id"}, {"name": "temp"}]}},
  {"id": "out", "kind": "file_destination", "config": {"path": "hot.ndjson"}}],
  "wires": [{"from": "in", "to": "hot"}, {"from": "hot", "to": "slim"},
            {"from": "slim", "to": "out"}]})";

constexpr const char *kDuckB2 =
    "COPY (SELECT device_id, temp FROM read_ndjson('sensors.ndjson', "
    "columns={device_id: 'VARCHAR', temp: 'DOUBLE', timestamp: 'TIMESTAMP'}) "
    "WHERE temp > 20) TO 'duck.ndjson' (FORMAT json)";

/// B2's result is the passing events of the input, projected, in its order.
bool checkHot(std::uint64_t events)
{
    std::ifstream in("hot.ndjson", std::ios::binary);
    std::string event;
    std::string line;
    for (std::uint64_t i = 0; i < events; ++i) {
        event.clear();
        appendSensorGenEvent(event, i);
        const std::size_t temp = event.find("\"temp\":") + 7;
        const std::size_t end = event.find(',', temp);
        if (std::stod(event.substr(temp, end - temp)) <= 20)
            continue;
        if (!std::getline(in, line) || line != event.substr(0, end) + "}")
            return false;
    }
    return !std::getline(in, line);
}

bool sameFiles(const char *a, const char *b)
{
    std::ifstream one(a, std::ios::binary);
    std::ifstream two(b, std::ios::binary);
    return std::filesystem::file_size(a) == std::filesystem::file_size(b)
           && std::equal(std::istreambuf_iterator<char>(one),
                         std::istreambuf_iterator<char>(),
                         std::istreambuf_iterator<char>(two));
}

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = readArguments(argc, argv, 4'000'000);
    if (!arguments.good)
        return 2;
    const std::uint64_t events = arguments.events;
    const int rounds = arguments.rounds;
    const ScratchFolder folder;
    generate("sensors.ndjson", events, appendSensorGenEvent);
    writeText("b1.sluice.json", kB1);
    writeText("b2.sluice.json", kB2);
    Series b1;
    Series b2;
    Series duck;
    for (int round = 0; round < rounds; ++round) {
        b1.add(timed([&] { return runSluice(arguments.program, "b1.sluice.json"); }));
        b2.add(timed([&] { return runSluice(arguments.program, "b2.sluice.json"); }));
        duck.add(timed([] { return runDuckDb(kDuckB2); }));
    }
    const bool copied = sameFiles("sensors.ndjson", "copy.ndjson");
    const bool hot = checkHot(events);
    fmt::print("{} events of 76 bytes, {} rounds\n", events, rounds);
    b1.print("B1 copy", events);
    b2.print("B2 filter and project", events);
    duck.print("B2 by DuckDB, 2 threads", events);
    fmt::print("B2 beside DuckDB: {:.2f} times\n", median(duck.wall) / median(b2.wall));
    fmt::print("B1 same bytes: {}; B2 exact and in order: {}\n", copied, hot);
    fmt::print("heap allocations per event: B1 {:.4f}, B2 {:.4f}\n",
               allocationsPerEvent(kB1, events),
               allocationsPerEvent(kB2, events));
    return copied && hot && b1.ok && b2.ok && duck.ok ? 0 : 1;
}
