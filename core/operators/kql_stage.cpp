#include "core/operators/kql_stage.h"

#include "core/kql/stream_steps.h"
#include "core/operators/kept_state.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::uint32_t kStateVersion = 1;

WindowSpec specOf(const kql::StreamWindow &window)
{
    WindowSpec spec;
    spec.size = window.size;
    spec.hop = window.size;
    spec.offset = window.offset;
    return spec;
}

/// Keys but the bin, which is the window itself.
std::vector<ColumnType> keyTypes(const kql::StreamWindow &window)
{
    std::vector<ColumnType> types;
    for (std::size_t i = 0; i < window.summarize.keys.size(); ++i) {
        if (i != window.binKey)
            types.push_back(window.summarize.keys[i].expression->type());
    }
    return types;
}

/// What WindowRows gives: keys, start, end, aggregates.
Schema rowSchema(const kql::StreamWindow &window)
{
    Schema schema;
    const auto &columns = window.output->columns;
    const std::size_t keys = window.summarize.keys.size();
    for (std::size_t i = 0; i < keys; ++i) {
        if (i != window.binKey)
            schema.columns.push_back(columns[i]);
    }
    schema.columns.push_back({"window_start", ColumnType::Datetime});
    schema.columns.push_back({"window_end", ColumnType::Datetime});
    schema.columns.insert(
        schema.columns.end(), columns.begin() + static_cast<std::ptrdiff_t>(keys), columns.end());
    return schema;
}

std::vector<std::size_t> inputPlaces(const kql::StreamWindow &window)
{
    std::vector<std::string> names;
    for (const SchemaColumn &column : window.summarize.plan->inputs)
        names.push_back(column.name);
    return kql::placesIn(*window.input, names);
}

struct KqlPrepared : Prepared
{
    std::vector<Batch> rows;
    std::size_t selected = 0; // events of the batch at that time
};

class KqlPreparer : public BatchPreparer
{
public:
    KqlPreparer(std::unique_ptr<KqlProgram> program, const Clock &clock)
        : m_program(std::move(program))
        , m_clock(clock)
    {}

    Result<std::unique_ptr<Prepared>> prepare(std::size_t port, const Batch &batch) override
    {
        TRY(m_program->refresh());
        kql::BatchList rows;
        TRY(m_program->query().process(
            port, m_program->inputs().narrowed(port, batch), m_clock.now(), rows));
        auto prepared = std::make_unique<KqlPrepared>();
        prepared->rows = std::move(rows.batches());
        prepared->selected = batch.selection.size();
        return std::unique_ptr<Prepared>(std::move(prepared));
    }

private:
    std::unique_ptr<KqlProgram> m_program;
    const Clock &m_clock;
};

/// The rows whose events are still in the batch.
Selection stillThere(const Batch &rows, const Batch &batch)
{
    std::vector<std::uint8_t> there(batch.rows, 0);
    batch.selection.forEach([&](std::size_t row) { there[row] = 1; });
    auto kept = takeSelection();
    rows.selection.forEach([&](std::size_t row) {
        if (there[rows.originOf(row)] != 0)
            kept->push_back(static_cast<std::uint16_t>(row));
    });
    return Selection(std::move(kept));
}

} // namespace

Result<std::unique_ptr<BatchPreparer>> makeKqlPreparer(const Config &config,
                                                       const NodeContext &context)
{
    TRY_ASSIGN(auto program, KqlProgram::create(config, context));
    return std::unique_ptr<BatchPreparer>(
        std::make_unique<KqlPreparer>(std::move(program), *context.clock));
}

struct KqlStage::Windows
{
    explicit Windows(const kql::StreamWindow &window)
        : plan(window)
        , time(kql::evaluatorFor(window.time, *window.input))
        , keys(keyTypes(window))
        , aggregates(window.summarize.plan, inputPlaces(window))
        , rows(std::make_shared<Schema>(rowSchema(window)),
               window.summarize.keys.size() - 1,
               false,
               keys,
               aggregates)
        , logic(specOf(window), {keys, aggregates})
    {
        for (std::size_t i = 0; i < window.summarize.keys.size(); ++i) {
            if (i != window.binKey)
                keyValues.push_back(
                    kql::evaluatorFor(window.summarize.keys[i].expression, *window.input));
        }
    }

    const kql::StreamWindow &plan;
    kql::Evaluator time;
    std::vector<kql::Evaluator> keyValues;
    GroupKeys keys;
    kql::AggregateSet aggregates;
    WindowRows rows;
    AlignedWindows logic;
};

/// Rows that go into windows.
class KqlStage::Rows : public kql::RowSink
{
public:
    Rows(KqlStage &stage, const TimedBatch &input)
        : m_stage(stage)
        , m_input(input)
    {}
    Result<void> take(Batch rows) override { return m_stage.add(m_input, rows, m_stage.m_now); }

private:
    KqlStage &m_stage;
    const TimedBatch &m_input;
};

/// Rows that are results. @param batch  the events they come from; null: windows
class KqlStage::Results : public kql::RowSink
{
public:
    Results(KqlStage &stage, const Batch *batch)
        : m_stage(stage)
        , m_batch(batch)
    {}
    Result<void> take(Batch result) override
    {
        if (m_batch != nullptr) {
            result.selection.forEach(
                [&](std::size_t row) { m_stage.m_fates[result.originOf(row)] = Absorbed; });
            adoptOrigins(*m_batch, result);
        }
        result.schema = m_stage.m_schema;
        m_stage.m_out->emitRows(kKqlOut, std::move(result));
        return {};
    }

private:
    KqlStage &m_stage;
    const Batch *m_batch;
};

KqlStage::KqlStage(std::unique_ptr<KqlProgram> program,
                   std::string text,
                   const NodeContext &context)
    : m_program(std::move(program))
    , m_query(m_program->shared())
    , m_text(std::move(text))
    , m_schema(std::make_shared<Schema>(kqlOutputSchema(*m_query, context.inputSchemas)))
    , m_clock(context.clock)
{
    if (const kql::StreamWindow *window = m_query->window())
        m_windows = std::make_unique<Windows>(*window);
}

KqlStage::~KqlStage() = default;

Result<void> KqlStage::process(const TimedBatch &input, OperatorOutput &out)
{
    const Batch &batch = input.batch;
    if (batch.selection.empty())
        return {};
    begin(out, m_clock->now());
    m_fates.assign(batch.rows, Filtered);
    TRY(input.prepared != nullptr ? takePrepared(input) : takeRows(input));
    settle(batch, out);
    return std::exchange(m_delivered, {});
}

/// Sends the batch through the steps before the window.
Result<void> KqlStage::takeRows(const TimedBatch &input)
{
    TRY(m_program->refresh());
    const Batch narrow = m_program->inputs().narrowed(input.port, input.batch);
    if (m_windows) {
        Rows rows(*this, input);
        return m_program->query().process(input.port, narrow, m_now, rows);
    }
    Results results(*this, &input.batch);
    return m_program->query().process(input.port, narrow, m_now, results);
}

/// Takes what a worker made of the batch, but for events that were taken out of it since.
Result<void> KqlStage::takePrepared(const TimedBatch &input)
{
    const Batch &batch = input.batch;
    const auto &made = static_cast<const KqlPrepared &>(*input.prepared);
    Results results(*this, &batch);
    for (Batch rows : made.rows) {
        if (made.selected != batch.selection.size())
            rows.selection = stillThere(rows, batch);
        TRY(m_windows ? add(input, rows, m_now) : results.take(std::move(rows)));
    }
    return {};
}

/// Fills the times of the rows and what was known before each; rows without a time are left out.
Result<void> KqlStage::timesOf(const TimedBatch &input, Batch &rows, Ticks now)
{
    TRY_ASSIGN(const ColumnPtr times, m_windows->time.evaluate(rows, now));
    m_times.resize(rows.rows);
    m_own.resize(rows.rows);
    m_merged.resize(rows.rows);
    auto timed = takeSelection();
    rows.selection.forEach([&](std::size_t row) {
        const std::size_t origin = rows.originOf(row);
        if (times->valid[row] == 0) {
            m_fates[origin] = std::max<std::uint8_t>(m_fates[origin], Untimed);
            return;
        }
        m_times[row] = times->integers[row];
        m_own[row] = input.own[origin];
        m_merged[row] = input.merged[origin];
        timed->push_back(static_cast<std::uint16_t>(row));
    });
    if (timed->size() != rows.selection.size())
        rows.selection = Selection(std::move(timed));
    return {};
}

Result<void> KqlStage::add(const TimedBatch &input, const Batch &made, Ticks now)
{
    Batch rows = made;
    TRY(timesOf(input, rows, now));
    if (rows.selection.empty())
        return {};
    m_keyValues.clear();
    for (kql::Evaluator &key : m_windows->keyValues) {
        TRY_ASSIGN(ColumnPtr column, key.evaluate(rows, now));
        m_keyValues.push_back({std::move(column), 1});
    }
    TRY(m_windows->aggregates.evaluate(rows, now));
    m_late.clear();
    TRY(m_windows->logic.add({rows.selection.size(),
                              rows.selection.data(),
                              m_times.data(),
                              m_own.data(),
                              m_merged.data(),
                              m_keyValues},
                             m_late,
                             m_windows->rows));
    std::size_t late = 0; // both ascend
    rows.selection.forEach([&](std::size_t row) {
        const bool isLate = late < m_late.size() && m_late[late] == row;
        late += isLate ? 1 : 0;
        std::uint8_t &fate = m_fates[rows.originOf(row)];
        fate = std::max<std::uint8_t>(fate, isLate ? Late : Absorbed);
    });
    return {};
}

/// Every input event is accounted for once.
void KqlStage::settle(const Batch &batch, OperatorOutput &out)
{
    std::size_t filtered = 0;
    std::size_t taken = 0;
    std::shared_ptr<std::vector<std::uint16_t>> late;
    std::vector<RowError> errors;
    batch.selection.forEach([&](std::size_t row) {
        switch (m_fates[row]) {
        case Filtered:
            ++filtered;
            break;
        case Untimed:
            errors.push_back(
                {row, ErrorCode::NoEventTime, "the time that the query groups by is null"});
            break;
        case Late:
            if (!late)
                late = takeSelection();
            late->push_back(static_cast<std::uint16_t>(row));
            break;
        default:
            ++taken;
        }
    });
    if (filtered != 0)
        out.countFiltered(filtered);
    if (taken != 0 && m_windows)
        out.countAbsorbed(taken);
    else if (taken != 0)
        out.countPassed(taken);
    if (late) {
        Batch rows = batch;
        rows.selection = Selection(std::move(late));
        out.emitLate(kKqlLate, std::move(rows));
    }
    if (!errors.empty())
        out.reject(batch, std::move(errors));
}

void KqlStage::begin(OperatorOutput &out, Ticks now)
{
    m_out = &out;
    m_now = now;
    if (!m_windows)
        return;
    m_windows->rows.begin(
        [this](const Batch &batch, const std::vector<Ticks> &times) {
            if (auto delivered = deliver(batch, times); !delivered && m_delivered)
                m_delivered = std::move(delivered);
        },
        now);
}

/// Brings the rows of windows into the order of the query's columns, and through what follows.
Result<void> KqlStage::deliver(const Batch &batch, const std::vector<Ticks> &times)
{
    const std::size_t keys = m_windows->plan.summarize.keys.size();
    const std::size_t start = keys - 1;
    Batch rows = batch;
    rows.schema = m_windows->plan.output;
    rows.columns.clear();
    for (std::size_t i = 0, next = 0; i < keys; ++i)
        rows.columns.push_back(batch.columns[i == m_windows->plan.binKey ? start : next++]);
    rows.columns.insert(rows.columns.end(),
                        batch.columns.begin() + static_cast<std::ptrdiff_t>(start + 2),
                        batch.columns.end());
    if (kql::StreamChain *chain = m_program->query().windowProgram().chain()) {
        auto track = takeTimeTrack();
        track->events = times;
        rows.times = std::move(track);
        Results results(*this, nullptr);
        return chain->process(rows, m_now, results);
    }
    const std::vector<std::int64_t> &starts = batch.columns[start]->integers;
    for (std::size_t first = 0; first < batch.rows;) {
        std::size_t end = first;
        auto some = takeSelection();
        while (end < batch.rows && starts[end] == starts[first])
            some->push_back(static_cast<std::uint16_t>(end++));
        if (m_windowStart != starts[first])
            TRY(finishWindow());
        m_windowStart = starts[first];
        rows.selection = Selection(std::move(some));
        m_windowRows.push_back(rows);
        first = end;
    }
    return {};
}

/// Sends what the steps behind the window make of its rows.
Result<void> KqlStage::finishWindow()
{
    if (m_windowRows.empty())
        return {};
    const Ticks time = m_windowStart + m_windows->plan.size - 1;
    std::vector<Batch> rows = std::exchange(m_windowRows, {});
    TRY_ASSIGN(rows, m_program->query().windowProgram().run(std::move(rows), m_now));
    for (Batch &batch : rows) {
        auto track = takeTimeTrack();
        track->events.assign(batch.rows, time);
        batch.times = std::move(track);
        batch.origins = nullptr;
        batch.schema = m_schema;
        m_out->emitRows(kKqlOut, std::move(batch));
    }
    return {};
}

Result<void> KqlStage::advance(Ticks watermark, OperatorOutput &out)
{
    if (!m_windows)
        return {};
    begin(out, m_clock->now());
    TRY(m_windows->logic.advance(watermark, m_windows->rows));
    TRY(std::exchange(m_delivered, {}));
    return finishWindow();
}

Result<std::string> KqlStage::snapshot() const
{
    StateWriter writer;
    beginKept(writer, kStateVersion, m_text);
    if (m_windows)
        m_windows->logic.save(writer);
    return writer.take();
}

Result<void> KqlStage::restore(const std::string &state)
{
    return restoreKept(state,
                       kStateVersion,
                       m_text,
                       "the windows that are kept were made by another query",
                       [this](StateReader &reader) {
                           if (m_windows)
                               m_windows->logic.load(reader);
                       });
}

StateFigures KqlStage::stateFigures() const
{
    if (!m_windows)
        return {};
    return {m_windows->keys.size(),
            m_windows->logic.openWindows(),
            m_windows->keys.bytes() + m_windows->aggregates.bytes() + m_windows->logic.bytes()};
}

} // namespace sluice
