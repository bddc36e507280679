#include "core/network/kafka_fields.h"

#include <array>
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

std::vector<SchemaProblem> validateKafkaFields(const Config &config)
{
    std::vector<SchemaProblem> problems;
    const auto add = [&problems](Failure failure) {
        Error error = std::move(failure).take();
        problems.push_back({error.field, error});
    };
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
