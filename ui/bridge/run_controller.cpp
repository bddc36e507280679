#include "ui/bridge/run_controller.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr int kWatchMilliseconds = 100;

/// What was measured last is no rate of what stands still.
void standStill(RunSnapshot &snapshot)
{
    snapshot.processCpu = 0;
    for (auto &[id, node] : snapshot.nodes) {
        node.rateIn = node.rateOut = node.rateIn10 = node.rateOut10 = 0;
        node.byteRateIn = node.byteRateOut = node.busy = 0;
    }
    for (auto &[key, wire] : snapshot.wires)
        wire.rate = wire.byteRate = 0;
}

bool isOver(RunState state)
{
    return state == RunState::Stopped || state == RunState::Finished || state == RunState::Failed;
}

} // namespace

RunController::RunController(const Catalog &catalog, MakeOptions makeOptions, QObject *parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_makeOptions(std::move(makeOptions))
{
    m_watch.setInterval(kWatchMilliseconds);
    connect(&m_watch, &QTimer::timeout, this, &RunController::watch);
}

RunController::~RunController()
{
    shutDown();
}

void RunController::shutDown()
{
    ++m_job;
    m_next.reset();
    m_watch.stop();
    m_helper = {}; // joins; the helper holds the engine too
    m_starting = false;
    m_engine.reset();
}

bool RunController::isActive() const
{
    return !isOver(m_state);
}

void RunController::start(const Pipeline &pipeline)
{
    if (isActive())
        return;
    m_next = pipeline;
    launch();
}

void RunController::apply(const Pipeline &pipeline)
{
    m_next = pipeline;
    if (!isActive())
        launch();
    else if (m_starting)
        m_stopWhenStarted = true;
    else if (m_state != RunState::Draining)
        m_engine->requestStop();
}

void RunController::runHelper(std::function<void()> work)
{
    m_helper = std::jthread([previous = std::move(m_helper), work = std::move(work)]() mutable {
        previous = {}; // one after the other: a workspace must be let go before it is locked again
        work();
    });
}

void RunController::launch()
{
    m_started = std::move(m_next);
    m_next.reset();
    m_failure.reset();
    m_last.reset();
    m_stopAsked = false;
    m_starting = true;
    m_stopWhenStarted = false;
    const std::uint64_t job = ++m_job;
    RunOptions options = m_makeOptions();
    options.log = [log = m_log, clock = options.clock](const std::string &line) {
        log->add(clock->now(), line);
    };
    auto old = std::move(m_engine);
    m_engine = std::make_shared<Engine>(m_catalog);
    setState(RunState::Starting);
    runHelper([this,
               job,
               old = std::move(old),
               engine = m_engine,
               pipeline = *m_started,
               options = std::move(options)]() mutable {
        old.reset();
        const Result<void> result = engine->start(pipeline, std::move(options));
        std::optional<Error> error;
        if (!result)
            error = result.error();
        engine.reset();
        QMetaObject::invokeMethod(
            this, [this, job, error] { onStarted(job, error); }, Qt::QueuedConnection);
    });
}

void RunController::onStarted(std::uint64_t job, const std::optional<Error> &error)
{
    if (job != m_job)
        return;
    m_starting = false;
    if (error) {
        m_failure = *error;
        m_engine.reset();
        onEnded(RunState::Failed);
        return;
    }
    if (m_tap)
        m_engine->openTap(*m_tap);
    m_watch.start();
    Q_EMIT runStarted();
    if (m_stopWhenStarted)
        m_engine->requestStop();
    watch();
}

void RunController::pause()
{
    if (m_state == RunState::Running)
        m_engine->pause();
    watch();
}

void RunController::resume()
{
    if (m_state == RunState::Paused)
        m_engine->resume();
    watch();
}

void RunController::stop()
{
    if (!isActive())
        return;
    m_next.reset();
    m_stopAsked = true;
    if (m_starting)
        m_stopWhenStarted = true;
    else if (m_state == RunState::Draining)
        stopNow();
    else
        m_engine->requestStop();
    watch();
}

void RunController::stopNow()
{
    if (!isActive())
        return;
    m_next.reset();
    ++m_job;
    m_starting = false;
    if (m_engine)
        m_last = m_engine->snapshot();
    discardEngine();
    onEnded(RunState::Stopped);
}

void RunController::forget()
{
    if (isActive())
        return;
    m_last.reset();
    m_failure.reset();
    m_state = RunState::Stopped;
    if (m_engine)
        discardEngine();
}

void RunController::discardEngine()
{
    m_watch.stop();
    runHelper([engine = std::move(m_engine)]() mutable { engine.reset(); });
    m_engine.reset();
}

void RunController::watch()
{
    if (!m_engine || m_starting)
        return;
    const RunState state = m_engine->state();
    if (!isOver(state)) {
        setState(state);
        return;
    }
    m_watch.stop();
    m_failure = m_engine->failure();
    m_last = m_engine->snapshot();
    // The engine knows only that all was written; that the user wanted the end is known here.
    onEnded(state == RunState::Finished && m_stopAsked ? RunState::Stopped : state);
}

void RunController::onEnded(RunState state)
{
    if (m_next && state != RunState::Failed) {
        launch();
        return;
    }
    m_next.reset();
    m_started.reset();
    if (m_last) {
        m_last->state = state;
        standStill(*m_last);
    }
    setState(state);
    if (state == RunState::Failed && m_failure)
        Q_EMIT failed(*m_failure);
}

void RunController::setState(RunState state)
{
    if (m_state == state)
        return;
    m_state = state;
    Q_EMIT stateChanged(state);
}

std::size_t RunController::pendingChanges(const Pipeline &current) const
{
    return m_started ? diff(*m_started, current).restarting() : 0;
}

std::vector<std::string> RunController::changedNodes(const Pipeline &current) const
{
    if (!m_started)
        return {};
    const PipelineDiff changes = diff(*m_started, current);
    std::vector<std::string> ids = changes.added;
    ids.insert(ids.end(), changes.changed.begin(), changes.changed.end());
    return ids;
}

std::optional<RunSnapshot> RunController::snapshot() const
{
    if (m_engine && !m_starting && isActive())
        return m_engine->snapshot();
    return m_last;
}

std::map<std::string, Schema> RunController::inferredSchemas() const
{
    return m_engine && !m_starting ? m_engine->inferredSchemas() : std::map<std::string, Schema>{};
}

void RunController::setTap(const std::optional<WireEnd> &port)
{
    if (m_tap == port)
        return;
    const bool live = m_engine && !m_starting;
    if (m_tap && live)
        m_engine->closeTap(*m_tap);
    m_tap = port;
    if (m_tap && live)
        m_engine->openTap(*m_tap);
}

TapContent RunController::tapContent() const
{
    if (!m_tap || !m_engine || m_starting)
        return {};
    return m_engine->tapContent(*m_tap);
}

} // namespace sluice
