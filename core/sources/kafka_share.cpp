#include "core/sources/kafka_share.h"

namespace sluice {

namespace {

constexpr int kGroupOffsetsMs = 5000;
constexpr int kGroupOffsetsAttempts = 3; // a broker that has just come back loads its groups first

} // namespace

void applyPauses(KafkaReading &reading, const rd_kafka_topic_partition_list_t &partitions)
{
    const KafkaPartitionList paused(rd_kafka_topic_partition_list_new(8));
    const KafkaPartitionList open(rd_kafka_topic_partition_list_new(8));
    for (int i = 0; i < partitions.cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = partitions.elems[i];
        const bool held = reading.partitions.at({entry.topic, entry.partition}).held;
        rd_kafka_topic_partition_list_add(
            (reading.paused || held ? paused : open).get(), entry.topic, entry.partition);
    }
    rd_kafka_pause_partitions(reading.client->handle(), paused.get());
    rd_kafka_resume_partitions(reading.client->handle(), open.get());
}

void KafkaShare::forget()
{
    const std::scoped_lock lock(m_reading.mutex);
    for (KafkaSlot &slot : m_reading.partitions.all())
        slot.assigned = false;
}

void KafkaShare::onRebalance(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *) {}

void KafkaShare::onCommitted(rd_kafka_resp_err_t code,
                             const rd_kafka_topic_partition_list_t *offsets)
{
    for (int i = 0; offsets != nullptr && i < offsets->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = offsets->elems[i];
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR || entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
            m_reading.partitions.at({entry.topic, entry.partition}).committed = -1;
    }
}

std::map<KafkaPartitionKey, std::int64_t>
KafkaShare::groupOffsets(const rd_kafka_topic_partition_list_t &partitions) const
{
    std::map<KafkaPartitionKey, std::int64_t> offsets;
    if (partitions.cnt == 0)
        return offsets;
    const KafkaPartitionList list(rd_kafka_topic_partition_list_copy(&partitions));
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    for (int attempt = 0; code != RD_KAFKA_RESP_ERR_NO_ERROR && attempt < kGroupOffsetsAttempts;
         ++attempt)
        code = rd_kafka_committed(client(), list.get(), kGroupOffsetsMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return offsets;
    for (int i = 0; i < list->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = list->elems[i];
        if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR && entry.offset >= 0)
            offsets[{entry.topic, entry.partition}] = entry.offset;
    }
    return offsets;
}

std::int64_t KafkaShare::freshStart(const KafkaSlot &slot) const
{
    // Came into being while nobody looked: all of it is new.
    if (m_reading.progress.knowsTopic(slot.key.topic) || !slot.knownAtOpen)
        return RD_KAFKA_OFFSET_BEGINNING;
    // An offset, not "beginning": progress is to name every partition from the start.
    switch (m_reading.options.start) {
    case KafkaStart::Latest:
        return slot.end;
    case KafkaStart::Timestamp:
        return m_reading.scouting.timestampStarts.at(slot.key);
    default:
        return m_reading.scouting.oldest.at(slot.key);
    }
}

} // namespace sluice
