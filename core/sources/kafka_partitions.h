#pragma once

#include "core/network/kafka_handles.h"
#include "core/sources/kafka_progress.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// One partition as the reader sees it.
struct KafkaSlot
{
    KafkaPartitionKey key;
    std::int64_t next = -1;      // offset behind the last record delivered; -1: not known yet
    std::int64_t end = -1;       // where the topic ended when the source was opened
    std::int64_t committed = -1; // what the group was last told
    bool assigned = false;
    bool knownAtOpen = false;
    bool held = false; // not to be delivered at present
};

/// Gives every partition of every topic a dense number, the one that records carry. With a single
/// topic the number is Kafka's own. Thread: one at a time.
class KafkaPartitions
{
public:
    /// Finds or adds a partition.
    KafkaSlot &at(const KafkaPartitionKey &key);
    /// The number of a message's partition. Quick for the topic handles it saw before.
    std::int32_t indexOf(const rd_kafka_message_t &message);
    /// The client is about to go, and its handles with it.
    void forgetHandles() { m_byHandle.clear(); }

    std::vector<KafkaSlot> &all() { return m_slots; }
    const std::vector<KafkaSlot> &all() const { return m_slots; }
    KafkaSlot &operator[](std::int32_t index) { return m_slots[static_cast<std::size_t>(index)]; }

private:
    std::int32_t index(const KafkaPartitionKey &key);

    std::vector<KafkaSlot> m_slots;
    std::map<KafkaPartitionKey, std::int32_t> m_byKey;
    // By librdkafka's handle, which lives as long as the client: partition → number, -1: unknown.
    std::vector<std::pair<const rd_kafka_topic_t *, std::vector<std::int32_t>>> m_byHandle;
};

} // namespace sluice
