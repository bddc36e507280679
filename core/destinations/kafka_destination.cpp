#include "core/destinations/kafka_writer.h"
#include "core/destinations/text_needs.h"
#include "core/network/kafka_probe.h"
#include "core/node/node_descriptor.h"

namespace sluice {

namespace {

constexpr std::string_view kTopic = "topic";
constexpr std::string_view kKey = "key";
constexpr std::string_view kPartitionByKey = "partition_by_key";
constexpr std::string_view kCompression = "compression";
constexpr std::string_view kLinger = "linger";
constexpr std::string_view kMessageMaxBytes = "message_max_bytes";

constexpr const char *kHelp = R"(Writes each event as one JSON message into a topic of Apache Kafka,
or of anything that speaks its protocol (Azure Event Hubs, Redpanda).

*Key* names a column, or a path into one. Events with equal keys go to one partition and keep their
order; the partition is the one that Java clients choose for the key.

Messages are acknowledged by all in-sync replicas. A broker that goes away is waited for: nothing is
dropped, the pipeline stands still until it is back. An event larger than *Largest message*, or than
the topic takes, becomes a dead letter. A message that the broker refuses for another reason ends the
run.

With the delivery *exactly_once* the events of a checkpoint are written in transactions: readers with
`isolation.level=read_committed` see each of them once, also after a crash. How far the topic is
stands in the consumer group `sluice.progress.…`, which needs the right to be written to, as do
transactional ids that begin with `sluice.`. Azure Event Hubs offers no transactions outside its
Premium and Dedicated tiers.)";

std::vector<FieldSpec> fields()
{
    std::vector<FieldSpec> list = {
        kafkaServersField(),
        textField(kTopic)
            .label("Topic")
            .help("The topic to write to.")
            .example("hot")
            .suggested()
            .must(),
        columnField(kKey)
            .label("Key")
            .help("Column or path that makes the message's key; empty: no key.")
            .example("device_id"),
        booleanField(kPartitionByKey)
            .label("Equal keys into one partition")
            .help("Keeps the order of events with one key.")
            .defaultTo(true)
            .inAdvanced(),
        choiceField(kCompression)
            .label("Compression")
            .help("Azure Event Hubs takes gzip only.")
            .defaultTo("none")
            .choice("none", "None")
            .choice("gzip", "gzip")
            .choice("snappy", "snappy")
            .choice("lz4", "lz4")
            .choice("zstd", "zstd"),
        durationField(kLinger)
            .label("Collect for")
            .help("How long messages wait for others to be sent with; longer is quicker on the "
                  "whole.")
            .defaultTo("20ms")
            .atLeast(0)
            .atMost(static_cast<double>(10 * kTicksPerSecond))
            .inAdvanced(),
        byteSizeField(kMessageMaxBytes)
            .label("Largest message")
            .help("A larger event becomes a dead letter.")
            .defaultTo(1'000'000)
            .atLeast(1000)
            .atMost(100e6)
            .inAdvanced(),
    };
    for (FieldSpec &spec : kafkaSecurityFields())
        list.push_back(std::move(spec));
    return list;
}

std::string describeConfig(const ValueMap &values)
{
    for (const auto &[name, value] : values) {
        if (name != kTopic)
            continue;
        if (const Reference *reference = value.asReference())
            return reference->name;
        if (const std::string *text = value.asString())
            return *text;
    }
    return {};
}

std::vector<SchemaProblem> validate(const Config &config)
{
    std::vector<SchemaProblem> problems = validateKafkaFields(config);
    if (auto named = checkTopicName(config.text(kTopic)); !named)
        problems.push_back({std::string(kTopic), named.error()});
    return problems;
}

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    SchemaFlow flow;
    const std::string key = config.text(kKey);
    if (!key.empty() && !inputs.empty()) {
        if (auto keys = KafkaKeys::create(key, inputs.front(), context); !keys) {
            Error error = keys.error();
            error.field = kKey;
            flow.problems.push_back({std::string(kKey), std::move(error)});
        }
    }
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &,
                                     const NodeContext &context)
{
    const Schema input = inputs.empty() ? Schema{} : inputs.front();
    ColumnNeeds needs = textNeeds(input);
    const std::string key = config.text(kKey);
    if (!key.empty()) {
        if (const auto keys = KafkaKeys::create(key, input, context))
            needs.typed = keys->columns();
    }
    return {needs};
}

Result<std::unique_ptr<Destination>> create(const Config &config, const NodeContext &context)
{
    KafkaWriterOptions options;
    options.topic = config.text(kTopic);
    options.key = config.text(kKey);
    options.partitionByKey = !config.has(kPartitionByKey) || config.boolean(kPartitionByKey);
    if (config.has(kCompression))
        options.compression = config.text(kCompression);
    if (config.has(kLinger))
        options.lingerMs = config.duration(kLinger) / kTicksPerMillisecond;
    if (config.has(kMessageMaxBytes))
        options.maxMessageBytes = config.byteSize(kMessageMaxBytes);
    return std::make_unique<KafkaWriter>(config, std::move(options), context);
}

NodeDescriptor describe()
{
    NodeDescriptor descriptor{
        .kind = "kafka_destination",
        .version = 1,
        .role = NodeRole::Destination,
        .title = "Kafka topic",
        .summary = "Writes events as JSON messages to a topic of Apache Kafka.",
    };
    descriptor.icon = "kafka";
    descriptor.keywords = {"stream", "topic", "event hub", "redpanda", "producer", "broker"};
    descriptor.inputs = {{.id = "in"}};
    descriptor.outputs = {errorsPort()};
    descriptor.fields = fields();
    descriptor.help = kHelp;
    descriptor.exampleConfig = R"({"bootstrap_servers": "localhost:9092", "topic": "hot"})";
    descriptor.describe = describeConfig;
    descriptor.outputSchemas = outputSchemas;
    descriptor.columnNeeds = columnNeeds;
    descriptor.validate = validate;
    descriptor.createDestination = create;
    descriptor.exactlyOnce = true;
    descriptor.probe = [](const Config &config, const NodeContext &, std::stop_token stop) {
        return probeKafka(config, {config.text(kTopic)}, kTopic, std::move(stop));
    };
    return descriptor;
}

} // namespace

const NodeDescriptor &kafkaDestinationDescriptor()
{
    static const NodeDescriptor descriptor = describe();
    return descriptor;
}

} // namespace sluice
