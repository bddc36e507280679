#include "core/base/file_system.h"
#include "core/storage/local_socket.h"
#include "core/storage/query_server.h"
#include "core/storage/query_wire.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <xxhash.h>

namespace sluice {

namespace {

constexpr std::size_t kLongestName = 60; // an address has no room for more
constexpr int kAttempts = 5;             // the owner may close the file between two looks
constexpr std::chrono::milliseconds kPause{40};

} // namespace

std::string querySocketPath(const std::string &path)
{
    std::string name = fileNameOf(path);
    if (name.size() > kLongestName)
        name = fmt::format("{:016x}", XXH64(name.data(), name.size(), 0));
    return joinPath(directoryOf(path), "." + name + ".query");
}

Result<QueryAnswer>
askOwner(const std::string &path, const QueryRequest &request, const std::stop_token &stop)
{
    std::error_code error;
    const auto canonical = std::filesystem::weakly_canonical(path, error);
    TRY_ASSIGN(const Descriptor connection,
               connectLocally(querySocketPath(error ? path : canonical.string())));
    const std::stop_callback hangUp(stop,
                                    [&connection] { shutdown(connection.number(), SHUT_RDWR); });
    const auto ask = [&]() -> Result<QueryAnswer> {
        TRY(sendMessage(connection.number(), kQuestionMessage, questionText(request)));
        QueryAnswer answer;
        std::shared_ptr<const Schema> schema; // shared with the batches
        for (;;) {
            TRY_ASSIGN(const LocalMessage message,
                       receiveMessage(connection.number(), kMostAnswerBytes));
            if (message.kind == kErrorMessage)
                return fail(failureFrom(message.bytes));
            if (message.kind == kHeadMessage) {
                TRY_ASSIGN(answer, headFrom(message.bytes));
                schema = std::make_shared<const Schema>(answer.schema);
            } else if (message.kind == kBatchMessage && schema) {
                TRY_ASSIGN(Batch batch, batchFrom(message.bytes, schema));
                answer.batches.push_back(std::move(batch));
            } else if (message.kind == kEndMessage && schema) {
                return answer;
            } else {
                return fail(ErrorCode::UnusableAnswer, "the owner's answer makes no sense");
            }
        }
    };
    auto answer = ask();
    if (!answer && stop.stop_requested())
        return fail(ErrorCode::Cancelled, "the query was stopped");
    return answer;
}

Result<QueryAnswer> askDatabase(DatabaseRegistry &registry,
                                const std::string &path,
                                const QueryRequest &request,
                                const std::stop_token &stop)
{
    for (int attempt = 1;; ++attempt) {
        const auto database = registry.open(path, DatabaseRegistry::Missing::Fail);
        if (database)
            return answerQuery(**database, request, stop);
        if (database.error().code != ErrorCode::DatabaseLocked)
            return fail(database.error());
        auto answer = askOwner(path, request, stop);
        if (answer || answer.error().code != ErrorCode::ConnectionFailed)
            return answer;
        if (attempt == kAttempts)
            return fail(database.error());
        std::this_thread::sleep_for(kPause);
    }
}

} // namespace sluice
