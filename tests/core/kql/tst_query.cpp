#include "core/kql/query.h"

#include <doctest/doctest.h>

using namespace sluice;
using namespace sluice::kql;

namespace {

/// Two tables: T(t: datetime, k: string, v: long, d: dynamic) and R(k: string, w: real).
class Tables : public QueryHost
{
public:
    SchemaPtr table(std::string_view name) override
    {
        auto schema = std::make_shared<Schema>();
        if (name == "T")
            schema->columns = {{"t", ColumnType::Datetime},
                               {"k", ColumnType::String},
                               {"v", ColumnType::Long},
                               {"d", ColumnType::Dynamic}};
        else if (name == "R")
            schema->columns = {{"k", ColumnType::String}, {"w", ColumnType::Real}};
        else
            return nullptr;
        return schema;
    }
    std::vector<std::string> tableNames() override { return {"T", "R"}; }
    Result<std::vector<Batch>> rowsOf(const QueryPtr & /*query*/) override
    {
        return fail(ErrorCode::NotSupported, "there are no rows here");
    }
};

/// "a:long, b:string", or the first problem.
std::string columnsOf(std::string_view text)
{
    Tables tables;
    const QueryBindResult bound = compileQuery(text, tables);
    if (!bound.query)
        return toError(bound.problems.front()).message;
    std::string columns;
    for (const SchemaColumn &column : bound.query->schema().columns)
        columns +=
            (columns.empty() ? "" : ", ") + column.name + ":" + std::string(typeName(column.type));
    return columns;
}

std::string hintOf(std::string_view text)
{
    Tables tables;
    const QueryBindResult bound = compileQuery(text, tables);
    return bound.query ? "ok" : bound.problems.front().hint;
}

} // namespace

TEST_CASE("a query knows the columns that come out of every operator")
{
    CHECK(columnsOf("T | extend x = v * 2, k = strlen(k)")
          == "t:datetime, k:long, v:long, d:dynamic, x:long");
    CHECK(columnsOf("T | project-away d, t | project-rename key = k") == "key:string, v:long");
    CHECK(columnsOf("T | project-keep v, k") == "k:string, v:long");
    CHECK(columnsOf("T | project-reorder v, *") == "v:long, t:datetime, k:string, d:dynamic");
    CHECK(columnsOf("T | summarize count(), avg(v) by bin(t, 1h), k")
          == "t:datetime, k:string, count_:long, avg_v:real");
    CHECK(columnsOf("T | summarize round(sum(v), 2), 100 * count(), sum(v)")
          == "sum_v:real, Column1:long, sum_v1:long");
    CHECK(columnsOf("T | count") == "Count:long");
    CHECK(columnsOf("print 1, x = 'a'") == "print_0:long, x:string");
    CHECK(columnsOf("T | mv-expand d to typeof(long)") == "t:datetime, k:string, v:long, d:long");
    CHECK(columnsOf("T | parse k with 'a=' a: long ',' rest | project a, rest")
          == "a:long, rest:string");
    CHECK(columnsOf("T | make-series n = count() on t step 1h by k")
          == "k:string, n:dynamic, t:dynamic");
    CHECK(columnsOf("T | sort by v asc | extend before = prev(v), n = row_number()")
          == "t:datetime, k:string, v:long, d:dynamic, before:long, n:long");
}

TEST_CASE("join and union name their columns as Kusto does")
{
    CHECK(columnsOf("T | project k, v | join kind=inner R on k")
          == "k:string, v:long, k1:string, w:real");
    CHECK(columnsOf("T | project k, v | lookup R on k") == "k:string, v:long, w:real");
    CHECK(columnsOf("T | project k | join kind=leftanti R on k") == "k:string");
    CHECK(columnsOf("union (print x = 1), (print x = 'a')") == "x_long:long, x_string:string");
    CHECK(columnsOf("union withsource=from_ T, R | project from_, w") == "from_:string, w:real");
}

TEST_CASE("let gives names to values, tables and functions")
{
    CHECK(columnsOf("let limit = 5; T | where v > limit | project v") == "v:long");
    CHECK(columnsOf("let hot = T | where v > 3; hot | project v") == "v:long");
    CHECK(columnsOf("let twice = (x: long) { x * 2 }; T | project y = twice(v)") == "y:long");
    CHECK(columnsOf("let f = (A: (v: long), n: long = 3) { A | where v > n | project v }; f(T)")
          == "v:long");
    CHECK(columnsOf("let m = toscalar(T | summarize max(v)); T | where v == m | project v")
          == "v:long");
    CHECK(columnsOf("T | where k in (R | project k) | project k") == "k:string");
}

TEST_CASE("what is wrong with a query is said with its place and a way out")
{
    CHECK(columnsOf("T | wher v > 1") == "line 1, column 5: there is no operator 'wher'");
    CHECK(hintOf("T | wher v > 1") == "Did you mean 'where'?");
    CHECK(columnsOf("T\n| find 'x'") == "line 2, column 3: operator 'find' is not supported");
    CHECK(columnsOf("Tt | count") == "line 1, column 1: there is no table 'Tt'");
    CHECK(columnsOf("T | where vv > 1") == "line 1, column 11: there is no column 'vv'");
    CHECK(hintOf("T | where vv > 1") == "Did you mean 'v'?");
    CHECK(columnsOf("T | extend n = row_number()")
          == "line 1, column 16: row_number() needs rows in an order");
    CHECK(columnsOf("T | summarize by d") == "line 1, column 18: a dynamic value cannot be a key");
    CHECK(columnsOf("T | where v") == "line 1, column 11: a condition is bool, and this is long");
    CHECK(columnsOf("T | join kind=inner R on $left.v == $right.k").find("have one type")
          != std::string::npos);
    CHECK(columnsOf("T | extend has = 1").find("'has'") != std::string::npos);
}

TEST_CASE("ipv4_lookup puts the columns of the network beside those of the address")
{
    CHECK(columnsOf("T | project k, v | evaluate ipv4_lookup(R, k, k)")
          == "k:string, v:long, k1:string, w:real");
    CHECK(columnsOf("let N = datatable(net:string, site:string)['10.0.0.0/8', 'a']; "
                    "T | project k | evaluate ipv4_lookup(N, k, net)")
          == "k:string, net:string, site:string");
    CHECK(columnsOf("T | evaluate ipv4_lookup(R, k)").find("takes a table") != std::string::npos);
    CHECK(columnsOf("T | evaluate ipv4_lookup(R, kk, k)").find("no column 'kk'")
          != std::string::npos);
    CHECK(columnsOf("T | evaluate ipv4_lookup(R, k, k, true)").find("name of a column")
          != std::string::npos);
}

TEST_CASE("mv-expand makes each of its columns once")
{
    CHECK(columnsOf("T | project d | mv-expand d, e = d to typeof(long)") == "d:dynamic, e:long");
    CHECK(columnsOf("T | mv-expand d, d to typeof(long)")
          == "line 1, column 18: mv-expand makes the column 'd' twice");
    CHECK(columnsOf("T | mv-expand with_itemindex=d d").find("makes the column 'd' twice")
          != std::string::npos);
    CHECK(columnsOf("T | mv-apply d, d on (count)").find("makes the column 'd' twice")
          != std::string::npos);
}
