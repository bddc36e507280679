#pragma once

#include "core/event/batch.h"
#include "core/kql/query.h"
#include "core/storage/database.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct KqlOptions
{
    /// Rows of the result at most; what is beyond is cut off and said so.
    std::size_t rowLimit = 1'000'000;
    /// Memory of what passes through kernels and of the result.
    std::size_t memoryLimit = std::size_t{2} << 30;
    std::chrono::milliseconds timeLimit{0}; // 0: none
    std::stop_token stop;
    /// What now() gives; 0: the moment of the call.
    Ticks now = 0;
    const ParameterValues *parameters = nullptr; // for `declare query_parameters`
};

struct KqlResult
{
    kql::SchemaPtr schema;
    std::vector<Batch> batches; // dense, in the order of the result
    std::size_t rows = 0;
    bool truncated = false;
    std::optional<kql::Render> render; // for the window
};

/// Answers a query in KQL. Reads only: a query changes no table and reaches no file.
/// Thread: any; uses a connection of its own. Errors: what compileQuery() says, Cancelled,
/// TooComplex beyond the limits, DatabaseFailed
Result<KqlResult> runKql(Database &database, std::string_view text, const KqlOptions &options = {});

/// Problems, result columns and render of a query, without running it (but for pivot and the like).
kql::QueryBindResult checkKql(Database &database, std::string_view text);

/// The columns of a table as KQL sees them; null when there is no such table.
Result<kql::SchemaPtr> kqlTableSchema(Database &database, std::string_view table);
Result<std::vector<std::string>> kqlTableNames(Database &database);

} // namespace sluice
