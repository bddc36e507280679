#include "tests/core/support/test_kinds.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("the catalog lists sources, transforms and destinations, each by title")
{
    std::vector<std::string> kinds;
    for (const NodeDescriptor *descriptor : test::catalog().all())
        kinds.push_back(descriptor->kind);
    CHECK(kinds
          == std::vector<std::string>{
              "test_source", "test_join", "test_pass", "test_destination", "test_fragile"});
    CHECK(test::catalog().find("test_join") == &test::joinKind());
    CHECK(test::catalog().find("nothing") == nullptr);
    CHECK(test::catalog().nearest("test_sorce") == "test_source");
    CHECK(test::catalog().nearest("zzz").empty());
}

TEST_CASE("outputs that a kind does not mention are completed")
{
    const Schema input{{{"id", ColumnType::Long}}, false, true};
    const SchemaFlow flow = schemaFlowOf(test::passKind(), Config(), {input}, NodeContext());
    REQUIRE(flow.outputs.size() == 3);
    CHECK(flow.outputs[1] == flow.outputs[0]);
    CHECK(flow.outputs[2].columns.size() == 4);
    CHECK(flow.outputs[2].find("$error_node").has_value());
    CHECK_FALSE(flow.outputs[2].whole);
    CHECK(schemaFlowOf(test::destinationKind(), Config(), {input}, NodeContext()).outputs.empty());
}

TEST_CASE("column needs are united without repetition")
{
    ColumnNeeds needs{.raw = false, .all = false, .typed = {"a"}, .tokens = {}};
    needs.add({.raw = true, .all = false, .typed = {"a", "b"}, .tokens = {"c"}});
    CHECK(needs.raw);
    CHECK_FALSE(needs.all);
    CHECK(needs.typed == std::vector<std::string>{"a", "b"});
    CHECK(needs.tokens == std::vector<std::string>{"c"});
}
