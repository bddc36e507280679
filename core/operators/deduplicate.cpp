#include "core/base/state_bytes.h"
#include "core/operators/key_fields.h"
#include "core/operators/row_key.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace sluice {

namespace {

constexpr std::string_view kBy = "by";
constexpr std::string_view kWithin = "within";
constexpr std::size_t kOut = 0;
constexpr std::size_t kDuplicates = 1;
constexpr std::size_t kLate = 2;
constexpr std::uint32_t kStateVersion = 1;

struct TextHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>()(text);
    }
};

/// Times of the kept events of one key that may still have duplicates, ascending: hardly ever more
/// than two.
using KeptTimes = std::vector<Ticks>;

/// Splits the selected rows of a batch into those that pass, repeat and are late.
class RowSplit
{
public:
    void start()
    {
        for (auto &rows : m_rows)
            rows = takeSelection();
    }
    void add(std::size_t port, std::size_t row)
    {
        m_rows.at(port)->push_back(static_cast<std::uint16_t>(row));
    }
    Batch take(std::size_t port, const Batch &batch)
    {
        Batch result = batch;
        result.selection = Selection(std::move(m_rows.at(port)));
        return result;
    }

private:
    std::array<std::shared_ptr<std::vector<std::uint16_t>>, 3> m_rows;
};

/// Lets an event pass unless a passed one of its key lies less than `within` away in event time,
/// before or behind it. Events behind the watermark cannot be judged and are late.
class Deduplicate : public StatefulOperator
{
public:
    Deduplicate(const std::vector<KeyField> &fields, TickSpan within, const NodeContext &context)
        : m_keys(fields, context.inputSchemas.front())
        , m_within(within)
        , m_clock(context.clock)
    {}

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        const Batch &batch = input.batch;
        TRY_ASSIGN(const auto *columns, m_keys.compute(batch, m_clock->now()));
        m_split.start();
        batch.selection.forEach([&](std::size_t row) {
            const Ticks time = input.eventTimes[row];
            if (time < input.own[row])
                return m_split.add(kLate, row);
            m_key.clear();
            appendRowKey(m_key, *columns, row);
            m_split.add(keep(time) ? kOut : kDuplicates, row);
        });
        out.emit(kOut, m_split.take(kOut, batch));
        out.emit(kDuplicates, m_split.take(kDuplicates, batch));
        out.emitLate(kLate, m_split.take(kLate, batch));
        return {};
    }

    Result<void> advance(Ticks watermark, OperatorOutput & /*out*/) override
    {
        // Looking through all keys now and then costs less than keeping them in order.
        constexpr int kSweepsPerSpan = 4;
        if (watermark != kEndOfTime && watermark < m_nextSweep)
            return {};
        m_nextSweep = watermark == kEndOfTime ? kEndOfTime : watermark + m_within / kSweepsPerSpan;
        boost::unordered::erase_if(m_kept, [&](auto &entry) {
            std::erase_if(entry.second, [&](Ticks time) { return isPast(time, watermark); });
            if (!entry.second.empty())
                return false;
            m_bytes -= sizeOf(entry.first);
            return true;
        });
        return {};
    }

    Result<std::string> snapshot() const override
    {
        StateWriter out;
        out.put(kStateVersion);
        out.put(static_cast<std::uint64_t>(m_kept.size()));
        for (const auto &[key, times] : m_kept) {
            out.putText(key);
            out.put(static_cast<std::uint64_t>(times.size()));
            for (const Ticks time : times)
                out.put(time);
        }
        return out.take();
    }

    Result<void> restore(const std::string &state) override
    {
        StateReader in(state);
        const bool known = in.get<std::uint32_t>() == kStateVersion;
        const std::size_t keys = known ? in.getCount(1) : 0;
        for (std::size_t i = 0; i < keys && in.ok(); ++i) {
            std::string key(in.getText());
            KeptTimes times(in.getCount(sizeof(Ticks)));
            for (Ticks &time : times)
                time = in.get<Ticks>();
            m_bytes += sizeOf(key);
            m_kept.emplace(std::move(key), std::move(times));
        }
        if (!known || !(in.ok() && in.atEnd()))
            return fail(ErrorCode::StateDamaged, "the saved keys are damaged");
        return {};
    }

    StateFigures stateFigures() const override { return {m_kept.size(), 0, m_bytes}; }

private:
    bool isPast(Ticks time, Ticks watermark) const { return time <= watermark - m_within; }

    static std::size_t sizeOf(const std::string &key)
    {
        constexpr std::size_t kEntry = 48; // of the map, and its one time
        return key.size() + sizeof(std::string) + kEntry;
    }

    /// Whether the event with the key in m_key is the first of its kind; remembers it then.
    bool keep(Ticks time)
    {
        const auto known = m_kept.find(m_key.view());
        if (known == m_kept.end()) {
            std::string key(m_key.view());
            m_bytes += sizeOf(key);
            m_kept.emplace(std::move(key), KeptTimes{time});
            return true;
        }
        KeptTimes &times = known->second;
        const bool repeated = std::any_of(times.begin(), times.end(), [&](Ticks kept) {
            return std::abs(kept - time) < m_within;
        });
        if (repeated)
            return false;
        times.insert(std::upper_bound(times.begin(), times.end(), time), time);
        return true;
    }

    KeyColumns m_keys;
    TickSpan m_within;
    const Clock *m_clock;
    boost::unordered_flat_map<std::string, KeptTimes, TextHash, std::equal_to<>> m_kept;
    std::uint64_t m_bytes = 0;
    Ticks m_nextSweep = kNoTicks;
    ByteBuffer m_key; // scratch
    RowSplit m_split; // scratch
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    const Schema &input = inputs.front();
    SchemaFlow flow;
    flow.outputs = {input, input, input, errorsSchema(input)};
    flow.problems = bindKeyFields(kBy, config, input, context.parameters).problems;
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    ColumnNeeds needs;
    for (const ColumnNeeds &output : outputNeeds)
        needs.add(output);
    const KeyFields keys = bindKeyFields(kBy, config, inputs.front(), context.parameters);
    ColumnNeeds own;
    own.typed = columnsOf(keys.fields, inputs.front());
    needs.add(own);
    return {needs};
}

std::string describeConfig(const ValueMap &config)
{
    const std::string names = keyNames(Config(config).value(kBy));
    return names.empty() ? names : "by " + names;
}

} // namespace

const NodeDescriptor &deduplicateDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "deduplicate",
        .role = NodeRole::Transform,
        .title = "Deduplicate",
        .summary = "Lets the first event of each key pass and takes its repetitions out.",
        .icon = "duplicate",
        .keywords = {"distinct", "unique", "once", "repeat", "retry"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"},
                    {.id = "duplicates", .optional = true},
                    {.id = "late", .optional = true},
                    errorsPort()},
        .fields =
            {
                field(kBy, FieldType::Keys)
                    .label("Same event when")
                    .help("Events that agree in all these fields are the same.")
                    .example(R"([{"name": "order_id"}])")
                    .must(),
                durationField(kWithin)
                    .label("Within")
                    .help("Of event time, before and behind an event that has passed.")
                    .defaultTo("10m")
                    .atLeast(1),
            },
        .help = "An event passes unless one of the same key has passed that lies less than this "
                "span away in event time. Repetitions do not make the span longer; they leave by "
                "`duplicates`. What comes behind the watermark leaves by `late`.",
        .exampleConfig = R"({"by": [{"name": "device_id"}], "within": "10s"})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createStateful = [](const Config &config, const NodeContext &context)
            -> Result<std::unique_ptr<StatefulOperator>> {
            auto keys =
                bindKeyFields(kBy, config, context.inputSchemas.front(), context.parameters);
            if (!keys.problems.empty())
                return fail(keys.problems.front().error);
            return std::unique_ptr<StatefulOperator>(
                std::make_unique<Deduplicate>(keys.fields, config.duration(kWithin), context));
        },
        .timed = true,
    };
    return descriptor;
}

} // namespace sluice
