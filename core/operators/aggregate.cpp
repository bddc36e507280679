#include "core/base/units.h"
#include "core/event/time_track.h"
#include "core/operators/event_store.h"
#include "core/operators/expression_problem.h"
#include "core/operators/group_keys.h"
#include "core/operators/group_list.h"
#include "core/operators/kept_state.h"
#include "core/operators/rolling_group.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kOver = "over";
constexpr std::size_t kOut = 0;
constexpr std::size_t kLate = 1;
constexpr std::uint32_t kStateVersion = 1;

GroupList bindList(const Config &config, const Schema &input, const ParameterValues &parameters)
{
    // A key is a column of the event already; only aggregates add names.
    std::vector<std::string> taken;
    for (const SchemaColumn &column : input.columns)
        taken.push_back(column.name);
    Config keysOnly;
    keysOnly.set(kByField, config.value(kByField));
    Config aggregatesOnly;
    aggregatesOnly.set(kAggregatesField, config.value(kAggregatesField));
    GroupList list = bindGroupList(keysOnly, input, parameters, {});
    GroupList aggregates = bindGroupList(aggregatesOnly, input, parameters, std::move(taken));
    list.plan = std::move(aggregates.plan);
    list.names = std::move(aggregates.names);
    for (SchemaProblem &problem : aggregates.problems)
        list.problems.push_back(std::move(problem));
    return list;
}

/// The event's columns, then the aggregates, then what the engine says of the event.
Schema outputSchema(const Schema &input, const GroupList &list)
{
    Schema schema;
    for (const SchemaColumn &column : input.columns) {
        if (!column.system)
            schema.columns.push_back(column);
    }
    for (std::size_t i = 0; i < list.names.size(); ++i)
        schema.columns.push_back({list.names[i], list.plan->columns[i].type});
    for (const SchemaColumn &column : input.columns) {
        if (column.system)
            schema.columns.push_back(column);
    }
    return schema;
}

std::vector<std::size_t> inputPlaces(const GroupList &list, const Schema &input)
{
    std::vector<std::size_t> places;
    for (const SchemaColumn &column : list.plan->inputs)
        places.push_back(input.find(column.name).value_or(input.columns.size()));
    return places;
}

/// Adds to each event the aggregates over (t - over, t] of its key. An event goes on when the
/// watermark has reached it, so that all events before it are there; in the order of time.
class RollingAggregate : public StatefulOperator
{
public:
    RollingAggregate(TickSpan over,
                     const GroupList &list,
                     std::string configText,
                     const NodeContext &context)
        : m_over(over)
        , m_configText(std::move(configText))
        , m_input(context.inputSchemas.front())
        , m_schema(std::make_shared<Schema>(outputSchema(m_input, list)))
        , m_keys(keyTypes(list))
        , m_aggregates(list.plan, inputPlaces(list, m_input))
        , m_events(std::make_shared<Schema>(m_input))
        , m_clock(context.clock)
    {
        for (const GroupList::Key &key : list.keys)
            m_keyValues.emplace_back(key.value, columnPositions(*key.value, m_input));
    }

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        const Batch &batch = input.batch;
        const Ticks now = m_clock->now();
        m_accepted.clear();
        auto late = takeSelection();
        batch.selection.forEach([&](std::size_t row) {
            auto &rows = input.eventTimes[row] < input.own[row] ? *late : m_accepted;
            rows.push_back(static_cast<std::uint16_t>(row));
        });
        if (!late->empty()) {
            Batch behind = batch;
            behind.selection = Selection(std::move(late));
            out.emitLate(kLate, std::move(behind));
        }
        if (m_accepted.empty())
            return {};
        m_vectors.clear();
        for (kql::Evaluator &value : m_keyValues) {
            TRY_ASSIGN(ColumnPtr column, value.evaluate(batch, now));
            m_vectors.push_back({std::move(column), 1});
        }
        TRY(m_aggregates.evaluate(batch, now));
        m_ids.resize(m_accepted.size());
        m_keys.resolve(m_vectors, m_accepted.data(), m_accepted.size(), m_ids.data());
        m_groups.resize(m_accepted.size());
        for (std::uint32_t &group : m_groups)
            group = m_aggregates.take();
        m_aggregates.update(
            {m_accepted.size(), m_accepted.data(), m_groups.data(), input.eventTimes});
        const std::uint64_t number = m_events.hold(batch, m_accepted.size());
        for (std::size_t i = 0; i < m_accepted.size(); ++i)
            wait({input.eventTimes[m_accepted[i]], m_ids[i], m_groups[i], {number, m_accepted[i]}});
        return {};
    }

    Result<void> advance(Ticks watermark, OperatorOutput &out) override
    {
        while (m_next < m_waiting.size() && m_waiting[m_next].time <= watermark) {
            std::size_t end = m_next;
            while (end < m_waiting.size() && m_waiting[end].time <= watermark
                   && end - m_next < kBatchRows)
                ++end;
            TRY(send(end, out));
        }
        if (m_next > m_waiting.size() / 2) { // amortised
            m_waiting.erase(m_waiting.begin(),
                            m_waiting.begin() + static_cast<std::ptrdiff_t>(m_next));
            m_next = 0;
        }
        // What has left the range of a key that is silent need not be kept.
        if (watermark != kEndOfTime && watermark != kNoTicks)
            evictSilent(watermark);
        return {};
    }

    Result<std::string> snapshot() const override
    {
        StateWriter writer;
        beginKept(writer, kStateVersion, m_configText);
        writer.put(static_cast<std::uint64_t>(m_waiting.size() - m_next));
        for (std::size_t i = m_next; i < m_waiting.size(); ++i)
            m_events.save(m_waiting[i].event, writer);
        for (std::size_t i = m_next; i < m_waiting.size(); ++i) {
            writer.put(m_waiting[i].time);
            m_keys.save(m_waiting[i].key, writer);
            m_aggregates.save(m_waiting[i].group, writer);
        }
        const auto used = std::count_if(
            m_ranges.begin(), m_ranges.end(), [](const auto &range) { return !range.empty(); });
        writer.put(static_cast<std::uint64_t>(used));
        for (std::size_t key = 0; key < m_ranges.size(); ++key) {
            if (m_ranges[key].empty())
                continue;
            m_keys.save(static_cast<std::uint32_t>(key), writer);
            m_ranges[key].save(m_aggregates, writer);
        }
        return writer.take();
    }

    Result<void> restore(const std::string &state) override
    {
        return restoreKept(state,
                           kStateVersion,
                           m_configText,
                           "the ranges that are kept were made with other settings",
                           [this](StateReader &reader) { load(reader); });
    }

    StateFigures stateFigures() const override
    {
        return {m_keys.size(),
                m_inRange,
                m_keys.bytes() + m_aggregates.bytes() + m_events.bytes()
                    + m_waiting.capacity() * sizeof(Waiting)
                    + m_ranges.capacity() * sizeof(RollingGroup)
                    + m_inRange * (sizeof(Ticks) + sizeof(std::uint64_t))
                    + m_leaving.size() * sizeof(Leaving)};
    }

private:
    struct Waiting
    {
        Ticks time = 0;
        std::uint32_t key = 0;
        std::uint32_t group = 0; // holds this event alone
        EventStore::Event event;
    };
    struct Leaving
    {
        Ticks time = 0;
        std::uint32_t key = 0;
    };

    /// Behind those of the same time, which came before.
    void wait(Waiting waiting)
    {
        m_keys.hold(waiting.key);
        auto place = m_waiting.end();
        while (place != m_waiting.begin() + static_cast<std::ptrdiff_t>(m_next)
               && std::prev(place)->time > waiting.time)
            --place;
        m_waiting.insert(place, waiting);
    }

    void enter(const Waiting &waiting)
    {
        if (m_ranges.size() < m_keys.highest())
            m_ranges.resize(m_keys.highest());
        evict(waiting.key, waiting.time - m_over);
        m_ranges[waiting.key].push(m_aggregates, waiting.time, waiting.group);
        m_leaving.push_back({waiting.time, waiting.key});
        ++m_inRange;
    }

    void evict(std::uint32_t key, Ticks time)
    {
        const std::size_t gone = m_ranges[key].evict(m_aggregates, time);
        m_inRange -= gone;
        for (std::size_t i = 0; i < gone; ++i)
            m_keys.release(key);
    }

    void evictSilent(Ticks watermark)
    {
        while (!m_leaving.empty() && m_leaving.front().time <= watermark - m_over) {
            // The key may have been given to another since; its own events are younger then.
            evict(m_leaving.front().key, m_leaving.front().time);
            m_leaving.pop_front();
        }
    }

    /// The events up to `end`, each with its aggregates.
    Result<void> send(std::size_t end, OperatorOutput &out)
    {
        std::vector<std::uint32_t> results;
        std::vector<EventStore::Event> events;
        auto track = takeTimeTrack();
        for (std::size_t i = m_next; i < end; ++i) {
            enter(m_waiting[i]);
            results.push_back(m_aggregates.take());
            m_ranges[m_waiting[i].key].addTo(m_aggregates, results.back());
            events.push_back(m_waiting[i].event);
            track->events.push_back(m_waiting[i].time);
        }
        auto computed = m_aggregates.finish(results, m_clock->now());
        for (const std::uint32_t group : results)
            m_aggregates.give(group);
        if (!computed)
            return fail(computed.error());
        const Batch *whole = m_events.whole(events);
        Batch batch = whole != nullptr ? *whole : m_events.gather(events);
        arrange(batch, std::move(*computed));
        batch.schema = m_schema;
        batch.times = std::move(track);
        batch.origins = nullptr;
        batch.raw = nullptr;
        for (const EventStore::Event &event : events)
            m_events.release(event);
        m_next = end;
        out.emit(kOut, std::move(batch));
        return {};
    }

    /// Puts the aggregates behind the event's own columns.
    void arrange(Batch &batch, std::vector<ColumnPtr> computed) const
    {
        std::vector<ColumnPtr> columns;
        batch.columns.resize(m_input.columns.size());
        for (std::size_t i = 0; i < m_input.columns.size(); ++i) {
            if (!m_input.columns[i].system)
                columns.push_back(batch.columns[i]);
        }
        for (ColumnPtr &column : computed)
            columns.push_back(std::move(column));
        for (std::size_t i = 0; i < m_input.columns.size(); ++i) {
            if (m_input.columns[i].system)
                columns.push_back(batch.columns[i]);
        }
        batch.columns = std::move(columns);
    }

    void load(StateReader &in)
    {
        const std::size_t count = in.getCount(2 * sizeof(Ticks));
        const std::uint64_t number = count == 0 ? 0 : m_events.load(count, in);
        for (std::uint32_t row = 0; row < count && in.ok(); ++row) {
            Waiting waiting;
            waiting.time = in.get<Ticks>();
            waiting.key = m_keys.load(in);
            waiting.group = m_aggregates.take();
            m_aggregates.load(waiting.group, in);
            waiting.event = {number, row};
            wait(waiting);
        }
        std::vector<Leaving> leaving;
        for (std::size_t left = in.getCount(2 * sizeof(Ticks)); left > 0 && in.ok(); --left) {
            const std::uint32_t key = m_keys.load(in);
            m_ranges.resize(std::max(m_ranges.size(), m_keys.highest()));
            m_ranges[key].load(m_aggregates, in);
            m_ranges[key].forEachTime([&](Ticks time) {
                m_keys.hold(key);
                ++m_inRange;
                leaving.push_back({time, key});
            });
        }
        std::stable_sort(leaving.begin(), leaving.end(), [](const Leaving &a, const Leaving &b) {
            return a.time < b.time;
        });
        m_leaving.assign(leaving.begin(), leaving.end());
    }

    TickSpan m_over;
    std::string m_configText;
    Schema m_input;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    std::vector<kql::Evaluator> m_keyValues;
    GroupKeys m_keys;
    kql::AggregateSet m_aggregates;
    EventStore m_events;
    const Clock *m_clock;
    std::vector<Waiting> m_waiting; // by time, the earliest at m_next
    std::size_t m_next = 0;
    std::vector<RollingGroup> m_ranges; // by the key's number
    std::deque<Leaving> m_leaving;      // by time
    std::size_t m_inRange = 0;

    // Scratch of one call.
    std::vector<kql::Vector> m_vectors;
    std::vector<std::uint16_t> m_accepted;
    std::vector<std::uint32_t> m_ids;
    std::vector<std::uint32_t> m_groups;
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    const GroupList list = bindList(config, inputs.front(), context.parameters);
    SchemaFlow flow;
    flow.outputs = {
        outputSchema(inputs.front(), list), inputs.front(), errorsSchema(inputs.front())};
    flow.problems = list.problems;
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    const GroupList list = bindList(config, inputs.front(), context.parameters);
    const auto isComputed = [&](const std::string &name) {
        return std::find(list.names.begin(), list.names.end(), name) != list.names.end();
    };
    ColumnNeeds passed = outputNeeds.front();
    std::erase_if(passed.typed, isComputed);
    std::erase_if(passed.tokens, isComputed);
    ColumnNeeds needs;
    needs.add(passed);
    for (std::size_t port = kLate; port < outputNeeds.size(); ++port)
        needs.add(outputNeeds[port]);
    for (std::string &name : columnsOf(list))
        needs.typed.push_back(std::move(name));
    return {needs};
}

Result<std::unique_ptr<StatefulOperator>> create(const Config &config, const NodeContext &context)
{
    const GroupList list = bindList(config, context.inputSchemas.front(), context.parameters);
    if (!list.problems.empty())
        return fail(list.problems.front().error);
    std::string text = config.text(kOver) + config.value(kByField).toJson()
                       + config.value(kAggregatesField).toJson();
    return std::unique_ptr<StatefulOperator>(
        std::make_unique<RollingAggregate>(config.duration(kOver), list, std::move(text), context));
}

std::string describeConfig(const ValueMap &config)
{
    std::string over;
    for (const auto &[name, value] : config) {
        if (name == kOver && value.asString() != nullptr)
            over = *value.asString();
    }
    const std::string list = describeGroupList(config);
    return over.empty() ? list : fmt::format("{} over {}", list, over);
}

} // namespace

const NodeDescriptor &aggregateDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "aggregate",
        .role = NodeRole::Transform,
        .title = "Aggregate",
        .summary = "Adds to each event aggregates over the time just before it, for each key.",
        .icon = "aggregate",
        .keywords = {"rolling", "moving", "average", "velocity", "last", "count", "sum"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, {.id = "late", .optional = true}, errorsPort()},
        .fields =
            {
                durationField(kOver)
                    .label("Over the last")
                    .help("The event itself is included, and what lies exactly so far back is not.")
                    .example("10s")
                    .atLeast(1)
                    .must(),
                field(kByField, FieldType::Keys)
                    .label("Group by")
                    .help("Only events with the same values of these count; none: all events.")
                    .example(R"([{"name": "device_id"}])"),
                field(kAggregatesField, FieldType::Aggregates)
                    .label("Aggregates")
                    .help("What is computed; each becomes a column behind the event's own.")
                    .example(R"-([{"name": "average", "expression": "avg(temp)"}])-")
                    .must(),
            },
        .exampleConfig = R"-({"over": "10s", "by": [{"name": "device_id"}],
            "aggregates": [{"name": "recent", "expression": "count()"}]})-",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createStateful = create,
        .timed = true,
    };
    return descriptor;
}

} // namespace sluice
