#include "core/event/inferred_field.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

const InferredField *find(const std::vector<InferredField> &fields, std::string_view name)
{
    for (const InferredField &field : fields) {
        if (field.name == name)
            return &field;
    }
    return nullptr;
}

} // namespace

TEST_CASE("fields of records are found with all their types and what lies inside them")
{
    const auto fields = inferFields({
        R"({"id": 1, "state": "on", "site": {"floor": 2, "long name": "x"}})",
        R"({"id": 2.5, "state": 7, "site": {"floor": null}, "items": [{"sku": "a"}, {"sku": "b", "n": 1}]})",
        R"({"id": null, "site": "nowhere", "items": []})",
        "[1]",
        "no json",
    });
    REQUIRE(fields.size() == 4);
    const InferredField &id = *find(fields, "id");
    CHECK(id.type == ColumnType::Real);
    CHECK(id.types == std::vector<ColumnType>{ColumnType::Long, ColumnType::Real});
    CHECK(id.records == 3);
    const InferredField &state = *find(fields, "state");
    CHECK(state.isMixed());
    CHECK(state.type == ColumnType::Dynamic);
    CHECK(state.records == 2);
    const InferredField &site = *find(fields, "site");
    CHECK(site.isMixed());
    REQUIRE(site.children.size() == 2);
    CHECK(site.children[0].path == "site.floor");
    CHECK(site.children[0].type == ColumnType::Long);
    CHECK(site.children[1].path == "site['long name']");
    const InferredField &items = *find(fields, "items");
    CHECK_FALSE(items.isMixed());
    std::vector<std::string> inside;
    for (const InferredField *field : fieldsInside(items))
        inside.push_back(field->path);
    CHECK(inside == std::vector<std::string>{"items[0]", "items[0].sku", "items[0].n"});
}

TEST_CASE("deep records and objects with endless keys stay small")
{
    std::string deep = "1";
    for (int i = 0; i < 40; ++i)
        deep = R"({"a": )" + deep + "}";
    std::string wide = "{";
    for (int i = 0; i < 2000; ++i)
        wide += (i == 0 ? "" : ", ") + std::string("\"k") + std::to_string(i) + "\": 1";
    wide += "}";
    const auto fields = inferFields({deep, wide});
    CHECK(fields.size() <= 500);
    CHECK(fieldsInside(fields[0]).size() <= 8);
}
