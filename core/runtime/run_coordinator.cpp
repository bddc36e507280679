#include "core/runtime/progress_fit.h"
#include "core/runtime/run.h"

#include <algorithm>
#include <chrono>

namespace sluice {

namespace {

constexpr TickSpan kSampleEvery = kTicksPerSecond / 4;
/// How soon a source that moves after a rest gets its first epoch.
constexpr TickSpan kLookForMoves = kTicksPerSecond / 4;

} // namespace

Run::~Run()
{
    if (m_coordinator.joinable()) {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_over && !m_failure)
                m_failure = Error{ErrorCode::Cancelled, "the run was broken off", {}, {}, {}};
        }
        m_failed = true;
        m_coordinator.request_stop();
        m_changed.notify_all();
    }
}

void Run::start()
{
    m_startedAt = m_options.clock->monotonic();
    m_state = RunState::Running;
    startConsumers();
    const auto onFailure = [this](Error error) { fail(std::move(error)); };
    m_workersRunning = m_workers.size();
    for (std::size_t i = 0; i < m_workers.size(); ++i) {
        m_workerThreads.emplace_back([this, i, onFailure] {
            m_workers[i]->run(m_orders, m_bell, i, onFailure);
            --m_workersRunning;
            kick();
        });
    }
    publishSnapshot(false);
    m_coordinator = std::jthread([this](const std::stop_token &stop) { coordinate(stop); });
}

void Run::startConsumers()
{
    const ConsumerLoop::Hooks hooks{[this] { kick(); },
                                    [this](Error error) { fail(std::move(error)); },
                                    [this] { return m_epoch + 1; }};
    for (const auto &task : m_stages) {
        task->thread = std::jthread(
            [this, task = task.get(), hooks] { StageLoop(m_floor, *task).run(hooks); });
    }
    for (const auto &task : m_destinations) {
        if (task->outbox)
            task->outbox->start();
        task->thread = std::jthread([this, task = task.get(), hooks] {
            if (task->outbox)
                OutboxLoop(m_floor, *task).run(hooks);
            else
                DestinationLoop(m_floor, *task).run(hooks);
        });
    }
}

/// Gives the coordinator something to look at.
void Run::kick()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_kick = true;
    }
    m_changed.notify_all();
}

void Run::pause()
{
    RunState running = RunState::Running;
    if (m_state.compare_exchange_strong(running, RunState::Paused))
        m_orders.paused = true;
}

void Run::resume()
{
    RunState paused = RunState::Paused;
    if (m_state.compare_exchange_strong(paused, RunState::Running)) {
        m_orders.paused = false;
        m_bell.ring();
    }
}

void Run::requestStop()
{
    const RunState state = m_state;
    if (state != RunState::Running && state != RunState::Paused)
        return;
    m_state = RunState::Draining;
    m_orders.stopping = true;
    m_orders.paused = false;
    m_bell.ring();
    const std::scoped_lock lock(m_mutex);
    m_kick = true;
    m_changed.notify_all();
}

bool Run::wait(TickSpan timeout)
{
    std::unique_lock lock(m_mutex);
    const auto over = [this] { return m_over; };
    if (timeout < 0) {
        m_changed.wait(lock, over);
        return true;
    }
    return m_changed.wait_for(
        lock, std::chrono::microseconds(timeout / kTicksPerMicrosecond), over);
}

std::optional<Error> Run::failure() const
{
    const std::scoped_lock lock(m_mutex);
    return m_failure;
}

RunSnapshot Run::snapshot() const
{
    const std::scoped_lock lock(m_mutex);
    return m_snapshot ? *m_snapshot : RunSnapshot{};
}

void Run::fail(Error error)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_failure)
            m_failure = std::move(error);
        m_kick = true;
    }
    m_failed = true;
    m_orders.stopping = true;
    m_bell.ring();
    m_changed.notify_all();
}

void Run::coordinate(const std::stop_token &stop)
{
    Ticks nextSample = m_startedAt;
    Ticks nextEpoch = m_startedAt;
    while (!stop.stop_requested() && !m_failed && !workersDone()) {
        step(nextSample, nextEpoch);
        const Ticks wake = std::min(nextSample, nextEpoch);
        const TickSpan left = wake - m_options.clock->monotonic();
        std::unique_lock lock(m_mutex);
        if (left > 0)
            m_changed.wait_for(lock,
                               std::chrono::microseconds(left / kTicksPerMicrosecond),
                               [this, &stop] { return m_kick || stop.stop_requested(); });
        m_kick = false;
    }
    drain();
}

void Run::step(Ticks &nextSample, Ticks &nextEpoch)
{
    const Ticks now = m_options.clock->monotonic();
    if (m_epochOpen && now >= m_retrySave)
        tryCommit();
    if (auto published = publish(); !published)
        return fail(std::move(published).error());
    if (now >= nextSample) {
        m_book->sample(now);
        publishSnapshot(false);
        nextSample = now + kSampleEvery;
    }
    if (now >= nextEpoch) {
        const bool moved = m_epochOpen || anythingMoved();
        if (moved && !m_epochOpen && hasRoomForEpoch())
            beginEpoch();
        nextEpoch = now + (moved ? interval() : std::min(m_interval, kLookForMoves));
    }
}

/// The interval stretches where a checkpoint, or bringing its output to the targets, takes longer
/// than half of it.
TickSpan Run::interval() const
{
    return std::max(m_interval, 2 * std::max<TickSpan>(m_checkpointTook, m_applyTook));
}

/// No epoch ends while too many wait for their targets.
bool Run::hasRoomForEpoch() const
{
    return std::none_of(m_destinations.begin(), m_destinations.end(), [](const auto &task) {
        return task->outbox && task->outbox->isFull();
    });
}

bool Run::workersDone()
{
    return m_workersRunning == 0;
}

std::uint64_t Run::stageMoves() const
{
    std::uint64_t moves = 0;
    for (const auto &task : m_stages)
        moves += task->moves;
    return moves;
}

bool Run::anythingMoved()
{
    if (stageMoves() != m_savedMoves)
        return true;
    for (const auto &task : m_sources) {
        const std::scoped_lock lock(task->mutex);
        const std::string position = task->source->position();
        if (position.empty() ? task->polled > 0
                             : position != m_savedPositions[m_plan.nodes[task->node].id()])
            return true;
    }
    return false;
}

void Run::beginEpoch()
{
    const std::uint64_t epoch = m_epoch + 1;
    m_savedMoves = stageMoves(); // what still moves before the barrier only costs one epoch more
    m_positions.clear();
    for (const auto &task : m_sources) {
        const std::scoped_lock lock(task->mutex);
        const std::string position = task->source->position();
        if (!position.empty())
            m_positions[m_plan.nodes[task->node].id()] = position;
        if (!task->ended)
            pushBarrier(task->gates, task->nextNumber++, epoch);
    }
    m_epoch = epoch;
    m_epochOpen = true;
    m_epochBegan = m_options.clock->monotonic();
}

/// Saves the open epoch once every consumer has done its part.
void Run::tryCommit()
{
    for (const ConsumerTask *task : consumers()) {
        // One whose sources have ended stays as it is: later barriers do not come to it.
        if (task->settled < m_epoch && !task->finished)
            return;
    }
    if (auto saved = save(); !saved)
        return noteSaveFailure(std::move(saved).error());
    m_epochOpen = false;
    m_waitsFor.clear();
    m_lastCheckpoint = m_options.clock->now();
    m_checkpointTook = m_options.clock->monotonic() - m_epochBegan;
    if (auto released = release(); !released)
        return fail(std::move(released).error());
    m_savedPositions = m_positions;
    m_unpublished.push_back({m_epoch, m_positions, m_options.clock->monotonic()});
}

/// A full disk is waited out: the epoch stays open, and nothing is lost while the sources wait.
void Run::noteSaveFailure(Error error)
{
    if (error.code != ErrorCode::DiskFull)
        return fail(std::move(error));
    ++m_checkpointFailures;
    if (m_waitsFor.empty() && m_options.log)
        m_options.log(describe(error));
    m_waitsFor = error.message + ", waiting for room";
    m_retrySave = m_options.clock->monotonic() + kTicksPerSecond;
}

/// The checkpoint is durable: what it names may go to the targets.
Result<void> Run::release()
{
    for (const auto &task : m_destinations) {
        if (task->outbox)
            TRY(task->outbox->release(m_epoch));
    }
    return {};
}

/// Tells the sources of epochs that are whole at all targets.
Result<void> Run::publish()
{
    while (!m_unpublished.empty()) {
        const Unpublished &next = m_unpublished.front();
        for (const auto &task : m_destinations) {
            // A destination whose sources have ended has no part in later epochs.
            if (task->outbox && task->outbox->isBehind(next.epoch))
                return {};
        }
        for (const auto &task : m_sources) {
            const std::string &id = m_plan.nodes[task->node].id();
            const auto it = next.positions.find(id);
            if (it == next.positions.end() || m_publishedPositions[id] == it->second)
                continue;
            const std::scoped_lock lock(task->mutex);
            TRY(task->source->committed(it->second));
            m_publishedPositions[id] = it->second;
        }
        m_applyTook = m_options.clock->monotonic() - next.savedAt;
        m_unpublished.pop_front();
    }
    return {};
}

Result<void> Run::save()
{
    Progress progress;
    progress.epoch = m_epoch;
    progress.lineage = m_lineage;
    progress.exactlyOnce = m_exactlyOnce;
    progress.positions = m_positions;
    progress.inferred = m_inferred;
    for (const auto &task : m_stages) {
        const PlanNode &node = m_plan.nodes[task->node];
        progress.states[node.id()] = task->stateAt(m_epoch);
        progress.stateSchemas[node.id()] = stateSchema(node);
    }
    for (const auto &task : m_destinations) {
        if (task->outbox)
            progress.outboxes[task->outbox->node()] = task->outbox->saved(m_epoch);
    }
    TRY_ASSIGN(m_checkpointBytes, m_workspace->saveProgress(progress));
    return {};
}

void Run::publishSnapshot(bool strict)
{
    auto snapshot = std::make_shared<RunSnapshot>();
    snapshot->state = m_state;
    snapshot->takenAt = m_options.clock->now();
    snapshot->elapsed = m_options.clock->monotonic() - m_startedAt;
    snapshot->epoch = m_epoch;
    snapshot->lastCheckpoint = m_lastCheckpoint;
    snapshot->checkpointDuration = m_checkpointTook;
    snapshot->checkpointBytes = m_checkpointBytes;
    snapshot->checkpointFailures = m_checkpointFailures;
    snapshot->message = m_waitsFor;
    m_book->fill(*snapshot, m_state, strict);
    const ProcessUsage usage = m_usage.sample();
    snapshot->processCpu = usage.cpuCores;
    snapshot->residentBytes = usage.residentBytes;
    const std::scoped_lock lock(m_mutex);
    if (m_failure) {
        snapshot->message = describe(*m_failure);
        if (const auto it = snapshot->nodes.find(m_failure->node); it != snapshot->nodes.end()) {
            it->second.state = NodeState::Failed;
            it->second.message = m_failure->message;
        }
    }
    m_snapshot = std::move(snapshot);
}

} // namespace sluice
