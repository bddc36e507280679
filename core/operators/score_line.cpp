#include "core/operators/score_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace sluice {

namespace {

constexpr std::size_t kOut = 0;
constexpr TickSpan kLongestPause = 30 * kTicksPerSecond;
constexpr TickSpan kLook = 100 * kTicksPerMillisecond;
constexpr std::size_t kShownBytes = 200;

/// What a server may well answer rightly a little later.
bool isTransient(long status)
{
    return status == 408 || status == 429 || status >= 500;
}

} // namespace

struct ScoreLine::Parcel
{
    Batch batch;
    std::vector<std::shared_ptr<Column>> columns; // of the answer, one a field
    std::vector<RowError> failed;
    std::size_t open = 0; // events without an answer
    std::size_t misfits = 0;
};

struct ScoreLine::Call
{
    struct Part
    {
        Parcel *parcel = nullptr;
        std::vector<std::size_t> rows;
    };
    std::size_t id = 0;
    std::vector<Part> parts;
    std::size_t events = 0;
    Ticks since = 0;     // monotonic: the first event came
    Ticks notBefore = 0; // monotonic: a retry waits
    int tries = 0;
};

ScoreLine::ScoreLine(ScoreCalls calls,
                     ScoreRequest request,
                     ScoreAnswer answer,
                     std::shared_ptr<const Schema> schema,
                     const Clock &clock)
    : m_calls(std::move(calls))
    , m_request(std::move(request))
    , m_answer(std::move(answer))
    , m_schema(std::move(schema))
    , m_clock(clock)
{}

ScoreLine::~ScoreLine() = default;

void ScoreLine::closeOpenCall()
{
    if (m_open)
        m_waiting.push_back(std::move(m_open));
}

/// Divides a batch's events into calls; the last one stays open for those of the next batch.
void ScoreLine::fill(Parcel &parcel)
{
    const std::size_t most = m_request.isSingle() ? 1 : m_calls.events;
    parcel.batch.selection.forEach([&](std::size_t row) {
        if (!m_open) {
            m_open = std::make_unique<Call>();
            m_open->id = m_nextId++;
            m_open->since = m_clock.monotonic();
        }
        Call &call = *m_open;
        if (call.parts.empty() || call.parts.back().parcel != &parcel)
            call.parts.push_back({&parcel, {}});
        call.parts.back().rows.push_back(row);
        if (++call.events == most)
            closeOpenCall();
    });
}

Result<void> ScoreLine::add(const Batch &batch, OperatorOutput &out)
{
    auto parcel = std::make_unique<Parcel>();
    parcel->batch = batch;
    parcel->open = batch.selection.size();
    for (const AnswerField &field : m_answer.fields())
        parcel->columns.push_back(takeColumn(field.column.type, batch.rows));
    m_held += parcel->open;
    m_parcels.push_back(std::move(parcel));
    fill(*m_parcels.back());
    TRY(pump(0, out));
    // Enough to keep every call busy; what is beyond waits where it comes from.
    const std::size_t most =
        std::max<std::size_t>(kBatchRows, 2 * m_calls.concurrency * m_calls.events);
    while (m_held > most)
        TRY(pump(kLook, out));
    return {};
}

Result<void> ScoreLine::settle(OperatorOutput &out)
{
    closeOpenCall();
    while (m_held > 0)
        TRY(pump(kLook, out));
    return {};
}

std::optional<Ticks> ScoreLine::nextDue() const
{
    Ticks due = std::numeric_limits<Ticks>::max();
    if (m_open)
        due = m_open->since + m_calls.delay;
    if (!m_waiting.empty() && m_running.size() < m_calls.concurrency) {
        for (const auto &call : m_waiting)
            due = std::min(due, call->notBefore);
    }
    if (!m_running.empty())
        due = std::min(due, m_clock.monotonic() + kTicksPerMillisecond);
    return due == std::numeric_limits<Ticks>::max() ? std::nullopt : std::optional(due);
}

Result<void> ScoreLine::pump(TickSpan patience, OperatorOutput &out)
{
    if (m_open && m_clock.monotonic() - m_open->since >= m_calls.delay)
        closeOpenCall();
    TRY(startCalls());
    if (m_client.running() != 0) {
        for (HttpClient::Finished &finished : m_client.wait(patience))
            TRY(take(std::move(finished)));
    } else if (patience > 0 && !m_waiting.empty()) {
        (void)m_client.wait(std::min(patience, 10 * kTicksPerMillisecond)); // a retry's pause
    }
    TRY(startCalls());
    return giveOut(out);
}

Result<void> ScoreLine::startCalls()
{
    const Ticks now = m_clock.monotonic();
    while (m_running.size() < m_calls.concurrency) {
        const auto next = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const auto &call) {
            return call->notBefore <= now;
        });
        if (next == m_waiting.end())
            return {};
        std::vector<ScoreSlice> slices;
        for (const Call::Part &part : (*next)->parts)
            slices.push_back({&part.parcel->batch, part.rows});
        HttpRequest request;
        request.method = m_calls.method;
        request.url = m_calls.url;
        request.headers = m_calls.headers;
        request.timeout = m_calls.timeout;
        request.body = m_request.make(slices);
        TRY(m_client.start((*next)->id, std::move(request)));
        m_running.push_back(std::move(*next));
        m_waiting.erase(next);
    }
    return {};
}

bool ScoreLine::retryLater(Call &call, TickSpan asked)
{
    if (call.tries >= m_calls.retries)
        return false;
    TickSpan pause = m_calls.retryDelay;
    for (int i = 0; m_calls.exponential && i < call.tries && pause < kLongestPause; ++i)
        pause *= 2;
    ++call.tries;
    call.notBefore = m_clock.monotonic() + std::min(std::max(pause, asked), kLongestPause);
    return true;
}

Result<void> ScoreLine::take(HttpClient::Finished finished)
{
    const auto it = std::find_if(m_running.begin(), m_running.end(), [&](const auto &call) {
        return call->id == finished.id;
    });
    std::unique_ptr<Call> call = std::move(*it);
    m_running.erase(it);
    Result<HttpAnswer> &answer = finished.answer;
    const bool good = answer && answer->status >= 200 && answer->status < 300;
    if (good) {
        std::vector<AnswerSlice> slices;
        for (const Call::Part &part : call->parts)
            slices.push_back({&part.parcel->columns, part.rows});
        const auto misfits = m_answer.read(answer->body, slices, m_request.isSingle());
        if (!misfits) {
            failCall(*call, misfits.error());
            return {};
        }
        call->parts.front().parcel->misfits += *misfits;
        for (const Call::Part &part : call->parts)
            part.parcel->open -= part.rows.size();
        return {};
    }
    const bool transient =
        answer ? isTransient(answer->status) : answer.error().code == ErrorCode::ConnectionFailed;
    if (transient && retryLater(*call, answer ? answer->retryAfter : 0)) {
        m_waiting.push_front(std::move(call)); // the oldest events first
        return {};
    }
    if (!answer) {
        failCall(*call, answer.error());
        return {};
    }
    std::string said = answer->body.substr(0, kShownBytes);
    std::replace_if(
        said.begin(), said.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    Error error;
    error.code = ErrorCode::RequestRefused;
    error.message = fmt::format("the model answered with status {}: {}", answer->status, said);
    failCall(*call, error);
    return {};
}

void ScoreLine::failCall(Call &call, const Error &error)
{
    if (m_calls.onFailure == CallFailure::Stop && !m_stop)
        m_stop = error;
    for (const Call::Part &part : call.parts) {
        part.parcel->open -= part.rows.size();
        if (m_calls.onFailure == CallFailure::Null)
            continue;
        for (const std::size_t row : part.rows)
            part.parcel->failed.push_back({row, error.code, error.message});
    }
}

Result<void> ScoreLine::giveOut(OperatorOutput &out)
{
    if (m_stop)
        return fail(*m_stop);
    while (!m_parcels.empty() && m_parcels.front()->open == 0) {
        Parcel &parcel = *m_parcels.front();
        m_held -= parcel.batch.selection.size();
        TRY(giveOut(parcel, out));
        m_parcels.pop_front();
    }
    return {};
}

Result<void> ScoreLine::giveOut(Parcel &parcel, OperatorOutput &out)
{
    if (parcel.misfits != 0)
        out.countConversionErrors(parcel.misfits);
    Batch result = parcel.batch;
    result.schema = m_schema;
    result.columns.resize(m_schema->columns.size() - parcel.columns.size());
    for (const auto &column : parcel.columns)
        result.columns.push_back(column);
    if (!parcel.failed.empty()) {
        std::sort(parcel.failed.begin(),
                  parcel.failed.end(),
                  [](const RowError &a, const RowError &b) { return a.row < b.row; });
        auto kept = takeSelection();
        auto next = parcel.failed.begin();
        parcel.batch.selection.forEach([&](std::size_t row) {
            if (next != parcel.failed.end() && next->row == row)
                ++next;
            else
                kept->push_back(static_cast<std::uint16_t>(row));
        });
        result.selection = Selection(std::move(kept));
        if (m_calls.onFailure == CallFailure::Skip)
            out.countFiltered(parcel.failed.size());
        else
            out.reject(parcel.batch, std::move(parcel.failed));
    }
    if (!result.selection.empty())
        out.emit(kOut, std::move(result));
    return {};
}

} // namespace sluice
