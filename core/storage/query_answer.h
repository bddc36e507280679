#pragma once

#include "core/event/batch.h"
#include "core/storage/database.h"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

enum class QueryLanguage { Kql, Sql };

/// A question to a database. A value; crosses threads and processes.
struct QueryRequest
{
    std::string text; // also '.show tables', '.show table T schema'
    QueryLanguage language = QueryLanguage::Kql;
    std::size_t rowLimit = 1'000'000;
    std::chrono::milliseconds timeLimit{0}; // 0: none
};

/// How an answer wants to be drawn: what `render` says.
struct AnswerRender
{
    std::string kind;
    std::vector<std::pair<std::string, std::string>> properties;
};

/// What came out, whatever language was asked.
struct QueryAnswer
{
    Schema schema;
    std::vector<Batch> batches; // dense, at most kBatchRows each
    bool truncated = false;
    bool fromSql = false; // a string may be null then; in KQL none is
    std::optional<AnswerRender> render;

    std::size_t rows() const;
};

/// Answers a question. Reads only, and reaches nothing outside of the database.
/// Thread: any. Errors: those of runKql() and runSql(); UnknownName, NotSupported for a command
Result<QueryAnswer>
answerQuery(Database &database, const QueryRequest &request, const std::stop_token &stop = {});

/// A value of an answer as JSON, as appendValueJson() writes it; null where SQL has null.
void appendAnswerJson(const QueryAnswer &answer,
                      const Column &column,
                      std::size_t row,
                      std::string *out);

} // namespace sluice
