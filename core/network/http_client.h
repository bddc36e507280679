#pragma once

#include "core/base/result.h"
#include "core/base/time.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

struct HttpRequest
{
    std::string method = "POST";
    std::string url; // http or https
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    TickSpan timeout = 30 * kTicksPerSecond; // for all of it
    std::size_t answerLimit = std::size_t{16} << 20U;
};

struct HttpAnswer
{
    long status = 0;
    std::string body;
    TickSpan retryAfter = 0; // what the server asked for; 0: nothing
};

/// Runs requests side by side; connections stay open for the next ones.
///
/// What a pipeline file names is not trusted: no redirect is followed, certificates are checked,
/// and the address that is connected to must be none of the machine's surroundings that answer to
/// everybody (link-local and metadata services, multicast, "this network").
/// Thread: one at a time.
/// Source: OWASP, Server-Side Request Forgery Prevention Cheat Sheet
class HttpClient
{
public:
    struct Finished
    {
        std::size_t id = 0;
        Result<HttpAnswer> answer; // ConnectionFailed; AnswerUnusable when it is too long
    };

    HttpClient();
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    /// Begins a request. @param id  comes back with its answer
    /// Errors: InvalidValue for a URL or header that must not be sent
    Result<void> start(std::size_t id, HttpRequest request);
    /// Waits until a request is finished, or for `patience`; also when there is none.
    std::vector<Finished> wait(TickSpan patience);
    /// Requests that are on their way.
    std::size_t running() const;

    /// One request, waited for.
    Result<HttpAnswer> run(HttpRequest request);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// What is wrong with a URL of a config field; nothing when it can be called.
std::optional<Error> checkHttpUrl(const std::string &url);

} // namespace sluice
