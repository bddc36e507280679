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
    passOn();
    showFigures();
    addBusy(begin);
    ++m_stage.moves;
    return holdLimit();
}

/// At the limit only the input that lags is let in, which may close what the others have opened;
/// when that does not help, the run ends before the memory does.
Result<void> StageLoop::holdLimit()
{
    const std::uint64_t bytes = m_stage.stateBytes;
    const bool atLimit = bytes > m_stage.stateLimit;
    if (atLimit != m_stage.atLimit) {
        m_stage.atLimit = atLimit;
        m_stage.inbox->setStrict(atLimit);
    }
    constexpr std::uint64_t kSlack = 4; // a quarter more, for what the lagging input brings
    if (bytes <= m_stage.stateLimit + m_stage.stateLimit / kSlack)
        return {};
    return fail(ErrorCode::StateLimit,
                "the node keeps {} keys in {}; it may keep {}",
                m_stage.keys.load(),
                formatByteSize(static_cast<std::int64_t>(bytes)),
                formatByteSize(static_cast<std::int64_t>(m_stage.stateLimit)))
        .node(m_floor.plan->nodes[m_stage.node].id())
        .hint("Let it keep less: a shorter window or tolerance, fewer keys, less disorder.");
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
