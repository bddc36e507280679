// Whole queries: parser, binder, the compiler for streams and its steps. The input is the text of a
// query over `source`, a small table of all types.
#include "core/kql/stream_query.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/kql_table.h"

#include <cstdlib>

using namespace sluice;
using namespace sluice::kql;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// Looks at what comes out, and ends a run that makes very many rows.
class Checked : public RowSink
{
public:
    explicit Checked(const Schema &schema)
        : m_schema(schema)
    {}

    Result<void> take(Batch batch) override
    {
        require(batch.rows <= kBatchRows && batch.selection.size() <= batch.rows);
        require(batch.columns.size() <= m_schema.columns.size());
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            if (!batch.columns[i])
                continue;
            require(batch.columns[i]->rows() >= batch.rows);
            require(batch.columns[i]->storage() == storageOf(m_schema.columns[i].type));
        }
        constexpr std::size_t kMostRows = 50'000;
        m_rows += batch.selection.size();
        if (m_rows > kMostRows)
            return fail(ErrorCode::TooComplex, "enough rows");
        return {};
    }

private:
    const Schema &m_schema;
    std::size_t m_rows = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const auto schema = std::make_shared<const Schema>(fuzzSchema());
    static const Batch batch = fuzzBatch(*schema);
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    StreamContext context;
    context.inputs = {{"source", schema}};
    context.constantsFlow = size % 2 == 0;
    StreamCompileResult compiled = compileStream(text, context);
    require((compiled.query == nullptr) == !compiled.problems.empty());
    for (const Problem &problem : compiled.problems)
        require(problem.at.offset <= size && problem.at.line >= 1 && !problem.message.empty());
    if (!compiled.query)
        return 0;
    StreamQuery &query = *compiled.query;
    const StreamNeeds wanted{{"n"}, {"s"}};
    require(streamNeeds(*query.query(), context.inputs, wanted).size() == 1);
    const StreamWindow *window = query.window();
    Checked out(window != nullptr ? *window->input : *query.schema());
    auto done = query.process(0, batch, 0, out);
    if (done && window == nullptr)
        done = query.processConstants(0, out);
    return 0;
}

std::vector<std::string> fuzzSeeds()
{
    return {
        "source | where n > 1 and s has 'x' | extend a = n * 2, r2 = r / 3 | project a, s",
        "source | project-away d | project-rename z = n | project-reorder s, * | project-keep s, z",
        "source | parse kind=relaxed s with 'error: ' w:string ' ' k:long * | where k > 1",
        "source | parse-where s with * 'Z' | parse kind=regex s with @'[a-z]+' y",
        "source | parse-kv s as (a:long, b:string) with (pair_delimiter=',', kv_delimiter='=')",
        "source | mv-expand with_itemindex=i kind=array d, e = d.a to typeof(long) limit 3",
        "source | mv-apply x = d.a to typeof(long) on (where x > 0 | top 2 by x | extend y = x)",
        "source | mv-apply x = d on (summarize c = count(), l = make_list(x))",
        "source | lookup (datatable(n:long, v:string)[0, 'a', 1, 'b', 0, 'c']) on n",
        "source | join kind=leftanti (range n from -7 to 70 step 7 | extend w = n) on n",
        "source | evaluate bag_unpack(d, 'p_') : (*, p_a:dynamic, p_k:string)",
        "let f = (a:long, b:string='x') { strcat(b, a) }; source | extend q = f(n)",
        "let k = toscalar(datatable(x:long)[1,2,3] | summarize max(x)); source | where n < k",
        "let t = source | where b; t | union (source | where not(b)) | extend now()",
        "source | where n in ((datatable(x:long)[0, 5] | sort by x | take 1))",
        "source | summarize c = count(), m = max(r) by bin(t, 10s), s | sort by c desc, s asc",
        "source | summarize arg_max(n, *) by bin(t, 1d) | top 3 by n nulls first | distinct t",
        "range x from 1 to 100 step 7 | extend y = x % 3 | where y != 1 | as Z | render table",
        "print a = 1, b = dynamic({'x': [1, 2]}) | mv-expand c = b.x | project a, c",
        "datatable(a:long, b:string)[1, 'x', 2, 'y'] | union (print a = 3) | search 'x'",
        "range t from datetime(2020-01-01) to datetime(2020-01-03) step 6h | extend bin(t, 1d)",
    };
}
