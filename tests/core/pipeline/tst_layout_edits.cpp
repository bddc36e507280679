#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

Pipeline branching(const char *layout = "{}")
{
    const std::string text = R"json({"sluice": 1,
        "parameters": {"limit": {"type": "real", "value": 1},
                       "file": {"type": "string", "value": "f"},
                       "spare": {"type": "string", "value": "s"}},
        "nodes": [{"id": "a", "kind": "k", "config": {"path": {"param": "file"}}},
                  {"id": "b", "kind": "k", "config": {"where": "x > param('limit')"}},
                  {"id": "c", "kind": "k"}, {"id": "d", "kind": "k"}],
        "wires": [{"from": "a", "to": "b"}, {"from": "a", "to": "c"}, {"from": "b", "to": "d"}],
        "layout": )json";
    return parsePipeline(text + layout + "}")->pipeline;
}

} // namespace

TEST_CASE(
    "nodes without a place stand in columns of 288 and rows of 140, in the order of the wires")
{
    const Pipeline placed = withLayout(branching());
    CHECK(placed.layout.at("a") == Position{0, 0});
    CHECK(placed.layout.at("b") == Position{288, 0});
    CHECK(placed.layout.at("c") == Position{288, 140});
    CHECK(placed.layout.at("d") == Position{576, 0});
}

TEST_CASE("places that are there stay, and new ones avoid them")
{
    const Pipeline placed = withLayout(branching(R"({"a": [100, 50], "d": [388, 60]})"));
    CHECK(placed.layout.at("a") == Position{100, 50});
    CHECK(placed.layout.at("d") == Position{388, 60});
    CHECK(placed.layout.at("b") == Position{388, 330}); // next row that is free
    const Pipeline complete = withLayout(placed);
    CHECK(complete == placed);
}

TEST_CASE("a circle is laid out too")
{
    const Pipeline circle = parsePipeline(R"({"sluice": 1, "nodes": [{"id": "a", "kind": "k"},
        {"id": "b", "kind": "k"}], "wires": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]})")
                                ->pipeline;
    CHECK(withLayout(circle).layout.size() == 2);
}

TEST_CASE("extract takes the inner wires and the parameters that are used")
{
    const Pipeline part = extract(withLayout(branching()), {"a", "b"});
    CHECK(part.nodes.size() == 2);
    CHECK(part.wires.size() == 1);
    CHECK(part.layout.size() == 2);
    REQUIRE(part.parameters.size() == 2);
    CHECK(part.parameters[0].name == "limit");
    CHECK(part.parameters[1].name == "file");
}

TEST_CASE("paste gives new ids where they are taken and moves by the offset")
{
    const Pipeline pipeline = withLayout(branching());
    const auto pasted = paste(pipeline, extract(pipeline, {"a", "b"}), {24, 24});
    REQUIRE(pasted.has_value());
    CHECK(pasted->ids == std::vector<std::string>{"a_2", "b_2"});
    CHECK(pasted->pipeline.layout.at("b_2") == Position{312, 24});
    CHECK(pasted->pipeline.wires.back()->from.node == "a_2");
    CHECK(pasted->pipeline.wires.back()->to.node == "b_2");
    CHECK(pasted->pipeline.parameters == pipeline.parameters);

    const auto elsewhere = paste(Pipeline(), extract(pipeline, {"a", "b"}), {});
    CHECK(elsewhere->ids == std::vector<std::string>{"a", "b"});
    CHECK(elsewhere->pipeline.parameters.size() == 2);
    CHECK(elsewhere->pipeline.nodes[0] == pipeline.nodes[0]);
}
