#include "core/runtime/stage_loop.h"

#include "core/base/units.h"
#include "core/runtime/stage_state.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr TickSpan kRoomPatience = 50 * kTicksPerMillisecond;

bool comeByOneWire(const std::vector<InboxBatch> &batches)
{
    return std::all_of(batches.begin(), batches.end(), [&](const InboxBatch &batch) {
        return batch.wire == batches.front().wire;
    });
}

/// Values by row of the batch; `scratch` holds them where rows were made of others.
const Ticks *
byRow(const Ticks *byRecord, const Batch &batch, Ticks absent, std::vector<Ticks> &scratch)
{
    if (byRecord != nullptr && !batch.origins)
        return byRecord;
    scratch.assign(batch.rows, absent);
    if (byRecord != nullptr)
        batch.selection.forEach(
            [&](std::size_t row) { scratch[row] = byRecord[batch.originOf(row)]; });
    return scratch.data();
}

} // namespace

Result<void> StageLoop::accept(std::size_t gate, InboxItem item)
{
    const Ticks begin = m_floor.clock->monotonic();
    std::uint64_t events = 0;
    for (const InboxBatch &batch : item.batches)
        events += batch.events;
    const bool onlyTime = item.batches.empty() && !item.end && item.times
                          && (item.times->isResolved() || item.times->watermark != kNoTicks);
    m_task.inHand = events;
    m_result.clear();
    TRY(m_task.runner->collect(m_result,
                               [&](OperatorOutput &out) { return work(gate, item, out); }));
    m_task.inHand = 0;
    for (const InboxBatch &batch : item.batches) {
        m_task.slot->wire(batch.wire).takenEvents.add(batch.events);
        m_task.slot->wire(batch.wire).takenBytes.add(batch.bytes);
    }
    m_task.inbox->setReached(gate, m_stage.merger.reached(gate));
    // Time that passes and closes nothing leaves nothing to be saved.
    if (!onlyTime || !m_result.empty())
        ++m_stage.moves;
    passOn();
    showFigures();
    addBusy(begin);
    return holdLimit();
}

/// At the limit only what lags is let in, which may close what the others have opened: gates by
/// the inbox, partitions by their sources. Where nothing lags, or what lags brings too much by
/// itself, the run ends before the memory does.
Result<void> StageLoop::holdLimit()
{
    const std::uint64_t bytes = m_stage.stateBytes;
    const std::uint64_t keys = m_stage.keys;
    const bool over = bytes > m_stage.stateLimit || keys > m_stage.keyLimit;
    if (over && !m_stage.atLimit) {
        // A quarter more for what the lagging partitions bring, and what is on its way already.
        constexpr std::uint64_t kSlack = 4;
        m_bytesAtMost =
            m_stage.stateLimit + m_stage.stateLimit / kSlack + 2 * m_stage.inbox->queuedBytes();
        m_keysAtMost = m_stage.keyLimit + m_stage.keyLimit / kSlack + m_stage.inbox->queuedEvents();
        setAtLimit(true);
    } else if (m_stage.atLimit && isBelow(bytes, m_stage.stateLimit)
               && isBelow(keys, m_stage.keyLimit)) {
        setAtLimit(false);
    }
    holdPartitions();
    if (!over)
        return {};
    const bool somethingLags = m_stage.held != 0 || m_stage.merger.hasOtherStages();
    if (somethingLags && bytes <= m_bytesAtMost && keys <= m_keysAtMost)
        return {};
    return fail(ErrorCode::StateLimit,
                "'{}' keeps {} keys in {}; it may keep {} keys and {}",
                m_floor.plan->nodes[m_stage.node].id(),
                keys,
                formatByteSize(static_cast<std::int64_t>(bytes)),
                m_stage.keyLimit,
                formatByteSize(static_cast<std::int64_t>(m_stage.stateLimit)))
        .node(m_floor.plan->nodes[m_stage.node].id())
        .hint("Let it keep less (a shorter window or tolerance, fewer keys, less disorder), or "
              "allow more in the pipeline's settings: state_bytes, state_keys.");
}

/// Well below, so that it does not go on and off with every event.
bool StageLoop::isBelow(std::uint64_t value, std::uint64_t limit)
{
    constexpr std::uint64_t kEighth = 8;
    return value <= limit - limit / kEighth;
}

void StageLoop::setAtLimit(bool atLimit)
{
    m_stage.atLimit = atLimit;
    m_stage.inbox->setStrict(atLimit);
}

/// Asks the sources to hold back what has come too far for this stage, or for one behind it.
void StageLoop::holdPartitions()
{
    const Ticks merged = m_stage.merger.watermark();
    Ticks ceiling = m_stage.atLimit ? merged : kEndOfTime;
    for (const StageTask *behind : m_stage.behind)
        ceiling = std::min(ceiling, behind->ceiling.load(std::memory_order_relaxed));
    // What this stage waits for itself is never held back.
    if (ceiling != kEndOfTime)
        ceiling = std::max(ceiling, merged);
    if (ceiling == kEndOfTime && m_stage.ceiling == kEndOfTime)
        return;
    m_stage.ceiling = ceiling;
    std::vector<SourcePartition> held;
    if (ceiling != kEndOfTime)
        held = m_stage.merger.ahead(ceiling);
    m_stage.held = held.size();
    m_floor.pauses->hold(m_stage.node, std::move(held));
}

Result<void> StageLoop::work(std::size_t gate, InboxItem &item, OperatorOutput &out)
{
    TimeMerger &merger = m_stage.merger;
    const Ticks mergedBefore = merger.watermark();
    TimeMerger::Before before;
    if (item.times && !item.times->isResolved())
        before = merger.take(gate, *item.times);
    // Two wires bring the same records twice: nothing may close before the second has come.
    m_merged.clear();
    if (!comeByOneWire(item.batches)) {
        m_merged.assign(before.records, mergedBefore);
        before.merged = m_merged.data();
    }
    for (InboxBatch &batch : item.batches) {
        const auto &times = batch.prepared->batch.times;
        if (times && times->isResolved())
            TRY(workBatch(merger.look(gate, *times), batch, out));
        else
            TRY(workBatch(before, batch, out));
    }
    if (item.times && item.times->isResolved())
        merger.takeWatermark(gate, item.times->watermark);
    if (item.end)
        merger.end(gate, item.complete);
    return advance(out);
}

Result<void>
StageLoop::workBatch(const TimeMerger::Before &before, InboxBatch &item, OperatorOutput &out)
{
    Batch &batch = item.prepared->batch;
    if (m_stage.passesTimes)
        keepTimes(before, batch);
    TimedBatch input{.port = m_floor.plan->wires[item.wire].toPort, .batch = batch};
    input.eventTimes = byRow(before.events, batch, kNoTicks, m_events);
    input.own = byRow(before.own, batch, kNoTicks, m_own);
    input.merged = byRow(before.merged, batch, m_stage.merger.watermark(), m_mergedByRow);
    input.prepared = m_stage.prepares ? item.prepared.get() : nullptr;
    if (m_stage.timed)
        rejectTimeless(input.eventTimes, batch, out);
    if (batch.selection.empty())
        return {};
    return m_stage.operation->process(input, out);
}

/// What passes on keeps its time and what decides whether it is late.
void StageLoop::keepTimes(const TimeMerger::Before &before, Batch &batch)
{
    if (before.records == 0)
        return;
    auto track = takeTimeTrack();
    track->events.assign(before.events, before.events + before.records);
    track->own.assign(before.own, before.own + before.records);
    batch.times = std::move(track);
}

void StageLoop::rejectTimeless(const Ticks *events, Batch &batch, OperatorOutput &out)
{
    bool any = false;
    batch.selection.forEach([&](std::size_t row) { any = any || events[row] == kNoTicks; });
    if (!any)
        return;
    std::vector<RowError> errors;
    auto kept = takeSelection();
    batch.selection.forEach([&](std::size_t row) {
        if (events[row] == kNoTicks)
            errors.push_back({row,
                              ErrorCode::NoEventTime,
                              "the event has no time: the field that should say it is missing or "
                              "holds no moment"});
        else
            kept->push_back(static_cast<std::uint16_t>(row));
    });
    out.reject(batch, std::move(errors));
    batch.selection = Selection(std::move(kept));
}

Result<void> StageLoop::advance(OperatorOutput &out)
{
    const Ticks watermark = m_stage.merger.watermark();
    if (watermark <= m_advanced)
        return {};
    m_advanced = watermark;
    return m_stage.operation->advance(watermark, out);
}

/// Sends on what came out, and how far event time has come behind it.
void StageLoop::passOn()
{
    const bool timed = m_task.hasTimedGate();
    const Ticks watermark =
        m_advanced == kNoTicks ? kNoTicks : m_stage.operation->outputWatermark(m_advanced);
    if (m_result.empty() && (!timed || watermark <= m_passed))
        return;
    std::shared_ptr<TimeTrack> track;
    if (timed) {
        m_passed = std::max(m_passed, watermark);
        track = takeTimeTrack();
        track->watermark = m_passed;
    }
    pushToGates(m_task.gates, m_task.nextNumber++, m_result, track);
}

Result<void> StageLoop::settle(std::uint64_t epoch)
{
    const Ticks begin = m_floor.clock->monotonic();
    m_result.clear();
    TRY(m_task.runner->collect(
        m_result, [this](OperatorOutput &out) { return m_stage.operation->settle(out); }));
    passOn();
    TRY_ASSIGN(std::string state, saveStage(*m_floor.plan, m_stage));
    m_stage.keep(epoch, std::move(state));
    addBusy(begin);
    return {};
}

/// With nothing in sight, consumers behind need not wait for this stage.
Result<void> StageLoop::quiet()
{
    holdPartitions();
    if (const auto due = m_stage.operation->nextIdle(); due && *due <= m_floor.clock->monotonic()) {
        m_result.clear();
        TRY(m_task.runner->collect(
            m_result, [this](OperatorOutput &out) { return m_stage.operation->idle(out); }));
        passOn();
        showFigures();
    }
    if (m_task.inbox->queuedEvents() != 0)
        return {};
    for (const GateRef &gate : m_task.gates) {
        if (gate.timed)
            gate.inbox->setDry(gate.gate);
    }
    return {};
}

Result<void> StageLoop::finish(std::uint64_t /*epoch*/, bool complete)
{
    m_result.clear();
    const auto last = [&](OperatorOutput &out) -> Result<void> {
        if (complete) {
            TRY(advance(out));
            TRY(m_stage.operation->finish(out));
        }
        return m_stage.operation->settle(out);
    };
    TRY(m_task.runner->collect(m_result, last));
    passOn();
    showFigures();
    m_stage.ceiling = kEndOfTime;
    m_stage.held = 0;
    m_floor.pauses->hold(m_stage.node, {});
    TRY_ASSIGN(std::string state, saveStage(*m_floor.plan, m_stage));
    m_stage.keepLast(std::move(state));
    return {};
}

TickSpan StageLoop::patience() const
{
    const auto due = m_stage.operation->nextIdle();
    if (!due)
        return ConsumerLoop::patience();
    return std::clamp<TickSpan>(
        *due - m_floor.clock->monotonic(), kTicksPerMillisecond, ConsumerLoop::patience());
}

bool StageLoop::hasRoom()
{
    return std::all_of(m_task.gates.begin(), m_task.gates.end(), [](const GateRef &gate) {
        return !gate.isFull() || gate.inbox->waitForRoom(gate.gate, kRoomPatience);
    });
}

void StageLoop::showFigures()
{
    const StateFigures figures = m_stage.operation->stateFigures();
    m_stage.keys.store(figures.keys, std::memory_order_relaxed);
    m_stage.windows.store(figures.windows, std::memory_order_relaxed);
    m_stage.stateBytes.store(figures.bytes, std::memory_order_relaxed);
    m_stage.watermark.store(m_stage.merger.watermark(), std::memory_order_relaxed);
}

} // namespace sluice
