#include "core/storage/kql_query.h"
#include "tests/core/kql/kql_harness.h"
#include "tests/core/kql/kusto_compare.h"
#include "tests/core/kql/scratch_database.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iostream>

using namespace sluice;
using namespace sluice::kql;
using Json = nlohmann::json;

namespace {

// What is right today; raise it when more becomes right.
constexpr int kTier1Right = 643;
constexpr int kTier2Right = 174;
constexpr int kMostWrong = 0;

Json rowsOf(const KqlResult &result)
{
    Json rows = Json::array();
    for (const Batch &batch : result.batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            Json cells = Json::array();
            for (const ColumnPtr &column : batch.columns)
                cells.push_back(Json::parse(jsonOf(*column, row), nullptr, false));
            rows.push_back(std::move(cells));
        }
    }
    return rows;
}

std::vector<std::string> namesOf(const KqlResult &result)
{
    std::vector<std::string> names;
    for (const SchemaColumn &column : result.schema->columns)
        names.push_back(column.name);
    return names;
}

} // namespace

TEST_CASE("a database answers queries as Kusto does")
{
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/kql/cases/cases.jsonl");
    REQUIRE(file.good());
    ScratchDatabase scratch;
    int right[3] = {};
    int wrong = 0;
    int refused = 0;
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        const auto result = runKql(scratch.database(), test["query"].get<std::string>());
        if (!result) {
            ++refused;
            MESSAGE("refused: " << test["id"] << ": " << result.error().message);
            continue;
        }
        const std::string problem = differenceToCase(test, namesOf(*result), rowsOf(*result));
        if (problem.empty()) {
            ++right[test["tier"].get<int>()];
        } else {
            ++wrong;
            MESSAGE("wrong: " << test["id"] << ": " << problem);
        }
    }
    std::cout << "Kusto cases, database: tier 1 " << right[1] << " right, tier 2 " << right[2]
              << " right, " << wrong << " wrong, " << refused << " refused\n";
    CHECK(right[1] >= kTier1Right);
    CHECK(right[2] >= kTier2Right);
    CHECK(wrong <= kMostWrong);
}

TEST_CASE("a database refuses what Kusto refuses")
{
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/kql/cases/refused.jsonl");
    REQUIRE(file.good());
    ScratchDatabase scratch;
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        INFO(test["id"].get<std::string>());
        CHECK_FALSE(runKql(scratch.database(), test["query"].get<std::string>()).has_value());
    }
}
