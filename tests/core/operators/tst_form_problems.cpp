#include "core/base/value_json.h"
#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/validation.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace sluice;

namespace {

/// sensors → the node, and what is said about it.
std::vector<Diagnostic> problemsOf(const std::string &kind, const std::string &config)
{
    const auto loaded = parsePipeline(fmt::format(
        R"({{"sluice": 1, "nodes": [
             {{"id": "in", "kind": "sample_data_source", "config": {{"schema": [
                {{"name": "device_id", "type": "string"}}, {{"name": "temp", "type": "real"}},
                {{"name": "site", "type": "dynamic"}}, {{"name": "timestamp", "type": "datetime"}}],
                "event_time": {{"field": "timestamp"}}}}}},
             {{"id": "node", "kind": "{}", "config": {}}},
             {{"id": "out", "kind": "discard_destination", "config": {{}}}}],
            "wires": [{{"from": "in", "to": "node"}}, {{"from": "node", "to": "out"}}]}})",
        kind,
        config));
    REQUIRE(loaded);
    std::vector<Diagnostic> found;
    for (const Diagnostic &problem : validate(loaded->pipeline, builtInCatalog(), {}).diagnostics) {
        if (problem.node == "node")
            found.push_back(problem);
    }
    return found;
}

} // namespace

TEST_CASE("short forms of keys mean the same as objects")
{
    const std::string rest =
        R"-(, "window": {"type": "tumbling", "size": "10s"}, "aggregates": [{"expression": "count()"}]})-";
    for (const char *by : {R"(["device_id"])",
                           R"([{"name": "device_id"}])",
                           R"([{"name": "id", "from": "device_id"}])",
                           R"([{"from": "device_id"}])",
                           R"-([{"name": "id", "expression": "tolower(device_id)"}])-",
                           "[]"}) {
        CAPTURE(by);
        for (const Diagnostic &problem :
             problemsOf("group_by", fmt::format(R"({{"by": {}{})", by, rest)))
            FAIL_CHECK(problem.message);
    }
    CHECK(problemsOf("deduplicate", R"({"by": ["device_id"]})").empty());
    CHECK(problemsOf("sample", R"({"one_in": 2, "by": ["device_id"]})").empty());
}

TEST_CASE("a wrong part of a form is named by its place, with a fix where one is known")
{
    struct Case
    {
        const char *kind;
        const char *config;
        const char *field;
        const char *place;
        const char *fix; // the value that the fix sets at the place; empty: none
    };
    for (
        const Case &c :
        {Case{"group_by",
              R"-({"window": {"type": "tumbling", "size": "10s"}, "by": ["device_id", "divice_id"],
                   "aggregates": [{"expression": "count()"}]})-",
              "by",
              "/1",
              "\"device_id\""},
         Case{
             "group_by",
             R"-({"window": {"type": "tumbling", "size": "10s"}, "by": [{"name": "i", "from": "devic_id"}],
                   "aggregates": [{"expression": "count()"}]})-",
             "by",
             "/0/from",
             "\"device_id\""},
         Case{"group_by",
              R"-({"window": {"type": "tumbling", "size": "10s"},
                   "aggregates": [{"expression": "count()"}, {"name": "a", "expression": "avg(tmp)"}]})-",
              "aggregates",
              "/1/expression",
              "\"avg(temp)\""},
         Case{"group_by",
              R"-({"window": {"type": "tumbling", "size": "10s"},
                   "aggregates": [{"name": "a", "expression": "summ(temp)"}]})-",
              "aggregates",
              "/0/expression",
              "\"sum(temp)\""},
         Case{
             "group_by",
             R"-({"window": {"type": "tumblin", "size": "10s"}, "aggregates": [{"expression": "count()"}]})-",
             "window",
             "/type",
             "\"tumbling\""},
         Case{
             "group_by",
             R"-({"window": {"type": "hopping", "size": "10s"}, "aggregates": [{"expression": "count()"}]})-",
             "window",
             "/hop",
             ""},
         Case{
             "group_by",
             R"-({"window": {"type": "tumbling", "size": "soon"}, "aggregates": [{"expression": "count()"}]})-",
             "window",
             "/size",
             ""},
         Case{"group_by",
              R"-({"window": {"type": "tumbling", "size": "10s"}, "by": [{"name": "site"}],
                   "aggregates": [{"expression": "count()"}]})-",
              "by",
              "/0",
              R"-({"name":"site","expression":"tostring(site)"})-"},
         Case{"aggregate",
              R"-({"over": "10s", "aggregates": ["avg(temp)"]})-",
              "aggregates",
              "/0",
              R"-({"expression":"avg(temp)"})-"}}) {
        CAPTURE(c.config);
        const auto problems = problemsOf(c.kind, c.config);
        REQUIRE_FALSE(problems.empty());
        CHECK(problems[0].field == c.field);
        CHECK(problems[0].place == c.place);
        if (*c.fix == '\0')
            continue;
        REQUIRE(problems[0].fixes.size() == 1);
        CHECK(problems[0].fixes[0].place == c.place);
        CHECK((problems[0].fixes[0].value == *valueFromJson(c.fix)));
    }
}

TEST_CASE("the columns of a reference table are offered beside those of the input")
{
    const NodeDescriptor *join = builtInCatalog().find("join");
    REQUIRE(join != nullptr);
    Config config;
    config.set("on", *valueFromJson(R"([{"left": "device_id", "right": "devic_id"}])"));
    config.set("reference", *valueFromJson(R"({"path": "d.csv", "format": "csv",
        "refresh": "on_change", "max_rows": 10,
        "schema": [{"name": "device_id", "type": "string"}, {"name": "site", "type": "string"}]})"));
    const Schema left{{{"device_id", ColumnType::String}}, false, false};
    const SchemaFlow flow = join->outputSchemas(config, {left}, NodeContext());
    REQUIRE(flow.offered.size() == 1);
    CHECK(flow.offered[0].table == "right");
    CHECK(flow.offered[0].columns.size() == 2);
    REQUIRE(flow.problems.size() == 1);
    CHECK(flow.problems[0].suggestionPlace == "/0/right");
    CHECK(flow.problems[0].suggestion == Value("device_id"));
}
