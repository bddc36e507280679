#include "core/sources/pacer.h"
#include "core/sources/record_schema.h"
#include "core/sources/sample_generator.h"

#include <nlohmann/json.hpp>

#include <atomic>

namespace sluice {

namespace {

constexpr std::string_view kData = "data";
constexpr std::string_view kRate = "rate";
constexpr std::string_view kCount = "count";
constexpr std::string_view kSeed = "seed";

const SampleExample &exampleOf(const Config &config)
{
    for (const SampleExample &example : sampleExamples()) {
        if (example.name == config.text(kData))
            return example;
    }
    return sampleExamples().front();
}

/// Makes example events, as many a second as asked for.
class SampleDataSource : public Source
{
public:
    SampleDataSource(const Config &config, const NodeContext &context)
        : m_name(config.text(kData))
        , m_seed(static_cast<std::uint64_t>(config.integer(kSeed)))
        , m_count(static_cast<std::uint64_t>(config.integer(kCount)))
        , m_batchRows(context.batchRows)
        , m_clock(context.clock)
        , m_pacer(config.real(kRate), *context.clock)
        , m_generator(exampleOf(config).create(m_seed))
    {}

    Result<void> open(const SourceStart &start) override
    {
        if (!start.position.empty()) {
            const auto saved = nlohmann::json::parse(start.position, nullptr, false);
            const bool same = saved.is_object() && saved.value("data", std::string()) == m_name
                              && saved.value("seed", std::uint64_t{0}) == m_seed;
            m_index = same ? saved.value("index", std::uint64_t{0}) : 0;
        }
        if (start.untilCaughtUp && m_count == 0)
            m_end = m_index; // an endless source is always at its end
        return {};
    }

    Result<PollResult> poll(RawRecords &out) override
    {
        const std::uint64_t end = m_end != kEndless ? m_end : m_count != 0 ? m_count : kEndless;
        if (m_index >= end)
            return PollResult{PollState::End, 0};
        const auto left =
            static_cast<std::size_t>(std::min<std::uint64_t>(m_batchRows, end - m_index));
        const std::size_t events = m_pacer.allowed(left);
        if (events == 0)
            return PollResult{PollState::Idle, m_pacer.next(), true};
        const Ticks now = m_clock->now();
        std::uint64_t index = m_index;
        for (std::size_t i = 0; i < events; ++i, ++index) {
            m_text.clear();
            m_generator->append(m_text, index, now);
            out.append(m_text, static_cast<std::int64_t>(index), 0, now);
        }
        m_index = index;
        m_pacer.took(events);
        return PollResult{PollState::Data, m_pacer.isLimited() ? m_pacer.next() : 0};
    }

    std::string position() const override
    {
        return nlohmann::json{{"data", m_name}, {"seed", m_seed}, {"index", m_index.load()}}.dump();
    }

    SourceFigures figures() const override
    {
        const auto index = static_cast<std::int64_t>(m_index.load());
        const std::int64_t end = m_count != 0 ? static_cast<std::int64_t>(m_count) : -1;
        return {{{m_name, index, end, end < 0 ? 0 : end - index, false}}, {}, false};
    }

private:
    static constexpr std::uint64_t kEndless = ~std::uint64_t{0};

    std::string m_name;
    std::uint64_t m_seed;
    std::uint64_t m_count;
    std::size_t m_batchRows;
    const Clock *m_clock;
    Pacer m_pacer;
    std::unique_ptr<SampleGenerator> m_generator;
    std::atomic<std::uint64_t> m_index = 0; // for figures(), which any thread may call
    std::uint64_t m_end = kEndless;
    std::string m_text;
};

std::vector<FieldSpec> fields()
{
    auto data = choiceField(kData).label("Example").defaultTo("factory_sensors");
    for (const SampleExample &example : sampleExamples())
        std::move(data).choice(std::string(example.name), std::string(example.title));
    return {
        std::move(data),
        realField(kRate)
            .label("Rate")
            .unit("events/s")
            .defaultTo(std::int64_t{1000})
            .atLeast(0)
            .help("0 makes events as fast as it goes."),
        integerField(kCount)
            .label("Stop after")
            .unit("events")
            .defaultTo(std::int64_t{0})
            .atLeast(0)
            .help("0 never stops."),
        schemaField(),
        integerField(kSeed)
            .label("Seed")
            .defaultTo(std::int64_t{1})
            .atLeast(0)
            .help("The same seed gives the same events.")
            .inAdvanced(),
        eventTimeField(),
    };
}

std::vector<std::string> makeSample(const Config &config, Ticks now, std::size_t limit)
{
    const auto generator =
        exampleOf(config).create(static_cast<std::uint64_t>(config.integer(kSeed)));
    std::vector<std::string> records;
    for (std::size_t i = 0; i < limit; ++i)
        generator->append(records.emplace_back(), i, now);
    return records;
}

std::string describeConfig(const ValueMap &config)
{
    std::string name = "factory_sensors";
    std::string rate = "1000";
    for (const auto &[key, value] : config) {
        if (key == kData && value.asString() != nullptr)
            name = *value.asString();
        if (key == kRate)
            rate = value.toJson();
    }
    return rate == "0" ? name : fmt::format("{}, {}/s", name, rate);
}

} // namespace

const NodeDescriptor &sampleDataSourceDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "sample_data_source",
        .role = NodeRole::Source,
        .title = "Sample data",
        .summary = "Makes realistic events for trying things out: sensors, logs or card payments.",
        .icon = "sample",
        .keywords = {"demo", "generator", "example", "test", "random"},
        .outputs = recordPorts(),
        .fields = fields(),
        .exampleConfig = R"({"data": "sensors", "rate": 1000, "count": 100})",
        .describe = describeConfig,
        .outputSchemas = recordSchemas,
        .createSource = [](const Config &config,
                           const NodeContext &context) -> Result<std::unique_ptr<Source>> {
            return std::unique_ptr<Source>(std::make_unique<SampleDataSource>(config, context));
        },
        .replayable = true,
        .sample = [](const Config &config,
                     const NodeContext &context,
                     std::size_t limit,
                     const std::stop_token &) -> Result<std::vector<std::string>> {
            return makeSample(config, context.clock->now(), limit);
        },
    };
    return descriptor;
}

} // namespace sluice
