#pragma once

#include "core/storage/database_registry.h"
#include "core/storage/query_answer.h"

#include <memory>
#include <stop_token>
#include <string>

namespace sluice {

/// Answers other processes of this user about the databases that a registry has open: DuckDB gives
/// a file to one process at a time. Beside each file lies a socket, ".NAME.query", for as long as
/// the file is open. What it answers is what answerQuery() does, with the same bounds; who hangs up
/// stops the query.
/// Thread: any. Ends with its owner, who must let go of it before main() ends.
class QueryServer
{
public:
    explicit QueryServer(DatabaseRegistry &registry);
    ~QueryServer();
    QueryServer(const QueryServer &) = delete;
    QueryServer &operator=(const QueryServer &) = delete;

private:
    class Service;
    std::shared_ptr<Service> m_service; // shared with the registry while it calls
};

/// Where the owner of a database listens. @param path  canonical
std::string querySocketPath(const std::string &path);

/// Asks the process that has the database open. A stop hangs up.
/// Errors: those of the question; ConnectionFailed when nobody answers for it; Cancelled
Result<QueryAnswer>
askOwner(const std::string &path, const QueryRequest &request, const std::stop_token &stop = {});

/// Asks the database itself, or its owner when another process has it open.
/// Errors: those of answerQuery(), DatabaseLocked when its owner does not answer questions
Result<QueryAnswer> askDatabase(DatabaseRegistry &registry,
                                const std::string &path,
                                const QueryRequest &request,
                                const std::stop_token &stop = {});

} // namespace sluice
