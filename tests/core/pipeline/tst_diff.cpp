#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "tests/core/support/test_kinds.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

Pipeline pair()
{
    return parsePipeline(R"({"sluice": 1, "nodes": [{"id": "a", "kind": "test_source"},
        {"id": "b", "kind": "test_destination"}], "wires": [{"from": "a", "to": "b"}],
        "layout": {"a": [0, 0], "b": [288, 0]}})")
        ->pipeline;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("layout, titles and the name need no restart")
{
    const Pipeline before = pair();
    Pipeline after = *moveNodes(before, {{"a", {5, 5}}});
    after = *setTitle(after, "b", "Store");
    after = *setName(after, "Other");
    const PipelineDiff changes = diff(before, after);
    CHECK(changes.moved == Ids{"a"});
    CHECK(changes.retitled == Ids{"b"});
    CHECK(changes.restarting() == 0);
    CHECK(runsLike(before, after));
    CHECK_FALSE(before == after);
}

TEST_CASE("config, nodes, wires and settings are counted as changes of the run")
{
    const Pipeline before = pair();
    Pipeline after = *setField(before, "b", "table", "t");
    CHECK(diff(before, after).changed == Ids{"b"});
    after = addNode(after, test::catalog(), "test_pass", {}, "c")->pipeline;
    CHECK(diff(before, after).added == Ids{"c"});
    CHECK(diff(after, before).removed == Ids{"c"});
    after = *connect(after, test::catalog(), {"a", ""}, {"c", ""});
    CHECK(diff(before, after).wiresChanged);
    Settings settings = after.settings;
    settings.checkpointInterval = "5s";
    after = *setSettings(after, settings);
    CHECK(diff(before, after).settingsChanged);
    CHECK(diff(before, after).restarting() == 4);
    CHECK_FALSE(runsLike(before, after));
}
