#pragma once

#include "core/base/process_usage.h"
#include "core/base/random.h"
#include "core/runtime/destination_loop.h"
#include "core/runtime/engine.h"
#include "core/runtime/figure_book.h"
#include "core/runtime/outbox_loop.h"
#include "core/runtime/stage_loop.h"
#include "core/runtime/worker.h"
#include "core/runtime/workspace.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// One run of one pipeline, from open nodes to closed ones.
///
///   coordinator ── epochs, samples, the end ──────────────┐
///   workers ── poll → decode → operators → prepare ──► inboxes ──► destination threads ──► store
///                                                          └─────► stage threads ──► inboxes …
///
/// An epoch: the coordinator puts a barrier into each source's sequence and notes the source's
/// position there; when the barrier has come by every gate, a stage keeps its state and passes the
/// barrier on, a destination flushes; when all have, positions and states are saved together. What
/// lies behind the last saved positions is read again after a crash.
///
/// In an exactly-once run a destination writes to its outbox instead. It is sealed at the barrier,
/// named in the checkpoint, and brought to the target only when that is durable (Outbox).
class Run
{
public:
    /// Opens everything. Errors: as Engine::start()
    static Result<std::unique_ptr<Run>>
    create(const Pipeline &pipeline, const Catalog &catalog, RunOptions options);
    ~Run(); // stops without draining when it still runs
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;

    void start();
    void pause();
    void resume();
    void requestStop();
    bool wait(TickSpan timeout);

    RunState state() const { return m_state; }
    std::optional<Error> failure() const;
    RunSnapshot snapshot() const;
    const std::map<std::string, Schema> &inferred() const { return m_inferred; }
    TapBoard &taps() { return *m_taps; }
    const Plan &plan() const { return m_plan; }

private:
    explicit Run(RunOptions options)
        : m_options(std::move(options))
    {}

    // run_build.cpp
    Result<void> build(const Pipeline &pipeline, const Catalog &catalog);
    Result<void> loadProgress();
    Result<void> fitProgress();
    Result<void> infer(const Pipeline &pipeline, const Catalog &catalog);
    NodeContext makeContext(std::size_t node);
    Result<void> createDestinations();
    Result<void> createDestination(std::size_t node);
    Result<void> createDeadLetters();
    Result<void> makeOutbox(DestinationTask &task, const std::string &node);
    Result<void> settleForeignOutboxes();
    Result<void> settleOutbox(const std::string &node, const OutboxProgress &saved);
    Result<void> removeStrayOutboxes();
    Result<void> createStages();
    Result<void> restoreStages();
    Result<void> createSources();
    std::string partitionName(std::uint32_t source, std::int32_t partition) const;
    void wireGates();
    Result<void> createWorkers();
    void closeAll();

    std::vector<ConsumerTask *> consumers() const;

    // run_coordinator.cpp
    void startConsumers();
    void kick();
    void coordinate(const std::stop_token &stop);
    void step(Ticks &nextSample, Ticks &nextEpoch);
    bool workersDone();
    void beginEpoch();
    void tryCommit();
    void noteSaveFailure(Error error);
    Result<void> release();
    Result<void> publish();
    TickSpan interval() const;
    bool anythingMoved();
    std::uint64_t stageMoves() const;
    Result<void> save();
    void drain();
    void waitForConsumers();
    void waitForOutboxes();
    void showWhile(const std::function<bool()> &goesOn);
    Result<void> closeDestinations(bool finished);
    void breakOff();
    Result<void> commitFinal(bool finished);
    void stopOutboxes();
    bool hasRoomForEpoch() const;
    void finishState(bool finished);
    void fail(Error error);
    void publishSnapshot(bool strict);

    RunOptions m_options;
    std::string m_pipelineName;
    const std::string m_runId = randomId();
    TickSpan m_interval = kTicksPerSecond;
    std::map<std::string, Schema> m_inferred;
    Plan m_plan;
    ParameterValues m_parameters;
    bool m_continues = false;
    bool m_exactlyOnce = false;
    std::string m_lineage;
    Progress m_restored; // where an earlier run was stopped
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<CounterBoard> m_board;
    std::unique_ptr<TapBoard> m_taps;
    RunFloor m_floor;
    std::vector<std::unique_ptr<SourceTask>> m_sources;
    std::vector<std::unique_ptr<StageTask>> m_stages;
    std::vector<std::unique_ptr<DestinationTask>> m_destinations; // the dead-letter store last
    std::vector<std::unique_ptr<Worker>> m_workers;
    std::unique_ptr<FigureBook> m_book;

    WorkOrders m_orders;
    WorkBell m_bell;
    PauseBoard m_pauses{[this] { m_bell.ring(); }};
    std::atomic<RunState> m_state = RunState::Starting;
    std::atomic<bool> m_failed = false;
    std::atomic<std::size_t> m_workersRunning = 0;
    std::atomic<std::uint64_t> m_epoch = 0;
    Ticks m_startedAt = 0; // monotonic

    // The coordinator's own.
    ProcessUsageMeter m_usage;
    bool m_epochOpen = false;
    std::uint64_t m_savedMoves = 0;                      // of the stages when the last epoch began
    std::map<std::string, std::string> m_positions;      // of the open epoch
    std::map<std::string, std::string> m_savedPositions; // of the last commit
    /// Saved, not yet told to the sources: the outboxes of that epoch are on their way.
    struct Unpublished
    {
        std::uint64_t epoch = 0;
        std::map<std::string, std::string> positions;
        Ticks savedAt = 0; // monotonic
    };
    std::deque<Unpublished> m_unpublished;
    std::map<std::string, std::string> m_publishedPositions;
    Ticks m_epochBegan = 0;                  // monotonic
    Ticks m_retrySave = 0;                   // monotonic
    std::string m_waitsFor;                  // words while a checkpoint cannot be written
    TickSpan m_applyTook = 0;                // of the last epoch, from commit to target
    std::atomic<Ticks> m_lastCheckpoint = 0; // wall time
    std::atomic<TickSpan> m_checkpointTook = 0;
    std::atomic<std::uint64_t> m_checkpointBytes = 0;
    std::atomic<std::uint64_t> m_checkpointFailures = 0;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::optional<Error> m_failure;                // GUARDED_BY(m_mutex)
    std::shared_ptr<const RunSnapshot> m_snapshot; // GUARDED_BY(m_mutex)
    bool m_over = false;                           // GUARDED_BY(m_mutex)
    bool m_kick = false; // GUARDED_BY(m_mutex): the coordinator has something to look at

    std::vector<std::jthread> m_workerThreads;
    std::jthread m_coordinator;
};

} // namespace sluice
