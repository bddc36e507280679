#pragma once

#include "core/base/time.h"
#include "core/node/source.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sluice {

enum class RunState { Stopped, Starting, Running, Paused, Draining, Finished, Failed };
enum class NodeState { Stopped, Starting, Running, Waiting, Paused, Finished, Failed };

std::string_view runStateName(RunState state); // "running"
std::string_view nodeStateName(NodeState state);

/// Latency percentiles in ticks; -1: nothing measured yet.
struct LatencyFigures
{
    TickSpan p50 = -1;
    TickSpan p95 = -1;
    TickSpan p99 = -1;
    TickSpan max = -1;
};

/// in = passed + filtered + absorbed + late + dead_lettered + in_flight, in the node's input
/// events.
struct NodeFigures
{
    std::uint64_t eventsIn = 0;
    std::uint64_t eventsOut = 0; // over all output ports; a destination: accepted
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
    std::uint64_t passed = 0;
    std::uint64_t filtered = 0;
    std::uint64_t absorbed = 0;
    std::uint64_t late = 0;
    std::uint64_t deadLettered = 0;
    std::uint64_t inFlight = 0;
    std::uint64_t errors = 0;           // events that failed: dead-lettered or sent to `errors`
    std::uint64_t conversionErrors = 0; // values that became null
    std::uint64_t backlogEvents = 0;    // waiting in front of the node
    std::uint64_t backlogBytes = 0;
    std::uint64_t stateKeys = 0;    // what a stateful node holds
    std::uint64_t stateWindows = 0; // open ones
    std::uint64_t stateBytes = 0;
    std::uint64_t stateLimit = 0;    // bytes that it may keep
    std::uint64_t stateKeyLimit = 0; // keys that it may keep
    Ticks watermark = kNoTicks;      // how far event time has come at a stateful node
    std::uint64_t outboxEpochs = 0;  // exactly-once: epochs that wait to be applied
    std::uint64_t outboxBytes = 0;   // and what they take on the disk, the open epoch's included
    std::uint64_t appliedEpoch = 0;  // latest epoch that is whole at the target
    std::map<std::string, std::uint64_t> portEvents; // by output port
    double rateIn = 0;                               // events/s over the last second
    double rateOut = 0;
    double rateIn10 = 0; // over the last 10 s
    double rateOut10 = 0;
    double byteRateIn = 0;
    double byteRateOut = 0;
    double busy = 0; // share of one core, 0…1, over the last second
    NodeState state = NodeState::Stopped;
    std::string message;    // words beside the state: "broker away, trying again"
    LatencyFigures latency; // destinations: from ingestion to acceptance
    SourceFigures source;   // sources only
    bool conserved() const
    {
        return eventsIn == passed + filtered + absorbed + late + deadLettered + inFlight;
    }
};

/// Keyed like the pipeline's wires: "from.port>to.port".
struct WireFigures
{
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    double rate = 0;
    double byteRate = 0;
    std::uint64_t queuedEvents = 0;
    std::uint64_t queuedBytes = 0;
    double pressure = 0; // queuedBytes of the budget, 0…1
};

/// Everything a watcher needs, taken at one moment. A value.
struct RunSnapshot
{
    RunState state = RunState::Stopped;
    std::string message; // why it failed or what it waits for
    Ticks takenAt = 0;   // wall time
    TickSpan elapsed = 0;
    std::uint64_t epoch = 0;
    Ticks lastCheckpoint = 0;             // wall time; 0: none yet
    TickSpan checkpointDuration = 0;      // of the last one, from barrier to commit
    std::uint64_t checkpointBytes = 0;    // of the last one's file
    std::uint64_t checkpointFailures = 0; // attempts that failed and were repeated
    std::map<std::string, NodeFigures> nodes;
    std::map<std::string, WireFigures> wires;
    bool conserved = true;
    double processCpu = 0; // cores, over the last second
    std::uint64_t residentBytes = 0;
};

} // namespace sluice
