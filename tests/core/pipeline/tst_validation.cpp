#include "tests/core/pipeline/validation_helper.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

/// A pipeline of these nodes and wires, as JSON lists without brackets.
Pipeline graph(const std::string &nodes, const std::string &wires = {})
{
    return parse(R"({"sluice": 1, "nodes": [)" + nodes + R"(], "wires": [)" + wires + "]}");
}

const std::string kIn = R"({"id": "in", "kind": "test_source", "config":
    {"schema": [{"name": "temp", "type": "real"}, {"name": "id", "type": "long"}]}})";
const std::string kPass = R"(, {"id": "mid", "kind": "test_pass"})";
const std::string kOut = R"(, {"id": "out", "kind": "test_destination", "config": {"table": "t"}})";

} // namespace

TEST_CASE("ids, kinds, wires and ports are checked")
{
    CHECK(problems(Pipeline()) == Texts{" 2018"});
    CHECK(problems(graph(kIn)) == Texts{"in 2017"});
    CHECK(problems(graph(kIn + kOut, R"({"from": "in", "to": "out"})")).empty());
    CHECK(problems(graph(kIn + kOut, R"({"from": "in.x", "to": "out"})"))
          == Texts{"in 2014", "in 2017"});
    CHECK(problems(graph(kIn + kOut,
                         R"({"from": "in", "to": "out"}, {"from": "in.out", "to": "out.in"})"))
          == Texts{"out 2015"});
    CHECK(problems(graph(kIn + kOut, R"({"from": "in", "to": "out"}, {"from": "on", "to": "out"})"))
          == Texts{"out 2013"});
    CHECK(problems(graph(kIn + kOut, R"({"from": "in", "to": "out"}, {"from": "out", "to": "in"})"))
          == Texts{"in 2014", "in 2016", "out 2014"});
    CHECK(problems(graph(kIn + kOut + kOut, R"({"from": "in", "to": "out"})"))
          == Texts{"out 2011"});
    CHECK(problems(graph(R"({"id": "a b", "kind": "tset_source"})"))
          == Texts{"a b 2012", "a b 2010"});
    CHECK(problems(graph(kIn + kPass + kOut,
                         R"({"from": "in", "to": "out"}, {"from": "mid", "to": "out"})"))
          == Texts{"mid 2017"});
}

TEST_CASE("an unknown kind is named with the one that may be meant")
{
    const auto validated = validate(graph(R"({"id": "a", "kind": "test_sorce"})"), catalog(), {});
    REQUIRE(validated.diagnostics.size() == 1);
    CHECK(validated.diagnostics[0].hint == "Did you mean 'test_source'?");
    CHECK(validated.nodes.empty());
}

TEST_CASE("a circle is reported once, with its nodes in order")
{
    const auto validated = validate(
        graph(kIn + R"(, {"id": "a", "kind": "test_pass"}, {"id": "b", "kind": "test_pass"})"
                  + kOut,
              R"({"from": "in", "to": "a"}, {"from": "a", "to": "b"}, {"from": "b", "to": "a"},
                 {"from": "b", "to": "out"})"),
        catalog(),
        {});
    REQUIRE(validated.diagnostics.size() == 1);
    CHECK(validated.diagnostics[0].code == ErrorCode::Cycle);
    CHECK(validated.diagnostics[0].message.find("'a' → 'b' → 'a'") != std::string::npos);
    CHECK(validated.nodes.size() == 4);
}

TEST_CASE("nodes come in the order of the flow, with their schemas")
{
    const auto validated =
        validate(graph(R"({"id": "out", "kind": "test_destination", "config": {"table": "t"}},)"
                           + kIn + kPass,
                       R"({"from": "mid", "to": "out"}, {"from": "in", "to": "mid"})"),
                 catalog(),
                 {});
    CHECK(found(validated).empty());
    REQUIRE(validated.nodes.size() == 3);
    CHECK(validated.nodes[0].node->id == "in");
    CHECK(validated.nodes[2].node->id == "out");
    CHECK(validated.find("in")->outputSchemas[0].open);
    CHECK(validated.find("mid")->inputSchemas[0] == validated.find("in")->outputSchemas[0]);
    CHECK_FALSE(validated.find("out")->inputSchemas[0].open);
    CHECK(validated.find("out")->inputSchemas[0].columns.size() == 2);
}

TEST_CASE("a column that does not exist is an error with the near one as a fix")
{
    const std::string by =
        R"(, {"id": "first", "kind": "test_pass"}, {"id": "mid", "kind": "test_pass",
        "config": {"by": "tmp"}}, {"id": "last", "kind": "test_pass", "config": {"by": "none"}})";
    const auto validated =
        validate(graph(kIn + by + kOut,
                       R"({"from": "in", "to": "first"}, {"from": "first", "to": "mid"},
                 {"from": "mid", "to": "last"}, {"from": "last", "to": "out"})"),
                 catalog(),
                 {});
    // What stands behind a broken node is not blamed for it.
    REQUIRE(found(validated) == Texts{"mid.by 2020"});
    REQUIRE(validated.diagnostics[0].fixes.size() == 1);
    CHECK(validated.diagnostics[0].fixes[0].value == Value("temp"));
}

TEST_CASE("wires on one input are merged by name; a type clash is an error")
{
    const auto two = [](const char *type) {
        return graph(kIn + R"(, {"id": "other", "kind": "test_source", "config": {"schema": [
                         {"name": "site", "type": "string"}, {"name": "temp", "type": ")"
                         + type + R"("}]}})" + kOut,
                     R"({"from": "in", "to": "out"}, {"from": "other", "to": "out"})");
    };
    const auto merged = validate(two("real"), catalog(), {});
    CHECK(found(merged).empty());
    const Schema &schema = merged.find("out")->inputSchemas[0];
    REQUIRE(schema.columns.size() == 3);
    CHECK(schema.columns[2].name == "site");
    CHECK(problems(two("long")) == Texts{"out 2021"});
}

TEST_CASE("inferred columns stand in for a schema that was not declared")
{
    const Pipeline pipeline =
        graph(R"({"id": "in", "kind": "test_source"})" + kOut, R"({"from": "in", "to": "out"})");
    const std::map<std::string, Schema> inferred{{"in", {{{"a", ColumnType::Long}}, false, false}}};
    const auto validated = validate(pipeline, catalog(), {}, inferred);
    const Schema &schema = validated.find("in")->outputSchemas[0];
    CHECK(schema.columns.size() == 1);
    CHECK(schema.open);
    CHECK(schema.whole);
    const auto declared =
        validate(graph(kIn + kOut, R"({"from": "in", "to": "out"})"), catalog(), {}, inferred);
    CHECK(declared.find("in")->outputSchemas[0].columns.size() == 2);
}

TEST_CASE("a delivery that does not exist is refused")
{
    CHECK(problems(withSource("{}", R"(, "settings": {"delivery": "exactly_onc"})"))
          == Texts{".delivery 1001"});
}

TEST_CASE("the checkpoint interval is a duration from 200 ms to 1 h")
{
    const auto with = [](const char *interval) {
        return problems(withSource(
            "{}", fmt::format(R"(, "settings": {{"checkpoint_interval": {}}})", interval)));
    };
    CHECK(with("\"200ms\"").empty());
    CHECK(with("\"1h\"").empty());
    CHECK(with("\"100ms\"") == Texts{".checkpoint_interval 1001"});
    CHECK(with("\"2h\"") == Texts{".checkpoint_interval 1001"});
    CHECK(with("\"often\"") == Texts{".checkpoint_interval 1007"});
    CHECK(with("5") == Texts{".checkpoint_interval 1007"});
}

TEST_CASE("columns flow through a chain of 500 nodes")
{
    std::string nodes = kIn;
    std::string wires;
    std::string before = "in";
    for (int i = 0; i < 500; ++i) {
        nodes += fmt::format(R"(, {{"id": "n{}", "kind": "test_pass"}})", i);
        wires += fmt::format(R"({}{{"from": "{}", "to": "n{}"}})", i > 0 ? "," : "", before, i);
        before = fmt::format("n{}", i);
    }
    const auto validated = validate(graph(nodes, wires), catalog(), {});
    CHECK(validated.nodes.size() == 501);
    CHECK(validated.find("n499")->inputSchemas[0].columns.size() == 2);
}
