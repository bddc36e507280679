#pragma once

#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/event/batch.h"
#include "core/event/schema.h"
#include "core/node/config.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice {

class DatabaseRegistry;

/// What the world offers to a node. References stay valid for the node's life.
struct NodeContext
{
    std::string nodeId;
    std::string pipelineName;
    std::string runId;     // of this run, the same for all its nodes; empty outside a run
    std::string workspace; // folder of what the run leaves behind; empty while only validating
    const Clock *clock = &systemClock();
    FileSystem *files = &realFileSystem();
    DatabaseRegistry *databases = nullptr; // one owner of each database file in this process
    ParameterValues parameters;
    std::size_t batchRows = kBatchRows; // records a poll delivers at most
    bool continues = false;             // this run goes on where an earlier one was stopped
    /// Output is applied exactly once: positions are the workspace's alone, so that a source shares
    /// its partitions with nobody.
    bool exactlyOnce = false;
    /// One for each input port wired, in the order of the descriptor's ports.
    std::vector<Schema> inputSchemas;
    /// Tells the engine that this source has something; any thread. Empty outside a run.
    std::function<void()> wake;
    /// A line for the run's log; any thread.
    std::function<void(const std::string &)> log;
};

} // namespace sluice
