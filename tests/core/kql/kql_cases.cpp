// kql_cases --engine database|stream CASES: runs the cases of kql.md through a back end and writes
// one line of JSON a case, {"id", "columns", "rows"} or {"id", "error"}.
#include "core/storage/kql_query.h"
#include "tests/core/kql/kql_harness.h"
#include "tests/core/kql/scratch_database.h"
#include "tests/core/kql/stream_harness.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <iostream>

using namespace sluice;
using Json = nlohmann::json;

namespace {

Json streamResult(const std::string &query)
{
    const auto rows = kql::runOnStream(query);
    if (!rows)
        return {{"error", rows.error().message}};
    Json result{{"columns", Json::array()}, {"rows", Json::array()}};
    for (const SchemaColumn &column : rows->schema->columns)
        result["columns"].push_back({{"name", column.name}, {"type", typeName(column.type)}});
    for (const auto &row : rows->rows) {
        Json cells = Json::array();
        for (const std::string &cell : row)
            cells.push_back(Json::parse(cell));
        result["rows"].push_back(std::move(cells));
    }
    return result;
}

Json databaseResult(const std::string &query)
{
    static kql::ScratchDatabase scratch;
    const auto answer = runKql(scratch.database(), query);
    if (!answer)
        return {{"error", describe(answer.error())}};
    Json result{{"columns", Json::array()}, {"rows", Json::array()}};
    for (const SchemaColumn &column : answer->schema->columns)
        result["columns"].push_back({{"name", column.name}, {"type", typeName(column.type)}});
    for (const Batch &batch : answer->batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            Json cells = Json::array();
            for (const ColumnPtr &column : batch.columns)
                cells.push_back(Json::parse(kql::jsonOf(*column, row)));
            result["rows"].push_back(std::move(cells));
        }
    }
    return result;
}

struct Engine
{
    std::string_view name;
    Json (*run)(const std::string &query);
};
constexpr std::array kEngines{Engine{"database", databaseResult}, Engine{"stream", streamResult}};

} // namespace

int main(int count, char **arguments)
{
    const Engine *engine = nullptr;
    for (const Engine &known : kEngines) {
        if (count == 4 && std::string_view(arguments[1]) == "--engine"
            && known.name == arguments[2])
            engine = &known;
    }
    if (engine == nullptr) {
        std::cerr << "usage: kql_cases --engine database|stream CASES\n";
        return 2;
    }
    std::ifstream file(arguments[3]);
    if (!file) {
        std::cerr << "cannot read " << arguments[3] << '\n';
        return 1;
    }
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        Json result = engine->run(test["query"].get<std::string>());
        result["id"] = test["id"];
        std::cout << result.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
    }
    return 0;
}
