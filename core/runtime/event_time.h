#pragma once

#include "core/event/batch.h"
#include "core/event/event_time_reader.h"
#include "core/kql/expression.h"
#include "core/node/node_descriptor.h"

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// How the event time of a source's records is found, and how late events may come: the source's
/// `event_time`.
struct EventTimeRule
{
    std::string field; // column or path; empty: the record's own time, else its arrival
    EventTimeFormat format = EventTimeFormat::Any;
    std::string zone; // of texts without an offset; empty: UTC
    TickSpan disorder = 0;
    TickSpan idleAfter = kTicksPerMinute; // silent for longer: not waited for; 0: always is

    /// Whether an event happens when it arrives.
    /// @param recordsHaveTime  PartitionedSource::recordsHaveTime()
    bool isArrival(bool recordsHaveTime) const;

    static EventTimeRule of(const NodeDescriptor &descriptor, const Config &config);
};

/// The rule bound to the schema of the source's records.
struct EventTimePlan
{
    EventTimeRule rule;
    std::optional<std::size_t> column; // the field is a column of the schema
    kql::ExpressionPtr path;           // it is a path into one

    /// Names of the columns that must be decoded. Errors: what is wrong with the field
    static Result<EventTimePlan> bind(EventTimeRule rule, const Schema &schema);
    std::vector<std::string> columns(const Schema &schema) const;
};

/// What changed about a source's partitions.
struct PartitionNews
{
    std::vector<std::int32_t> added; // are waited for from now on
    std::vector<std::int32_t> idle;  // have fallen silent, or are read by others now
    bool empty() const { return added.empty() && idle.empty(); }
};

/// When each partition of a source was last heard of. Thread: under the source's lock.
class PartitionWatch
{
public:
    /// Stands for a source that has delivered nothing yet.
    static constexpr std::int32_t kNoPartition = std::numeric_limits<std::int32_t>::min();

    /// @param idleAfter  0: nothing is ever called idle
    void start(TickSpan idleAfter, Ticks now);
    /// Notes what came. @param announced  PartitionedSource::partitions()
    PartitionNews
    look(const RawRecords &records, const std::vector<std::int32_t> &announced, Ticks now);
    /// The source has nothing at the moment, and nothing is wrong with it: adds what has been
    /// silent for too long.
    void addSilent(PartitionNews &news, Ticks now);
    bool hasSilent(Ticks now) const;
    /// Those that are waited for.
    std::vector<std::int32_t> awake();
    /// Partitions that may not speak at present are not silent.
    void keepAwake(const std::vector<std::int32_t> &held, Ticks now);

private:
    struct Seen
    {
        Ticks at = 0; // monotonic
        bool idle = false;
        bool announced = false;
    };
    bool isSilent(const Seen &seen, Ticks now) const
    {
        return !seen.idle && m_idleAfter != 0 && now - seen.at >= m_idleAfter;
    }
    TickSpan m_idleAfter = 0;
    std::map<std::int32_t, Seen> m_seen;
    bool m_noneGiven = false; // awake() has said kNoPartition
};

/// Makes the time tracks of one source's batches. Thread: one at a time; a worker has its own.
class EventClock
{
public:
    /// @param arrival  events happen when they arrive
    EventClock(const EventTimePlan &plan,
               const Schema &schema,
               std::uint32_t source,
               bool arrival = false);

    /// @param batch  its columns are decoded and its selection are the good records
    Result<std::shared_ptr<const TimeTrack>> track(const Batch &batch, const PartitionNews &news);
    /// What changed without records.
    std::shared_ptr<const TimeTrack> track(const PartitionNews &news) const;
    /// Time that goes on without records: whatever the source brings behind this is no older.
    std::shared_ptr<const TimeTrack> passing(const std::vector<std::int32_t> &partitions,
                                             Ticks now) const;

private:
    Result<void> readField(const Batch &batch, TimeTrack &track);
    void readRecords(const Batch &batch, TimeTrack &track) const;
    static void readArrival(const Batch &batch, TimeTrack &track);
    void addPartitions(const RawRecords &raw, TimeTrack &track) const;
    void addNews(const PartitionNews &news, TimeTrack &track) const;

    const EventTimePlan &m_plan;
    std::uint32_t m_source;
    bool m_arrival;
    EventTimeReader m_reader;
    std::optional<kql::Evaluator> m_path;
};

} // namespace sluice
