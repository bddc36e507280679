#pragma once

#include "core/base/clock.h"
#include "core/network/http_client.h"
#include "core/node/operator.h"
#include "core/operators/score_answer.h"
#include "core/operators/score_request.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

enum class CallFailure { DeadLetter, Skip, Null, Stop };

/// How a model is called.
struct ScoreCalls
{
    std::string method;
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    TickSpan timeout = 0;
    std::size_t events = 100; // of a call at most
    TickSpan delay = 0;       // how long a call waits for more events
    std::size_t concurrency = 1;
    int retries = 0;
    TickSpan retryDelay = 0;
    bool exponential = true;
    CallFailure onFailure = CallFailure::DeadLetter;
};

/// Sends events to a model, several calls at once, and gives them out with its answers in the order
/// in which they came in. Thread: one at a time.
class ScoreLine
{
public:
    ScoreLine(ScoreCalls calls,
              ScoreRequest request,
              ScoreAnswer answer,
              std::shared_ptr<const Schema> schema,
              const Clock &clock);
    ~ScoreLine();

    /// Takes a batch in; waits only while too many events are held back.
    Result<void> add(const Batch &batch, OperatorOutput &out);
    /// Gives out what has been answered. Waits for `patience` at most, and only for answers.
    Result<void> pump(TickSpan patience, OperatorOutput &out);
    /// Sends what waits for more events, and waits until nothing is held back.
    Result<void> settle(OperatorOutput &out);

    std::size_t held() const { return m_held; } // events that have not gone out
    /// When pump() has something to do though nothing is answered (monotonic); nothing: never.
    std::optional<Ticks> nextDue() const;

private:
    struct Parcel; // a batch on its way
    struct Call;

    void fill(Parcel &parcel);
    void closeOpenCall();
    Result<void> startCalls();
    Result<void> take(HttpClient::Finished finished);
    void failCall(Call &call, const Error &error);
    bool retryLater(Call &call, TickSpan asked);
    Result<void> giveOut(OperatorOutput &out);
    Result<void> giveOut(Parcel &parcel, OperatorOutput &out);

    const ScoreCalls m_calls;
    const ScoreRequest m_request;
    const ScoreAnswer m_answer;
    const std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    const Clock &m_clock;
    HttpClient m_client;
    std::deque<std::unique_ptr<Parcel>> m_parcels; // in order
    std::deque<std::unique_ptr<Call>> m_waiting;   // to be sent
    std::vector<std::unique_ptr<Call>> m_running;
    std::unique_ptr<Call> m_open; // not full yet
    std::size_t m_nextId = 0;
    std::size_t m_held = 0;
    std::optional<Error> m_stop; // ends the run
};

} // namespace sluice
