#include "core/node/catalog.h"
#include "tests/core/pipeline/validation_helper.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::test;

namespace {

const std::map<std::string, Schema> kSeen{
    {"in", {{{"temp", ColumnType::Real}, {"device_id", ColumnType::String}}, false, false}}};

Pipeline withFilter(const std::string &where)
{
    return parse(R"({"sluice": 1, "nodes": [{"id": "in", "kind": "file_source",
                       "config": {"path": "events.ndjson"}},
                      {"id": "hot", "kind": "filter", "config": {"where": ")"
                 + where + R"("}}, {"id": "out", "kind": "discard_destination", "config": {}}],
                     "wires": [{"from": "in", "to": "hot"}, {"from": "hot", "to": "out"}]})");
}

std::vector<Diagnostic> columnWarnings(const Pipeline &pipeline,
                                       const std::map<std::string, Schema> &inferred)
{
    std::vector<Diagnostic> warnings;
    for (const Diagnostic &diagnostic :
         validate(pipeline, builtInCatalog(), {}, inferred).diagnostics) {
        if (diagnostic.code == ErrorCode::UnknownColumn)
            warnings.push_back(diagnostic);
    }
    return warnings;
}

} // namespace

TEST_CASE("a column that no event has had is a warning with the nearest name as its fix")
{
    const auto warnings = columnWarnings(withFilter("tmp > 20 and tmp < 90"), kSeen);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].severity == Severity::Warning);
    CHECK(warnings[0].node == "hot");
    CHECK(warnings[0].field == "where");
    REQUIRE(warnings[0].fixes.size() == 1);
    CHECK(warnings[0].fixes[0].value == Value("temp > 20 and temp < 90"));
}

TEST_CASE("a known column, a system column and a far name offer no fix")
{
    CHECK(columnWarnings(withFilter("temp > 20 and isnotempty($key)"), kSeen).empty());
    const auto far = columnWarnings(withFilter("pressure > 20"), kSeen);
    REQUIRE(far.size() == 1);
    CHECK(far[0].fixes.empty());
}

TEST_CASE("while no column is known there is nothing to compare with")
{
    CHECK(columnWarnings(withFilter("tmp > 20"), {}).empty());
}
