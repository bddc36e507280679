#include "core/network/kafka_topic_ids.h"

#include <array>

namespace sluice {

namespace {

struct TopicCollectionDeleter
{
    void operator()(rd_kafka_TopicCollection_t *topics) const
    {
        rd_kafka_TopicCollection_destroy(topics);
    }
};
using TopicCollection = std::unique_ptr<rd_kafka_TopicCollection_t, TopicCollectionDeleter>;

bool isZero(const rd_kafka_Uuid_t &id)
{
    return rd_kafka_Uuid_least_significant_bits(&id) == 0
           && rd_kafka_Uuid_most_significant_bits(&id) == 0;
}

} // namespace

std::optional<KafkaTopicIds>
findKafkaTopicIds(KafkaClient &client, const KafkaClusterInfo &cluster, int timeoutMs)
{
    std::vector<const char *> names;
    names.reserve(cluster.topics.size());
    for (const KafkaTopicInfo &topic : cluster.topics)
        names.push_back(topic.name.c_str());
    const TopicCollection wanted(
        rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
    const KafkaAdminOptions options(
        rd_kafka_AdminOptions_new(client.handle(), RD_KAFKA_ADMIN_OP_DESCRIBETOPICS));
    std::array<char, 128> words{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeoutMs, words.data(), words.size());
    // Any broker knows; by itself librdkafka would wait for the controller.
    rd_kafka_AdminOptions_set_broker(options.get(), cluster.broker, words.data(), words.size());
    const KafkaQueueHandle answers(rd_kafka_queue_new(client.handle()));
    rd_kafka_DescribeTopics(client.handle(), wanted.get(), options.get(), answers.get());
    const KafkaEvent event(rd_kafka_queue_poll(answers.get(), timeoutMs));
    if (!event)
        return std::nullopt;
    switch (rd_kafka_event_error(event.get())) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        break;
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
        return KafkaTopicIds{};
    default:
        return std::nullopt;
    }
    std::size_t count = 0;
    const auto **found = rd_kafka_DescribeTopics_result_topics(
        rd_kafka_event_DescribeTopics_result(event.get()), &count);
    KafkaTopicIds ids;
    for (std::size_t i = 0; i < count; ++i) {
        const rd_kafka_Uuid_t *id = rd_kafka_TopicDescription_topic_id(found[i]);
        if (id != nullptr && !isZero(*id))
            ids[rd_kafka_TopicDescription_name(found[i])] = rd_kafka_Uuid_base64str(id);
    }
    return ids;
}

} // namespace sluice
