#include "core/kql/stream_query.h"
#include "tests/core/kql/kql_harness.h"
#include "tests/core/kql/stream_harness.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace sluice;
using namespace sluice::kql;

namespace {

/// "a | b" for each row, in order, rows joined by "; "; or the refusal.
std::string rowsOf(std::string_view query, std::size_t batchRows = kBatchRows)
{
    const auto result = runOnStream(query, batchRows);
    if (!result)
        return "refused: " + result.error().message;
    std::string text;
    for (const auto &row : result->rows) {
        text += text.empty() ? "" : "; ";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i == 0 ? "" : " | ") + row[i];
    }
    return text;
}

std::shared_ptr<const Schema> sensors()
{
    return std::make_shared<const Schema>(Schema{
        .columns = {{"device", ColumnType::String},
                    {"temp", ColumnType::Real},
                    {"timestamp", ColumnType::Datetime},
                    {"tags", ColumnType::Dynamic}},
    });
}

StreamCompileResult compileOver(std::string_view query)
{
    StreamContext context;
    context.inputs = {{"source", sensors()}};
    context.now = kTestNow;
    return compileStream(query, context);
}

/// "3:3 operator … (hint)" of the first problem, "ok" when there is none.
std::string problemOver(std::string_view query)
{
    const auto result = compileOver(query);
    if (result.query)
        return "ok";
    const Problem &problem = result.problems.front();
    return fmt::format(
        "{}:{} {} ({})", problem.at.line, problem.at.column, problem.message, problem.hint);
}

Batch oneRow()
{
    Table table("device:string, temp:real, timestamp:datetime, tags:dynamic");
    table.row({"'a'", "20.5", "datetime(2026-01-01)", "dynamic([1, 2])"});
    return table.batch();
}

} // namespace

TEST_CASE("a stream refuses what needs a whole table, by name and place")
{
    CHECK(problemOver("source\n| where temp > 20\n| sort by temp")
          == "3:3 operator 'sort' needs a whole table, and a stream never ends (Put it behind a "
             "'summarize … by bin(<event time>, 10s)': there it works on each window.)");
    for (const std::string_view name :
         {"top 3 by temp", "take 3", "count", "distinct device", "serialize"})
        CHECK(problemOver(fmt::format("source | {}", name))
                  .starts_with(
                      fmt::format("1:10 operator '{}' needs ", name.substr(0, name.find(' ')))));
    CHECK(problemOver("source | make-series count() on timestamp step 1d")
              .starts_with("1:10 operator 'make-series' needs a whole table"));
    CHECK(problemOver("source | extend n = row_number()").find("order") != std::string::npos);
}

TEST_CASE("summarize on a stream wants exactly one bin of time with a literal")
{
    CHECK(problemOver("source | summarize count() by bin(timestamp, 10s), device") == "ok");
    CHECK(problemOver("let w = 10s; source | summarize count() by bin(timestamp, w)") == "ok");
    CHECK(problemOver("source | summarize count() by device")
              .starts_with("1:10 operator 'summarize' needs windows"));
    CHECK(problemOver("source | summarize count() by bin(timestamp, 10s), w = bin(timestamp, 1m)")
              .starts_with("1:10 operator 'summarize' has more than one bin"));
    CHECK(problemOver("source | summarize count() by bin(temp, 10)")
              .starts_with("1:10 operator 'summarize' needs windows"));
    CHECK(problemOver("source | union (source | summarize count() by bin(timestamp, 1s))")
              .starts_with("1:26 operator 'summarize' inside of a union"));
}

TEST_CASE("behind a window whole tables are those of one window")
{
    const std::string windows = "source | summarize n = count() by bin(timestamp, 10s), device ";
    CHECK(problemOver(windows + "| sort by n | take 3 | extend m = n * 2") == "ok");
    CHECK(problemOver(windows + "| summarize max(n) by timestamp") == "ok");
    CHECK(problemOver(windows + "| project-rename t = timestamp | summarize max(n) by t") == "ok");
    CHECK(problemOver(windows + "| summarize max(n) by device").find("would add up all windows")
          != std::string::npos);
    CHECK(problemOver(windows + "| count").find("would add up all windows") != std::string::npos);
}

TEST_CASE("bins of a week begin on Mondays, and bin_at where it says")
{
    const auto week = compileOver("source | summarize count() by bin(timestamp, 7d)");
    REQUIRE(week.query);
    REQUIRE(week.query->window() != nullptr);
    constexpr TickSpan kDay = 864'000'000'000;
    CHECK(week.query->window()->size == 7 * kDay);
    CHECK(week.query->window()->offset == 4 * kDay); // 1970-01-05 was a Monday
    const auto at = compileOver(
        "source | summarize count() by bin_at(timestamp, 1d, datetime(2026-01-01 06:00))");
    REQUIRE(at.query);
    CHECK(at.query->window()->offset == kDay / 4);
}

TEST_CASE("a stream joins with rows in the query, by kinds that look at one event")
{
    const std::string left = "datatable(k:long, v:string)[1,'a', 2,'b', 3,'c', 1,'d'] ";
    const std::string right = "(datatable(k:long, w:long)[1,10, 2,20, 2,21])";
    CHECK(rowsOf(left + "| join kind=inner " + right + " on k")
          == "1 | \"a\" | 1 | 10; 2 | \"b\" | 2 | 20; 2 | \"b\" | 2 | 21; 1 | \"d\" | 1 | 10");
    CHECK(rowsOf(left + "| lookup " + right + " on k", 1)
          == "1 | \"a\" | 10; 2 | \"b\" | 20; 2 | \"b\" | 21; 3 | \"c\" | null; 1 | \"d\" | 10");
    CHECK(rowsOf(left + "| join kind=leftanti " + right + " on k") == "3 | \"c\"");
    CHECK(rowsOf(left + "| join kind=leftsemi " + right + " on k")
          == "1 | \"a\"; 2 | \"b\"; 1 | \"d\"");
    CHECK(rowsOf(left + "| lookup kind=inner (range k from 2 to 3 step 1 | extend w = k * k) on k")
          == "2 | \"b\" | 4; 3 | \"c\" | 9");
    CHECK(problemOver("source | join (datatable(device:string)['a']) on device")
              .starts_with("1:10 operator 'join' without a kind"));
    CHECK(problemOver("source | join kind=inner (source | where temp > 1) on device")
              .starts_with("1:10 operator 'join' joins two streams"));
}

TEST_CASE("a null key has the null key as its partner, and a text that is not there the empty one")
{
    CHECK(rowsOf("datatable(k:long)[long(null), 1] | lookup (datatable(k:long, w:string)"
                 "[long(null), 'none']) on k")
          == "null | \"none\"; 1 | \"\"");
}

TEST_CASE("mv-expand makes rows of several columns, with index, limit and types")
{
    CHECK(rowsOf("print a = dynamic([1, 2, 3]), b = dynamic(['x', 'y']) | mv-expand a, b")
          == R"(1 | "x"; 2 | "y"; 3 | null)");
    CHECK(rowsOf("print a = dynamic([1, 'x', 2.5]) | mv-expand with_itemindex=i a to typeof(long)")
          == "1 | 0; null | 1; 2 | 2");
    CHECK(rowsOf("print a = dynamic({'k': 1, 'l': [2]}) | mv-expand a") == R"({"k":1}; {"l":[2]})");
    CHECK(rowsOf("print a = dynamic({'k': 1, 'l': [2]}) | mv-expand kind=array a")
          == R"(["k",1]; ["l",[2]])");
    CHECK(rowsOf("print a = dynamic([1, 2, 3]), c = 7 | mv-expand a limit 2 | project c, a")
          == "7 | 1; 7 | 2");
    CHECK(rowsOf("datatable(n:int, a:dynamic)[1, dynamic([]), 2, dynamic(null), 3, dynamic(5)]"
                 "| mv-expand a")
          == "2 | null; 3 | 5");
}

TEST_CASE("an array of more elements than a batch has rows comes out whole")
{
    const auto result = runOnStream("print a = range(1, 5000, 1), b = bag_pack('k', 1)"
                                    "| mv-expand with_itemindex=i a to typeof(long)"
                                    "| where i % 1000 == 0 | project i, a, b");
    REQUIRE(result);
    REQUIRE(result->rows.size() == 5);
    CHECK(result->rows.back() == std::vector<std::string>{"4000", "4001", R"({"k":1})"});
}

TEST_CASE("mv-apply runs its query over each event's own elements")
{
    const std::string rows =
        "datatable(n:long, a:dynamic)[1, dynamic([3, 1, 2]), 2, dynamic([]), 3, dynamic([9])] ";
    CHECK(rowsOf(rows
                 + "| mv-apply x = a to typeof(long) on (where x > 1 | extend y = x * n)"
                   "| project n, x, y")
          == "1 | 3 | 3; 1 | 2 | 2; 3 | 9 | 27");
    CHECK(rowsOf(rows
                 + "| mv-apply x = a to typeof(long) on (summarize s = sum(x), c = count())"
                   "| project n, s, c")
          == "1 | 6 | 3; 3 | 9 | 1");
    CHECK(rowsOf(rows
                     + "| mv-apply x = a to typeof(long) on (top 2 by x | project x)"
                       "| project n, x",
                 1)
          == "1 | 3; 1 | 2; 3 | 9");
}

TEST_CASE("a union of a stream with itself sends every event through each branch")
{
    CHECK(rowsOf("let t = datatable(n:long)[1, 2]; t | where n > 1 | union (t | extend m = n)", 1)
          == "2 | null; 1 | 1; 2 | 2");
    CHECK(problemOver("source | union (datatable(device:string)['a'])")
              .find("these rows do not change")
          != std::string::npos);
}

TEST_CASE("let, functions, constant queries and in() with a table work on a stream")
{
    CHECK(rowsOf("let limit = toscalar(datatable(x:long)[5, 9] | summarize max(x));"
                 "let twice = (a: long) { a * 2 };"
                 "let keep = (T: (n: long)) { T | where n in ((datatable(k:long)[3, 10])) };"
                 "datatable(n:long)[3, 4, 10] | invoke keep() | extend m = twice(n), l = limit")
          == "3 | 6 | 9; 10 | 20 | 9");
    CHECK(problemOver("let m = toscalar(source | summarize max(temp)); source | where temp > m")
              .find("a stream has no place here")
          != std::string::npos);
}

TEST_CASE("a range ends where its numbers end, and a constant table has its limit")
{
    CHECK(rowsOf("range x from 9223372036854775806 to 9223372036854775807 step 1 | project x - 1")
          == "9223372036854775805; 9223372036854775806");
    CHECK(rowsOf("range x from 3 to 1 step -1") == "3; 2; 1");
    CHECK(rowsOf("range x from 1 to 3 step -1").empty());
    CHECK(rowsOf("range x from 1 to 10000000 step 1").find("more than a million rows")
          != std::string::npos);
    CHECK(problemOver("source | where temp in ((range x from 1 to 900000 step 1"
                      "| mv-expand y = dynamic([1, 2]) | project toreal(x)))")
              .find("too many rows")
          != std::string::npos);
}

TEST_CASE("bag_unpack needs to be told its columns")
{
    CHECK(rowsOf("print d = dynamic({'a': 1, 'b': 'x'}), c = 2"
                 "| evaluate bag_unpack(d) : (*, a: long, b: string)")
          == "2 | 1 | \"x\"");
    CHECK(problemOver("source | evaluate bag_unpack(tags)").find("bag_unpack(d) : (*")
          != std::string::npos);
}

TEST_CASE("columns that only pass are shared, not copied")
{
    const auto compiled =
        compileOver("source | where temp > 1 | extend f = temp * 2 | project-away temp");
    REQUIRE(compiled.query);
    const Batch batch = oneRow();
    BatchList results;
    REQUIRE(compiled.query->process(0, batch, kTestNow, results));
    REQUIRE(results.batches().size() == 1);
    const Batch &result = results.batches().front();
    CHECK(result.columns[0] == batch.columns[0]);
    CHECK(result.columns[1] == batch.columns[2]);
    CHECK(jsonOf(*result.columns[3], 0) == "41.0");
}

TEST_CASE("a query asks only for the columns that it reads")
{
    const auto needsOf = [](std::string_view query, const StreamNeeds &wanted) {
        const auto compiled = compileOver(query);
        REQUIRE(compiled.query);
        const auto needs =
            streamNeeds(*compiled.query->query(), {{"source", sensors()}}, wanted).front();
        std::string text;
        for (const std::string &name : needs.typed)
            text += name + " ";
        for (const std::string &name : needs.tokens)
            text += "'" + name + "' ";
        return text;
    };
    CHECK(needsOf("source | where temp > 1 | project d = device", {{}, {"d"}}) == "temp 'device' ");
    CHECK(needsOf("source | extend f = temp * 2, g = device", {{"f"}, {}}) == "temp ");
    CHECK(needsOf("source | summarize count() by bin(timestamp, 1s)", {{}, {"count_"}})
          == "timestamp ");
    CHECK(needsOf("source | mv-expand x = tags | parse device with 'd' n:long", {{"n", "x"}, {}})
          == "device tags ");
}
