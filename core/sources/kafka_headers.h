#pragma once

#include "core/event/arena.h"
#include "core/event/byte_buffer.h"
#include "core/network/kafka_handles.h"

#include <string_view>

namespace sluice {

/// The headers of a Kafka message as one JSON object of texts, in `arena`; empty without headers.
/// Of several headers with one name the first counts. Bytes that are no UTF-8 become U+FFFD.
std::string_view
kafkaHeadersJson(const rd_kafka_message_t &message, Arena &arena, ByteBuffer &scratch);

} // namespace sluice
