#pragma once

#include "core/base/result.h"
#include "core/network/kafka_handles.h"
#include "core/node/config.h"
#include "core/node/field_spec.h"
#include "core/node/node_descriptor.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

inline constexpr std::string_view kKafkaServers = "bootstrap_servers";
inline constexpr std::string_view kKafkaSecurity = "security";
inline constexpr std::string_view kKafkaMechanism = "sasl_mechanism";
inline constexpr std::string_view kKafkaUser = "username";
inline constexpr std::string_view kKafkaPassword = "password";
inline constexpr std::string_view kKafkaCaFile = "ca_file";
inline constexpr std::string_view kKafkaProperties = "properties";

/// The field that every Kafka kind begins with.
FieldSpec kafkaServersField();
/// Fields about how to connect that every Kafka kind ends with.
std::vector<FieldSpec> kafkaSecurityFields();

/// Properties that a kind sets by itself.
struct KafkaProperties
{
    using List = std::vector<std::pair<std::string, std::string>>;
    List defaults = {}; // the table of further properties may change them
    List fixed = {};    // it may not
};

/// librdkafka's configuration out of those fields: address, security and the further properties.
/// Errors: InvalidValue with the field, for a property that Sluice keeps to itself, that
/// librdkafka does not know, or whose value it refuses
Result<KafkaConfHandle> makeKafkaConf(const Config &config, const KafkaProperties &properties = {});

/// Checks of the shared fields, for a descriptor's validate().
std::vector<SchemaProblem> validateKafkaFields(const Config &config);
/// Whether a broker would take it as the name of a topic. Errors: InvalidValue
Result<void> checkTopicName(const std::string &topic);

/// Sets one property that is our own. Errors: InvalidValue with librdkafka's words
Result<void>
setKafkaProperty(rd_kafka_conf_t *conf, const std::string &name, const std::string &value);

} // namespace sluice
