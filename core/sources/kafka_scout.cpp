#include "core/sources/kafka_scout.h"

#include "core/network/kafka_errors.h"
#include "core/network/kafka_topic_ids.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace sluice {

KafkaScout::KafkaScout(KafkaClient &client, KafkaScoutOrder order, std::function<void()> wake)
    : m_client(client)
    , m_order(std::move(order))
    , m_wake(std::move(wake))
    , m_thread([this](const std::stop_token &stop) { run(stop); })
{}

KafkaScout::~KafkaScout() = default;

bool KafkaScout::finished() const
{
    const std::scoped_lock lock(m_mutex);
    return m_result.has_value();
}

std::string KafkaScout::waitingFor() const
{
    const std::scoped_lock lock(m_mutex);
    return m_waitingFor;
}

void KafkaScout::setWaitingFor(std::string words)
{
    const std::scoped_lock lock(m_mutex);
    m_waitingFor = std::move(words);
}

void KafkaScout::run(const std::stop_token &stop)
{
    constexpr int kFirstTimeoutMs = 1000;
    constexpr int kLastTimeoutMs = 2000;
    constexpr std::chrono::milliseconds kPause{300};
    int timeoutMs = kFirstTimeoutMs;
    while (!stop.stop_requested()) {
        std::optional<Result<KafkaScouting>> answer = attempt(timeoutMs);
        std::unique_lock lock(m_mutex);
        if (answer) {
            m_result.emplace(std::move(*answer));
            break;
        }
        m_wait.wait_for(lock, stop, kPause, [] { return false; });
        timeoutMs = std::min(timeoutMs * 2, kLastTimeoutMs);
    }
    if (m_wake && !stop.stop_requested())
        m_wake();
}

/// One round of questions. None: try again.
std::optional<Result<KafkaScouting>> KafkaScout::attempt(int timeoutMs)
{
    auto cluster = m_client.describeCluster(m_order.topics, timeoutMs);
    if (!cluster) {
        if (m_client.refusal() || cluster.error().code == ErrorCode::InvalidValue)
            return fail(cluster.error());
        return std::nullopt;
    }
    if (!m_order.expectedCluster.empty() && !cluster->clusterId.empty()
        && cluster->clusterId != m_order.expectedCluster)
        return fail(ErrorCode::ProgressMismatch,
                    "The kept progress belongs to Kafka cluster {}, the bootstrap servers lead to "
                    "cluster {}",
                    m_order.expectedCluster,
                    cluster->clusterId)
            .hint("Run with --from-start to begin anew, or point the source at the old cluster.")
            .field(std::string(kKafkaServers));
    bool complete = true;
    if (auto problem = checkTopics(*cluster, complete))
        return fail(std::move(*problem));
    if (!complete)
        return std::nullopt;
    KafkaScouting found;
    found.cluster = std::move(*cluster);
    if (m_order.wantsTopicIds) {
        auto ids = findKafkaTopicIds(m_client, found.cluster, timeoutMs);
        if (!ids)
            return std::nullopt;
        found.topicIds = std::move(*ids);
        if (auto problem = checkTopicIds(found))
            return fail(std::move(*problem));
    }
    if (!findEnds(found, timeoutMs))
        return std::nullopt;
    if (m_order.timestampMs && !findTimestamps(found, timeoutMs))
        return std::nullopt;
    found.groupIsReading = !m_order.group.empty() && groupIsReading(timeoutMs);
    return found;
}

std::optional<Error> KafkaScout::checkTopics(const KafkaClusterInfo &cluster, bool &complete)
{
    for (const KafkaTopicInfo &topic : cluster.topics) {
        if (isAccessRefused(topic.error))
            return m_client.translate(topic.error, {});
        if (!topic.partitions.empty())
            continue;
        complete = false;
        const bool missing = topic.error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
                             || topic.error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
        if (missing && m_order.topicsMustExist)
            return fail(ErrorCode::TopicMissing, "The cluster has no topic '{}'", topic.name)
                .hint("Create it, or check the spelling.")
                .field("topics")
                .take();
        setWaitingFor(missing
                          ? fmt::format("the cluster has no topic '{}'; waiting for it", topic.name)
                          : fmt::format("topic '{}' is not ready; trying again", topic.name));
    }
    return std::nullopt;
}

/// A topic that was deleted and made anew has offsets that mean something else.
std::optional<Error> KafkaScout::checkTopicIds(const KafkaScouting &found) const
{
    for (const auto &[topic, expected] : m_order.expectedTopicIds) {
        const auto id = found.topicIds.find(topic);
        if (id == found.topicIds.end() || id->second == expected)
            continue;
        return fail(
                   ErrorCode::TargetChanged,
                   "Topic '{}' is another one than at the last checkpoint: it was deleted and made "
                   "anew",
                   topic)
            .hint("Run with --from-start to read the new one.")
            .field("topics")
            .take();
    }
    return std::nullopt;
}

bool KafkaScout::findEnds(KafkaScouting &found, int timeoutMs) const
{
    for (const KafkaTopicInfo &topic : found.cluster.topics) {
        for (const std::int32_t partition : topic.partitions) {
            std::int64_t low = 0;
            std::int64_t high = 0;
            if (rd_kafka_query_watermark_offsets(
                    m_client.handle(), topic.name.c_str(), partition, &low, &high, timeoutMs)
                != RD_KAFKA_RESP_ERR_NO_ERROR)
                return false;
            found.oldest[{topic.name, partition}] = low;
            found.ends[{topic.name, partition}] = high;
        }
    }
    return true;
}

bool KafkaScout::findTimestamps(KafkaScouting &found, int timeoutMs) const
{
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(8));
    for (const KafkaTopicInfo &topic : found.cluster.topics) {
        for (const std::int32_t partition : topic.partitions)
            rd_kafka_topic_partition_list_add(list.get(), topic.name.c_str(), partition)->offset =
                *m_order.timestampMs;
    }
    if (rd_kafka_offsets_for_times(m_client.handle(), list.get(), timeoutMs)
        != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    for (int i = 0; i < list->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = list->elems[i];
        if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return false;
        const KafkaPartitionKey key{entry.topic, entry.partition};
        // No record is that young: begin where the next one will be.
        found.timestampStarts[key] = entry.offset >= 0 ? entry.offset : found.ends.at(key);
    }
    return true;
}

/// Not every server answers, and not everybody may ask; then the group counts as empty.
bool KafkaScout::groupIsReading(int timeoutMs) const
{
    rd_kafka_t *client = m_client.handle();
    const KafkaAdminOptions options(
        rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS));
    std::array<char, 128> words{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeoutMs, words.data(), words.size());
    const KafkaQueueHandle answers(rd_kafka_queue_new(client));
    const char *group = m_order.group.c_str();
    rd_kafka_DescribeConsumerGroups(client, &group, 1, options.get(), answers.get());
    const KafkaEvent event(rd_kafka_queue_poll(answers.get(), timeoutMs));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    std::size_t groups = 0;
    const auto **found = rd_kafka_DescribeConsumerGroups_result_groups(
        rd_kafka_event_DescribeConsumerGroups_result(event.get()), &groups);
    if (groups == 0)
        return false;
    for (std::size_t i = 0; i < rd_kafka_ConsumerGroupDescription_member_count(found[0]); ++i) {
        const char *instance = rd_kafka_MemberDescription_group_instance_id(
            rd_kafka_ConsumerGroupDescription_member(found[0], i));
        if (instance == nullptr || m_order.ownInstance != instance)
            return true;
    }
    return false;
}

} // namespace sluice
