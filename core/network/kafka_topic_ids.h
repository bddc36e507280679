#pragma once

#include "core/network/kafka_client.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The ids by which a cluster tells a topic from another one that had its name before.
using KafkaTopicIds = std::map<std::string, std::string>;

/// Asks once, waiting `timeoutMs` at most. Brokers before 2.8 know no ids: their topics are left
/// out, as are those that do not exist. @return nothing: no answer
/// @param cluster  as describeCluster() gave it for the topics
std::optional<KafkaTopicIds>
findKafkaTopicIds(KafkaClient &client, const KafkaClusterInfo &cluster, int timeoutMs);

} // namespace sluice
