// B3 (tumbling; also as a kql node), B4 (hopping) and B5 (sessions) as whole processes, beside
// DuckDB doing B3 as a batch with two threads in the same run; with exact counts, and heap
// allocations per event, in process. usage: bench_windows SLUICE_PROGRAM [EVENTS] [ROUNDS] EVENTS:
// a multiple of 400,000
#include "core/event/datetime.h"
#include "core/event/sensor_gen.h"
#include "tests/bench/bench_process.h"

#include <fmt/format.h>

using namespace sluice;
using namespace sluice::bench;

namespace {

constexpr std::uint64_t kBlock = 400'000; // ten seconds of SensorGen
constexpr int kSessionBlock = 50'000;     // a session of each sensor

std::string pipelineOf(std::string_view input, std::string_view output, std::string_view window)
{
    return fmt::format(
        R"-({{"sluice": 1, "name": "windows", "nodes": [
  {{"id": "in", "kind": "file_source", "config": {{"path": "{}",
   "schema": [{{"name": "device_id", "type": "string"}}, {{"name": "temp", "type": "real"}},
              {{"name": "timestamp", "type": "datetime"}}],
   "event_time": {{"field": "timestamp", "max_out_of_orderness": "0s"}}}}}},
  {{"id": "windows", "kind": "group_by", "config": {{"window": {}, "by": [{{"name": "device_id"}}],
   "aggregates": [{{"name": "events", "expression": "count()"}},
                  {{"name": "total", "expression": "sum(temp)"}},
                  {{"name": "lowest", "expression": "min(temp)"}},
                  {{"name": "highest", "expression": "max(temp)"}},
                  {{"name": "average", "expression": "avg(temp)"}}]}}}},
  {{"id": "out", "kind": "file_destination", "config": {{"path": "{}"}}}}],
  "wires": [{{"from": "in", "to": "windows"}}, {{"from": "windows", "to": "out"}}]}})-",
        input,
        window,
        output);
}

std::string kqlPipeline()
{
    return R"-({"sluice": 1, "name": "windows", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson",
   "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
              {"name": "timestamp", "type": "datetime"}],
   "event_time": {"field": "timestamp", "max_out_of_orderness": "0s"}}},
  {"id": "windows", "kind": "kql", "config": {"query":
   "source | summarize events = count(), total = sum(temp), lowest = min(temp), highest = max(temp), average = avg(temp) by bin(timestamp, 10s), device_id"}},
  {"id": "out", "kind": "file_destination", "config": {"path": "kql.ndjson"}}],
  "wires": [{"from": "in", "to": "windows"}, {"from": "windows", "to": "out"}]})-";
}

void appendSessionEvent(std::string &text, std::uint64_t i)
{
    constexpr Ticks kT0 = 17'672'256'000'000'000;
    const auto block = static_cast<Ticks>(i / kSessionBlock);
    const auto step = static_cast<Ticks>(i % kSessionBlock / 1000);
    char moment[kValueTextBytes]; // NOLINT(modernize-avoid-c-arrays): formatDatetime() fills it
    const std::size_t size =
        formatDatetime(kT0 + (block * 15'000 + step * 100) * kTicksPerMillisecond, moment);
    text += fmt::format("{{\"device_id\":\"sensor{:03}\",\"temp\":{}.5,\"timestamp\":\"{}\"}}",
                        i % 1000,
                        step,
                        std::string_view(moment, size));
}

constexpr const char *kDuckB3 =
    "COPY (SELECT device_id, time_bucket(INTERVAL 10 SECOND, timestamp) AS window_start, "
    "count(*) AS events, sum(temp) AS total, min(temp) AS lowest, max(temp) AS highest, "
    "avg(temp) AS average FROM read_ndjson('sensors.ndjson', columns={device_id: 'VARCHAR', "
    "temp: 'DOUBLE', timestamp: 'TIMESTAMP'}) GROUP BY ALL) TO 'duck.ndjson' (FORMAT json)";

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = readArguments(argc, argv, 10'000'000);
    if (!arguments.good)
        return 2;
    const std::uint64_t events = arguments.events;
    const int rounds = arguments.rounds;
    const ScratchFolder folder;
    generate("sensors.ndjson", events, appendSensorGenEvent);
    generate("sessions.ndjson", events, appendSessionEvent);
    const std::string b3Text =
        pipelineOf("sensors.ndjson", "b3.ndjson", R"({"type": "tumbling", "size": "10s"})");
    const std::string b4Text = pipelineOf(
        "sensors.ndjson", "b4.ndjson", R"({"type": "hopping", "size": "60s", "hop": "10s"})");
    const std::string b5Text =
        pipelineOf("sessions.ndjson", "b5.ndjson", R"({"type": "session", "gap": "5s"})");
    // The same as B3, said in the language.
    const std::string kqlText = kqlPipeline();
    writeText("b3.sluice.json", b3Text);
    writeText("kql.sluice.json", kqlText);
    writeText("b4.sluice.json", b4Text);
    writeText("b5.sluice.json", b5Text);
    Series b3;
    Series kql;
    Series b4;
    Series b5;
    Series duck;
    for (int round = 0; round < rounds; ++round) {
        b3.add(timed([&] { return runSluice(arguments.program, "b3.sluice.json"); }));
        kql.add(timed([&] { return runSluice(arguments.program, "kql.sluice.json"); }));
        duck.add(timed([] { return runDuckDb(kDuckB3); }));
        b4.add(timed([&] { return runSluice(arguments.program, "b4.sluice.json"); }));
        b5.add(timed([&] { return runSluice(arguments.program, "b5.sluice.json"); }));
    }
    fmt::print("{} events of 76 bytes, {} rounds\n", events, rounds);
    b3.print("B3 tumbling", events);
    kql.print("B3 as a kql node", events);
    duck.print("B3 by DuckDB, 2 threads", events);
    b4.print("B4 hopping", events);
    b5.print("B5 sessions", events);
    fmt::print("B3 beside DuckDB: {:.2f} times; B4 beside B3: {:.2f} times\n",
               median(duck.wall) / median(b3.wall),
               median(b3.wall) / median(b4.wall));
    const std::uint64_t blocks = events / kBlock;
    const Counted tumbling = countRows("b3.ndjson", "events", "\"events\":400,");
    const Counted asKql = countRows("kql.ndjson", "events", "\"events\":400,");
    const Counted hopping = countRows("b4.ndjson", "events", "\"events\":");
    const Counted sessions = countRows("b5.ndjson", "events", "\"events\":50,");
    const bool exact = tumbling.rows == blocks * 1000 && tumbling.wrong == 0
                       && asKql.rows == tumbling.rows && asKql.wrong == 0
                       && hopping.rows == (blocks + 5) * 1000 && hopping.sum == 6 * events
                       && sessions.rows == events / 50 && sessions.wrong == 0;
    fmt::print("rows: B3 {}, B4 {} with {} events, B5 {}; exact: {}\n",
               tumbling.rows,
               hopping.rows,
               hopping.sum,
               sessions.rows,
               exact);
    fmt::print("heap allocations per event: B3 {:.4f}, kql {:.4f}, B4 {:.4f}, B5 {:.4f}\n",
               allocationsPerEvent(b3Text, events),
               allocationsPerEvent(kqlText, events),
               allocationsPerEvent(b4Text, events),
               allocationsPerEvent(b5Text, events));
    return exact && b3.ok && kql.ok && b4.ok && b5.ok && duck.ok ? 0 : 1;
}
