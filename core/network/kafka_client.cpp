#include "core/network/kafka_client.h"

#include "core/network/kafka_errors.h"

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>

namespace sluice {

namespace {

/// Whether librdkafka's statistics name a broker that is connected.
bool anyBrokerUp(std::string_view statistics)
{
    const auto json = nlohmann::json::parse(statistics, nullptr, false);
    if (!json.is_object() || !json.contains("brokers"))
        return false;
    for (const auto &broker : json["brokers"]) {
        if (broker.value("nodeid", -1) >= 0 && broker.value("state", "") == "UP")
            return true;
    }
    return false;
}

Error refusedConf(std::string_view words)
{
    if (words.find("ssl.ca.location") != std::string_view::npos)
        return fail(ErrorCode::InvalidValue, "The CA file cannot be read as a certificate")
            .hint("Choose a PEM file.")
            .field(std::string(kKafkaCaFile))
            .take();
    return fail(ErrorCode::InvalidValue, "librdkafka does not accept the settings: {}", words)
        .field(std::string(kKafkaProperties))
        .take();
}

} // namespace

Result<std::unique_ptr<KafkaClient>> KafkaClient::create(rd_kafka_type_t type,
                                                         const Config &config,
                                                         const KafkaProperties &properties,
                                                         Hooks hooks)
{
    TRY_ASSIGN(KafkaConfHandle conf, makeKafkaConf(config, properties));
    TRY(setKafkaProperty(conf.get(), "statistics.interval.ms", "1000"));

    std::unique_ptr<KafkaClient> client(new KafkaClient);
    client->m_servers = config.text(kKafkaServers);
    client->m_user = config.text(kKafkaUser);
    client->m_hooks = std::move(hooks);
    client->install(conf.get());
    std::array<char, 512> words{};
    client->m_handle.reset(rd_kafka_new(type, conf.get(), words.data(), words.size()));
    if (!client->m_handle)
        return fail(refusedConf(words.data()));
    (void)conf.release(); // the client owns it now
    // Fails for a consumer without a group, whose callbacks then come from rd_kafka_poll().
    client->m_hasGroup =
        type == RD_KAFKA_CONSUMER
        && rd_kafka_poll_set_consumer(client->handle()) == RD_KAFKA_RESP_ERR_NO_ERROR;
    return client;
}

KafkaClient::~KafkaClient()
{
    m_topics.clear();
}

void KafkaClient::install(rd_kafka_conf_t *conf)
{
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_error_cb(conf, onError);
    rd_kafka_conf_set_log_cb(conf, onLog);
    rd_kafka_conf_set_stats_cb(conf, onStatistics);
    if (m_hooks.rebalance) {
        rd_kafka_conf_set_rebalance_cb(conf,
                                       [](rd_kafka_t *,
                                          rd_kafka_resp_err_t code,
                                          rd_kafka_topic_partition_list_t *partitions,
                                          void *self) {
                                           static_cast<KafkaClient *>(self)->m_hooks.rebalance(
                                               code, partitions);
                                       });
    }
    if (m_hooks.committed) {
        rd_kafka_conf_set_offset_commit_cb(
            conf,
            [](rd_kafka_t *,
               rd_kafka_resp_err_t code,
               rd_kafka_topic_partition_list_t *offsets,
               void *self) { static_cast<KafkaClient *>(self)->m_hooks.committed(code, offsets); });
    }
    if (m_hooks.delivery) {
        rd_kafka_conf_set_dr_msg_cb(
            conf, [](rd_kafka_t *, const rd_kafka_message_t *message, void *self) {
                static_cast<KafkaClient *>(self)->m_hooks.delivery(*message);
            });
    }
}

void KafkaClient::onError(rd_kafka_t *client, int code, const char *reason, void *self)
{
    auto *owner = static_cast<KafkaClient *>(self);
    if (code != RD_KAFKA_RESP_ERR__FATAL) {
        owner->noteError(static_cast<rd_kafka_resp_err_t>(code), reason ? reason : "");
        return;
    }
    std::array<char, 512> words{};
    const rd_kafka_resp_err_t error = rd_kafka_fatal_error(client, words.data(), words.size());
    const std::scoped_lock lock(owner->m_mutex);
    owner->m_fatal = owner->translate(error, words.data());
}

void KafkaClient::onLog(const rd_kafka_t *client, int level, const char *facility, const char *text)
{
    constexpr int kWarning = 4; // syslog's numbers: smaller is worse
    const auto *self = static_cast<const KafkaClient *>(rd_kafka_opaque(client));
    if (self == nullptr || !self->m_hooks.log || level > kWarning)
        return;
    std::string_view words = text;
    if (const std::size_t thread = words.find("]: ");
        words.substr(0, 1) == "[" && thread < words.size())
        words.remove_prefix(thread + 3);
    self->m_hooks.log(fmt::format("Kafka client ({}): {}", facility, words));
}

int KafkaClient::onStatistics(rd_kafka_t *, char *json, std::size_t size, void *self)
{
    auto *client = static_cast<KafkaClient *>(self);
    if (client->trouble() && anyBrokerUp({json, size}))
        client->noteContact();
    return 0; // librdkafka frees the text
}

std::optional<Error> KafkaClient::trouble() const
{
    const std::scoped_lock lock(m_mutex);
    return m_trouble;
}

bool KafkaClient::allBrokersDown() const
{
    const std::scoped_lock lock(m_mutex);
    return m_allDown;
}

std::optional<Error> KafkaClient::refusal() const
{
    const std::scoped_lock lock(m_mutex);
    return m_refusal;
}

std::optional<Error> KafkaClient::fatal() const
{
    const std::scoped_lock lock(m_mutex);
    return m_fatal;
}

void KafkaClient::noteContact()
{
    const std::scoped_lock lock(m_mutex);
    m_trouble.reset();
    m_refusal.reset();
    m_allDown = false;
}

void KafkaClient::noteError(rd_kafka_resp_err_t code, const std::string &reason)
{
    const std::scoped_lock lock(m_mutex);
    if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || isAccessRefused(code)) {
        m_refusal = translate(code, reason);
        m_trouble = m_refusal;
        return;
    }
    if (!isConnectionTrouble(code))
        return;
    m_allDown = m_allDown || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    // "All brokers are down" comes behind the reason and says less.
    const bool vague =
        code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__TIMED_OUT;
    if (!vague || !m_trouble)
        m_trouble = translate(code, reason);
}

Error KafkaClient::translate(rd_kafka_resp_err_t code, const std::string &reason) const
{
    return kafkaError(code, reason, m_servers, m_user);
}

rd_kafka_topic_t *KafkaClient::topic(const std::string &name)
{
    const std::scoped_lock lock(m_mutex);
    KafkaTopicHandle &handleOf = m_topics[name];
    if (!handleOf)
        handleOf.reset(rd_kafka_topic_new(handle(), name.c_str(), nullptr));
    return handleOf.get();
}

Result<KafkaClusterInfo> KafkaClient::describeCluster(const std::vector<std::string> &topics,
                                                      int timeoutMs)
{
    // A request without a topic names those that this client knows.
    for (const std::string &name : topics) {
        if (topic(name) == nullptr)
            return fail(ErrorCode::InvalidValue, "'{}' is no name a topic can have", name);
    }
    const rd_kafka_metadata_t *raw = nullptr;
    const rd_kafka_resp_err_t code = rd_kafka_metadata(handle(), 0, nullptr, &raw, timeoutMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (auto refused = refusal())
            return fail(*refused);
        if (auto known = trouble())
            return fail(*known);
        return fail(translate(code, {}));
    }
    const KafkaMetadata metadata(raw);
    KafkaClusterInfo info;
    info.brokers = static_cast<std::size_t>(metadata->broker_cnt);
    if (metadata->broker_cnt > 0)
        info.broker = metadata->brokers[0].id;
    if (char *id = rd_kafka_clusterid(handle(), timeoutMs)) {
        info.clusterId = id;
        rd_kafka_mem_free(handle(), id);
    }
    for (const std::string &name : topics) {
        KafkaTopicInfo about{.name = name, .partitions = {}};
        about.error = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        for (int i = 0; i < metadata->topic_cnt; ++i) {
            const rd_kafka_metadata_topic_t &found = metadata->topics[i];
            if (name != found.topic)
                continue;
            about.error = found.err;
            for (int p = 0; p < found.partition_cnt; ++p)
                about.partitions.push_back(found.partitions[p].id);
        }
        info.topics.push_back(std::move(about));
    }
    return info;
}

bool KafkaClient::serveUntil(const std::function<bool()> &done,
                             std::stop_token stop,
                             int deadlineMs)
{
    using Wait =
        std::chrono::steady_clock; // how long we wait for the outside; no data depends on it
    const auto deadline = Wait::now() + std::chrono::milliseconds(deadlineMs);
    constexpr int kStepMs = 20;
    while (!done()) {
        if (stop.stop_requested() || Wait::now() >= deadline)
            return false;
        if (m_hasGroup)
            (void)KafkaMessage(rd_kafka_consumer_poll(handle(), kStepMs));
        else
            rd_kafka_poll(handle(), kStepMs);
    }
    return true;
}

} // namespace sluice
