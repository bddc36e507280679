#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"
#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/validation.h"
#include "core/runtime/figures.h"
#include "core/runtime/outbox_file.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// How a run is started.
struct RunOptions
{
    std::string pipelinePath; // the file; its folder is the workspace unless `workspace` is set
    std::string workspace;    // --workspace
    ValueSources values;      // parameters, environment, secrets
    bool fromStart = false;
    bool untilCaughtUp = false;
    bool dropState = false;             // of a changed pipeline: what has no place in it any more
    bool takeOver = false;              // ends the process that holds the workspace
    int workers = 0;                    // 0: one a core
    std::size_t batchRows = kBatchRows; // at most; tests cut smaller
    std::size_t edgeBytes = 16U << 20U;
    std::uint64_t stateBytes = 0; // that a stateful node may keep; 0: what the settings say
    std::uint64_t stateKeys = 0;
    std::uint64_t outboxChunkBytes = kOutboxChunkBytes; // tests cut smaller
    TickSpan checkpointInterval = 0; // instead of the pipeline's; tests take shorter ones
    const Clock *clock = &systemClock();
    FileSystem *files = &realFileSystem();
    std::function<void(const std::string &line)> log; // any thread
};

/// One event seen on a wire, for the preview.
struct TappedEvent
{
    std::uint64_t sequence = 0; // counts the events that passed the tap
    Ticks ingestedAt = 0;
    std::string json; // the event as one JSON object, columns in order
};

struct TapContent
{
    std::vector<std::string> columns;
    std::vector<TappedEvent> events; // oldest first
    std::uint64_t seen = 0;          // events that passed since the tap was opened
};

/// Runs one pipeline. The same object serves the window and the command line.
/// start() → (pause ⇄ resume)* → stop() or an end by itself → a new Engine for the next run.
/// Thread: control calls from one thread; snapshot(), tap content and state() from any.
/// No call blocks longer than the start of the nodes, except wait().
class Engine
{
public:
    explicit Engine(const Catalog &catalog);
    ~Engine(); // stops without draining when it still runs
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    /// Validates, locks the workspace, infers schemas, opens the nodes, starts the workers.
    /// May take seconds; the window calls it off its own thread.
    /// Errors: the first problem that `check` would also show, WorkspaceLocked, what a node said
    Result<void> start(const Pipeline &pipeline, RunOptions options);

    void pause();
    void resume();
    /// Stops the sources, lets events in flight reach their destinations, commits. Returns at once.
    void requestStop();
    /// Waits until the run is over. @return false when `timeout` (ticks; -1: never) passed first
    bool wait(TickSpan timeout = -1);

    RunState state() const;
    /// Set when the run failed.
    std::optional<Error> failure() const;
    RunSnapshot snapshot() const;
    /// Columns that were inferred for source nodes when the run started, by node id.
    std::map<std::string, Schema> inferredSchemas() const;

    /// Keeps the latest `capacity` events that leave a port; sampled, so that it costs little.
    void openTap(const WireEnd &port, std::size_t capacity = 200);
    void closeTap(const WireEnd &port);
    /// Thread: any. Empty when no such tap is open.
    TapContent tapContent(const WireEnd &port) const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

/// The key of WireFigures.
std::string wireKey(const Wire &wire);

} // namespace sluice
