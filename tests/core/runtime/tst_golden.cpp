#include "tests/core/runtime/run_bed.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <sstream>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string golden(const std::string &name)
{
    const auto text = realFileSystem().readAll(std::string(SLUICE_SOURCE_DIR)
                                               + "/tests/golden/pipelines/transforms/" + name);
    REQUIRE(text);
    return *text;
}

/// Lines as JSON with their field order, sorted: a multiset.
std::vector<std::string> lines(const std::string &text)
{
    std::vector<std::string> result;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        const auto json = nlohmann::ordered_json::parse(line, nullptr, false);
        REQUIRE_FALSE(json.is_discarded());
        result.push_back(json.dump());
    }
    std::sort(result.begin(), result.end());
    return result;
}

struct Case
{
    std::string name;
    std::string input;
    std::map<std::string, std::string> outputs; // parameter: expected file
};

} // namespace

TEST_CASE("golden pipelines give their exact output with any batch size and worker count")
{
    const std::vector<Case> cases{
        {"manage_fields_cast", "raw.ndjson", {{"output", "manage_fields_cast.expected.ndjson"}}},
        {"manage_fields_others",
         "raw.ndjson",
         {{"output", "manage_fields_others.expected.ndjson"}}},
        {"filter_conditions", "readings.ndjson", {{"output", "filter_conditions.expected.ndjson"}}},
        {"filter_rejected",
         "readings.ndjson",
         {{"output", "filter_rejected.expected.ndjson"},
          {"rejected", "filter_rejected.rejected.expected.ndjson"}}},
    };
    for (const Case &golden_ : cases) {
        for (const std::size_t batchRows : {std::size_t{1}, std::size_t{2}, kBatchRows}) {
            for (const int workers : {1, 2, 3}) {
                CAPTURE(golden_.name);
                CAPTURE(batchRows);
                CAPTURE(workers);
                const RunBed bed;
                bed.write("input.ndjson", golden(golden_.input));
                RunOptions options = bed.options();
                options.batchRows = batchRows;
                options.workers = workers;
                options.values.parameterOverrides["input"] = bed.path("input.ndjson");
                for (const auto &[parameter, expected] : golden_.outputs)
                    options.values.parameterOverrides[parameter] = bed.path(parameter + ".out");
                const RunSnapshot last =
                    bed.run(golden(golden_.name + ".sluice.json"), std::move(options));
                CHECK(last.conserved);
                for (const auto &[parameter, expected] : golden_.outputs)
                    CHECK(lines(bed.read(parameter + ".out")) == lines(golden(expected)));
            }
        }
    }
}
