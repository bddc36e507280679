#pragma once

#include "core/base/result.h"
#include "core/kql/problem.h"
#include "ui/query/query_table.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sluice {

/// What answers queries: a database file, or a stand-in of a test. Thread: any, several at once.
class QueryBackend
{
public:
    virtual ~QueryBackend() = default;
    /// Errors: those of the query, with its place; Cancelled
    virtual Result<QueryTable>
    run(const std::string &text, std::size_t rowLimit, std::stop_token stop) = 0;
    /// What is wrong with a text, without running it.
    virtual std::vector<kql::Problem> check(const std::string &text) = 0;
    virtual Result<std::vector<std::string>> tables() = 0;
    virtual Result<Schema> columns(const std::string &table) = 0;
};

/// Opens a database file; one that a run of this process writes is shared with it, and one that
/// another process of Sluice has open is asked there.
/// Errors: FileUnreadable, DatabaseLocked, DatabaseFailed
Result<std::shared_ptr<QueryBackend>> openQueryBackend(const std::string &path);

} // namespace sluice
