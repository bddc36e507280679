#pragma once

#include "core/network/kafka_client.h"
#include "core/node/node_descriptor.h"

#include <stop_token>
#include <string>
#include <vector>

namespace sluice {

/// Connects to the configured cluster and says what it found, within about five seconds.
/// @param topics  those the config names; a missing one fails the probe
/// @param topicField  the config field that topics are suggested for
ProbeReport probeKafka(const Config &config,
                       const std::vector<std::string> &topics,
                       std::string_view topicField,
                       std::stop_token stop);

/// Every topic of the cluster by name, without Kafka's own, and how many brokers it has.
/// Errors: what stands in the way, within about five seconds
Result<KafkaClusterInfo> listKafkaTopics(KafkaClient &client, std::stop_token stop);

} // namespace sluice
