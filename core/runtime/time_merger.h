#pragma once

#include "core/base/result.h"
#include "core/base/state_bytes.h"
#include "core/event/time_track.h"
#include "core/runtime/pause_board.h"

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
    /// What a partition is called in every run; an empty name stands for the number.
    using Names = std::function<std::string(std::uint32_t source, std::int32_t partition)>;

    explicit TimeMerger(std::size_t gates, Names names = {});

    /// Watermarks before each record of one track, by record.
    struct Before
    {
        const Ticks *events = nullptr;
        const Ticks *own = nullptr;
        const Ticks *merged = nullptr;
        std::size_t records = 0;
    };

    /// Takes a source's track in, whose watermark, where it has one, says that nothing older comes
    /// behind it, by whichever of its partitions: what holds before each of its records, and from
    /// now on behind them. Valid until the next call. Precondition: track.partitions is not empty
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

    /// The partitions of sources that have come further than `limit`, which is not below the merged
    /// watermark; ascending. Idle ones are not ahead of anything.
    std::vector<SourcePartition> ahead(Ticks limit) const;
    /// Whether another stage is in front by a gate that is open.
    bool hasOtherStages() const;

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
        std::string name = {}; // of a source's partition
        bool numbered = true;  // false: saved by its name, which no number is known to yet
    };
    struct Gate
    {
        std::vector<Partition> partitions;
        bool complete = false;
    };

    std::string nameOf(std::uint32_t source, std::int32_t partition) const;
    std::size_t placeOf(Gate &gate, const TimeTrack::Partition &wanted);
    Partition readPartition(StateReader &in, std::uint32_t version, std::uint32_t source) const;
    void raise(Gate &gate, const TimeTrack &track);
    void leaveOut(Gate &gate, std::uint32_t source);
    void takeSingle(Partition &partition, const TimeTrack &track, Ticks others);
    void takeMany(Gate &gate, const TimeTrack &track, Ticks others);
    Ticks othersThan(std::size_t gate) const;
    void merge();

    std::vector<Gate> m_gates;
    Names m_names;
    std::size_t m_unnumbered = 0; // partitions
    Ticks m_merged = kNoTicks;
    std::vector<std::size_t> m_places; // of a track's partitions in its gate
    std::vector<Ticks> m_own;          // scratch, by record
    std::vector<Ticks> m_before;       // scratch, by record
};

} // namespace sluice
