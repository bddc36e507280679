#include "tests/core/kql/stream_harness.h"

#include "core/kql/stream_query.h"
#include "tests/core/kql/kql_harness.h"

namespace sluice::kql {

Result<StreamRows> runOnStream(std::string_view text, std::size_t batchRows)
{
    StreamContext context;
    context.now = kTestNow;
    context.constantsFlow = true;
    const StreamCompileResult compiled = compileStream(text, context);
    if (!compiled.query)
        return fail(toError(compiled.problems.front()));
    if (compiled.query->window() != nullptr)
        return fail(ErrorCode::NotSupported, "windows need event time, which constants have not");
    BatchList results;
    TRY(compiled.query->processConstants(kTestNow, results, batchRows));
    StreamRows rows;
    rows.schema = compiled.query->schema();
    for (const Batch &batch : results.batches()) {
        batch.selection.forEach([&](std::size_t row) {
            std::vector<std::string> &cells = rows.rows.emplace_back();
            for (std::size_t i = 0; i < rows.schema->columns.size(); ++i) {
                const Column *column = i < batch.columns.size() ? batch.columns[i].get() : nullptr;
                const bool isText = rows.schema->columns[i].type == ColumnType::String;
                cells.push_back(column != nullptr ? jsonOf(*column, row)
                                : isText          ? "\"\""
                                                  : "null");
            }
        });
    }
    return rows;
}

} // namespace sluice::kql
