#include "tests/core/kinds/transform_bed.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace sluice;
using namespace sluice::test;

namespace {

TransformBed bed()
{
    return {"add_metadata", R"([{"name": "x", "type": "long"}])"};
}

} // namespace

TEST_CASE("metadata stands behind the fields: run, partition, place and times")
{
    TransformBed metadata = bed();
    const std::string out = metadata.run(
        R"({"fields": [{"name": "run", "value": "processing_id"}, {"name": "from", "value": "source_id"}, {"name": "part", "value": "$partition"}, {"name": "at", "value": "$offset"}, {"name": "key", "value": "$key"}, {"name": "in", "value": "ingestion_time"}]})",
        "{\"x\":1}\n{\"x\":2}\n");
    std::istringstream stream(out);
    std::set<std::string> runs;
    int lines = 0;
    for (std::string line; std::getline(stream, line); ++lines) {
        const auto json = nlohmann::ordered_json::parse(line);
        runs.insert(json["run"]);
        CHECK(json["from"] == "in");
        CHECK(json["part"] == 0);
        CHECK(json["at"] == lines * 8);
        CHECK(json["key"].is_null());
        CHECK(json["in"].get<std::string>().size() > 10);
        CHECK(json.items().begin().key() == "x");
    }
    CHECK(lines == 2);
    CHECK(runs.size() == 1);
    CHECK_FALSE(runs.begin()->empty());
}

TEST_CASE("a name that is taken is said, and the fix finds a free one")
{
    const TransformBed metadata = bed();
    const std::string taken = R"({"fields": [{"name": "x", "value": "source_id"}]})";
    CHECK(metadata.problems(taken) == Strings{"fields 2011"});
    CHECK(metadata.mended(taken).empty());
    CHECK(metadata.problems(R"({"fields": [{"name": "y", "value": "source"}]})")
          == Strings{"fields 1001"});
    CHECK(metadata.problems(R"({"fields": []})") == Strings{"fields 1002"});
}
