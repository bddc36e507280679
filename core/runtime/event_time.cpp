#include "core/runtime/event_time.h"

#include "core/base/units.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kArrivalField = "$ingested_at";

std::string textAt(const Value &value, std::string_view key)
{
    const Value *found = value.find(key);
    return found == nullptr || found->asString() == nullptr ? std::string() : *found->asString();
}

} // namespace

EventTimeRule EventTimeRule::of(const NodeDescriptor &descriptor, const Config &config)
{
    EventTimeRule rule;
    for (const FieldSpec &field : descriptor.fields) {
        if (field.type != FieldType::EventTime || !config.has(field.name))
            continue;
        const Value &value = config.value(field.name);
        rule.field = textAt(value, "field");
        rule.format = eventTimeFormat(textAt(value, "format")).value_or(EventTimeFormat::Any);
        rule.zone = textAt(value, "time_zone");
        rule.disorder = parseDuration(textAt(value, "max_out_of_orderness")).value_or(0);
        rule.idleAfter = parseDuration(textAt(value, "idle_timeout")).value_or(rule.idleAfter);
    }
    return rule;
}

bool EventTimeRule::isArrival(bool recordsHaveTime) const
{
    return field.empty() ? !recordsHaveTime : field == kArrivalField;
}

Result<EventTimePlan> EventTimePlan::bind(EventTimeRule rule, const Schema &schema)
{
    EventTimePlan plan;
    plan.rule = std::move(rule);
    if (plan.rule.field.empty())
        return plan;
    plan.column = schema.find(plan.rule.field);
    if (!plan.column) {
        TRY_ASSIGN(plan.path, kql::compileOrFail(plan.rule.field, {&schema, nullptr}));
    }
    return plan;
}

std::vector<std::string> EventTimePlan::columns(const Schema &schema) const
{
    if (column)
        return {schema.columns[*column].name};
    return path ? path->columns() : std::vector<std::string>();
}

void PartitionWatch::start(TickSpan idleAfter, Ticks now)
{
    m_idleAfter = idleAfter;
    m_seen[kNoPartition] = {now, false, false};
}

PartitionNews PartitionWatch::look(const RawRecords &records,
                                   const std::vector<std::int32_t> &announced,
                                   Ticks now)
{
    PartitionNews news;
    for (const std::int32_t partition : announced) {
        const auto [entry, added] = m_seen.try_emplace(partition, Seen{now, false, true});
        Seen &seen = entry->second;
        if (added || (seen.idle && !seen.announced)) {
            seen = {now, false, true};
            news.added.push_back(partition);
        }
        seen.announced = true;
    }
    for (auto &[partition, seen] : m_seen) {
        if (!seen.announced
            || std::find(announced.begin(), announced.end(), partition) != announced.end())
            continue;
        seen.announced = false;
        seen.idle = true;
        news.idle.push_back(partition);
    }
    const RecordSlice *last = nullptr;
    for (const RecordSlice &record : records.records) {
        if (last == nullptr || record.partition != last->partition) {
            Seen &seen = m_seen[record.partition];
            seen.at = now;
            seen.idle = false;
        }
        last = &record;
    }
    if (m_seen.size() > 1 && m_seen.erase(kNoPartition) != 0 && m_noneGiven)
        news.idle.push_back(kNoPartition);
    return news;
}

bool PartitionWatch::hasSilent(Ticks now) const
{
    return std::any_of(m_seen.begin(), m_seen.end(), [&](const auto &entry) {
        return isSilent(entry.second, now);
    });
}

void PartitionWatch::addSilent(PartitionNews &news, Ticks now)
{
    for (auto &[partition, seen] : m_seen) {
        if (!isSilent(seen, now))
            continue;
        seen.idle = true;
        news.idle.push_back(partition);
    }
}

std::vector<std::int32_t> PartitionWatch::awake()
{
    std::vector<std::int32_t> found;
    for (const auto &[partition, seen] : m_seen) {
        if (seen.idle)
            continue;
        found.push_back(partition);
        m_noneGiven = m_noneGiven || partition == kNoPartition;
    }
    return found;
}

void PartitionWatch::keepAwake(const std::vector<std::int32_t> &held, Ticks now)
{
    for (const std::int32_t partition : held) {
        if (const auto seen = m_seen.find(partition); seen != m_seen.end())
            seen->second.at = now;
    }
}

EventClock::EventClock(const EventTimePlan &plan,
                       const Schema &schema,
                       std::uint32_t source,
                       bool arrival)
    : m_plan(plan)
    , m_source(source)
    , m_arrival(arrival)
    , m_reader(plan.rule.format, plan.rule.zone)
{
    if (!plan.path)
        return;
    std::vector<std::size_t> places;
    for (const std::string &name : plan.path->columns())
        places.push_back(schema.find(name).value_or(schema.columns.size()));
    m_path.emplace(plan.path, std::move(places));
}

Result<std::shared_ptr<const TimeTrack>> EventClock::track(const Batch &batch,
                                                           const PartitionNews &news)
{
    auto track = takeTimeTrack();
    track->disorder = m_plan.rule.disorder;
    track->events.assign(batch.rows, kNoTicks);
    if (batch.raw)
        addPartitions(*batch.raw, *track);
    addNews(news, *track);
    if (m_arrival)
        track->watermark = batch.ingestedAt;
    if (m_plan.rule.field.empty())
        readRecords(batch, *track);
    else if (m_plan.rule.field == kArrivalField)
        readArrival(batch, *track);
    else
        TRY(readField(batch, *track));
    return std::shared_ptr<const TimeTrack>(std::move(track));
}

std::shared_ptr<const TimeTrack> EventClock::track(const PartitionNews &news) const
{
    auto track = takeTimeTrack();
    addNews(news, *track);
    return track;
}

std::shared_ptr<const TimeTrack> EventClock::passing(const std::vector<std::int32_t> &partitions,
                                                     Ticks now) const
{
    auto track = takeTimeTrack();
    track->disorder = m_plan.rule.disorder;
    track->watermark = now;
    for (const std::int32_t partition : partitions)
        track->partitions.push_back({m_source, partition, false});
    return track;
}

/// Partitions without records in this batch.
void EventClock::addNews(const PartitionNews &news, TimeTrack &track) const
{
    const auto add = [&](std::int32_t partition, bool idle) {
        const bool there =
            std::any_of(track.partitions.begin(),
                        track.partitions.end(),
                        [partition](const auto &known) { return known.partition == partition; });
        if (!there)
            track.partitions.push_back({m_source, partition, idle});
    };
    for (const std::int32_t partition : news.added)
        add(partition, false);
    for (const std::int32_t partition : news.idle)
        add(partition, true);
}

void EventClock::addPartitions(const RawRecords &raw, TimeTrack &track) const
{
    std::int32_t last = 0;
    std::uint16_t slot = 0;
    for (std::size_t i = 0; i < raw.records.size(); ++i) {
        const std::int32_t partition = raw.records[i].partition;
        if (track.partitions.empty() || partition != last) {
            const auto known =
                std::find_if(track.partitions.begin(),
                             track.partitions.end(),
                             [partition](const auto &one) { return one.partition == partition; });
            slot = static_cast<std::uint16_t>(known - track.partitions.begin());
            if (known == track.partitions.end())
                track.partitions.push_back({m_source, partition, false});
            if (track.partitions.size() == 2 && track.partitionOf.empty())
                track.partitionOf.assign(i, 0); // all before were of the first
            last = partition;
        }
        if (track.partitions.size() > 1)
            track.partitionOf.push_back(slot);
    }
}

void EventClock::readRecords(const Batch &batch, TimeTrack &track) const
{
    batch.selection.forEach([&](std::size_t row) {
        const Ticks own = batch.raw->records[row].timestamp;
        track.events[row] = own != kNoTicks ? own : batch.ingestedAt;
    });
}

void EventClock::readArrival(const Batch &batch, TimeTrack &track)
{
    batch.selection.forEach([&](std::size_t row) { track.events[row] = batch.ingestedAt; });
}

Result<void> EventClock::readField(const Batch &batch, TimeTrack &track)
{
    ColumnPtr column;
    if (m_plan.column) {
        column = batch.columns[*m_plan.column];
    } else {
        TRY_ASSIGN(column, m_path->evaluate(batch, batch.ingestedAt));
    }
    if (!column)
        return {};
    const auto read = [&](auto &&timeOf) {
        batch.selection.forEach([&](std::size_t row) {
            if (column->valid[row] != 0)
                track.events[row] = timeOf(row);
        });
    };
    switch (column->type) {
    case ColumnType::Datetime:
        read([&](std::size_t row) { return column->integers[row]; });
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        read([&](std::size_t row) { return m_reader.ofNumber(column->integers[row]); });
        break;
    case ColumnType::Real:
        read([&](std::size_t row) { return m_reader.ofNumber(column->floats[row]); });
        break;
    case ColumnType::String:
        read([&](std::size_t row) { return m_reader.ofText(column->texts[row]); });
        break;
    case ColumnType::Dynamic:
    case ColumnType::Decimal:
        read([&](std::size_t row) { return m_reader.ofJson(column->texts[row]); });
        break;
    default:
        break;
    }
    return {};
}

} // namespace sluice
