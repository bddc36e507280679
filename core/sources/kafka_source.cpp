#include "core/event/datetime.h"
#include "core/network/kafka_fields.h"
#include "core/network/kafka_probe.h"
#include "core/node/node_descriptor.h"
#include "core/sources/kafka_reader.h"
#include "core/sources/kafka_sample.h"
#include "core/sources/record_schema.h"

namespace sluice {

namespace {

constexpr std::string_view kTopics = "topics";
constexpr std::string_view kGroup = "consumer_group";
constexpr std::string_view kStartFrom = "start_from";
constexpr std::string_view kStartTimestamp = "start_timestamp";

constexpr const char *kHelp = R"(Reads JSON events from one or several topics of Apache Kafka, or of
anything that speaks its protocol (Azure Event Hubs, Redpanda).

The source is a member of a *consumer group*: several runs of the group share the partitions. One
that joins while others read goes on where the group stands.
Where it stopped is kept with the pipeline, and in the group as committed offsets, only after every
destination has accepted the events. A run goes on from there; *Start from* counts for topics that
were never read:

- **earliest**: the oldest event that is kept
- **latest**: only events that come after the start
- **stored**: where the group stopped; a new group begins with the oldest
- **timestamp**: the first event at or after *Start time*

`run --from-start` forgets the pipeline's own progress and begins by *Start from* again.

A run that is to stop when it has caught up waits for partitions that other members have.

With the delivery *exactly_once* a run shares with nobody: it reads all partitions of its topics,
also those that are added later, from its own positions. The group then only gets offsets, so that
tools see how far the run is. A topic that was deleted and made anew is refused.

A broker that goes away is waited for; the node says so meanwhile. A topic that does not exist yet
is waited for, too, unless the run is to stop when it has caught up.

A record without payload (a tombstone) is no event and becomes a dead letter.)";

std::vector<FieldSpec> fields()
{
    std::vector<FieldSpec> list = {
        kafkaServersField(),
        field(kTopics, FieldType::TextList)
            .label("Topics")
            .help("One or more topics to read.")
            .example(R"(["telemetry"])")
            .suggested()
            .must(),
        textField(kGroup)
            .label("Consumer group")
            .help("Runs of one group share the partitions among them.")
            .defaultTo("sluice")
            .must(),
        choiceField(kStartFrom)
            .label("Start from")
            .help("Where to begin while there is no progress.")
            .defaultTo("earliest")
            .choice("earliest", "The oldest event")
            .choice("latest", "New events only")
            .choice("stored", "Where the group stopped")
            .choice("timestamp", "A point in time"),
        textField(kStartTimestamp)
            .label("Start time")
            .help("Date and time; without an offset it is UTC.")
            .example("2026-01-01T00:00:00Z")
            .visibleWhen(std::string(kStartFrom), {"timestamp"}),
        schemaField(),
        eventTimeField(),
    };
    for (FieldSpec &spec : kafkaSecurityFields())
        list.push_back(std::move(spec));
    return list;
}

KafkaStart startOf(const std::string &name)
{
    if (name == "latest")
        return KafkaStart::Latest;
    if (name == "stored")
        return KafkaStart::Stored;
    return name == "timestamp" ? KafkaStart::Timestamp : KafkaStart::Earliest;
}

std::vector<SchemaProblem> validate(const Config &config)
{
    std::vector<SchemaProblem> problems = validateKafkaFields(config);
    const auto add = [&problems](std::string_view name, Failure failure) {
        problems.push_back({std::string(name), std::move(failure).field(std::string(name)).take()});
    };
    if (startOf(config.text(kStartFrom)) == KafkaStart::Timestamp
        && !parseDatetime(config.text(kStartTimestamp))) {
        add(kStartTimestamp,
            fail(ErrorCode::InvalidValue, "'{}' is no date and time", config.text(kStartTimestamp))
                .hint("Write it like 2026-01-01T00:00:00Z."));
    }
    for (const std::string &topic : config.texts(kTopics)) {
        // One that begins with '^' is a pattern, which librdkafka reads.
        if (topic.empty() || topic.front() == '^')
            continue;
        if (const auto named = checkTopicName(topic); !named)
            add(kTopics, fail(named.error()));
    }
    return problems;
}

/// The topics; one that is looked up at the start shows the name of what it is looked up by.
std::string describeConfig(const ValueMap &values)
{
    std::string text;
    const auto add = [&text](const Value &topic) {
        const std::string *name = topic.asString();
        if (const Reference *reference = topic.asReference())
            name = &reference->name;
        if (name != nullptr)
            text += (text.empty() ? "" : ", ") + *name;
    };
    for (const auto &[name, value] : values) {
        if (name != kTopics)
            continue;
        if (const ValueList *topics = value.asList()) {
            for (const Value &topic : *topics)
                add(topic);
        } else {
            add(value);
        }
    }
    return text;
}

Result<std::unique_ptr<Source>> create(const Config &config, const NodeContext &context)
{
    KafkaReaderOptions options;
    options.topics = config.texts(kTopics);
    options.group = config.text(kGroup);
    options.start = startOf(config.text(kStartFrom));
    if (options.start == KafkaStart::Timestamp) {
        const auto moment = parseDatetime(config.text(kStartTimestamp));
        if (!moment)
            return fail(ErrorCode::InvalidValue,
                        "'{}' is no date and time",
                        config.text(kStartTimestamp))
                .field(std::string(kStartTimestamp));
        options.timestampMs = *moment / kTicksPerMillisecond;
    }
    return std::make_unique<KafkaReader>(config, std::move(options), context);
}

NodeDescriptor describe()
{
    NodeDescriptor descriptor{
        .kind = "kafka_source",
        .version = 1,
        .role = NodeRole::Source,
        .title = "Kafka topic",
        .summary = "Reads JSON events from topics of Apache Kafka.",
    };
    descriptor.icon = "kafka";
    descriptor.keywords = {"stream", "topic", "event hub", "redpanda", "consumer", "broker"};
    descriptor.outputs = recordPorts();
    descriptor.fields = fields();
    descriptor.help = kHelp;
    descriptor.exampleConfig =
        R"({"bootstrap_servers": "localhost:9092", "topics": ["telemetry"]})";
    descriptor.describe = describeConfig;
    descriptor.outputSchemas = recordSchemas;
    descriptor.validate = validate;
    descriptor.createSource = create;
    descriptor.replayable = true;
    descriptor.sample =
        [](const Config &config, const NodeContext &, std::size_t limit, std::stop_token stop) {
            return sampleKafkaTopics(config, config.texts(kTopics), limit, std::move(stop));
        };
    descriptor.probe = [](const Config &config, const NodeContext &, std::stop_token stop) {
        return probeKafka(config, config.texts(kTopics), kTopics, std::move(stop));
    };
    return descriptor;
}

} // namespace

const NodeDescriptor &kafkaSourceDescriptor()
{
    static const NodeDescriptor descriptor = describe();
    return descriptor;
}

} // namespace sluice
