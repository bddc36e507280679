#pragma once

#include "core/network/kafka_client.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Looks now and then which partitions topics have, on a thread of its own. Thread: any.
class KafkaPartitionWatch
{
public:
    /// @param client  outlives the watch
    /// @param wake  called when there is something to take
    KafkaPartitionWatch(KafkaClient &client,
                        std::vector<std::string> topics,
                        std::chrono::milliseconds every,
                        std::function<void()> wake);
    ~KafkaPartitionWatch();
    KafkaPartitionWatch(const KafkaPartitionWatch &) = delete;
    KafkaPartitionWatch &operator=(const KafkaPartitionWatch &) = delete;

    /// The topics as they were seen last, once they have another number of partitions than before.
    std::optional<std::vector<KafkaTopicInfo>> takeChange();

private:
    void run(const std::stop_token &stop);

    KafkaClient &m_client;
    const std::vector<std::string> m_topics;
    const std::chrono::milliseconds m_every;
    const std::function<void()> m_wake;
    std::mutex m_mutex;
    std::condition_variable_any m_wait;
    std::optional<std::vector<KafkaTopicInfo>> m_change; // guarded by m_mutex
    std::jthread m_thread;                               // last: stops before the rest goes
};

} // namespace sluice
