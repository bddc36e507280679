#include "core/pipeline/validation.h"
#include "tests/core/runtime/run_bed.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::string_view kEvents = R"({"device":"a","temp":10.50,"tags":["x","y"],"note":"n=1"})"
                                     "\n"
                                     R"({"device":"b","temp":30,"tags":[],"note":"n=2"})"
                                     "\n"
                                     R"({"device":"c","temp":25.0,"tags":["z"],"note":"other"})"
                                     "\n";

/// file → kql → file, with that query over the events' fields.
std::string pipeline(const std::string &query, const std::string &schema)
{
    const nlohmann::json config{{"query", query}};
    return fmt::format(R"({{"sluice": 1, "parameters": {{"limit": {{"type": "real", "value": 20}}}},
        "nodes": [
          {{"id": "in", "kind": "file_source",
            "config": {{"path": "in.ndjson", "format": "ndjson"{}}}}},
          {{"id": "node", "kind": "kql", "config": {}}},
          {{"id": "to", "kind": "file_destination",
            "config": {{"path": "out.ndjson", "format": "ndjson"}}}}],
        "wires": [{{"from": "in", "to": "node"}}, {{"from": "node", "to": "to"}}]}})",
                       schema,
                       config.dump());
}

const std::string kSchema =
    R"(, "schema": [{"name": "device", "type": "string"}, {"name": "temp", "type": "real"},
                    {"name": "tags", "type": "dynamic"}, {"name": "note", "type": "string"}])";

struct Ran
{
    std::string out;
    NodeFigures node;
};

Ran run(const std::string &query, std::size_t batchRows, const std::string &schema = kSchema)
{
    const RunBed bed;
    bed.write("in.ndjson", std::string(kEvents));
    RunOptions options = bed.options();
    options.batchRows = batchRows;
    const RunSnapshot last = bed.run(pipeline(query, schema), std::move(options));
    CHECK(last.conserved);
    return {bed.read("out.ndjson"), last.nodes.at("node")};
}

std::string out(const std::string &query, const std::string &schema = kSchema)
{
    const std::string whole = run(query, kBatchRows, schema).out;
    CHECK(run(query, 1, schema).out == whole);
    return whole;
}

std::vector<Diagnostic> problems(const std::string &query)
{
    const RunBed bed;
    std::vector<Diagnostic> found;
    for (const Diagnostic &diagnostic :
         validate(RunBed::parse(pipeline(query, kSchema)), builtInCatalog(), bed.options().values)
             .diagnostics) {
        if (diagnostic.severity == Severity::Error && diagnostic.node == "node")
            found.push_back(diagnostic);
    }
    return found;
}

} // namespace

TEST_CASE("a query that only filters hands events on as they came in")
{
    CHECK(out("source | where temp > param('limit') and device != 'c'")
          == R"({"device":"b","temp":30,"tags":[],"note":"n=2"})"
             "\n");
    const Ran ran = run("source | where temp > 20", kBatchRows);
    CHECK(ran.node.passed == 2);
    CHECK(ran.node.filtered == 1);
}

TEST_CASE("a query computes fields, and those it leaves alone keep their text")
{
    CHECK(out("let twice = (x: real) { x * 2 };\n"
              "source\n| where device == 'a'\n| extend double = twice(temp)\n| project-away tags, "
              "note")
          == R"({"device":"a","temp":10.50,"double":21.0})"
             "\n");
    CHECK(out("source | parse-where note with 'n=' n:long | project n, device")
          == "{\"n\":1,\"device\":\"a\"}\n{\"n\":2,\"device\":\"b\"}\n");
}

TEST_CASE("events that become several rows, or none, are accounted for once")
{
    CHECK(out("source | mv-expand tag = tags to typeof(string) | project device, tag")
          == "{\"device\":\"a\",\"tag\":\"x\"}\n{\"device\":\"a\",\"tag\":\"y\"}\n"
             "{\"device\":\"c\",\"tag\":\"z\"}\n");
    const Ran ran = run("source | mv-expand tags", 1);
    CHECK(ran.node.passed == 2);
    CHECK(ran.node.filtered == 1);
    CHECK(ran.node.eventsOut == 3);
}

TEST_CASE("a query may join with rows that stand in it")
{
    CHECK(out("source\n| lookup (datatable(device:string, room:string)['a','hall', 'c','roof']) on "
              "device\n| project device, room")
          == "{\"device\":\"a\",\"room\":\"hall\"}\n{\"device\":\"b\",\"room\":null}\n"
             "{\"device\":\"c\",\"room\":\"roof\"}\n");
}

TEST_CASE("fields that no schema lists are dynamic to a query")
{
    CHECK(out("source | where temp > 20 | extend hot = temp > 26 | project device, hot", "")
          == "{\"device\":\"b\",\"hot\":true}\n{\"device\":\"c\",\"hot\":false}\n");
}

TEST_CASE("a query may name the columns of the engine, which no destination writes")
{
    CHECK(out("source | where ['$offset'] > 0 | extend at = ['$offset'] | project device, at")
              .starts_with(R"({"device":"b","at":)"));
}

TEST_CASE("several inputs of a query have names, and a union takes all of them")
{
    const std::string text = R"-({"sluice": 1, "nodes": [
        {"id": "a", "kind": "file_source", "config": {"path": "a.ndjson", "format": "ndjson",
            "schema": [{"name": "k", "type": "long"}]}},
        {"id": "b", "kind": "file_source", "config": {"path": "b.ndjson", "format": "ndjson",
            "schema": [{"name": "k", "type": "long"}, {"name": "v", "type": "string"}]}},
        {"id": "node", "kind": "kql", "config": {"inputs": ["left", "right"],
            "query": "union withsource=from left, (right | where k > 1)"}},
        {"id": "to", "kind": "file_destination",
            "config": {"path": "out.ndjson", "format": "ndjson"}}],
        "wires": [{"from": "a", "to": "node.left"}, {"from": "b", "to": "node.right"},
                  {"from": "node", "to": "to"}]})-";
    const RunBed bed;
    bed.write("a.ndjson", "{\"k\":1}\n");
    bed.write("b.ndjson", "{\"k\":1,\"v\":\"x\"}\n{\"k\":2,\"v\":\"y\"}\n");
    CHECK(bed.run(text).conserved);
    const std::string written = bed.read("out.ndjson");
    CHECK(written.find(R"("from":"left","k":1,"v":null)") != std::string::npos);
    CHECK(written.find(R"("k":2,"v":"y")") != std::string::npos);
    CHECK(std::count(written.begin(), written.end(), '\n') == 2);
}

TEST_CASE("what a query cannot do is a problem while editing, with its place and a fix")
{
    const auto sorted = problems("source\n| where temp > 20\n| sort by temp");
    REQUIRE(sorted.size() == 1);
    CHECK(sorted.front().code == ErrorCode::NotSupported);
    CHECK(sorted.front().field == "query");
    CHECK(sorted.front().message.starts_with("line 3, column 3: operator 'sort' needs"));

    const auto near = problems("source | where tmp > 20");
    REQUIRE(near.size() == 1);
    CHECK(near.front().message.starts_with("line 1, column 16: "));
    CHECK_FALSE(near.front().fixes.empty());
}
