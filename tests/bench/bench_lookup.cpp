// B6 (a stream joined with a table) and B8 (an array expanded to rows) as whole processes, with
// exact counts. usage: bench_lookup SLUICE_PROGRAM [EVENTS] [ROUNDS]    EVENTS: a multiple of 1,000
#include "core/event/sensor_gen.h"
#include "tests/bench/bench_process.h"

#include <fmt/format.h>

using namespace sluice;
using namespace sluice::bench;

namespace {

constexpr int kKnownDevices = 900; // of 1,000

std::string joinPipeline(std::string_view type, std::string_view output)
{
    return fmt::format(R"-({{"sluice": 1, "name": "join", "nodes": [
  {{"id": "in", "kind": "file_source", "config": {{"path": "sensors.ndjson",
   "schema": [{{"name": "device_id", "type": "string"}}, {{"name": "temp", "type": "real"}},
              {{"name": "timestamp", "type": "datetime"}}]}}}},
  {{"id": "sites", "kind": "join", "config": {{"type": "{}",
   "on": [{{"left": "device_id", "right": "device_id"}}],
   "reference": {{"path": "devices.csv", "refresh": "never"}}}}}},
  {{"id": "out", "kind": "file_destination", "config": {{"path": "{}"}}}}],
  "wires": [{{"from": "in", "to": "sites"}}, {{"from": "sites", "to": "out"}}]}})-",
                       type,
                       output);
}

std::string lookupPipeline()
{
    return R"-({"sluice": 1, "name": "lookup", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "sensors.ndjson",
   "schema": [{"name": "device_id", "type": "string"}, {"name": "temp", "type": "real"},
              {"name": "timestamp", "type": "datetime"}]}},
  {"id": "sites", "kind": "kql", "config": {"query": "source | lookup kind=inner devices on device_id",
   "references": [{"name": "devices", "path": "devices.csv", "refresh": "never"}]}},
  {"id": "out", "kind": "file_destination", "config": {"path": "lookup.ndjson"}}],
  "wires": [{"from": "in", "to": "sites"}, {"from": "sites", "to": "out"}]})-";
}

std::string expandPipeline()
{
    return R"-({"sluice": 1, "name": "expand", "nodes": [
  {"id": "in", "kind": "file_source", "config": {"path": "orders.ndjson",
   "schema": [{"name": "id", "type": "long"}, {"name": "items", "type": "dynamic"}]}},
  {"id": "rows", "kind": "expand", "config": {"field": "items"}},
  {"id": "out", "kind": "file_destination", "config": {"path": "items.ndjson"}}],
  "wires": [{"from": "in", "to": "rows"}, {"from": "rows", "to": "out"}]})-";
}

void appendOrder(std::string &text, std::uint64_t i)
{
    text += fmt::format("{{\"id\":{},\"items\":[", i);
    for (std::uint64_t item = 0; item < i % 5; ++item)
        text += fmt::format("{}{{\"sku\":\"s{}\",\"n\":{}}}", item == 0 ? "" : ",", item, i % 7);
    text += "]}";
}

void writeDevices()
{
    std::string table = "device_id,site,max_temp\n";
    for (int device = 0; device < kKnownDevices; ++device)
        table += fmt::format("sensor{:03},site{},{}\n", device, device % 10, 30 + device % 10);
    writeText("devices.csv", table);
}

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = readArguments(argc, argv, 10'000'000);
    if (!arguments.good)
        return 2;
    const std::uint64_t events = arguments.events;
    const ScratchFolder folder;
    generate("sensors.ndjson", events, appendSensorGenEvent);
    generate("orders.ndjson", events, appendOrder);
    writeDevices();
    const std::string innerText = joinPipeline("inner", "inner.ndjson");
    const std::string expandText = expandPipeline();
    writeText("inner.sluice.json", innerText);
    writeText("left.sluice.json", joinPipeline("left_outer", "left.ndjson"));
    writeText("lookup.sluice.json", lookupPipeline());
    writeText("expand.sluice.json", expandText);
    Series inner;
    Series left;
    Series lookup;
    Series expand;
    for (int round = 0; round < arguments.rounds; ++round) {
        inner.add(timed([&] { return runSluice(arguments.program, "inner.sluice.json"); }));
        left.add(timed([&] { return runSluice(arguments.program, "left.sluice.json"); }));
        lookup.add(timed([&] { return runSluice(arguments.program, "lookup.sluice.json"); }));
        expand.add(timed([&] { return runSluice(arguments.program, "expand.sluice.json"); }));
    }
    fmt::print("{} events, {} rounds\n", events, arguments.rounds);
    inner.print("B6 table join, inner", events);
    left.print("B6 table join, left", events);
    lookup.print("B6 as a kql node, inner", events);
    expand.print("B8 expand", events);
    const std::uint64_t known = events / 1000 * kKnownDevices;
    const Counted innerRows = countRows("inner.ndjson", "", "\"site\":\"site");
    const Counted leftRows = countRows("left.ndjson", "", "\"site\":\"site");
    const Counted lookupRows = countRows("lookup.ndjson", "", "\"site\":\"site");
    const Counted items = countRows("items.ndjson", "", "");
    const bool exact = innerRows.rows == known && innerRows.wrong == 0 && leftRows.rows == events
                       && leftRows.wrong == events - known && lookupRows.rows == known
                       && lookupRows.wrong == 0 && items.rows == 2 * events;
    fmt::print("rows: inner {}, left {} with {} nulls, kql {}, expand {}; exact: {}\n",
               innerRows.rows,
               leftRows.rows,
               leftRows.wrong,
               lookupRows.rows,
               items.rows,
               exact);
    fmt::print("heap allocations per event: join {:.4f}, expand {:.4f}\n",
               allocationsPerEvent(innerText, events),
               allocationsPerEvent(expandText, events));
    return exact && inner.ok && left.ok && lookup.ok && expand.ok ? 0 : 1;
}
