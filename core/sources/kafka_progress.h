#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <string>

namespace sluice {

/// One partition of a topic.
struct KafkaPartitionKey
{
    std::string topic;
    std::int32_t partition = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer
    friend auto operator<=>(const KafkaPartitionKey &, const KafkaPartitionKey &) = default;
};

/// Where a Kafka source goes on:
/// {"cluster_id", "topic_ids": {name: id}, "topics": {name: {partition: next offset}}}.
/// A topic that is listed was read before, even where it has no partition yet.
struct KafkaProgress
{
    std::string clusterId;
    std::map<std::string, std::string> topicIds; // only where it matters, and is known
    std::map<std::string, std::map<std::int32_t, std::int64_t>> topics;

    std::string toJson() const;
    /// Errors: ProgressDamaged
    static Result<KafkaProgress> parse(const std::string &json);

    bool knowsTopic(const std::string &topic) const { return topics.contains(topic); }
    /// The next offset; -1 when there is none.
    std::int64_t find(const KafkaPartitionKey &key) const;
};

} // namespace sluice
