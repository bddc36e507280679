#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "tests/core/support/test_kinds.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

/// in → mid → out, and a loose node beside them.
Pipeline chain()
{
    return parsePipeline(R"({"sluice": 1, "nodes": [
        {"id": "in", "kind": "test_source"}, {"id": "mid", "kind": "test_pass"},
        {"id": "out", "kind": "test_destination", "config": {"table": "t"}},
        {"id": "loose", "kind": "test_pass"}],
        "wires": [{"from": "in", "to": "mid"}, {"from": "mid.out", "to": "out.in"}],
        "layout": {"in": [0, 0], "mid": [288, 0], "out": [576, 0], "loose": [0, 300]}})")
        ->pipeline;
}

std::vector<std::string> wires(const Pipeline &pipeline)
{
    std::vector<std::string> texts;
    for (const WirePtr &wire : pipeline.wires) {
        const auto end = [](const WireEnd &e) {
            return e.port.empty() ? e.node : e.node + "." + e.port;
        };
        texts.push_back(end(wire->from) + ">" + end(wire->to));
    }
    return texts;
}

template<typename T>
ErrorCode codeOf(const Result<T> &result)
{
    return result ? ErrorCode::Unknown : result.error().code;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("addNode makes an id from the kind and leaves the old pipeline alone")
{
    const Pipeline before = chain();
    const Pipeline copy = before;
    const auto first = addNode(before, test::catalog(), "test_pass", {10, 20});
    REQUIRE(first.has_value());
    CHECK(first->id == "test_pass");
    CHECK(first->pipeline.layout.at("test_pass") == Position{10, 20});
    const auto second = addNode(first->pipeline, test::catalog(), "test_pass", {0, 0});
    CHECK(second->id == "test_pass_2");
    CHECK(before == copy);
    CHECK(second->pipeline.nodes[0] == before.nodes[0]); // shared, not copied

    CHECK(codeOf(addNode(before, test::catalog(), "test_pas", {})) == ErrorCode::UnknownKind);
    CHECK(codeOf(addNode(before, test::catalog(), "test_pass", {}, "a.b")) == ErrorCode::InvalidId);
    CHECK(codeOf(addNode(before, test::catalog(), "test_pass", {}, "in"))
          == ErrorCode::DuplicateId);
}

TEST_CASE("connect writes the first port as none and refuses what cannot be")
{
    const Pipeline pipeline = chain();
    const auto &kinds = test::catalog();
    const auto wired = connect(pipeline, kinds, {"mid", "rejected"}, {"loose", "in"});
    REQUIRE(wired.has_value());
    CHECK(wires(*wired) == Texts{"in>mid", "mid.out>out.in", "mid.rejected>loose"});
    CHECK(connect(pipeline, kinds, {"loose", "out"}, {"out", ""}).has_value()); // inputs merge

    const auto refusal = [&](WireEnd from, WireEnd to) {
        const auto outcome = canConnect(pipeline, kinds, from, to);
        CHECK(outcome.has_value() == connect(pipeline, kinds, from, to).has_value());
        return codeOf(outcome);
    };
    CHECK(refusal({"mid", ""}, {"out", ""}) == ErrorCode::PortTaken); // the same wire, spelled anew
    CHECK(refusal({"mid", "x"}, {"out", ""}) == ErrorCode::UnknownPort);
    CHECK(refusal({"out", ""}, {"loose", ""}) == ErrorCode::UnknownPort);
    CHECK(refusal({"loose", ""}, {"in", ""}) == ErrorCode::UnknownPort);
    CHECK(refusal({"nobody", ""}, {"in", ""}) == ErrorCode::UnknownNode);
    CHECK(refusal({"mid", ""}, {"mid", ""}) == ErrorCode::Cycle);
    const auto longer = connect(*wired, kinds, {"loose", "out"}, {"mid", "in"});
    CHECK(codeOf(longer) == ErrorCode::Cycle);
}

TEST_CASE("an input that takes one wire refuses a second")
{
    const auto &kinds = test::catalog();
    Pipeline pipeline = addNode(chain(), kinds, "test_join", {}, "join")->pipeline;
    pipeline = *connect(pipeline, kinds, {"in", ""}, {"join", "left"});
    CHECK(codeOf(connect(pipeline, kinds, {"mid", ""}, {"join", ""})) == ErrorCode::PortTaken);
    CHECK(connect(pipeline, kinds, {"mid", ""}, {"join", "right"}).has_value());
}

TEST_CASE("the errors port is wired by its name only")
{
    const auto &kinds = test::catalog();
    const auto wired = connect(chain(), kinds, {"mid", "errors"}, {"loose", ""});
    CHECK(wires(*wired).back() == "mid.errors>loose");
    Pipeline pipeline = addNode(chain(), kinds, "test_fragile", {}, "fragile")->pipeline;
    CHECK(codeOf(canConnect(pipeline, kinds, {"fragile", ""}, {"loose", ""}))
          == ErrorCode::UnknownPort);
    CHECK(wires(*connect(pipeline, kinds, {"fragile", "errors"}, {"loose", ""})).back()
          == "fragile.errors>loose");
}

TEST_CASE("disconnect and connect undo each other")
{
    const Pipeline pipeline = chain();
    const auto cut = disconnect(pipeline, *pipeline.wires[1]);
    CHECK(wires(*cut) == Texts{"in>mid"});
    CHECK(codeOf(disconnect(*cut, *pipeline.wires[1])) == ErrorCode::UnknownPort);
    CHECK(wires(*connect(*cut, test::catalog(), {"mid", ""}, {"out", ""}))
          == Texts{"in>mid", "mid>out"});
}

TEST_CASE("insertOnWire takes the wire's place")
{
    const Pipeline pipeline = chain();
    const auto inserted = insertOnWire(pipeline, test::catalog(), *pipeline.wires[0], "loose");
    REQUIRE(inserted.has_value());
    CHECK(wires(*inserted) == Texts{"in>loose", "loose>mid", "mid.out>out.in"});
    CHECK(codeOf(insertOnWire(pipeline, test::catalog(), *pipeline.wires[0], "out"))
          == ErrorCode::UnknownPort);
    CHECK(codeOf(insertOnWire(pipeline, test::catalog(), *pipeline.wires[0], "nobody"))
          == ErrorCode::UnknownNode);
}

TEST_CASE("removeAndReconnect joins what stood around a chain of removed nodes")
{
    const Pipeline pipeline = chain();
    const auto inserted = *insertOnWire(pipeline, test::catalog(), *pipeline.wires[0], "loose");
    const auto removed = removeAndReconnect(inserted, test::catalog(), {"loose", "mid"});
    REQUIRE(removed.has_value());
    CHECK(wires(*removed) == Texts{"in>out.in"});
    CHECK(removed->layout.size() == 2);
    CHECK(wires(*removeNodes(pipeline, {"mid"})).empty());
    CHECK(codeOf(removeNodes(pipeline, {"nobody"})) == ErrorCode::UnknownNode);
    // The way out of a side port is not the way on.
    const auto side = *connect(*disconnect(pipeline, *pipeline.wires[1]),
                               test::catalog(),
                               {"mid", "rejected"},
                               {"out", ""});
    CHECK(wires(*removeAndReconnect(side, test::catalog(), {"mid"})).empty());
}

TEST_CASE("setField sets, replaces and takes out, and shares when nothing changes")
{
    const Pipeline pipeline = chain();
    const auto set = setField(pipeline, "mid", "by", "temp");
    CHECK(set->findNode("mid")->config == ValueMap{{"by", "temp"}});
    CHECK(setField(*set, "mid", "by", "temp")->findNode("mid") == set->findNode("mid"));
    const auto undone = setField(*set, "mid", "by", Value());
    CHECK(*undone == pipeline);
    CHECK(codeOf(setField(pipeline, "nobody", "by", 1)) == ErrorCode::UnknownNode);
    const auto fixed = applyFix(*set, "mid", {"Use 'other'", "other", Value(1), "by"});
    CHECK(fixed->findNode("mid")->config == ValueMap{{"other", 1}});
}

TEST_CASE("renameNode follows into wires and layout")
{
    const auto renamed = renameNode(chain(), "mid", "middle");
    REQUIRE(renamed.has_value());
    CHECK(wires(*renamed) == Texts{"in>middle", "middle.out>out.in"});
    CHECK(renamed->layout.at("middle") == Position{288, 0});
    CHECK_FALSE(renamed->layout.contains("mid"));
    CHECK(*renameNode(*renamed, "middle", "mid") == chain());
    CHECK(codeOf(renameNode(chain(), "mid", "in")) == ErrorCode::DuplicateId);
    CHECK(codeOf(renameNode(chain(), "mid", "1st")) == ErrorCode::InvalidId);
    CHECK(codeOf(renameNode(chain(), "nobody", "x")) == ErrorCode::UnknownNode);
}

TEST_CASE("settings that were not understood go when another value is chosen")
{
    const Pipeline strange =
        parsePipeline(R"({"sluice": 1, "settings": {"delivery": "twice", "more": 1}})")->pipeline;
    Settings settings = strange.settings;
    settings.delivery = Delivery::ExactlyOnce;
    CHECK(setSettings(strange, settings)->settings.unknown == ValueMap{{"more", 1}});
    settings = strange.settings;
    settings.checkpointInterval = "5s";
    CHECK(setSettings(strange, settings)->settings.unknown.size() == 2);
}

TEST_CASE("parameters have valid names, each once")
{
    const Parameter good{"limit", ColumnType::Real, 20.0};
    CHECK(setParameters(chain(), {good})->findParameter("limit") != nullptr);
    CHECK(codeOf(setParameters(chain(), {good, good})) == ErrorCode::DuplicateId);
    CHECK(codeOf(setParameters(chain(), {{"a b", ColumnType::Real, 20.0}}))
          == ErrorCode::InvalidId);
}

TEST_CASE("ids are letters, digits, _ and -, and do not begin with a digit")
{
    CHECK(isValidId("a"));
    CHECK(isValidId("_x-9"));
    CHECK_FALSE(isValidId(""));
    CHECK_FALSE(isValidId("9x"));
    CHECK_FALSE(isValidId("a.b"));
    CHECK_FALSE(isValidId("ä"));
    CHECK(freeId(chain(), "in") == "in_2");
    CHECK(freeId(chain(), "a b") == "a_b");
    CHECK(freeId(chain(), "9") == "_9");
}
