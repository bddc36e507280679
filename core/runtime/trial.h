#pragma once

#include "core/base/result.h"
#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/validation.h"
#include "core/runtime/engine.h"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace sluice {

/// Raw records of sources, by node id.
using TrialSamples = std::map<std::string, std::vector<std::string>>;

struct TrialOptions
{
    std::string node;         // whose result is wanted
    ValueSources values;      // parameters, environment, secrets
    TrialSamples samples;     // sources that are not here are looked at
    std::size_t events = 500; // that a source is asked for
    std::size_t shown = 200;  // of each port, the last ones
    const Clock *clock = &systemClock();
    FileSystem *files = &realFileSystem();
};

/// What came in or went out by one port.
struct TrialPort
{
    WireEnd end;
    TapContent content;
};

struct TrialResult
{
    std::vector<TrialPort> inputs;  // one a wire into the node
    std::vector<TrialPort> outputs; // one a port, `errors` included; none of a destination
    TrialSamples samples;           // what it was made of
    std::map<std::string, Schema> inferred;
};

/// Runs a node, and all that stands before it, on samples of the sources: the engine itself on a
/// pipeline whose sources hand out what was sampled and whose destinations keep what comes. Touches
/// no destination, no progress and no offsets of a group. Takes up to some seconds.
/// Errors: what validation says of these nodes, what a source says when it is looked at, Cancelled
Result<TrialResult> runTrial(const Pipeline &pipeline,
                             const Catalog &catalog,
                             TrialOptions options,
                             const std::stop_token &stop);

/// Ids of a node and of all nodes that its events come through, as the pipeline has them.
std::vector<std::string> nodesBefore(const Pipeline &pipeline, const std::string &node);

} // namespace sluice
