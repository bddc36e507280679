#include "core/network/kafka_errors.h"
#include "core/sources/kafka_headers.h"
#include "core/sources/kafka_reader.h"

#include <algorithm>

// How messages, and errors that come in their place, get from librdkafka into a batch.

namespace sluice {

namespace {

/// A batch is cut at this size, so that large records make no giant batches.
constexpr std::size_t kBatchBytes = 1U << 20U;

} // namespace

/// Takes what librdkafka holds ready, behind what is still to be delivered.
void KafkaReader::fetch()
{
    if (m_fetchedBegin == m_fetched.size()) {
        m_fetched.clear();
        m_fetchedBegin = 0;
    }
    const std::size_t held = m_fetched.size();
    m_fetched.resize(held + kBatchRows);
    const ssize_t count =
        rd_kafka_consume_batch_queue(m_queue.get(), 0, m_fetched.data() + held, kBatchRows);
    m_fetched.resize(held + (count > 0 ? static_cast<std::size_t>(count) : 0));
}

void KafkaReader::dropFetched()
{
    while (m_fetchedBegin < m_fetched.size())
        rd_kafka_message_destroy(m_fetched[m_fetchedBegin++]);
    for (rd_kafka_message_t *message : m_withheld)
        rd_kafka_message_destroy(message);
    m_withheld.clear();
}

Result<void> KafkaReader::deliver(RawRecords &out)
{
    const std::scoped_lock lock(m_reading.mutex);
    while (m_fetchedBegin < m_fetched.size() && out.used < kBatchBytes
           && out.records.size() < kBatchRows) {
        KafkaMessage message(m_fetched[m_fetchedBegin++]);
        if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            TRY(onMessageError(*message));
            continue;
        }
        const std::int32_t index = m_reading.partitions.indexOf(*message);
        KafkaSlot &slot = m_reading.partitions[index];
        if (slot.held) {
            m_withheld.push_back(message.release());
            continue;
        }
        // What was fetched before a rebalance or a seek no longer counts.
        if (slot.assigned && message->offset >= slot.next)
            append(*message, slot, index, out);
    }
    return {};
}

void KafkaReader::append(const rd_kafka_message_t &message,
                         KafkaSlot &slot,
                         std::int32_t index,
                         RawRecords &out)
{
    rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &kind);
    const bool timed = kind != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && milliseconds >= 0
                       && milliseconds <= kMaxTicks / kTicksPerMillisecond;
    // A tombstone has no payload: it arrives as an empty record.
    out.append({static_cast<const char *>(message.payload), message.payload ? message.len : 0},
               message.offset,
               index,
               timed ? milliseconds * kTicksPerMillisecond : kNoTicks);
    slot.next = message.offset + 1;

    const std::size_t row = out.records.size() - 1;
    if (message.key != nullptr) {
        out.keys.resize(row);
        out.keys.push_back(
            out.arena.copy({static_cast<const char *>(message.key), message.key_len}));
    } else if (!out.keys.empty()) {
        out.keys.emplace_back();
    }
    const std::string_view headers = kafkaHeadersJson(message, out.arena, m_scratch);
    if (!headers.empty()) {
        out.headers.resize(row);
        out.headers.push_back(headers);
    } else if (!out.headers.empty()) {
        out.headers.emplace_back();
    }
}

Result<void> KafkaReader::onMessageError(const rd_kafka_message_t &message)
{
    const auto reason = [&message] {
        const char *text = rd_kafka_message_errstr(&message);
        return std::string(text ? text : rd_kafka_err2str(message.err));
    };
    switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: {
        KafkaSlot &slot = m_reading.partitions[m_reading.partitions.indexOf(message)];
        slot.next = std::max(slot.next, message.offset); // behind control records, too
        m_topicTrouble.clear();
        m_reading.client->noteContact();
        return {};
    }
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__NO_OFFSET:
        restartAtOldest(message);
        return {};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
        return fail(m_reading.client->translate(message.err, reason()));
    case RD_KAFKA_RESP_ERR__FATAL:
        return fail(
            m_reading.client->fatal().value_or(m_reading.client->translate(message.err, reason())));
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        m_topicTrouble = fmt::format("the cluster no longer has {}; trying again",
                                     message.rkt ? rd_kafka_topic_name(message.rkt) : "the topic");
        return {};
    default:
        if (isConnectionTrouble(message.err))
            m_reading.client->noteError(message.err, reason());
        else
            m_topicTrouble = reason();
        return {};
    }
}

} // namespace sluice
