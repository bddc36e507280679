#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>

namespace sluice {

/// Owners of librdkafka's C handles.
struct KafkaConfDeleter
{
    void operator()(rd_kafka_conf_t *conf) const { rd_kafka_conf_destroy(conf); }
};
struct KafkaDeleter
{
    // A consumer that belongs to a group is closed by its owner, who can bound the wait.
    void operator()(rd_kafka_t *client) const
    {
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    }
};
struct KafkaTopicDeleter
{
    void operator()(rd_kafka_topic_t *topic) const { rd_kafka_topic_destroy(topic); }
};
struct KafkaQueueDeleter
{
    void operator()(rd_kafka_queue_t *queue) const { rd_kafka_queue_destroy(queue); }
};
struct KafkaPartitionListDeleter
{
    void operator()(rd_kafka_topic_partition_list_t *list) const
    {
        rd_kafka_topic_partition_list_destroy(list);
    }
};
struct KafkaMetadataDeleter
{
    void operator()(const rd_kafka_metadata_t *metadata) const
    {
        rd_kafka_metadata_destroy(metadata);
    }
};
struct KafkaMessageDeleter
{
    void operator()(rd_kafka_message_t *message) const { rd_kafka_message_destroy(message); }
};
struct KafkaErrorDeleter
{
    void operator()(rd_kafka_error_t *error) const { rd_kafka_error_destroy(error); }
};
struct KafkaAdminOptionsDeleter
{
    void operator()(rd_kafka_AdminOptions_t *options) const
    {
        rd_kafka_AdminOptions_destroy(options);
    }
};
struct KafkaEventDeleter
{
    void operator()(rd_kafka_event_t *event) const { rd_kafka_event_destroy(event); }
};

using KafkaConfHandle = std::unique_ptr<rd_kafka_conf_t, KafkaConfDeleter>;
using KafkaHandle = std::unique_ptr<rd_kafka_t, KafkaDeleter>;
using KafkaTopicHandle = std::unique_ptr<rd_kafka_topic_t, KafkaTopicDeleter>;
using KafkaQueueHandle = std::unique_ptr<rd_kafka_queue_t, KafkaQueueDeleter>;
using KafkaPartitionList =
    std::unique_ptr<rd_kafka_topic_partition_list_t, KafkaPartitionListDeleter>;
using KafkaMetadata = std::unique_ptr<const rd_kafka_metadata_t, KafkaMetadataDeleter>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, KafkaMessageDeleter>;
using KafkaErrorHandle = std::unique_ptr<rd_kafka_error_t, KafkaErrorDeleter>;
using KafkaAdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, KafkaAdminOptionsDeleter>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, KafkaEventDeleter>;

} // namespace sluice
