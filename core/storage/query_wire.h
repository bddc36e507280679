#pragma once

#include "core/storage/query_answer.h"

#include <memory>
#include <string>
#include <string_view>

namespace sluice {

/// How a question and its answer travel between two processes of this machine: one message for the
/// question; then either an error, or a head, batches and an end.
inline constexpr char kQuestionMessage = 'Q';
inline constexpr char kErrorMessage = 'E';
inline constexpr char kHeadMessage = 'H';
inline constexpr char kBatchMessage = 'B';
inline constexpr char kEndMessage = '.';
inline constexpr std::size_t kMostQuestionBytes = 1U << 20U;
inline constexpr std::size_t kMostAnswerBytes = 256U << 20U;

std::string questionText(const QueryRequest &request);
/// Errors: UnusableAnswer
Result<QueryRequest> questionFrom(std::string_view text);

std::string failureText(const Error &error);
Error failureFrom(std::string_view text);

/// All of an answer but its batches.
std::string headText(const QueryAnswer &answer);
Result<QueryAnswer> headFrom(std::string_view text);

/// Some rows of a batch in bytes of this machine's order.
std::string batchBytes(const Batch &batch, std::size_t first, std::size_t rows);
/// Errors: UnusableAnswer when the bytes are not those of a batch of that schema
Result<Batch> batchFrom(std::string_view bytes, const std::shared_ptr<const Schema> &schema);

} // namespace sluice
