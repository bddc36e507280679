#include "core/runtime/event_time.h"

#include "core/base/units.h"
#include "core/event/datetime.h"
#include "core/event/json_text.h"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

EventTimeFormat formatFromName(std::string_view name)
{
    if (name == "unix_s")
        return EventTimeFormat::Seconds;
    if (name == "unix_ms")
        return EventTimeFormat::Milliseconds;
    if (name == "unix_us")
        return EventTimeFormat::Microseconds;
    if (name == "unix_ns")
        return EventTimeFormat::Nanoseconds;
    return EventTimeFormat::Any;
}

std::string textAt(const Value &value, std::string_view key)
{
    const Value *found = value.find(key);
    return found == nullptr || found->asString() == nullptr ? std::string() : *found->asString();
}

/// Ticks in one of what the numbers count; by their size where that is not said: a number of this
/// century's seconds has 10 digits, of milliseconds 13, of microseconds 16.
double ticksPerUnit(EventTimeFormat format, double number)
{
    constexpr double kNanosecond = 0.01;
    constexpr double kLargestSeconds = 1e11;
    constexpr double kLargestMilliseconds = 1e14;
    constexpr double kLargestMicroseconds = 1e17;
    switch (format) {
    case EventTimeFormat::Seconds:
        return kTicksPerSecond;
    case EventTimeFormat::Milliseconds:
        return kTicksPerMillisecond;
    case EventTimeFormat::Microseconds:
        return kTicksPerMicrosecond;
    case EventTimeFormat::Nanoseconds:
        return kNanosecond;
    case EventTimeFormat::Any:
        break;
    }
    const double size = std::fabs(number);
    if (size < kLargestSeconds)
        return kTicksPerSecond;
    if (size < kLargestMilliseconds)
        return kTicksPerMillisecond;
    return size < kLargestMicroseconds ? kTicksPerMicrosecond : kNanosecond;
}

Ticks inRange(double ticks)
{
    if (!(ticks >= static_cast<double>(kMinTicks) && ticks <= static_cast<double>(kMaxTicks)))
        return kNoTicks;
    return static_cast<Ticks>(std::llround(ticks));
}

Ticks timeOfNumber(std::int64_t number, EventTimeFormat format)
{
    const double unit = ticksPerUnit(format, static_cast<double>(number));
    const Ticks rough = inRange(static_cast<double>(number) * unit);
    if (rough == kNoTicks)
        return kNoTicks;
    // Whole numbers stay exact.
    return unit < 1 ? number / std::llround(1 / unit) : number * std::llround(unit);
}

Ticks timeOfNumber(double number, EventTimeFormat format)
{
    return inRange(number * ticksPerUnit(format, number));
}

Ticks timeOfText(std::string_view text)
{
    return parseDatetime(text).value_or(kNoTicks);
}

/// A value whose type only its JSON text tells.
Ticks timeOfJson(std::string_view json, EventTimeFormat format, Arena &scratch)
{
    if (json.empty())
        return kNoTicks;
    if (json.front() == '"')
        return timeOfText(unescapeJsonString(json, scratch));
    if (const auto whole = parseJsonInteger(json))
        return timeOfNumber(*whole, format);
    const bool number = json.front() == '-' || (json.front() >= '0' && json.front() <= '9');
    return number ? timeOfNumber(parseJsonNumber(json), format) : kNoTicks;
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
        rule.format = formatFromName(textAt(value, "format"));
        rule.disorder = parseDuration(textAt(value, "max_out_of_orderness")).value_or(0);
        rule.idleAfter = parseDuration(textAt(value, "idle_timeout")).value_or(0);
    }
    return rule;
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
    m_seen[kNoPartition] = {now, false};
}

std::vector<std::int32_t> PartitionWatch::look(const RawRecords &records, Ticks now)
{
    std::vector<std::int32_t> fallen;
    if (m_idleAfter == 0)
        return fallen;
    const RecordSlice *last = nullptr;
    for (const RecordSlice &record : records.records) {
        if (last == nullptr || record.partition != last->partition)
            m_seen[record.partition] = {now, false};
        last = &record;
    }
    for (auto &[partition, seen] : m_seen) {
        if (seen.idle || now - seen.at < m_idleAfter)
            continue;
        seen.idle = true;
        fallen.push_back(partition);
    }
    return fallen;
}

EventClock::EventClock(const EventTimePlan &plan, const Schema &schema, std::uint32_t source)
    : m_plan(plan)
    , m_source(source)
{
    if (!plan.path)
        return;
    std::vector<std::size_t> places;
    for (const std::string &name : plan.path->columns())
        places.push_back(schema.find(name).value_or(schema.columns.size()));
    m_path.emplace(plan.path, std::move(places));
}

Result<std::shared_ptr<const TimeTrack>> EventClock::track(const Batch &batch,
                                                           const std::vector<std::int32_t> &idle)
{
    auto track = takeTimeTrack();
    track->disorder = m_plan.rule.disorder;
    track->events.assign(batch.rows, kNoTicks);
    if (batch.raw)
        addPartitions(*batch.raw, *track);
    for (const std::int32_t partition : idle)
        track->partitions.push_back({m_source, partition, true});
    if (m_plan.rule.field.empty())
        readRecords(batch, *track);
    else
        TRY(readField(batch, *track));
    return std::shared_ptr<const TimeTrack>(std::move(track));
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
    Arena scratch;
    const EventTimeFormat format = m_plan.rule.format;
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
        read([&](std::size_t row) { return timeOfNumber(column->integers[row], format); });
        break;
    case ColumnType::Real:
        read([&](std::size_t row) { return timeOfNumber(column->floats[row], format); });
        break;
    case ColumnType::String:
        read([&](std::size_t row) { return timeOfText(column->texts[row]); });
        break;
    case ColumnType::Dynamic:
    case ColumnType::Decimal:
        read([&](std::size_t row) { return timeOfJson(column->texts[row], format, scratch); });
        break;
    default:
        break;
    }
    return {};
}

} // namespace sluice
