#include "core/sources/kafka_partitions.h"

namespace sluice {

std::int32_t KafkaPartitions::index(const KafkaPartitionKey &key)
{
    const auto [place, added] = m_byKey.try_emplace(key, static_cast<std::int32_t>(m_slots.size()));
    if (added) {
        m_slots.emplace_back();
        m_slots.back().key = key;
    }
    return place->second;
}

KafkaSlot &KafkaPartitions::at(const KafkaPartitionKey &key)
{
    return m_slots[static_cast<std::size_t>(index(key))];
}

std::int32_t KafkaPartitions::indexOf(const rd_kafka_message_t &message)
{
    const auto partition = static_cast<std::size_t>(message.partition);
    for (auto &[handle, numbers] : m_byHandle) {
        if (handle != message.rkt)
            continue;
        if (partition < numbers.size() && numbers[partition] >= 0)
            return numbers[partition];
        if (partition >= numbers.size())
            numbers.resize(partition + 1, -1);
        numbers[partition] = index({rd_kafka_topic_name(message.rkt), message.partition});
        return numbers[partition];
    }
    m_byHandle.emplace_back(message.rkt, std::vector<std::int32_t>{});
    return indexOf(message);
}

} // namespace sluice
