// Whole queries on the database engine: parser, binder, planner, kernels and the SQL that DuckDB is
// given. The input is the text of a query over `source`, a small table of all types.
#include "core/storage/database.h"
#include "core/storage/kql_query.h"
#include "tests/fuzz/fuzz_target.h"

#include <cstdio>
#include <cstdlib>

using namespace sluice;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

std::shared_ptr<Database> makeDatabase()
{
    auto database = Database::openInMemory({});
    require(database.has_value());
    auto connection = (*database)->connect();
    require(connection.has_value());
    const char *const kTable =
        "CREATE TABLE source AS SELECT * FROM (VALUES "
        "(true, 0::INTEGER, 0::BIGINT, 0.5::DOUBLE, '', TIMESTAMP '2020-01-01', "
        "'74be27de-1e4e-49d9-b579-fe0b331d3642'::UUID, -12.5::DECIMAL(18, 3), "
        "'{\"a\":[1,\"x\",null],\"k\":\"v\"}'::JSON), "
        "(NULL, NULL, -7, -1e300, 'error: \xC3\x9Cn\xC3\xAF 42', NULL, NULL, NULL, "
        "'[1, 2.5, {\"a\":true}]'), "
        "(false, 2147483647, 9223372036854775807, 'nan', 'k=1, b=x', TIMESTAMP '9999-12-31', "
        "NULL, 7, NULL), "
        "(true, -5, -9223372036854775808, 'inf', '2026-01-01T00:00:00Z', TIMESTAMP '0001-01-01', "
        "NULL, 0, '\"text\"')) t(b, i, n, r, s, t, g, m, d)";
    require(connection->exec(kTable).has_value());
    return *database;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const std::shared_ptr<Database> database = makeDatabase();
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    KqlOptions options;
    options.rowLimit = 10'000;
    options.memoryLimit = std::size_t{64} << 20U;
    options.timeLimit = std::chrono::milliseconds(500);
    options.now = 1;
    const auto result = runKql(*database, text, options);
    if (!result) {
        require(!result.error().message.empty());
        // SQL that DuckDB cannot read is a mistake of the planner's, whatever the query was.
        const std::string &message = result.error().message;
        const bool badSql = message.find("Parser Error") != std::string::npos
                            || message.find("Binder Error") != std::string::npos
                            || message.find("Catalog Error") != std::string::npos
                            || message.find("INTERNAL Error") != std::string::npos;
        if (badSql)
            std::fprintf(stderr, "%s\n%.*s\n", message.c_str(), static_cast<int>(size), data);
        require(!badSql);
        return 0;
    }
    std::size_t rows = 0;
    for (const Batch &batch : result->batches) {
        require(batch.columns.size() == result->schema->columns.size());
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            require(batch.columns[i] != nullptr && batch.columns[i]->rows() >= batch.rows);
            require(batch.columns[i]->storage() == storageOf(result->schema->columns[i].type));
        }
        rows += batch.rows;
    }
    require(rows == result->rows && rows <= options.rowLimit);
    return 0;
}

std::vector<std::string> fuzzSeeds()
{
    return {
        "source | where n > 1 and s has 'x' | extend a = n * 2, r2 = r / 3 | project a, s",
        "source | project-away d | project-rename z = n | project-reorder s, * | project-keep s, z",
        "source | parse kind=relaxed s with 'error: ' w:string ' ' k:long * | where k > 1",
        "source | parse-kv s as (k:long, b:string) with (pair_delimiter=',', kv_delimiter='=')",
        "source | mv-expand with_itemindex=i2 kind=array d, e = d.a to typeof(long) limit 3",
        "source | mv-apply x = d.a to typeof(long) on (where x > 0 | top 2 by x | extend y = x)",
        "source | lookup (datatable(n:long, v:string)[0, 'a', 1, 'b', 0, 'c']) on n",
        "source | join kind=fullouter (range n from -7 to 70 step 7 | extend w = n) on n",
        "source | join kind=rightanti (source | project s, q = r) on s",
        "source | join kind=innerunique source on $left.n == $right.n, s | take 3",
        "source | evaluate bag_unpack(d, 'p_') : (*, p_a:dynamic, p_k:string)",
        "source | evaluate pivot(s, count(), b)",
        "source | evaluate narrow()",
        "let f = (a:long, b:string='x') { strcat(b, a) }; source | extend q = f(n)",
        "let k = toscalar(source | summarize max(n)); source | where n < k",
        "let t2 = materialize(source | where b); union withsource=T t2, (source | where not(b))",
        "source | where n in ((source | project n | sort by n | take 1))",
        "source | summarize c = count(), m2 = max(r), dcount(s), percentile(r, 50) by bin(t, 10s)",
        "source | summarize arg_max(n, *), make_list(d), make_bag(d), take_any(s) by b, i",
        "source | summarize hll(n), tdigest(r), stdev(r), countif(b), make_set(s) by m",
        "source | make-series c = count() default=0 on t from datetime(2020-01-01) to "
        "datetime(2020-01-03) step 1d by s",
        "source | top-nested 2 of s by count(), top-nested 1 of b with others='x' by max(r)",
        "source | sort by r asc nulls first | extend rn = row_number(), p = prev(n), c = "
        "row_cumsum(n)",
        "source | sort by t | scan declare (q:long = 0) with (step s1: true => q = n + s1.q;)",
        "source | partition by s (top 1 by n | extend z = 1)",
        "source | partition hint.strategy=native by b (summarize count())",
        "source | sort by n | serialize | extend w = row_window_session(t, 1d, 1h, s != prev(s))",
        "source | distinct * | count | as Z | render table",
        "source | sample-distinct 2 of s | getschema",
        "source | top-hitters 2 of s by r",
        "search in (source) 'error' | project-smart *",
        "range x from 1 to 100 step 7 | extend y = x % 3 | where y != 1",
        "print a = 1, b = dynamic({'x': [1, 2]}) | mv-expand c = b.x | project a, c",
        "declare query_parameters(p:long = 3); source | where n > p",
        "source | extend x = series_stats_dynamic(make_list) | reduce by s",
        "source | invoke ((T:(n:long)) { T | where n > 0 })()",
        "find 'x'",
    };
}
