#include "tests/core/runtime/run_bed.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

using Lines = std::vector<std::string>;

struct Ran
{
    Lines out; // sorted: the keys of a window have no order
    std::string late;
    NodeFigures node;
};

Lines sortedLines(const std::string &text)
{
    Lines lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

/// file → kql → files for its ports, with event time in `t`, at any batch size and worker count.
Ran run(const std::string &query, const std::string &events, std::size_t batchRows, int workers)
{
    const std::string text = fmt::format(
        R"-({{"sluice": 1, "nodes": [
          {{"id": "in", "kind": "file_source",
            "config": {{"path": "in.ndjson", "format": "ndjson",
              "schema": [{{"name": "t", "type": "datetime"}}, {{"name": "k", "type": "string"}},
                         {{"name": "n", "type": "long"}}],
              "event_time": {{"field": "t", "max_out_of_orderness": "2s"}}}}}},
          {{"id": "node", "kind": "kql", "config": {}}},
          {{"id": "to", "kind": "file_destination",
            "config": {{"path": "out.ndjson", "format": "ndjson"}}}},
          {{"id": "after", "kind": "file_destination",
            "config": {{"path": "late.ndjson", "format": "ndjson"}}}}],
        "wires": [{{"from": "in", "to": "node"}}, {{"from": "node", "to": "to"}},
                  {{"from": "node.late", "to": "after"}}]}})-",
        nlohmann::json{{"query", query}}.dump());
    const RunBed bed;
    bed.write("in.ndjson", events);
    RunOptions options = bed.options();
    options.batchRows = batchRows;
    options.workers = workers;
    const RunSnapshot last = bed.run(text, std::move(options));
    CHECK(last.conserved);
    return {sortedLines(bed.read("out.ndjson")), bed.read("late.ndjson"), last.nodes.at("node")};
}

std::string event(int second, std::string_view key, int number)
{
    return fmt::format(R"({{"t":"2026-01-01T00:00:{:02}Z","k":"{}","n":{}}})", second, key, number)
           + "\n";
}

Ran everyWay(const std::string &query, const std::string &events)
{
    Ran first = run(query, events, kBatchRows, 1);
    for (const std::size_t batchRows : {1, 3}) {
        for (const int workers : {1, 3}) {
            const Ran other = run(query, events, batchRows, workers);
            CHECK(other.out == first.out);
            CHECK(other.late == first.late);
        }
    }
    return first;
}

} // namespace

TEST_CASE("lists of a window stand in the order of event time")
{
    const std::string events =
        event(3, "a", 3) + event(1, "a", 1) + event(2, "a", 2) + event(12, "a", 4);
    CHECK(everyWay("source | summarize l = make_list(n), s = sum(n) by k, bin(t, 10s)", events).out
          == Lines{R"({"k":"a","t":"2026-01-01T00:00:00Z","l":[1,2,3],"s":6})",
                   R"({"k":"a","t":"2026-01-01T00:00:10Z","l":[4],"s":4})"});
}

TEST_CASE("an event whose bin is closed leaves by the port late, and changes nothing")
{
    const std::string events =
        event(5, "a", 1) + event(13, "a", 2) + event(9, "a", 3) + event(14, "a", 4);
    const Ran ran = everyWay("source | where n > 0 | summarize s = sum(n) by bin(t, 10s)", events);
    CHECK(
        ran.out
        == Lines{R"({"t":"2026-01-01T00:00:00Z","s":1})", R"({"t":"2026-01-01T00:00:10Z","s":6})"});
    CHECK(ran.late == event(9, "a", 3));
    CHECK(ran.node.late == 1);
    CHECK(ran.node.absorbed == 3);
}

TEST_CASE("sort, top and a further summarize work on the rows of each window")
{
    const std::string events = event(1, "a", 1) + event(2, "b", 5) + event(3, "b", 6)
                               + event(11, "c", 2) + event(12, "c", 2) + event(13, "a", 9);
    CHECK(
        everyWay("source | summarize s = sum(n) by k, bin(t, 10s) | top 1 by s | extend d = s * 2",
                 events)
            .out
        == Lines{R"({"k":"a","t":"2026-01-01T00:00:10Z","s":9,"d":18})",
                 R"({"k":"b","t":"2026-01-01T00:00:00Z","s":11,"d":22})"});
    CHECK(everyWay("source | summarize s = sum(n) by k, bin(t, 10s)"
                   "| where s > 1 | summarize keys = count(), most = max(s) by t",
                   events)
              .out
          == Lines{R"({"t":"2026-01-01T00:00:00Z","keys":1,"most":11})",
                   R"({"t":"2026-01-01T00:00:10Z","keys":2,"most":9})"});
    CHECK(run("source | summarize by k, bin(t, 10s) | sort by k asc | project k", events, 1, 1).out
          == Lines{R"({"k":"a"})", R"({"k":"a"})", R"({"k":"b"})", R"({"k":"c"})"});
}

TEST_CASE("rows that an event is expanded to go into windows, and the event is counted once")
{
    const std::string events = event(1, "a,b", 1) + event(2, "b", 5) + event(3, "", 6);
    const Ran ran = everyWay("source | mv-expand part = split(k, ',') to typeof(string)"
                             "| where part != '' | summarize s = sum(n) by part, bin(t, 10s)",
                             events);
    CHECK(ran.out
          == Lines{R"({"part":"a","t":"2026-01-01T00:00:00Z","s":1})",
                   R"({"part":"b","t":"2026-01-01T00:00:00Z","s":6})"});
    CHECK(ran.node.absorbed == 2);
    CHECK(ran.node.filtered == 1);
}

TEST_CASE("a time that the query computes makes the bins; an event without one is given up")
{
    const std::string events = event(1, "2026-01-01 00:00:25", 1) + event(2, "never", 5);
    const Ran ran = everyWay("source | extend u = todatetime(k)"
                             "| summarize s = sum(n) by bin(u, 10s)",
                             events);
    CHECK(ran.out == Lines{R"({"u":"2026-01-01T00:00:20Z","s":1})"});
    CHECK(ran.node.deadLettered == 1);
}

TEST_CASE("a summarize that only makes a constant needs no windows")
{
    const std::string events = event(1, "a", 1) + event(2, "b", 5);
    CHECK(everyWay("let most = datatable(n:long)[1, 5] | summarize n = max(n);"
                   "source | where n in (most) | project k",
                   events)
              .out
          == Lines{R"({"k":"b"})"});
}
