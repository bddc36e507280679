#pragma once

#include "core/base/time.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace sluice {

/// The watermark of a stream that has come to its end: behind every event.
inline constexpr Ticks kEndOfTime = std::numeric_limits<Ticks>::max();

/// Event time of one batch of records, and what moves the watermarks.
///
/// A source's track holds every record the source delivered, also those that are dropped later: a
/// watermark follows the source's order event by event, whatever filters do and wherever batches
/// are cut. The first consumer that keeps order turns it into watermarks
/// (core/runtime/time_merger). Immutable once published; shared by all batches made from the
/// records.
struct TimeTrack
{
    /// One partition of one source.
    struct Partition
    {
        std::uint32_t source = 0; // index of the source node in the plan
        std::int32_t partition = 0;
        bool idle = false; // silent for longer than its time-out: not waited for
    };

    /// Event time of each record; kNoTicks: it has none.
    std::vector<Ticks> events;
    /// What a stage passes on: for each record the watermark of its own source partition before
    /// it, which decides what is late. Empty: the watermark that the stage gave before this batch.
    std::vector<Ticks> own;
    /// Place in `partitions` of each record's partition; empty: all in the first.
    std::vector<std::uint16_t> partitionOf;
    /// The partitions of a source that this batch has records or news of; empty in what a stage
    /// made.
    std::vector<Partition> partitions;
    /// How far behind the largest event time so far the watermark of a partition is.
    TickSpan disorder = 0;
    /// What a stage says of everything behind its batch; kNoTicks in a source's track.
    Ticks watermark = kNoTicks;

    /// Made by a stage: `own` and `watermark` count, not `partitions`.
    bool isResolved() const { return partitions.empty(); }
    void clear();
    void recycle() { clear(); }
};

/// An empty track from a free list. Thread: any.
std::shared_ptr<TimeTrack> takeTimeTrack();

} // namespace sluice
