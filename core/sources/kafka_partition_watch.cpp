#include "core/sources/kafka_partition_watch.h"

namespace sluice {

KafkaPartitionWatch::KafkaPartitionWatch(KafkaClient &client,
                                         std::vector<std::string> topics,
                                         std::chrono::milliseconds every,
                                         std::function<void()> wake)
    : m_client(client)
    , m_topics(std::move(topics))
    , m_every(every)
    , m_wake(std::move(wake))
    , m_thread([this](const std::stop_token &stop) { run(stop); })
{}

KafkaPartitionWatch::~KafkaPartitionWatch() = default;

std::optional<std::vector<KafkaTopicInfo>> KafkaPartitionWatch::takeChange()
{
    const std::scoped_lock lock(m_mutex);
    std::optional<std::vector<KafkaTopicInfo>> change;
    change.swap(m_change);
    return change;
}

void KafkaPartitionWatch::run(const std::stop_token &stop)
{
    constexpr int kAskMs = 2000;
    std::size_t known = 0;
    while (!stop.stop_requested()) {
        // The first look catches what came since the reader looked itself.
        if (auto cluster = m_client.describeCluster(m_topics, kAskMs)) {
            std::size_t partitions = 0;
            for (const KafkaTopicInfo &topic : cluster->topics)
                partitions += topic.partitions.size();
            if (partitions != known) {
                known = partitions;
                {
                    const std::scoped_lock lock(m_mutex);
                    m_change = std::move(cluster->topics);
                }
                if (m_wake)
                    m_wake();
            }
        }
        std::unique_lock lock(m_mutex);
        m_wait.wait_for(lock, stop, m_every, [] { return false; });
    }
}

} // namespace sluice
