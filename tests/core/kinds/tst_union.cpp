#include "tests/core/kinds/transform_bed.h"

#include <algorithm>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string pipeline(const std::string &config)
{
    return R"x({"sluice": 1, "nodes": [
        {"id": "a", "kind": "file_source", "config": {"path": "a.ndjson", "format": "ndjson", "schema": [{"name": "id", "type": "string"}, {"name": "v", "type": "real"}]}},
        {"id": "b", "kind": "file_source", "config": {"path": "b.ndjson", "format": "ndjson", "schema": [{"name": "v", "type": "long"}, {"name": "w", "type": "long"}, {"name": "id", "type": "string"}]}},
        {"id": "node", "kind": "union", "config": )x"
           + config + R"x(},
        {"id": "more", "kind": "manage_fields", "config": {"other_fields": "keep", "fields": [{"name": "has_w", "expression": "isnotnull(w)"}]}},
        {"id": "out", "kind": "file_destination", "config": {"path": "out", "format": "ndjson"}}],
        "wires": [{"from": "a", "to": "node"}, {"from": "b", "to": "node"}, {"from": "node", "to": "more"}, {"from": "more", "to": "out"}]})x";
}

/// Lines in order of their text: the wires have no order between them.
std::string run(const std::string &config, std::size_t batchRows)
{
    const RunBed bed;
    bed.write("a.ndjson", "{\"id\":\"a1\",\"v\":1.50}\n{\"id\":\"a2\",\"v\":null}\n");
    bed.write("b.ndjson", "{\"id\":\"b1\",\"v\":3,\"w\":8}\n{\"v\":4,\"id\":\"b2\"}\n");
    RunOptions options = bed.options();
    options.batchRows = batchRows;
    const RunSnapshot last = bed.run(pipeline(config), std::move(options));
    CHECK(last.conserved);
    std::vector<std::string> lines;
    std::istringstream stream(bed.read("out"));
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

} // namespace

TEST_CASE("a column of two types is cast to the one that holds both")
{
    for (const std::size_t batchRows : {std::size_t{1}, kBatchRows})
        CHECK(run(R"({"on_type_clash": "cast"})", batchRows)
              == R"({"id":"a1","v":1.50,"w":null,"has_w":false})"
                 "\n"
                 R"({"id":"a2","v":null,"w":null,"has_w":false})"
                 "\n"
                 R"({"id":"b1","v":3.0,"w":8,"has_w":true})"
                 "\n"
                 R"({"id":"b2","v":4.0,"w":null,"has_w":false})"
                 "\n");
}

TEST_CASE("a column of two types becomes two, each named by its type")
{
    CHECK(run(R"({"on_type_clash": "both"})", 2)
          == R"({"id":"a1","v_real":1.50,"v_long":null,"w":null,"has_w":false})"
             "\n"
             R"({"id":"a2","v_real":null,"v_long":null,"w":null,"has_w":false})"
             "\n"
             R"({"id":"b1","v_real":null,"v_long":3,"w":8,"has_w":true})"
             "\n"
             R"({"id":"b2","v_real":null,"v_long":4,"w":null,"has_w":false})"
             "\n");
}

TEST_CASE("a column of two types is refused unless something else is said, and the fix says so")
{
    Pipeline refused = RunBed::parse(pipeline("{}"));
    const RunBed bed;
    const RunOptions options = bed.options();
    const auto errors = [&] {
        std::vector<Diagnostic> found;
        for (const Diagnostic &diagnostic :
             validate(refused, builtInCatalog(), options.values).diagnostics) {
            if (diagnostic.severity == Severity::Error)
                found.push_back(diagnostic);
        }
        return found;
    };
    const auto found = errors();
    REQUIRE(found.size() == 1);
    CHECK(found[0].node == "node");
    CHECK(found[0].code == ErrorCode::TypeMismatch);
    REQUIRE(found[0].fixes.size() == 1);
    refused = *applyFix(refused, "node", found[0].fixes[0]);
    CHECK(errors().empty());
}

TEST_CASE("any node with several wires gets the columns of each by name")
{
    const RunBed bed;
    bed.write("a.ndjson", "{\"x\":1,\"y\":2}\n");
    bed.write("b.ndjson", "{\"y\":3,\"z\":4}\n");
    bed.run(
        R"x({"sluice": 1, "nodes": [
        {"id": "a", "kind": "file_source", "config": {"path": "a.ndjson", "format": "ndjson", "schema": [{"name": "x", "type": "long"}, {"name": "y", "type": "long"}]}},
        {"id": "b", "kind": "file_source", "config": {"path": "b.ndjson", "format": "ndjson", "schema": [{"name": "y", "type": "long"}, {"name": "z", "type": "long"}]}},
        {"id": "node", "kind": "manage_fields", "config": {"fields": [{"name": "sum", "expression": "coalesce(x, 0) * 100 + y * 10 + coalesce(z, 0)"}]}},
        {"id": "out", "kind": "file_destination", "config": {"path": "out", "format": "ndjson"}}],
        "wires": [{"from": "a", "to": "node"}, {"from": "b", "to": "node"}, {"from": "node", "to": "out"}]})x");
    const std::string out = bed.read("out");
    CHECK((out == "{\"sum\":120}\n{\"sum\":34}\n" || out == "{\"sum\":34}\n{\"sum\":120}\n"));
}
