#include "tests/core/kql/kusto_compare.h"
#include "tests/core/kql/stream_harness.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>
#include <set>

using namespace sluice;
using namespace sluice::kql;
using Json = nlohmann::json;

namespace {

/// What is right today; raise it when more becomes right.
constexpr std::size_t kRightAtLeast = 494;

std::string problemOf(const Json &test, std::size_t batchRows)
{
    const auto result = runOnStream(test["query"].get<std::string>(), batchRows);
    if (!result)
        return "refused: " + result.error().message;
    std::vector<std::string> columns;
    for (const SchemaColumn &column : result->schema->columns)
        columns.push_back(column.name);
    Json rows = Json::array();
    for (const auto &row : result->rows) {
        Json cells = Json::array();
        for (const std::string &cell : row)
            cells.push_back(Json::parse(cell, nullptr, false));
        rows.push_back(std::move(cells));
    }
    return differenceToCase(test, columns, rows);
}

} // namespace

TEST_CASE("queries that look at one event at a time give on a stream what Kusto gave")
{
    const std::string folder = SLUICE_SOURCE_DIR "/tests/core/kql/cases/";
    std::ifstream list(folder + "stream_cases.txt");
    std::ifstream file(folder + "cases.jsonl");
    REQUIRE(list.good());
    REQUIRE(file.good());
    std::set<std::string> wanted;
    for (std::string id; std::getline(list, id);)
        wanted.insert(id);
    std::size_t cases = 0;
    std::size_t right = 0;
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        if (!wanted.contains(test["id"].get<std::string>()))
            continue;
        ++cases;
        std::string problem;
        for (const std::size_t batchRows : {std::size_t{1}, std::size_t{7}, kBatchRows}) {
            if (problem.empty())
                problem = problemOf(test, batchRows);
        }
        right += problem.empty() ? 1 : 0;
        if (!problem.empty())
            std::cout << test["id"].get<std::string>() << ": " << test["query"].get<std::string>()
                      << "\n    " << problem << '\n';
    }
    std::cout << "Kusto cases on a stream: " << right << " of " << cases << " right\n";
    CHECK(cases == 494);
    CHECK(right >= kRightAtLeast);
}
