#pragma once

#include "core/base/result.h"
#include "core/network/kafka_client.h"
#include "core/sources/kafka_progress.h"

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// What has to be known about the cluster before reading begins.
struct KafkaScoutOrder
{
    std::vector<std::string> topics;
    std::string expectedCluster;             // of the kept progress; empty: any
    bool topicsMustExist = false;            // else they are waited for
    std::optional<std::int64_t> timestampMs; // find the first offsets at or behind it
    std::string group;                       // look for its members; empty: do not
    std::string ownInstance;                 // a member of this name is a former run of ours
    bool wantsTopicIds = false;
    std::map<std::string, std::string> expectedTopicIds; // of the kept progress
};

struct KafkaScouting
{
    KafkaClusterInfo cluster;
    std::map<KafkaPartitionKey, std::int64_t> oldest; // the first record that is kept
    std::map<KafkaPartitionKey, std::int64_t> ends;   // behind the last record
    std::map<KafkaPartitionKey, std::int64_t> timestampStarts;
    std::map<std::string, std::string> topicIds; // where the brokers know them
    bool groupIsReading = false;                 // it has members that are not ours
};

/// Asks the cluster on a thread of its own, so that neither open() nor poll() waits for an absent
/// broker; goes on asking until it has an answer. Thread: any.
class KafkaScout
{
public:
    /// @param client  outlives the scout; its callbacks are served by somebody else
    KafkaScout(KafkaClient &client, KafkaScoutOrder order, std::function<void()> wake);
    ~KafkaScout();
    KafkaScout(const KafkaScout &) = delete;
    KafkaScout &operator=(const KafkaScout &) = delete;

    bool finished() const;
    /// Once finished. Errors: TopicMissing, ProgressMismatch, TargetChanged, AuthenticationFailed
    const Result<KafkaScouting> &result() const { return *m_result; }
    /// What it waits for, in words; may be empty.
    std::string waitingFor() const;

private:
    void run(const std::stop_token &stop);
    std::optional<Result<KafkaScouting>> attempt(int timeoutMs);
    std::optional<Error> checkTopics(const KafkaClusterInfo &cluster, bool &complete);
    std::optional<Error> checkTopicIds(const KafkaScouting &found) const;
    bool findEnds(KafkaScouting &found, int timeoutMs) const;
    bool findTimestamps(KafkaScouting &found, int timeoutMs) const;
    bool groupIsReading(int timeoutMs) const;
    void setWaitingFor(std::string words);

    KafkaClient &m_client;
    const KafkaScoutOrder m_order;
    const std::function<void()> m_wake;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_wait;
    std::string m_waitingFor;                      // guarded by m_mutex
    std::optional<Result<KafkaScouting>> m_result; // guarded by m_mutex until set, then constant
    std::jthread m_thread;                         // last: stops before the rest goes
};

} // namespace sluice
