#include "core/base/state_bytes.h"
#include "core/base/value_place.h"
#include "core/node/node_descriptor.h"
#include "core/operators/column_path.h"
#include "core/operators/expression_problem.h"
#include "core/operators/key_encoder.h"
#include "core/operators/key_fields.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kOneIn = "one_in";
constexpr std::string_view kPerSecond = "per_second";
constexpr std::string_view kBy = "by";
constexpr std::size_t kOut = 0;
constexpr std::size_t kMostKeys = 1'000'000;
constexpr std::string_view kOrigin[] = {"$source",
                                        "$partition"}; // NOLINT(modernize-avoid-c-arrays)

/// What is counted: events of a source partition, or of a key in it.
struct Layout
{
    std::vector<ColumnPath> keys; // the origin's columns first
    std::vector<KeyKind> kinds;
    std::optional<std::size_t> time; // $event_time
    std::vector<SchemaProblem> problems;
};

/// A key of the config: a column, or an expression with a name.
void addKey(const Value &entry,
            std::size_t index,
            const Schema &input,
            const ParameterValues &parameters,
            Layout &layout)
{
    const KeyText key = keyText(entry);
    const std::string &name = key.name.empty() ? key.source : key.name;
    std::string place = placeOf({std::to_string(index)});
    if (!key.part.empty())
        place += placeOf({key.part});
    std::optional<ColumnPath> path;
    if (key.part != "expression") {
        BoundPath bound = bindColumnPath(kBy, key.source, input, parameters);
        for (SchemaProblem &problem : bound.problems) {
            problem.suggestionPlace = place;
            layout.problems.push_back(std::move(problem));
        }
        path = std::move(bound.path);
    } else {
        auto bound = kql::compile(key.source, {&input, &parameters});
        for (const kql::Problem &problem : bound.problems)
            layout.problems.push_back(
                expressionProblem(kBy, problem, key.source, fmt::format("'{}', ", name), place));
        if (bound.expression)
            path = ColumnPath{name, bound.expression->type(), std::nullopt, bound.expression};
    }
    if (!path)
        return;
    const auto kind = keyKindOf(path->type);
    if (!kind) {
        layout.problems.push_back(
            {std::string(kBy),
             {ErrorCode::TypeMismatch,
              fmt::format("'{}' is dynamic: it cannot be compared as a whole", name),
              "Cast it, as in tostring(site.name).",
              {},
              {}}});
        return;
    }
    layout.keys.push_back(std::move(*path));
    layout.kinds.push_back(*kind);
}

Layout makeLayout(const Config &config, const Schema &input, const ParameterValues &parameters)
{
    Layout layout;
    for (const std::string_view name : kOrigin) {
        if (const auto column = input.find(name)) {
            const ColumnType type = input.columns[*column].type;
            layout.keys.push_back({std::string(name), type, column, nullptr});
            layout.kinds.push_back(*keyKindOf(type));
        }
    }
    std::size_t index = 0;
    if (const ValueList *keys = config.value(kBy).asList()) {
        for (const Value &entry : *keys)
            addKey(entry, index++, input, parameters, layout);
    }
    layout.time = input.find(kEventTimeColumn);
    return layout;
}

/// Lets every nth event pass, or the first n of each second of event time.
class Sample : public StatefulOperator
{
public:
    Sample(Layout layout, std::uint64_t oneIn, std::uint64_t perSecond, const NodeContext &context)
        : m_encoder(layout.kinds)
        , m_time(layout.time)
        , m_oneIn(oneIn)
        , m_perSecond(perSecond)
        , m_clock(context.clock)
    {
        for (const ColumnPath &key : layout.keys)
            m_keys.emplace_back(key, context.inputSchemas.front());
    }

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        const Batch &batch = input.batch;
        TRY(readKeys(batch));
        const Column *times =
            m_time && *m_time < batch.columns.size() ? batch.columns[*m_time].get() : nullptr;
        auto kept = takeSelection();
        bool full = false;
        m_last = nullptr;
        batch.selection.forEach([&](std::size_t row) {
            Counter *counter = counterOf(row);
            full = full || counter == nullptr;
            if (full)
                return;
            const Ticks time = times != nullptr && times->valid[row] != 0 ? times->integers[row]
                                                                          : batch.ingestedAt;
            if (passes(*counter, time))
                kept->push_back(static_cast<std::uint16_t>(row));
        });
        if (full)
            return fail(ErrorCode::StateLimit, "there are more than {} keys to count", kMostKeys)
                .hint("Count by columns with fewer values.");
        const std::size_t dropped = batch.selection.size() - kept->size();
        if (dropped != 0)
            out.countFiltered(dropped);
        Batch result = batch;
        result.selection = Selection(std::move(kept));
        if (!result.selection.empty())
            out.emit(kOut, std::move(result));
        return {};
    }

    Result<std::string> snapshot() const override
    {
        StateWriter writer;
        writer.put(static_cast<std::uint64_t>(m_counters.size()));
        for (const auto &[key, counter] : m_counters) {
            writer.putText(key);
            writer.put(counter.events);
            writer.put(counter.second);
        }
        return writer.take();
    }

    Result<void> restore(const std::string &state) override
    {
        StateReader reader(state);
        m_counters.clear();
        constexpr std::size_t kLeast = 3 * sizeof(std::uint64_t);
        const std::size_t count = reader.getCount(kLeast);
        for (std::size_t i = 0; i < count && reader.ok(); ++i) {
            const std::string key(reader.getText());
            Counter counter;
            counter.events = reader.get<std::uint64_t>();
            counter.second = reader.get<std::int64_t>();
            m_counters.emplace(key, counter);
        }
        if (!reader.ok())
            return fail(ErrorCode::StateDamaged, "the counts of the last run cannot be read");
        return {};
    }

    StateFigures stateFigures() const override
    {
        return {m_counters.size(), 0, m_counters.size() * 64 + m_keyBytes};
    }

private:
    struct Counter
    {
        std::uint64_t events = 0; // seen; with per_second: of this second
        std::int64_t second = std::numeric_limits<std::int64_t>::min();
    };

    Result<void> readKeys(const Batch &batch)
    {
        m_columns.clear();
        m_pointers.clear();
        for (PathReader &key : m_keys) {
            TRY_ASSIGN(ColumnPtr column, key.read(batch, m_clock->now()));
            m_pointers.push_back(column.get());
            m_columns.push_back(std::move(column));
        }
        return {};
    }

    /// Null when there would be too many.
    Counter *counterOf(std::size_t row)
    {
        const std::string_view key = m_encoder.encode(m_pointers, row);
        if (m_last != nullptr && key == m_lastKey)
            return m_last;
        m_lastKey = key;
        auto it = m_counters.find(m_lastKey);
        if (it == m_counters.end()) {
            if (m_counters.size() >= kMostKeys)
                return nullptr;
            it = m_counters.emplace(m_lastKey, Counter()).first;
            m_keyBytes += m_lastKey.size();
        }
        m_last = &it->second;
        return m_last;
    }

    bool passes(Counter &counter, Ticks time) const
    {
        if (m_oneIn != 0)
            return counter.events++ % m_oneIn == 0;
        std::int64_t second = time / kTicksPerSecond;
        second -= time % kTicksPerSecond < 0 ? 1 : 0;
        if (counter.second != second) {
            counter.second = second;
            counter.events = 0;
        }
        return counter.events++ < m_perSecond;
    }

    std::vector<PathReader> m_keys;
    KeyEncoder m_encoder;
    std::optional<std::size_t> m_time;
    std::uint64_t m_oneIn;
    std::uint64_t m_perSecond;
    const Clock *m_clock;
    boost::unordered_flat_map<std::string, Counter> m_counters;
    std::size_t m_keyBytes = 0;

    // Of the batch at hand.
    std::vector<ColumnPtr> m_columns;
    std::vector<const Column *> m_pointers;
    std::string m_lastKey;
    Counter *m_last = nullptr; // its counter; stays while nothing is added
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    SchemaFlow flow;
    flow.outputs = {inputs.front()};
    flow.problems = makeLayout(config, inputs.front(), context.parameters).problems;
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    const Layout layout = makeLayout(config, inputs.front(), context.parameters);
    ColumnNeeds needs = outputNeeds.front();
    ColumnNeeds own;
    for (const ColumnPath &key : layout.keys) {
        for (const std::string &name : key.columns(inputs.front()))
            own.typed.push_back(name);
    }
    if (layout.time && config.has(kPerSecond))
        own.typed.emplace_back(kEventTimeColumn);
    needs.add(own);
    return {needs};
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    if (config.has(kOneIn) != config.has(kPerSecond))
        return {};
    const bool both = config.has(kOneIn);
    return {{std::string(kOneIn),
             {both ? ErrorCode::InvalidValue : ErrorCode::MissingValue,
              both ? "a sample is one in so many, or so many a second, not both"
                   : "nothing says how many events are kept",
              both ? "Keep one of them." : "Give one_in, as in 100, or per_second.",
              {},
              {}}}};
}

std::string describeConfig(const ValueMap &config)
{
    const Config fields(config);
    std::string text;
    if (fields.has(kOneIn))
        text = fmt::format("1 in {}", fields.integer(kOneIn));
    else if (fields.has(kPerSecond))
        text = fmt::format("{} a second", fields.integer(kPerSecond));
    const std::string by = keyNames(fields.value(kBy));
    return by.empty() ? text : fmt::format("{} by {}", text, by);
}

} // namespace

const NodeDescriptor &sampleDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "sample",
        .role = NodeRole::Transform,
        .title = "Sample",
        .summary = "Lets a part of the events pass, always the same ones.",
        .icon = "sample",
        .keywords = {"thin", "reduce", "throttle", "rate limit", "every nth"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}},
        .fields =
            {
                integerField(kOneIn)
                    .label("One event in")
                    .example("100")
                    .atLeast(1)
                    .help("Keeps the first, and then every nth of each partition."),
                integerField(kPerSecond)
                    .label("Events a second")
                    .example("10")
                    .alternativeOf(std::string(kOneIn))
                    .atLeast(1)
                    .help("Keeps the first ones of each second of event time."),
                field(kBy, FieldType::Keys)
                    .label("Of each")
                    .example(R"([{"name": "device_id"}])")
                    .help("Counts the events of each value of these columns by themselves."),
            },
        .exampleConfig = R"({"one_in": 100})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createStateful = [](const Config &config, const NodeContext &context)
            -> Result<std::unique_ptr<StatefulOperator>> {
            Layout layout = makeLayout(config, context.inputSchemas.front(), context.parameters);
            if (!layout.problems.empty())
                return fail(layout.problems.front().error);
            return std::unique_ptr<StatefulOperator>(
                std::make_unique<Sample>(std::move(layout),
                                         static_cast<std::uint64_t>(config.integer(kOneIn)),
                                         static_cast<std::uint64_t>(config.integer(kPerSecond)),
                                         context));
        },
    };
    return descriptor;
}

} // namespace sluice
