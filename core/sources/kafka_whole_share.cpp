#include "core/sources/kafka_partition_watch.h"
#include "core/sources/kafka_share.h"

#include <array>
#include <cstdlib>

namespace sluice {

namespace {

/// As often as librdkafka looks itself: the property topic.metadata.refresh.interval.ms.
std::chrono::milliseconds refreshInterval(rd_kafka_t *client)
{
    constexpr std::chrono::milliseconds kDefault{30'000};
    std::array<char, 32> text{};
    std::size_t size = text.size();
    if (rd_kafka_conf_get(
            rd_kafka_conf(client), "topic.metadata.refresh.interval.ms", text.data(), &size)
        != RD_KAFKA_CONF_OK)
        return kDefault;
    const long long milliseconds = std::strtoll(text.data(), nullptr, 10);
    return milliseconds > 0 ? std::chrono::milliseconds(milliseconds) : kDefault;
}

/// For runs whose positions are the workspace's alone: no member of the group has a say in them.
/// Offsets are committed for lag tools; that they are refused is told, and is no failure.
class KafkaWholeShare : public KafkaShare
{
public:
    using KafkaShare::KafkaShare;

    void addTo(KafkaProperties &properties) const override;
    void addTo(KafkaScoutOrder &order) const override;
    Result<void> begin() override;
    Result<void> tend() override;
    bool settled() const override { return m_reading.assignedOnce; }
    bool isReadByOthers(const rd_kafka_topic_partition_list_t &) override { return true; }
    void takeAnew(KafkaSlot &slot) override;
    void forget() override
    {
        m_watch.reset(); // it asks by the client
        KafkaShare::forget();
    }
    void end() override { m_watch.reset(); }
    void onCommitted(rd_kafka_resp_err_t code,
                     const rd_kafka_topic_partition_list_t *offsets) override;
    std::string waitingWords() const override { return "the topics have no partitions yet"; }

private:
    Result<void> take(const std::vector<KafkaTopicInfo> &topics);
    std::int64_t startOf(const KafkaSlot &slot) const;

    std::map<KafkaPartitionKey, std::int64_t> m_stored; // where the group stopped
    std::unique_ptr<KafkaPartitionWatch> m_watch;
};

void KafkaWholeShare::addTo(KafkaProperties &properties) const
{
    properties.fixed.emplace_back("isolation.level", "read_committed");
}

void KafkaWholeShare::addTo(KafkaScoutOrder &order) const
{
    order.wantsTopicIds = true;
    order.expectedTopicIds = m_reading.progress.topicIds;
}

Result<void> KafkaWholeShare::begin()
{
    const std::vector<KafkaTopicInfo> &topics = m_reading.scouting.cluster.topics;
    if (m_reading.options.start == KafkaStart::Stored) {
        const KafkaPartitionList all(rd_kafka_topic_partition_list_new(8));
        for (const KafkaTopicInfo &topic : topics) {
            for (const std::int32_t partition : topic.partitions)
                rd_kafka_topic_partition_list_add(all.get(), topic.name.c_str(), partition);
        }
        m_stored = groupOffsets(*all);
    }
    TRY(take(topics));
    m_watch = std::make_unique<KafkaPartitionWatch>(*m_reading.client,
                                                    m_reading.options.topics,
                                                    refreshInterval(client()),
                                                    m_reading.context.wake);
    return {};
}

Result<void> KafkaWholeShare::tend()
{
    if (const auto change = m_watch->takeChange())
        return take(*change);
    return {};
}

/// Reads the partitions of `topics` that are not read yet.
Result<void> KafkaWholeShare::take(const std::vector<KafkaTopicInfo> &topics)
{
    const KafkaPartitionList added(rd_kafka_topic_partition_list_new(8));
    {
        const std::scoped_lock lock(m_reading.mutex);
        for (const KafkaTopicInfo &topic : topics) {
            for (const std::int32_t partition : topic.partitions) {
                KafkaSlot &slot = m_reading.partitions.at({topic.name, partition});
                if (slot.assigned)
                    continue;
                const std::int64_t start = startOf(slot);
                rd_kafka_topic_partition_list_add(added.get(), topic.name.c_str(), partition)
                    ->offset = start;
                slot.assigned = true;
                slot.next = start >= 0 ? start : -1;
                slot.committed = -1;
            }
        }
    }
    if (added->cnt == 0)
        return {};
    const KafkaErrorHandle error(rd_kafka_incremental_assign(client(), added.get()));
    if (error)
        return fail(m_reading.client->translate(rd_kafka_error_code(error.get()),
                                                rd_kafka_error_string(error.get())));
    applyPauses(m_reading, *added);
    m_reading.assignedOnce = true;
    return {};
}

std::int64_t KafkaWholeShare::startOf(const KafkaSlot &slot) const
{
    if (slot.next >= 0) // read by a client that is gone
        return slot.next;
    if (const std::int64_t own = m_reading.progress.find(slot.key); own >= 0)
        return own;
    if (const auto stored = m_stored.find(slot.key);
        stored != m_stored.end() && !m_reading.progress.knowsTopic(slot.key.topic))
        return stored->second;
    return freshStart(slot);
}

void KafkaWholeShare::takeAnew(KafkaSlot &slot)
{
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), slot.key.topic.c_str(), slot.key.partition)
        ->offset = slot.next >= 0 ? slot.next : RD_KAFKA_OFFSET_BEGINNING;
    const KafkaErrorHandle left(rd_kafka_incremental_unassign(client(), list.get()));
    const KafkaErrorHandle taken(rd_kafka_incremental_assign(client(), list.get()));
}

void KafkaWholeShare::onCommitted(rd_kafka_resp_err_t code,
                                  const rd_kafka_topic_partition_list_t *offsets)
{
    KafkaShare::onCommitted(code, offsets);
    for (int i = 0; offsets != nullptr && i < offsets->cnt; ++i) {
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            code = offsets->elems[i].err;
    }
    const std::scoped_lock lock(m_reading.mutex);
    m_reading.shareTrouble =
        code == RD_KAFKA_RESP_ERR_NO_ERROR
            ? std::string()
            : fmt::format("lag tools do not see how far this is: consumer group '{}' takes no "
                          "offsets ({})",
                          m_reading.options.group,
                          rd_kafka_err2str(code));
}

} // namespace

std::unique_ptr<KafkaShare> makeKafkaWholeShare(KafkaReading &reading)
{
    return std::make_unique<KafkaWholeShare>(reading);
}

} // namespace sluice
