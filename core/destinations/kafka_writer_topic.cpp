#include "core/destinations/kafka_writer.h"
#include "core/network/kafka_errors.h"

#include <chrono>
#include <cstdlib>
#include <string_view>

// What a KafkaWriter learns of its topic before it writes, and what it says when the topic refuses.

namespace sluice {

namespace {

constexpr int kConnectMs = 5000;

} // namespace

/// Says at once what is wrong at once; an absent broker is waited for later.
Result<void> KafkaWriter::checkTopic()
{
    using Wait = std::chrono::steady_clock;
    const auto deadline = Wait::now() + std::chrono::milliseconds(kConnectMs);
    int missing = 0;
    for (int timeoutMs = 500; Wait::now() < deadline; timeoutMs *= 2) {
        const auto cluster = m_client->describeCluster({m_options.topic}, timeoutMs);
        if (!cluster) {
            if (auto refusal = m_client->refusal())
                return fail(*refusal);
            if (m_client->allBrokersDown() || m_interrupted)
                return {};
            continue;
        }
        m_client->noteContact();
        const KafkaTopicInfo &topic = cluster->topics.front();
        if (isAccessRefused(topic.error))
            return fail(m_client->translate(topic.error, {}));
        if (!topic.partitions.empty()) {
            learnTopicLimit();
            return {};
        }
        // The first question makes some brokers create the topic.
        if (topic.error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART && ++missing == 3)
            return fail(ErrorCode::TopicMissing, "The cluster has no topic '{}'", m_options.topic)
                .hint("Create it, or check the spelling.")
                .field("topic");
    }
    return {};
}

/// The topic may take less than we would send. Not everybody may ask; then the config counts.
void KafkaWriter::learnTopicLimit()
{
    constexpr int kAskMs = 1000;
    rd_kafka_t *client = m_client->handle();
    const KafkaQueueHandle answers(rd_kafka_queue_new(client));
    rd_kafka_ConfigResource_t *question =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, m_options.topic.c_str());
    rd_kafka_DescribeConfigs(client, &question, 1, nullptr, answers.get());
    rd_kafka_ConfigResource_destroy(question);
    const KafkaEvent event(rd_kafka_queue_poll(answers.get(), kAskMs));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    std::size_t count = 0;
    const auto *result = rd_kafka_event_DescribeConfigs_result(event.get());
    const auto **resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
    if (count == 0)
        return;
    std::size_t entries = 0;
    const auto **configs = rd_kafka_ConfigResource_configs(resources[0], &entries);
    for (std::size_t i = 0; i < entries; ++i) {
        const char *value = rd_kafka_ConfigEntry_value(configs[i]);
        if (std::string_view(rd_kafka_ConfigEntry_name(configs[i])) != "max.message.bytes"
            || value == nullptr)
            continue;
        const std::int64_t limit = std::strtoll(value, nullptr, 10) - kMessageOverheadBytes;
        if (limit > 0 && limit < m_options.maxMessageBytes)
            m_maxBytes = static_cast<std::size_t>(limit);
    }
}

Error KafkaWriter::refused(const rd_kafka_message_t &message) const
{
    switch (message.err) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        return fail(ErrorCode::MessageTooLarge,
                    "Topic '{}' refused a message: it takes smaller ones only",
                    m_options.topic)
            .hint("Lower 'Largest message', or raise the topic's max.message.bytes.")
            .field("message_max_bytes")
            .take();
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        return fail(ErrorCode::InvalidValue,
                    "Topic '{}' refused a message as invalid",
                    m_options.topic)
            .hint("A topic that is compacted takes only messages with a key.")
            .field("key")
            .take();
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return fail(ErrorCode::TopicMissing, "The cluster has no topic '{}'", m_options.topic)
            .hint("Create it, or check the spelling.")
            .field("topic")
            .take();
    default:
        return m_client->translate(message.err, rd_kafka_err2str(message.err));
    }
}

} // namespace sluice
