#include "core/storage/kql_query.h"
#include "tests/core/kql/kql_harness.h"
#include "tests/core/kql/kusto_compare.h"
#include "tests/core/kql/scratch_database.h"
#include "tests/core/kql/stream_harness.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iostream>

using namespace sluice;
using namespace sluice::kql;
using Json = nlohmann::json;

namespace {

Json columnsOf(const Schema &schema)
{
    Json columns = Json::array();
    for (const SchemaColumn &column : schema.columns)
        columns.push_back({{"name", column.name}, {"type", typeName(column.type)}});
    return columns;
}

/// What differs between the two engines; empty: nothing. Nothing too where one of them refuses.
/// @param both  set where both answered
std::string difference(Database &database, const std::string &query, Json test, bool *both)
{
    *both = false;
    const auto onStream = runOnStream(query);
    KqlOptions options;
    options.now = kTestNow;
    const auto inDatabase = runKql(database, query, options);
    if (!onStream || !inDatabase)
        return {};
    *both = true;
    Json wanted = Json::array();
    for (const Batch &batch : inDatabase->batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            Json cells = Json::array();
            for (const ColumnPtr &column : batch.columns)
                cells.push_back(Json::parse(jsonOf(*column, row), nullptr, false));
            wanted.push_back(std::move(cells));
        }
    }
    Json have = Json::array();
    for (const auto &row : onStream->rows) {
        Json cells = Json::array();
        for (const std::string &cell : row)
            cells.push_back(Json::parse(cell, nullptr, false));
        have.push_back(std::move(cells));
    }
    const Json columns = columnsOf(*onStream->schema);
    if (columns != columnsOf(*inDatabase->schema))
        return "columns " + columns.dump() + " instead of " + columnsOf(*inDatabase->schema).dump();
    test["ordered"] = false;
    test["partial"] = false;
    test["lenient"] = false;
    test.erase("sorted_by");
    test["output"] = {{"columns", columns}, {"rows", wanted}};
    std::vector<std::string> names;
    for (const SchemaColumn &column : onStream->schema->columns)
        names.push_back(column.name);
    return differenceToCase(test, names, have);
}

} // namespace

TEST_CASE("stream and database give the same rows for every case that both answer")
{
    std::ifstream file(SLUICE_SOURCE_DIR "/tests/core/kql/cases/cases.jsonl");
    REQUIRE(file.good());
    ScratchDatabase scratch;
    int compared = 0;
    for (std::string line; std::getline(file, line);) {
        const Json test = Json::parse(line);
        bool both = false;
        const std::string problem =
            difference(scratch.database(), test["query"].get<std::string>(), test, &both);
        compared += both ? 1 : 0;
        if (!problem.empty())
            FAIL_CHECK(test["id"].get<std::string>()
                       << ": " << test["query"].get<std::string>() << "\n    " << problem);
    }
    std::cout << "Kusto cases that both engines answer: " << compared << '\n';
    CHECK(compared >= 540);
}

TEST_CASE("stream and database agree on rows that are made of rows")
{
    ScratchDatabase scratch;
    const std::string rows = "datatable(n:long, s:string, a:dynamic, b:dynamic)["
                             "1, 'x=1 y=2', dynamic([3, 1, null, 'q']), dynamic({'k': 1}),"
                             "2, '', dynamic([]), dynamic(null),"
                             "long(null), 'y=7', dynamic(5), dynamic({'k': [1, 2], 'l': 'z'})] ";
    for (const char *steps : {
             "| mv-expand a",
             "| mv-expand a, b",
             "| mv-expand with_itemindex=i kind=array b, c = a to typeof(long)",
             "| mv-expand a to typeof(string), b limit 2",
             "| mv-expand a = b.k to typeof(real)",
             "| mv-apply x = a to typeof(long) on (where x > 0 | extend y = x * n)",
             "| mv-apply x = a to typeof(long) on (top 2 by x | project x)",
             "| mv-apply x = a to typeof(long) on (summarize s = sum(x), c = count())",
             "| mv-apply with_itemindex=i x = a on (sort by i desc | take 1)",
             "| lookup (datatable(n:long, w:string)[1, 'a', 1, 'b', long(null), 'c']) on n",
             "| join kind=inner (datatable(n:long, s:string)[1, 'a', long(null), 'c']) on n",
             "| join kind=leftouter (datatable(m:long, w:real)[1, 1.5]) on $left.n == $right.m",
             "| join kind=leftanti (range n from 1 to 5 step 2) on n",
             "| join kind=leftsemi (print n = 2) on n",
             "| parse s with * 'y=' y:long *",
             "| parse-where kind=regex s with 'x=' x:int ' '",
             "| parse-kv s as (x:long, y:string) with (pair_delimiter=' ', kv_delimiter='=')",
             "| evaluate bag_unpack(b, 'b_') : (*, b_k:dynamic, b_l:string)",
             "| where n in ((range x from 2 to 4 step 1)) or isnull(n)",
             "| union withsource=w (print n = 9, z = 'new')",
         }) {
        bool both = false;
        const std::string query = rows + steps;
        const std::string problem = difference(scratch.database(), query, Json::object(), &both);
        CHECK_MESSAGE(both, query);
        CHECK_MESSAGE(problem.empty(), query << "\n    " << problem);
    }
}
