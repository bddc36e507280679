#pragma once

#include "core/base/result.h"
#include "core/network/kafka_handles.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Whether librdkafka's error says that the cluster or a part of it cannot be reached now.
bool isConnectionTrouble(rd_kafka_resp_err_t code);
/// Whether trying again cannot help until somebody changes the config or the cluster's rights.
bool isAccessRefused(rd_kafka_resp_err_t code);

/// What librdkafka says, in words a user can act on.
/// @param reason  its text, which names the broker: "sasl_ssl://b1:9093/bootstrap: Failed to …"
/// @param servers  the configured bootstrap servers; named where the text names no broker
/// @param user  the login name, for refusals; may be empty
Error kafkaError(rd_kafka_resp_err_t code,
                 std::string_view reason,
                 std::string_view servers,
                 std::string_view user = {});

/// "b1:9093" out of "sasl_ssl://b1:9093/bootstrap: …"; empty when the text names no broker.
std::string brokerAddress(std::string_view reason);

} // namespace sluice
