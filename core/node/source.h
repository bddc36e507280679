#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

enum class PollState {
    Data, // `out` holds at least one record
    Idle, // nothing now; poll again at `again` (monotonic), or when woken
    End,  // never again; the source is exhausted
};

struct PollResult
{
    PollState state = PollState::Idle;
    Ticks again =
        0; // with Idle, or as a pause after Data: monotonic ticks; 0 = as soon as possible
    /// With Idle: there is more already, only held back by a rate.
    bool limited = false;
};

/// Where a run starts reading.
struct SourceStart
{
    /// What position() gave at the last commit point; empty: the config's start rule counts.
    std::string position;
    /// Stop at the end that the source has when it is opened.
    bool untilCaughtUp = false;
};

/// Progress of one partition, for lag figures.
struct PartitionFigures
{
    std::string name; // "telemetry/3", "sensors.ndjson"
    std::int64_t position = 0;
    std::int64_t end = -1; // -1: not known
    std::int64_t lag = -1; // events, or bytes where lagIsBytes; -1: not known
    bool lagIsBytes = false;
};

/// What a source says about itself beside the engine's own counters.
struct SourceFigures
{
    std::vector<PartitionFigures> partitions;
    std::string state; // empty while all is well, else words: "broker away, trying again"
    bool troubled = false;
};

/// Delivers raw records in order. The engine decodes them.
///
/// Life: create → open → (poll | position | committed)* → close. Calls never overlap: the engine
/// holds the source's lock, but consecutive calls may come from different workers.
/// figures() alone may come from any thread at any time.
class Source
{
public:
    virtual ~Source() = default;

    /// Connects and goes to its start. May take seconds; must not wait for an absent peer for ever
    /// when it can go on trying in poll().
    virtual Result<void> open(const SourceStart &start) = 0;

    /// Fills `out` (empty on entry) with at most kBatchRows records, without waiting.
    /// Errors: end the run; what can heal by itself is Idle with a state in figures()
    virtual Result<PollResult> poll(RawRecords &out) = 0;

    /// JSON text: where to go on behind the last record delivered by poll(), and what it belongs to
    /// (file id, cluster id). Empty: the source cannot replay.
    virtual std::string position() const = 0;

    /// Every destination has accepted all records up to `position` (a value position() gave).
    virtual Result<void> committed(const std::string &position)
    {
        (void)position;
        return {};
    }

    virtual SourceFigures figures() const { return {}; }

    /// Lets go of the outside. Called once, also after an error.
    virtual void close() {}
};

} // namespace sluice
