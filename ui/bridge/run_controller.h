#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/engine.h"
#include "ui/bridge/run_log.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Runs the document's pipeline in an Engine of its own and follows it.
/// Thread: the window's. Starting, and tearing an engine down, happen on a helper thread; no call
/// here waits for the engine.
class RunController : public QObject
{
    Q_OBJECT

public:
    /// Gives the options of a run when it starts: file, workspace, sources of values.
    using MakeOptions = std::function<RunOptions()>;

    RunController(const Catalog &catalog, MakeOptions makeOptions, QObject *parent = nullptr);
    ~RunController() override; // stops without draining

    void start(const Pipeline &pipeline);
    void pause();
    void resume();
    /// Drains and stops. Called again while it drains: stops at once.
    void stop();
    /// Stops without draining.
    void stopNow();
    /// Another pipeline is open: what is over is over, its figures and its state go.
    void forget();
    /// Stops without draining and waits for it: for the end of the program.
    void shutDown();
    /// Drains, stops and starts again with `pipeline`; starts when nothing runs.
    void apply(const Pipeline &pipeline);

    RunState state() const { return m_state; }
    /// Starting, running, paused or draining.
    bool isActive() const;
    /// Why the last run failed.
    const std::optional<Error> &failure() const { return m_failure; }
    /// The pipeline as the run that is active has it; null when none is.
    const Pipeline *startedPipeline() const { return m_started ? &*m_started : nullptr; }
    /// How many changes of `current` the active run does not have yet.
    std::size_t pendingChanges(const Pipeline &current) const;
    /// Nodes of `current` that the active run has otherwise or not at all.
    std::vector<std::string> changedNodes(const Pipeline &current) const;

    /// Figures of the active run, or of the last one as it ended. Null before the first.
    std::optional<RunSnapshot> snapshot() const;
    std::map<std::string, Schema> inferredSchemas() const;
    RunLog &log() { return *m_log; }

    /// Follows a port, in this run and in those after it; nullopt follows none.
    void setTap(const std::optional<WireEnd> &port);
    const std::optional<WireEnd> &tap() const { return m_tap; }
    TapContent tapContent() const;

signals:
    void stateChanged(RunState state);
    /// A run has begun: its engine runs and has figures.
    void runStarted();
    void failed(const Error &error);

private:
    void launch();
    void onStarted(std::uint64_t job, const std::optional<Error> &error);
    void watch();
    void setState(RunState state);
    void onEnded(RunState state);
    void discardEngine();
    void runHelper(std::function<void()> work);

    const Catalog &m_catalog;
    MakeOptions m_makeOptions;
    // Shared with the engine's threads, which may speak until the engine is gone.
    std::shared_ptr<RunLog> m_log = std::make_shared<RunLog>();
    // Shared with the helper thread that starts it or tears it down.
    std::shared_ptr<Engine> m_engine;
    std::jthread m_helper;
    QTimer m_watch;
    RunState m_state = RunState::Stopped;
    std::uint64_t m_job = 0; // of the start under way; an answer with another number is dropped
    bool m_starting = false;
    bool m_stopAsked = false; // by the user, not for a restart
    bool m_stopWhenStarted = false;
    std::optional<Pipeline> m_next; // what to start when the active run is over
    std::optional<Pipeline> m_started;
    std::optional<Error> m_failure;
    std::optional<RunSnapshot> m_last; // of the run that is over
    std::optional<WireEnd> m_tap;
};

} // namespace sluice
