#include "core/network/kafka_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace sluice {

namespace {

struct ReservedProperty
{
    std::string_view name;
    std::string_view reason;
};

constexpr std::string_view kOwnField = "it has a field of its own in the form";
constexpr std::string_view kDelivery = "Sluice's promise not to lose events rests on its value";
constexpr std::string_view kCode = "it would let a pipeline file start foreign code";
constexpr std::string_view kProgram = "only a program can set it";

constexpr std::array kReserved = {
    ReservedProperty{"bootstrap.servers", kOwnField},
    ReservedProperty{"metadata.broker.list", kOwnField},
    ReservedProperty{"security.protocol", kOwnField},
    ReservedProperty{"sasl.mechanism", kOwnField},
    ReservedProperty{"sasl.mechanisms", kOwnField},
    ReservedProperty{"sasl.username", kOwnField},
    ReservedProperty{"sasl.password", kOwnField},
    ReservedProperty{"ssl.ca.location", kOwnField},
    ReservedProperty{"group.id", kOwnField},
    ReservedProperty{"compression.codec", kOwnField},
    ReservedProperty{"compression.type", kOwnField},
    ReservedProperty{"linger.ms", kOwnField},
    ReservedProperty{"queue.buffering.max.ms", kOwnField},
    ReservedProperty{"message.max.bytes", kOwnField},
    ReservedProperty{"partitioner", kOwnField},
    ReservedProperty{"group.protocol", kDelivery},
    ReservedProperty{"enable.auto.commit", kDelivery},
    ReservedProperty{"auto.commit.enable", kDelivery},
    ReservedProperty{"enable.auto.offset.store", kDelivery},
    ReservedProperty{"auto.offset.reset", kDelivery},
    ReservedProperty{"enable.partition.eof", kDelivery},
    ReservedProperty{"enable.idempotence", kDelivery},
    ReservedProperty{"enable.gapless.guarantee", kDelivery},
    ReservedProperty{"transactional.id", kDelivery},
    ReservedProperty{"acks", kDelivery},
    ReservedProperty{"request.required.acks", kDelivery},
    ReservedProperty{"retries", kDelivery},
    ReservedProperty{"message.send.max.retries", kDelivery},
    ReservedProperty{"message.timeout.ms", kDelivery},
    ReservedProperty{"delivery.timeout.ms", kDelivery},
    ReservedProperty{"delivery.report.only.error", kDelivery},
    ReservedProperty{"queuing.strategy", kDelivery},
    ReservedProperty{"statistics.interval.ms", "Sluice reads the state of the brokers from it"},
    ReservedProperty{"plugin.library.paths", kCode},
    ReservedProperty{"sasl.kerberos.kinit.cmd", kCode},
    ReservedProperty{"ssl.engine.location", kCode},
    ReservedProperty{"ssl.engine.id", kCode},
    ReservedProperty{"ssl.providers", kCode},
    ReservedProperty{"interceptors", kProgram},
    ReservedProperty{"opaque", kProgram},
    ReservedProperty{"default_topic_conf", kProgram},
    ReservedProperty{"log.queue", kProgram},
    ReservedProperty{"test.mock.num.brokers", "it is for librdkafka's own tests"},
};

std::string_view reasonToRefuse(const std::string &name)
{
    for (const ReservedProperty &reserved : kReserved) {
        if (reserved.name == name)
            return reserved.reason;
    }
    if (name.size() > 3 && name.compare(name.size() - 3, 3, "_cb") == 0)
        return kProgram;
    return {};
}

std::string propertyText(const Value &value)
{
    if (const std::string *text = value.asString())
        return *text;
    return value.toJson(); // numbers and booleans read the same in librdkafka
}

Result<void>
setForeignProperty(rd_kafka_conf_t *conf, const std::string &name, const std::string &value)
{
    if (const std::string_view reason = reasonToRefuse(name); !reason.empty())
        return fail(ErrorCode::InvalidValue,
                    "The property '{}' cannot be set here: {}",
                    name,
                    reason)
            .hint("Remove it from the table.")
            .field(std::string(kKafkaProperties));
    std::array<char, 512> words{};
    switch (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), words.data(), words.size())) {
    case RD_KAFKA_CONF_OK:
        return {};
    case RD_KAFKA_CONF_UNKNOWN:
        return fail(ErrorCode::InvalidValue, "librdkafka knows no property '{}'", name)
            .hint("Check the spelling.")
            .field(std::string(kKafkaProperties));
    default: // its words may repeat the value, which may be a secret
        return fail(ErrorCode::InvalidValue, "The property '{}' does not take this value", name)
            .hint("See librdkafka's list of properties.")
            .field(std::string(kKafkaProperties));
    }
}

/// "host", "host:port" or "[::1]:port", separated by commas.
Result<void> checkServers(const std::string &servers)
{
    std::size_t begin = 0;
    while (begin <= servers.size()) {
        const std::size_t comma = std::min(servers.find(',', begin), servers.size());
        std::string_view server = std::string_view(servers).substr(begin, comma - begin);
        begin = comma + 1;
        while (!server.empty() && server.front() == ' ')
            server.remove_prefix(1);
        while (!server.empty() && server.back() == ' ')
            server.remove_suffix(1);
        // A protocol before it is librdkafka's to read.
        const std::size_t protocol = server.find("://");
        const std::string_view address =
            protocol == std::string_view::npos ? server : server.substr(protocol + 3);
        const std::size_t bracket = address.find(']');
        const std::size_t colon =
            address.find(':', bracket == std::string_view::npos ? 0 : bracket);
        const std::string_view host = address.substr(0, colon);
        bool fits = !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
            return c > ' ' && c != 0x7F
                   && std::string_view("|/\\\"'<>").find(char(c)) == std::string_view::npos;
        });
        if (colon != std::string_view::npos) {
            const std::string_view port = address.substr(colon + 1);
            unsigned number = 0;
            const auto [end, error] =
                std::from_chars(port.data(), port.data() + port.size(), number);
            fits = fits && error == std::errc() && end == port.data() + port.size() && number > 0
                   && number <= 65535;
        }
        if (!fits)
            return fail(ErrorCode::InvalidValue, "'{}' is no address of a broker", server)
                .hint("Write it as host:port, several with commas between them.")
                .field(std::string(kKafkaServers));
    }
    return {};
}

Result<void> setSecurity(rd_kafka_conf_t *conf, const Config &config)
{
    const std::string security = config.text(kKafkaSecurity);
    const std::string protocol = security.empty() || security == "none" ? "plaintext" : security;
    TRY(setKafkaProperty(conf, "security.protocol", protocol));
    if (protocol.rfind("sasl_", 0) == 0) {
        const std::string mechanism = config.text(kKafkaMechanism);
        TRY(setKafkaProperty(conf, "sasl.mechanisms", mechanism.empty() ? "PLAIN" : mechanism));
        TRY(setKafkaProperty(conf, "sasl.username", config.text(kKafkaUser)));
        TRY(setKafkaProperty(conf, "sasl.password", config.text(kKafkaPassword)));
    }
    const std::string authority = config.text(kKafkaCaFile);
    if (!authority.empty() && (protocol == "ssl" || protocol == "sasl_ssl"))
        TRY(setKafkaProperty(conf, "ssl.ca.location", authority));
    return {};
}

} // namespace

FieldSpec kafkaServersField()
{
    return textField(kKafkaServers)
        .label("Bootstrap servers")
        .help("One or more brokers as host:port, separated by commas.")
        .example("localhost:9092")
        .must();
}

std::vector<FieldSpec> kafkaSecurityFields()
{
    const std::string security(kKafkaSecurity);
    const std::vector<std::string> withLogin = {"sasl_ssl", "sasl_plaintext"};
    return {
        choiceField(kKafkaSecurity)
            .label("Security")
            .help("What the brokers expect on this port.")
            .defaultTo("none")
            .choice("none", "None")
            .choice("ssl", "TLS")
            .choice("sasl_ssl", "TLS and login")
            .choice("sasl_plaintext", "Login without TLS"),
        choiceField(kKafkaMechanism)
            .label("Login mechanism")
            .help("How the password is proved.")
            .defaultTo("PLAIN")
            .choice("PLAIN", "PLAIN")
            .choice("SCRAM-SHA-256", "SCRAM-SHA-256")
            .choice("SCRAM-SHA-512", "SCRAM-SHA-512")
            .visibleWhen(security, withLogin),
        textField(kKafkaUser)
            .label("User name")
            .help("Azure Event Hubs: $ConnectionString.")
            .example("reader")
            .visibleWhen(security, withLogin),
        secretField(kKafkaPassword)
            .label("Password")
            .help("Kept outside the pipeline file.")
            .visibleWhen(security, withLogin),
        pathField(kKafkaCaFile)
            .label("CA file")
            .help("Certificate of the authority that signed the brokers'; empty: the system's.")
            .filter("*.pem")
            .filter("*.crt")
            .visibleWhen(security, {"ssl", "sasl_ssl"}),
        field(kKafkaProperties, FieldType::Properties)
            .label("Further properties")
            .help("Any property of librdkafka that has no field here.")
            .example(R"({"client.rack": "eu-1"})")
            .inAdvanced(),
    };
}

Result<void>
setKafkaProperty(rd_kafka_conf_t *conf, const std::string &name, const std::string &value)
{
    std::array<char, 512> words{};
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), words.data(), words.size())
        != RD_KAFKA_CONF_OK)
        return fail(ErrorCode::InvalidValue, "librdkafka refuses a value for {}", name);
    return {};
}

Result<KafkaConfHandle> makeKafkaConf(const Config &config, const KafkaProperties &properties)
{
    KafkaConfHandle conf(rd_kafka_conf_new());
    TRY(setKafkaProperty(conf.get(), "bootstrap.servers", config.text(kKafkaServers)));
    TRY(setKafkaProperty(conf.get(), "client.id", "sluice"));
    TRY(setKafkaProperty(conf.get(), "socket.keepalive.enable", "true"));
    TRY(setKafkaProperty(conf.get(), "socket.connection.setup.timeout.ms", "5000"));
    TRY(setKafkaProperty(conf.get(), "reconnect.backoff.max.ms", "2000"));
    TRY(setKafkaProperty(conf.get(), "log.connection.close", "false"));
    // A broker that takes new partitions or topics is noticed within this time.
    TRY(setKafkaProperty(conf.get(), "topic.metadata.refresh.interval.ms", "30000"));
    for (const auto &[name, value] : properties.defaults)
        TRY(setKafkaProperty(conf.get(), name, value));
    TRY(setSecurity(conf.get(), config));
    if (const ValueMap *further = config.value(kKafkaProperties).asMap()) {
        for (const auto &[name, value] : *further)
            TRY(setForeignProperty(conf.get(), name, propertyText(value)));
    }
    for (const auto &[name, value] : properties.fixed)
        TRY(setKafkaProperty(conf.get(), name, value));
    return conf;
}

Result<void> checkTopicName(const std::string &topic)
{
    // Apache Kafka, clients/…/internals/Topic.java
    constexpr std::size_t kLongest = 249;
    const bool plain = std::all_of(topic.begin(), topic.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '.' || c == '_' || c == '-';
    });
    if (plain && !topic.empty() && topic.size() <= kLongest && topic != "." && topic != "..")
        return {};
    return fail(ErrorCode::InvalidValue, "'{}' cannot be the name of a topic", topic)
        .hint("Names have letters, digits, '.', '_' and '-', at most 249 of them.");
}

std::vector<SchemaProblem> validateKafkaFields(const Config &config)
{
    std::vector<SchemaProblem> problems;
    const auto add = [&problems](Failure failure) {
        Error error = std::move(failure).take();
        problems.push_back({error.field, error});
    };
    if (const auto servers = checkServers(config.text(kKafkaServers)); !servers)
        add(fail(servers.error()));
    if (auto conf = makeKafkaConf(config); !conf)
        add(fail(conf.error()));
    if (config.text(kKafkaSecurity).rfind("sasl_", 0) == 0) {
        if (config.text(kKafkaUser).empty())
            add(fail(ErrorCode::MissingValue, "A login needs a user name")
                    .field(std::string(kKafkaUser)));
        if (!config.has(kKafkaPassword))
            add(fail(ErrorCode::MissingValue, "A login needs a password")
                    .hint("Enter it in the form, or write {\"secret\": \"name\"}.")
                    .field(std::string(kKafkaPassword)));
    }
    return problems;
}

} // namespace sluice
