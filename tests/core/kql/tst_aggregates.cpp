#include "core/kql/aggregate_set.h"
#include "core/kql/parser.h"
#include "tests/core/kql/kql_harness.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

using namespace sluice;
using namespace sluice::kql;

namespace {

struct Summary
{
    AggregatePlanPtr plan;
    std::string problem;
};

Summary planOf(std::string_view list, const Schema &schema, std::vector<std::string> keys = {})
{
    AggregateBinder binder({&schema, nullptr}, std::move(keys));
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(';'), list.size());
        ParseResult parsed = parseExpression(list.substr(0, end));
        if (!parsed.root)
            return {nullptr, parsed.problems.front().message};
        if (!binder.bind(*parsed.root))
            return {nullptr, binder.takeProblems().front().message};
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return {binder.take(), {}};
}

std::string row(AggregateSet &set, std::uint32_t group)
{
    const auto columns = set.finish(std::array{group}, kTestNow);
    REQUIRE(columns.has_value());
    std::string text;
    for (const ColumnPtr &column : *columns)
        text += (text.empty() ? "" : ", ") + jsonOf(*column, 0);
    return text;
}

AggregateSet setFor(const AggregatePlanPtr &plan, const Schema &schema)
{
    std::vector<std::size_t> places;
    for (const SchemaColumn &column : plan->inputs)
        places.push_back(schema.find(column.name).value());
    return {plan, places};
}

/// The aggregates over all rows of a table: updated at once, row by row into groups that are then
/// merged, and with the state saved and loaded. All must agree.
std::string summarize(const Table &table, std::string_view list)
{
    const Summary summary = planOf(list, table.schema());
    if (!summary.plan)
        return "error: " + summary.problem;
    const Batch batch = table.batch();
    AggregateSet set = setFor(summary.plan, table.schema());
    REQUIRE(set.evaluate(batch, kTestNow).has_value());
    const std::uint32_t whole = set.take();
    const std::vector<std::uint32_t> groups(batch.rows, whole);
    set.update({batch.rows, nullptr, groups.data(), nullptr});
    const std::string result = row(set, whole);

    const std::uint32_t merged = set.take();
    for (std::size_t i = 0; i < batch.rows; ++i) {
        const auto number = static_cast<std::uint16_t>(i);
        const std::uint32_t single = set.take();
        set.update({1, &number, &single, nullptr});
        set.merge(single, merged);
        set.give(single);
    }
    CHECK(row(set, merged) == result);

    StateWriter out;
    set.save(whole, out);
    StateReader in(out.bytes());
    AggregateSet other = setFor(summary.plan, table.schema());
    const std::uint32_t loaded = other.take();
    other.load(loaded, in);
    CHECK(in.ok());
    CHECK(in.atEnd());
    CHECK(row(other, loaded) == result);
    CHECK(set.bytes() > 0);
    return result;
}

Table numbers()
{
    Table table("i:int, l:long, r:real, b:bool, s:string, t:datetime, p:timespan, d:decimal, "
                "j:dynamic");
    table.row({"int(3)",
               "10",
               "1.5",
               "true",
               "'b'",
               "datetime(2026-01-01)",
               "1s",
               "decimal(1.5)",
               "dynamic([1,2])"});
    table.row({"int(null)",
               "long(null)",
               "real(null)",
               "bool(null)",
               "''",
               "datetime(null)",
               "timespan(null)",
               "decimal(null)",
               "dynamic(null)"});
    table.row({"int(5)",
               "20",
               "2.5",
               "false",
               "'a'",
               "datetime(2026-01-03)",
               "3s",
               "decimal(2.25)",
               "dynamic({'k':1})"});
    return table;
}

} // namespace

TEST_CASE("numbers are counted, summed and averaged as Kusto does it")
{
    const Table table = numbers();
    CHECK(summarize(table, "count();count(l);countif(b);countif(l > 5)") == "3, 3, 1, 2");
    CHECK(summarize(table, "sum(i);sum(l);sum(r);sum(p);sum(d)")
          == R"(8, 30, 4.0, "00:00:04", "3.75")");
    CHECK(summarize(table, "avg(i);avg(r);avg(p);avg(t);avg(d)")
          == R"(4.0, 2.0, "00:00:02", "2026-01-02T00:00:00Z", "1.875")");
    CHECK(summarize(table, "sumif(l, b);avgif(l, b);sum(l) / count();round(avg(r), 0) + 1")
          == "10, 10.0, 10, 3.0");
    CHECK(summarize(table, "binary_all_and(l);binary_all_or(l);binary_all_xor(l)") == "0, 30, 30");
}

TEST_CASE("sums wrap, and the average divides the wrapped sum")
{
    Table table("l:long");
    table.row({"9223372036854775807"}).row({"1"});
    CHECK(summarize(table, "sum(l);avg(l)") == "-9223372036854775808, -4.611686018427388e+18");
}

TEST_CASE("aggregates of nothing have Kusto's values")
{
    Table table("l:long, r:real, s:string, p:timespan, j:dynamic, b:bool");
    const std::string lists =
        "count();sum(l);sum(r);avg(l);avg(r);avg(p);min(l);max(r);min(s);stdev(r);variance(l);"
        "dcount(s);count_distinct(l);make_list(l);make_set(l);make_bag(j);take_any(l);"
        "percentile(r, 50);countif(b);sumif(l, b);avgif(l, b);minif(l, b);binary_all_and(l)";
    CHECK(summarize(table, lists)
          == R"(0, 0, 0.0, "NaN", "NaN", null, null, null, "", 0.0, 0.0, 0, 0, [], [], {}, null, )"
             R"(null, 0, 0, "NaN", null, null)");
    table.row({"long(null)", "real(null)", "''", "timespan(null)", "dynamic(null)", "bool(null)"});
    CHECK(summarize(table, "sum(l);avg(l);min(l);dcount(l);make_list(l);variance(l);take_any(l)")
          == R"(0, "NaN", null, 0, [], 0.0, null)");
}

TEST_CASE("min and max order every type, and a NaN wins")
{
    CHECK(summarize(numbers(), "min(i);max(l);min(r);max(t);min(p);max(s);min(s);max(d);max(b)")
          == R"(3, 20, 1.5, "2026-01-03T00:00:00Z", "00:00:01", "b", "", "2.25", true)");
    Table table("r:real, k:long");
    table.row({"1.5", "1"}).row({"real(nan)", "2"}).row({"2.5", "3"});
    CHECK(summarize(table, "min(r);max(r);sum(r)") == R"("NaN", "NaN", "NaN")");
    CHECK(summarize(table, "arg_max(r, k);arg_min(r, k)") == R"("NaN", 2, "NaN", 2)");
}

TEST_CASE("variances are rounded to ten digits, deviations are their roots")
{
    Table table("v:long");
    table.row({"1"}).row({"2"}).row({"3"}).row({"4"});
    CHECK(summarize(table, "variance(v);variancep(v);stdev(v);stdevp(v)")
          == "1.6666666667, 1.25, 1.2909944487487155, 1.118033988749895");
    CHECK(summarize(table, "varianceif(v, v > 2);stdevif(v, v == 1);variancepif(v, v > 2)")
          == "0.5, 0.0, 0.25");
    Table pairs("x:real, y:real");
    for (const auto &[x, y] : std::vector<std::pair<const char *, const char *>>{
             {"1.0", "14.0"}, {"2.0", "10.0"}, {"3.0", "17.0"}, {"4.0", "20.0"}, {"5.0", "50.0"}})
        pairs.row({x, y});
    CHECK(summarize(pairs, "covariance(x, y);covariancep(x, y);covarianceif(x, y, x < 3)")
          == "20.5, 16.4, -2.0");
}

TEST_CASE("lists, sets and bags")
{
    const Table table = numbers();
    CHECK(summarize(table, "make_list(l);make_list_with_nulls(l);make_list(s);make_list(j)")
          == R"([10,20], [10,null,20], ["b","","a"], [1,2,null,{"k":1}])");
    CHECK(summarize(table, "make_list(l, 1);make_list_if(l, l > 10);make_list(t);make_list(p)")
          == R"([10], [20], ["2026-01-01T00:00:00.0000000Z","2026-01-03T00:00:00.0000000Z"], )"
             R"(["00:00:01","00:00:03"])");
    Table more("k:long, s:string, j:dynamic");
    more.row({"1", "'x'", "dynamic({'a':1})"})
        .row({"1", "'y'", "dynamic({'a':2,'b':3})"})
        .row({"2", "'x'", "dynamic([1,1,2])"});
    CHECK(summarize(more, "make_set(k);make_set(s);make_set(s, 1);make_set_if(s, k > 1)")
          == R"([1,2], ["x","y"], ["x"], ["x"])");
    CHECK(summarize(more, "make_bag(j);make_bag_if(j, s == 'y');dcount(s);count_distinct(k)")
          == R"({"a":1,"b":3}, {"a":2,"b":3}, 2, 2)");
}

TEST_CASE("a list can follow an order that is not the one of arrival")
{
    Table table("l:long");
    table.row({"3"}).row({"1"}).row({"2"});
    const Summary summary = planOf("make_list(l)", table.schema());
    AggregateSet set = setFor(summary.plan, table.schema());
    REQUIRE(set.evaluate(table.batch(), kTestNow).has_value());
    const std::uint32_t group = set.take();
    const std::vector<std::uint32_t> groups(3, group);
    const std::vector<Ticks> order{30, 10, 20};
    set.update({3, nullptr, groups.data(), order.data()});
    CHECK(row(set, group) == "[1,2,3]");
}

TEST_CASE("arg_max keeps the first of equal rows, and a row when all is null")
{
    Table table("k:long, v:long, t:string");
    table.row({"1", "long(null)", "'c'"}).row({"2", "long(null)", "'d'"});
    CHECK(summarize(table, "arg_max(v, t);arg_min(v, t)") == R"(null, "c", null, "c")");
    table.row({"3", "20", "'e'"}).row({"4", "20", "'f'"}).row({"5", "7", "'g'"});
    CHECK(summarize(table, "arg_max(v, t, k);arg_min(v, *)") == R"(20, "e", 3, 7, 5, "g")");
    CHECK(summarize(table, "take_any(v);take_any(t, k);take_anyif(k, v < 10)")
          == R"(20, "c", 1, 5)");
}

TEST_CASE("percentiles are existing values, by nearest rank")
{
    Table table("x:long, w:long, r:real");
    for (const char *value : {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"})
        table.row({value, "1", "1.5"});
    CHECK(summarize(table, "percentile(x, 0);percentile(x, 100);percentile(x, 50)") == "0, 9, 4");
    CHECK(summarize(table, "percentiles(x, 5, 95);percentiles_array(x, 10, 20)") == "0, 9, [0,1]");
    CHECK(summarize(table, "percentilesw_array(r, w, dynamic([50]))") == "[1.5]");
    Table weighted("x:long, w:long");
    weighted.row({"10", "1"}).row({"20", "8"}).row({"30", "1"});
    CHECK(summarize(weighted, "percentilew(x, w, 50);percentilesw(x, w, 10, 95)") == "20, 10, 30");
}

TEST_CASE("the estimate of dcount stays near the truth")
{
    Schema schema;
    schema.columns = {{"x", ColumnType::Long}};
    const Summary summary = planOf("dcount(x);dcount(x, 0);count_distinct(x)", schema);
    AggregateSet set = setFor(summary.plan, schema);
    const std::array<std::uint32_t, 2> halves{set.take(), set.take()};
    constexpr std::int64_t kValues = 200'000;
    std::int64_t next = 0;
    while (next < kValues) {
        auto column = std::make_shared<Column>();
        column->reset(ColumnType::Long, kBatchRows);
        Batch batch;
        batch.rows = kBatchRows;
        batch.selection = Selection(kBatchRows);
        std::vector<std::uint32_t> groups;
        for (std::size_t i = 0; i < kBatchRows; ++i) {
            column->integers[i] = next++ % kValues;
            column->valid[i] = 1;
            groups.push_back(halves[i % 2]);
        }
        batch.columns = {column};
        REQUIRE(set.evaluate(batch, 0).has_value());
        set.update({kBatchRows, nullptr, groups.data(), nullptr});
    }
    set.merge(halves[1], halves[0]);
    const auto columns = set.finish(std::array{halves[0]}, 0).value();
    CHECK(static_cast<double>(columns[0]->integers[0]) == doctest::Approx(kValues).epsilon(0.03));
    CHECK(static_cast<double>(columns[1]->integers[0]) == doctest::Approx(kValues).epsilon(0.06));
    CHECK(columns[2]->integers[0] == kValues);
}

TEST_CASE("results have the names and the types that Microsoft's parser gives")
{
    Schema schema;
    schema.columns = {{"i", ColumnType::Int},
                      {"r", ColumnType::Real},
                      {"s", ColumnType::String},
                      {"t", ColumnType::Datetime},
                      {"b", ColumnType::Bool},
                      {"l", ColumnType::Long},
                      {"j", ColumnType::Dynamic}};
    const auto shape = [&](std::string_view list, std::vector<std::string> keys = {}) {
        const Summary summary = planOf(list, schema, std::move(keys));
        if (!summary.plan)
            return "error: " + summary.problem;
        std::string text;
        for (const AggregateColumn &column : summary.plan->columns)
            text +=
                (text.empty() ? "" : " ") + column.name + ":" + std::string(typeName(column.type));
        return text;
    };
    CHECK(
        shape("count();countif(b);countif(i > 5);sum(i);avg(r);min(i);max(s)")
        == "count_:long countif_b:long countif_:long sum_i:long avg_r:real min_i:int max_s:string");
    CHECK(shape("dcount(bin(t, 1h));make_list(j.a);make_set(s, 10);make_bag(j);take_any(i)")
          == "dcount_t:long list_j_a:dynamic set_s:dynamic bag_j:dynamic i:int");
    CHECK(shape("percentiles(i, 5, 99.9);percentilew(r, l, 50);percentile(i + 1, 50)")
          == "percentile_i_5:long percentile_i_99_9:long percentile_r_50:real percentile__50:long");
    CHECK(shape("arg_max(r, *)", {"s"}) == "r:real i:int t:datetime b:bool l:long j:dynamic");
    CHECK(shape("arg_max(r + 1, s);argmax(r, s);arg_max(t, strlen(s))")
          == "max_:real s:string max_r:real max_r_s:string t:datetime strlen_s:long");
    CHECK(shape("any(i, s);take_any(i + 1);take_anyif(i + 1, b);sumif(i, b);covariance(r, l)")
          == "any_i:int any_s:string any_arg0:long :long sumif_i:long covariance_r_l:real");
    CHECK(shape("round(sum(r), 2);strlen(max(s));sum(strlen(s));sum(r) / count();tostring(sum(i))")
          == "sum_r:real strlen_max_s:long sum_strlen_s:long :real sum_i:string");
    CHECK(shape("binary_all_or(i);make_list_if(s, b);variancepif(r, b);-sum(i);bin(count(), 2)")
          == "i:int list_s:dynamic variancepif_r:real :long count_:long");
}

TEST_CASE("what is no aggregate here is refused with its reason")
{
    Schema schema;
    schema.columns = {
        {"temp", ColumnType::Real}, {"s", ColumnType::String}, {"j", ColumnType::Dynamic}};
    const auto problem = [&](std::string_view text) { return planOf(text, schema).problem; };
    CHECK(problem("sum(tmp)") == "there is no column 'tmp'");
    CHECK(problem("sum(temp) + temp") == "'temp' stands outside of an aggregate");
    CHECK(problem("sum(sum(temp))")
          == "sum() is an aggregate, and this is computed for each event");
    CHECK(problem("summ(temp)") == "there is no function 'summ'");
    CHECK(problem("sum(s)") == "sum() does not take string");
    CHECK(problem("sum(j)") == "sum() does not take dynamic");
    CHECK(problem("arg_max(temp, s) + 1").find("several columns") != std::string::npos);
    CHECK(problem("percentile(temp, 101)") == "a percentage is a number from 0 to 100");
    CHECK(problem("dcount(s, 9)") == "the accuracy must be a number from 0 to 4");
    CHECK(problem("make_list(s, 0)") == "the size must be a whole number of at least 1");
    CHECK(problemOf("make_list(temp)", schema).find("is an aggregate") != std::string::npos);
}

TEST_CASE("every aggregate has help, and an example that binds")
{
    Schema schema;
    for (const char *name : {"temp", "humidity"})
        schema.columns.push_back({name, ColumnType::Real});
    for (const char *name : {"flags", "n"})
        schema.columns.push_back({name, ColumnType::Long});
    schema.columns.push_back({"device_id", ColumnType::String});
    schema.columns.push_back({"timestamp", ColumnType::Datetime});
    schema.columns.push_back({"properties", ColumnType::Dynamic});
    std::set<std::string_view> names;
    for (const Aggregate &aggregate : allAggregates()) {
        CAPTURE(aggregate.name);
        CHECK(names.insert(aggregate.name).second);
        CHECK(!aggregate.help.empty());
        CHECK((!aggregate.overloads.empty() || !aggregate.usage.empty()));
        CHECK(aggregate.example.starts_with(aggregate.name));
        CHECK_MESSAGE(planOf(aggregate.example, schema).problem.empty(),
                      aggregate.example,
                      ": ",
                      planOf(aggregate.example, schema).problem);
    }
    for (const Aggregate &aggregate : allAggregates())
        CHECK((aggregate.aliasOf.empty() || names.contains(aggregate.aliasOf)));
}
