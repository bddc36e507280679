#pragma once

#include "core/base/result.h"
#include "core/event/time_track.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace sluice {

/// Event time at a stage: how far each gate has come, and what that means for every record.
///
/// A partition's watermark is its largest event time so far minus the disorder allowed. A gate's is
/// the smallest of its partitions', the merged one the smallest of all gates'. Idle partitions, and
/// gates that have come to their end, are not waited for; a gate that has brought nothing yet is.
/// Thread: one at a time.
class TimeMerger
{
public:
    explicit TimeMerger(std::size_t gates);

    /// Watermarks before each record of one track, by record.
    struct Before
    {
        const Ticks *events = nullptr;
        const Ticks *own = nullptr;
        const Ticks *merged = nullptr;
        std::size_t records = 0;
    };

    /// Takes a source's track in: what holds before each of its records, and from now on behind
    /// them. Valid until the next call. Precondition: track.partitions is not empty
    Before take(std::size_t gate, const TimeTrack &track);
    /// The same for a batch that a stage made. Its `own` counts, and where it has none the
    /// watermark that its gate has brought so far; the track's watermark is for takeWatermark().
    Before look(std::size_t gate, const TimeTrack &track);
    /// A stage says how far it has come.
    void takeWatermark(std::size_t gate, Ticks watermark);
    /// Nothing more comes by this gate. @param complete  its sources came to their end; else they
    /// were stopped, and what they would still bring is waited for
    void end(std::size_t gate, bool complete);

    /// The merged watermark; kNoTicks: none yet; kEndOfTime: all gates came to their end.
    Ticks watermark() const { return m_merged; }
    /// How far a gate has come, for choosing the one that lags; kEndOfTime where it is not waited
    /// for.
    Ticks reached(std::size_t gate) const;

    /// State at a barrier. Gates are named by what they come from, so that it fits another plan.
    std::string snapshot(const std::function<std::string(std::size_t gate)> &gateName,
                         const std::function<std::string(std::uint32_t source)> &sourceName) const;
    /// Gates and sources that are not there any more are left out. Errors: StateDamaged
    Result<void> restore(const std::string &state,
                         const std::function<std::string(std::size_t gate)> &gateName,
                         const std::function<std::uint32_t(const std::string &)> &sourceIndex);

private:
    struct Partition
    {
        std::uint32_t source = 0;
        std::int32_t partition = 0;
        Ticks watermark = kNoTicks;
        bool idle = false;
    };
    struct Gate
    {
        std::vector<Partition> partitions;
        bool complete = false;
    };

    std::size_t placeOf(Gate &gate, const TimeTrack::Partition &wanted);
    void takeSingle(Partition &partition, const TimeTrack &track, Ticks others);
    void takeMany(Gate &gate, const TimeTrack &track, Ticks others);
    Ticks othersThan(std::size_t gate) const;
    void merge();

    std::vector<Gate> m_gates;
    Ticks m_merged = kNoTicks;
    std::vector<std::size_t> m_places; // of a track's partitions in its gate
    std::vector<Ticks> m_own;          // scratch, by record
    std::vector<Ticks> m_before;       // scratch, by record
};

} // namespace sluice
