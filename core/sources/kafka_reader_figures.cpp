#include "core/sources/kafka_reader.h"

#include <algorithm>

namespace sluice {

SourceFigures KafkaReader::figures() const
{
    SourceFigures figures;
    const std::scoped_lock lock(m_reading.mutex);
    if (!m_reading.client)
        return figures;
    figures.state = stateWords(figures.troubled);
    for (const KafkaSlot &slot : m_reading.partitions.all()) {
        if (!slot.assigned)
            continue;
        PartitionFigures partition;
        partition.name = fmt::format("{}/{}", slot.key.topic, slot.key.partition);
        partition.position = std::max<std::int64_t>(slot.next, 0);
        std::int64_t low = -1;
        std::int64_t high = -1;
        // What the latest fetch brought along; no question to the broker.
        rd_kafka_get_watermark_offsets(
            m_reading.client->handle(), slot.key.topic.c_str(), slot.key.partition, &low, &high);
        partition.end = std::max(high, slot.end);
        if (slot.next >= 0 && partition.end >= 0)
            partition.lag = std::max<std::int64_t>(partition.end - slot.next, 0);
        figures.partitions.push_back(std::move(partition));
    }
    return figures;
}

std::vector<std::int32_t> KafkaReader::partitions() const
{
    std::vector<std::int32_t> numbers;
    const auto &slots = m_reading.partitions.all();
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].assigned)
            numbers.push_back(static_cast<std::int32_t>(i));
    }
    return numbers;
}

std::string KafkaReader::partitionName(std::int32_t partition) const
{
    const std::scoped_lock lock(m_reading.mutex);
    const auto &slots = m_reading.partitions.all();
    const auto place = static_cast<std::size_t>(partition);
    if (partition < 0 || place >= slots.size())
        return {};
    return fmt::format("{}/{}", slots[place].key.topic, slots[place].key.partition);
}

std::string KafkaReader::stateWords(bool &troubled) const
{
    troubled = true;
    if (const auto error = m_reading.client->trouble())
        return fmt::format("broker away, trying again: {}", error->message);
    if (m_scout && !m_scout->finished()) {
        const std::string waitingFor = m_scout->waitingFor();
        if (!waitingFor.empty())
            return waitingFor;
        troubled = false;
        return "connecting";
    }
    if (!m_topicTrouble.empty())
        return m_topicTrouble;
    troubled = false;
    const auto &slots = m_reading.partitions.all();
    if (std::none_of(slots.begin(), slots.end(), [](const KafkaSlot &s) { return s.assigned; }))
        return m_share->waitingWords();
    return m_reading.shareTrouble;
}

} // namespace sluice
