#include "core/runtime/worker.h"

#include "core/event/system_columns.h"

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

constexpr TickSpan kLongestWait = 100 * kTicksPerMillisecond;
/// A source that delivers few events at a time is left alone for a moment, so that batches grow.
constexpr std::size_t kSmallBatch = 256;
constexpr TickSpan kSmallBatchPause = kTicksPerMillisecond;
/// How soon a source is looked at again that may not deliver.
constexpr TickSpan kHeldPause = 10 * kTicksPerMillisecond;
/// How often a silent source says that time goes on.
constexpr TickSpan kPassingEvery = 50 * kTicksPerMillisecond;

} // namespace

void WorkBell::ring()
{
    {
        const std::scoped_lock lock(m_mutex);
        ++m_rings;
    }
    m_rung.notify_all();
}

void WorkBell::wait(const Clock &clock, Ticks until)
{
    std::unique_lock lock(m_mutex);
    const TickSpan left = until - clock.monotonic();
    if (left > 0) {
        m_rung.wait_for(lock, std::chrono::microseconds(left / kTicksPerMicrosecond), [this] {
            return m_rings != m_seen;
        });
    }
    m_seen = m_rings;
}

Result<std::unique_ptr<Worker>>
Worker::create(const RunFloor &floor, std::vector<SourceTask *> sources, CounterSlot &slot)
{
    std::unique_ptr<Worker> worker(new Worker(floor, slot));
    for (SourceTask *task : sources) {
        Line line;
        line.task = task;
        line.decoder = std::make_unique<JsonDecoder>(task->decode.fields, task->recordLimit);
        if (task->decode.times)
            line.clock.emplace(*task->decode.times,
                               *task->schema,
                               static_cast<std::uint32_t>(task->node),
                               task->arrival);
        TRY_ASSIGN(line.runner, ProgramRunner::create(floor, task->node, slot));
        worker->m_lines.push_back(std::move(line));
    }
    return worker;
}

void Worker::run(const WorkOrders &orders,
                 WorkBell &bell,
                 std::size_t turn,
                 const FailureHandler &onFailure)
{
    while (!orders.stopping) {
        if (orders.paused) {
            bell.wait(*m_floor.clock, m_floor.clock->monotonic() + kLongestWait);
            continue;
        }
        bool worked = false;
        bool open = false;
        Line *contended = nullptr;
        Ticks wake = m_floor.clock->monotonic() + kLongestWait;
        for (std::size_t i = 0; i < m_lines.size() && !orders.stopping; ++i) {
            Line &line = m_lines[(turn + i) % m_lines.size()];
            if (line.task->ended)
                continue;
            open = true;
            auto outcome = takeTurn(line, false);
            if (!outcome)
                return onFailure(std::move(outcome).error());
            worked = worked || *outcome == Turn::Worked;
            if (*outcome == Turn::Contended)
                contended = &line;
            if (!line.task->isBlocked())
                wake = std::min(wake, line.task->again.load());
        }
        ++turn;
        if (!open)
            return;
        if (!worked && contended != nullptr) {
            auto outcome = takeTurn(*contended, true);
            if (!outcome)
                return onFailure(std::move(outcome).error());
            worked = *outcome == Turn::Worked;
        }
        if (!worked)
            bell.wait(*m_floor.clock, wake);
    }
}

Result<Worker::Turn> Worker::takeTurn(Line &line, bool wait)
{
    SourceTask &task = *line.task;
    if (task.isBlocked())
        return Turn::Nothing;
    if (task.again > m_floor.clock->monotonic()) {
        rest(line);
        return Turn::Nothing;
    }
    Chunk chunk;
    {
        std::unique_lock lock(task.mutex, std::defer_lock);
        if (wait)
            lock.lock();
        else if (!lock.try_lock())
            return Turn::Contended;
        if (task.ended || task.again > m_floor.clock->monotonic())
            return Turn::Nothing;
        auto polled = poll(line);
        if (!polled) {
            Error error = std::move(polled).error();
            error.node = m_floor.plan->nodes[task.node].id();
            return fail(std::move(error));
        }
        chunk = std::move(*polled);
    }
    if (!chunk.raw)
        return Turn::Nothing;
    auto processed = process(line, std::move(chunk));
    if (!processed)
        return fail(std::move(processed).error());
    return Turn::Worked;
}

/// Under the source's lock: takes records, or notes that there are none.
Result<Worker::Chunk> Worker::poll(Line &line)
{
    SourceTask &task = *line.task;
    const Ticks begin = m_floor.clock->monotonic();
    takeHolds(task);
    Chunk chunk;
    if (!task.held.empty() && task.partitioned == nullptr) {
        task.again = begin + kHeldPause;
        return chunk;
    }
    auto records = takeRawRecords();
    TRY_ASSIGN(const PollResult polled, task.source->poll(*records));
    const Ticks now = m_floor.clock->monotonic();
    m_slot.node(task.node).busy.add(static_cast<std::uint64_t>(now - begin));
    if (task.decode.times)
        chunk.news = task.watch.look(*records,
                                     task.partitioned != nullptr ? task.partitioned->partitions()
                                                                 : std::vector<std::int32_t>(),
                                     now);
    if (records->records.empty()) {
        noteNothing(line, polled, std::move(chunk.news));
        return chunk;
    }
    records->ingestedAt = m_floor.clock->now();
    records->source = m_floor.plan->nodes[task.node].id();
    chunk.number = task.nextNumber++;
    task.polled += records->records.size();
    task.dry = false;
    const bool few = records->records.size() < kSmallBatch;
    task.again = std::max(polled.again, few ? now + kSmallBatchPause : 0);
    chunk.raw = std::move(records);
    return chunk;
}

/// Under the source's lock: which of its partitions may not deliver at present.
void Worker::takeHolds(SourceTask &task)
{
    if (const std::uint64_t version = m_floor.pauses->version(); version != task.holdVersion) {
        task.holdVersion = version;
        std::vector<std::int32_t> held =
            m_floor.pauses->heldOf(static_cast<std::uint32_t>(task.node));
        task.watch.keepAwake(task.held, m_floor.clock->monotonic());
        if (task.partitioned != nullptr && held != task.held)
            task.partitioned->holdBack(held);
        task.held = std::move(held);
        task.waiting = task.held.size();
    }
    if (!task.held.empty())
        task.watch.keepAwake(task.held, m_floor.clock->monotonic());
}

/// The source is not to be asked yet.
void Worker::rest(Line &line)
{
    SourceTask &task = *line.task;
    if (!task.arrival || m_floor.clock->monotonic() < task.nextPassing)
        return;
    const std::unique_lock lock(task.mutex, std::try_to_lock);
    if (lock.owns_lock() && !task.ended)
        passTime(line, m_floor.clock->monotonic());
}

/// Under the source's lock. Where events happen when they arrive, windows close without them.
void Worker::passTime(Line &line, Ticks now)
{
    SourceTask &task = *line.task;
    if (!task.arrival || now < task.nextPassing)
        return;
    task.nextPassing = now + kPassingEvery;
    const std::vector<std::int32_t> awake = task.watch.awake();
    if (awake.empty())
        return;
    m_result.clear();
    pushToGates(
        task.gates, task.nextNumber++, m_result, line.clock->passing(awake, m_floor.clock->now()));
    if (task.dry)
        sayDry(task);
}

/// Others need not wait for this source.
void Worker::sayDry(SourceTask &task)
{
    task.dry = true;
    for (const GateRef &gate : task.gates) {
        if (gate.timed)
            gate.inbox->setDry(gate.gate);
    }
}

/// The source had no records: it has come to its end, or has none right now.
void Worker::noteNothing(Line &line, const PollResult &polled, PartitionNews news)
{
    SourceTask &task = *line.task;
    if (polled.state == PollState::End) {
        task.ended = true;
        pushEnd(task.gates, task.nextNumber++, task.endsForGood);
        return;
    }
    const Ticks now = m_floor.clock->monotonic();
    task.again = std::max(polled.again, now + kTicksPerMillisecond / 2);
    // Silence says something only of a source that could speak.
    if (line.clock && !task.arrival && !polled.limited && task.watch.hasSilent(now)
        && !task.source->figures().troubled)
        task.watch.addSilent(news, now);
    if (!news.empty()) {
        m_result.clear();
        pushToGates(task.gates, task.nextNumber++, m_result, line.clock->track(news));
        task.dry = false;
    }
    passTime(line, now);
    if (!task.dry && !polled.limited)
        sayDry(task);
}

/// Turns the records into columns, as far as somebody asks for them.
Result<void> Worker::decode(Line &line, Chunk &chunk, Batch &batch)
{
    SourceTask &task = *line.task;
    line.decoder->decode(*chunk.raw, m_decoded);
    m_slot.node(task.node).conversions.add(m_decoded.conversionErrors);
    batch.schema = task.schema;
    batch.rows = chunk.raw->records.size();
    batch.ingestedAt = chunk.raw->ingestedAt;
    batch.raw = std::move(chunk.raw);
    batch.columns.resize(task.schema->columns.size());
    for (std::size_t i = 0; i < m_decoded.columns.size(); ++i)
        batch.columns[task.decode.positions[i]] = std::move(m_decoded.columns[i]);
    batch.selection = m_decoded.good;
    if (line.clock) {
        TRY_ASSIGN(batch.times, line.clock->track(batch, chunk.news));
    }
    for (const DecodePlan::System &system : task.decode.system)
        batch.columns[system.position] =
            makeSystemColumn(system.column, batch, m_floor.plan->nodes[task.node].id());
    return {};
}

Result<void> Worker::process(Line &line, Chunk chunk)
{
    SourceTask &task = *line.task;
    const Ticks begin = m_floor.clock->monotonic();
    NodeCounters &counters = m_slot.node(task.node);
    const std::size_t events = chunk.raw->records.size();
    counters.in.add(events);
    counters.bytesIn.add(chunk.raw->used);
    m_result.clear();
    Batch batch;
    TRY(decode(line, chunk, batch));
    counters.busy.add(static_cast<std::uint64_t>(m_floor.clock->monotonic() - begin));

    if (!m_decoded.bad.empty()) {
        std::vector<RowError> errors;
        for (BadRecord &bad : m_decoded.bad)
            errors.push_back({bad.row, bad.code, std::move(bad.message)});
        TRY(line.runner->reject(task.node, batch, std::move(errors), m_result));
    }
    counters.passed.add(batch.selection.size());
    const auto times = batch.times;
    if (!batch.selection.empty())
        TRY(line.runner->emit(0, std::move(batch), m_result));
    pushToGates(task.gates, chunk.number, m_result, times);
    task.done += events;
    return {};
}

} // namespace sluice
