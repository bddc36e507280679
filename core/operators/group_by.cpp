#include "core/event/time_track.h"
#include "core/operators/aligned_windows.h"
#include "core/operators/expression_problem.h"
#include "core/operators/group_list.h"
#include "core/operators/kept_state.h"
#include "core/operators/session_windows.h"
#include "core/operators/sliding_windows.h"

#include <fmt/format.h>

#include <optional>

namespace sluice {

namespace {

constexpr std::string_view kWindow = "window";
constexpr std::string_view kAllowedLateness = "allowed_lateness";
constexpr std::string_view kEarlyEvery = "early_every";
constexpr std::string_view kStart = "window_start";
constexpr std::string_view kEnd = "window_end";
constexpr std::string_view kEmission = "emission";
constexpr std::size_t kOut = 0;
constexpr std::size_t kLate = 1;
constexpr std::uint32_t kStateVersion = 1;

Result<WindowSpec> windowOf(const Config &config)
{
    TRY_ASSIGN(WindowSpec spec, readWindowSpec(config.value(kWindow)));
    spec.allowedLateness = config.duration(kAllowedLateness);
    spec.earlyEvery = config.duration(kEarlyEvery);
    return spec;
}

GroupList bindList(const Config &config,
                   const Schema &input,
                   const ParameterValues &parameters,
                   bool emission)
{
    std::vector<std::string> taken{std::string(kStart), std::string(kEnd)};
    if (emission)
        taken.emplace_back(kEmission);
    return bindGroupList(config, input, parameters, std::move(taken));
}

Schema outputSchema(const GroupList &list, bool emission)
{
    Schema schema;
    for (const GroupList::Key &key : list.keys)
        schema.columns.push_back({key.name, key.value->type()});
    schema.columns.push_back({std::string(kStart), ColumnType::Datetime});
    schema.columns.push_back({std::string(kEnd), ColumnType::Datetime});
    for (std::size_t i = 0; i < list.names.size(); ++i)
        schema.columns.push_back({list.names[i], list.plan->columns[i].type});
    if (emission)
        schema.columns.push_back({std::string(kEmission), ColumnType::String});
    return schema;
}

std::vector<std::size_t> inputPlaces(const GroupList &list, const Schema &input)
{
    std::vector<std::size_t> places;
    for (const SchemaColumn &column : list.plan->inputs)
        places.push_back(input.find(column.name).value_or(input.columns.size()));
    return places;
}

/// What of the config the state depends on: a state of another one cannot be taken over.
std::string fingerprint(const Config &config)
{
    Value window = config.value(kWindow);
    const Value *closed = window.find("closed");
    if (closed != nullptr && *closed == Value("start"))
        window.erase("closed"); // the default, whether it is written or not
    return window.toJson() + config.value(kByField).toJson()
           + config.value(kAggregatesField).toJson();
}

constexpr std::string_view kHelp = R"(
Each window sends a row for each key when the watermark has passed its end.

- **tumbling**: windows of one size, side by side. **hopping**: the same, but a new one begins every
  *hop*, so that they overlap.
- **sliding**: a row whenever an event enters or leaves the last *size* of time.
- **session**: from a key's first event until it is silent for the *gap*.
- **snapshot**: the events of one moment.

An event that comes behind the watermark is late. It leaves by the port `late`, unless **Allowed
lateness** keeps the windows a while longer: then it corrects the rows it belongs to, which are sent
again with `late` as their `emission`.

**Early rows every** sends what a window holds so far; `emission` is then `early`.

A sliding window has neither. It ends at the event that it tells of: there is nothing to be early
for, and one late event would change every row of the last *size* of time, hundreds of them on a
busy key. Let max_out_of_orderness of the source cover the delay instead: the rows come that much
later, each of them once and final. A snapshot has no early rows either, as it is over at once.
)";

class GroupBy : public StatefulOperator
{
public:
    GroupBy(const WindowSpec &spec,
            const GroupList &list,
            std::string configText,
            const NodeContext &context)
        : m_spec(spec)
        , m_configText(std::move(configText))
        , m_keys(keyTypes(list))
        , m_aggregates(list.plan, inputPlaces(list, context.inputSchemas.front()))
        , m_rows(std::make_shared<Schema>(outputSchema(list, spec.hasEmission())),
                 list.keys.size(),
                 spec.hasEmission(),
                 m_keys,
                 m_aggregates)
        , m_clock(context.clock)
    {
        for (const GroupList::Key &key : list.keys)
            m_keyValues.emplace_back(key.value,
                                     columnPositions(*key.value, context.inputSchemas.front()));
        const WindowParts parts{m_keys, m_aggregates};
        if (spec.type == WindowType::Session)
            m_windows = std::make_unique<SessionWindows>(spec, parts);
        else if (spec.type == WindowType::Sliding)
            m_windows = std::make_unique<SlidingWindows>(spec, parts);
        else
            m_windows = std::make_unique<AlignedWindows>(spec, parts);
    }

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        const Batch &batch = input.batch;
        if (batch.selection.empty())
            return {};
        const Ticks now = m_clock->now();
        m_vectors.clear();
        for (kql::Evaluator &value : m_keyValues) {
            TRY_ASSIGN(ColumnPtr column, value.evaluate(batch, now));
            m_vectors.push_back({std::move(column), 1});
        }
        TRY(m_aggregates.evaluate(batch, now));
        begin(out, now);
        m_late.clear();
        TRY(m_windows->add({batch.selection.size(),
                            batch.selection.data(),
                            input.eventTimes,
                            input.own,
                            input.merged,
                            m_vectors},
                           m_late,
                           m_rows));
        if (!m_late.empty())
            sendLate(batch, out);
        out.countAbsorbed(batch.selection.size() - m_late.size());
        return {};
    }

    Result<void> advance(Ticks watermark, OperatorOutput &out) override
    {
        begin(out, m_clock->now());
        return m_windows->advance(watermark, m_rows);
    }

    Ticks outputWatermark(Ticks watermark) const override
    {
        return watermark == kNoTicks || watermark == kEndOfTime
                   ? watermark
                   : watermark - m_spec.allowedLateness;
    }

    Result<std::string> snapshot() const override
    {
        StateWriter writer;
        beginKept(writer, kStateVersion, m_configText);
        m_windows->save(writer);
        return writer.take();
    }

    Result<void> restore(const std::string &state) override
    {
        return restoreKept(state,
                           kStateVersion,
                           m_configText,
                           "the windows that are kept were made by another window, other keys or "
                           "other aggregates",
                           [this](StateReader &reader) { m_windows->load(reader); });
    }

    StateFigures stateFigures() const override
    {
        return {m_keys.size(),
                m_windows->openWindows(),
                m_keys.bytes() + m_aggregates.bytes() + m_windows->bytes()};
    }

private:
    void begin(OperatorOutput &out, Ticks now)
    {
        m_rows.begin(
            [&out](Batch batch, const std::vector<Ticks> &times) {
                auto track = takeTimeTrack();
                track->events = times;
                batch.times = std::move(track);
                out.emitRows(kOut, std::move(batch));
            },
            now);
    }

    void sendLate(const Batch &batch, OperatorOutput &out)
    {
        auto rows = takeSelection();
        rows->assign(m_late.begin(), m_late.end());
        Batch late = batch;
        late.selection = Selection(std::move(rows));
        out.emitLate(kLate, std::move(late));
    }

    WindowSpec m_spec;
    std::string m_configText;
    std::vector<kql::Evaluator> m_keyValues;
    GroupKeys m_keys;
    kql::AggregateSet m_aggregates;
    WindowRows m_rows;
    std::unique_ptr<WindowLogic> m_windows;
    const Clock *m_clock;

    // Scratch of one call.
    std::vector<kql::Vector> m_vectors;
    std::vector<std::uint16_t> m_late;
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    const auto spec = windowOf(config);
    const bool emission = spec && spec->hasEmission();
    const GroupList list = bindList(config, inputs.front(), context.parameters, emission);
    SchemaFlow flow;
    flow.outputs = {outputSchema(list, emission), inputs.front(), errorsSchema(inputs.front())};
    flow.problems = list.problems;
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    ColumnNeeds needs;
    for (std::size_t port = kLate; port < outputNeeds.size(); ++port)
        needs.add(outputNeeds[port]);
    const GroupList list = bindList(config, inputs.front(), context.parameters, false);
    for (std::string &name : columnsOf(list))
        needs.typed.push_back(std::move(name));
    return {needs};
}

Result<std::unique_ptr<StatefulOperator>> create(const Config &config, const NodeContext &context)
{
    TRY_ASSIGN(const WindowSpec spec, windowOf(config));
    const GroupList list =
        bindList(config, context.inputSchemas.front(), context.parameters, spec.hasEmission());
    if (!list.problems.empty())
        return fail(list.problems.front().error);
    return std::unique_ptr<StatefulOperator>(
        std::make_unique<GroupBy>(spec, list, fingerprint(config), context));
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    std::vector<SchemaProblem> problems;
    const auto spec = windowOf(config);
    if (!spec) {
        problems.push_back({std::string(kWindow), spec.error()});
        return problems;
    }
    const auto refuse = [&](std::string_view field, std::string message, std::string hint) {
        problems.push_back(
            {std::string(field),
             {ErrorCode::InvalidValue, std::move(message), std::move(hint), {}, {}}});
    };
    if (spec->type == WindowType::Sliding && spec->allowedLateness > 0)
        refuse(kAllowedLateness,
               "a sliding window has no allowed lateness",
               "One late event would change every row of the window's size. Raise "
               "max_out_of_orderness of the source instead: each row comes once and is final.");
    if ((spec->type == WindowType::Sliding || spec->type == WindowType::Snapshot)
        && spec->earlyEvery > 0)
        refuse(kEarlyEvery,
               fmt::format("a {} window has no early rows",
                           spec->type == WindowType::Sliding ? "sliding" : "snapshot"),
               "It sends its row as soon as it is final.");
    if (spec->earlyEvery > 0 && spec->size > 0 && spec->earlyEvery >= spec->size)
        refuse(kEarlyEvery,
               "early rows would come no earlier than the window's own",
               "Choose a duration shorter than the window.");
    return problems;
}

std::string describeConfig(const ValueMap &config)
{
    std::string window;
    for (const auto &[name, value] : config) {
        if (name != kWindow)
            continue;
        if (const auto spec = readWindowSpec(value))
            window = describeWindow(*spec);
    }
    const std::string list = describeGroupList(config);
    return window.empty() || list.empty() ? window + list : fmt::format("{}: {}", window, list);
}

} // namespace

const NodeDescriptor &groupByDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "group_by",
        .role = NodeRole::Transform,
        .title = "Group by",
        .summary = "Computes aggregates over windows of event time, for each key.",
        .icon = "group_by",
        .keywords = {"window",
                     "tumbling",
                     "hopping",
                     "sliding",
                     "session",
                     "snapshot",
                     "aggregate",
                     "count",
                     "sum",
                     "average"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, {.id = "late", .optional = true}, errorsPort()},
        .fields =
            {
                windowField(kWindow),
                field(kByField, FieldType::Keys)
                    .label("Group by")
                    .help("A window of its own for each value of these; none: one for all events.")
                    .example(R"([{"name": "device_id"}])"),
                field(kAggregatesField, FieldType::Aggregates)
                    .label("Aggregates")
                    .help("What is computed of the events of a window.")
                    .example(R"-([{"name": "average", "expression": "avg(temp)"}])-")
                    .must(),
                durationField(kAllowedLateness)
                    .label("Allowed lateness")
                    .help("How long after its end a late event still corrects a window.")
                    .example("30s")
                    .atLeast(0)
                    .inAdvanced(),
                durationField(kEarlyEvery)
                    .label("Early rows every")
                    .help("Sends what a window holds so far, before it ends.")
                    .example("10s")
                    .atLeast(0)
                    .inAdvanced(),
            },
        .help = std::string(kHelp.substr(1)),
        .exampleConfig = R"-({"window": {"type": "tumbling", "size": "10s"},
            "by": [{"name": "device_id"}],
            "aggregates": [{"name": "events", "expression": "count()"},
                           {"name": "average", "expression": "avg(temp)"}]})-",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createStateful = create,
        .timed = true,
    };
    return descriptor;
}

} // namespace sluice
