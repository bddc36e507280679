#include "core/sources/kafka_share.h"

#include <algorithm>
#include <string_view>
#include <xxhash.h>

namespace sluice {

namespace {

constexpr int kLeaveMs = 3000;
constexpr int kAskOthersMs = 1000;
constexpr TickSpan kAskOthersPause = 500 * kTicksPerMillisecond;

/// The same for every run of this node in this workspace: a run that follows a killed one takes its
/// place in the group at once, instead of waiting for the session of the dead one to end.
std::string instanceId(const NodeContext &context)
{
    const std::string identity =
        context.workspace + '\n' + context.pipelineName + '\n' + context.nodeId;
    return fmt::format("sluice-{:016x}", XXH3_64bits(identity.data(), identity.size()));
}

bool isCooperative(rd_kafka_t *client)
{
    return std::string_view(rd_kafka_rebalance_protocol(client)) == "COOPERATIVE";
}

/// Positions: the engine's progress wins; a partition that comes by a later rebalance, or while
/// others of the group are reading, starts where the group stands; start_from counts only for what
/// was never read. Offsets are committed for the group's other members and for lag tools.
class KafkaGroupShare : public KafkaShare
{
public:
    using KafkaShare::KafkaShare;

    void addTo(KafkaProperties &properties) const override;
    void addTo(KafkaScoutOrder &order) const override;
    Result<void> begin() override;
    bool settled() const override { return m_joined; }
    bool isReadByOthers(const rd_kafka_topic_partition_list_t &ends) override;
    void takeAnew(KafkaSlot &slot) override;
    void forget() override;
    void end() override;
    void onRebalance(rd_kafka_resp_err_t code,
                     rd_kafka_topic_partition_list_t *partitions) override;
    std::string waitingWords() const override
    {
        return "waiting for partitions: the consumer group shares them out";
    }

private:
    void onAssigned(rd_kafka_topic_partition_list_t *partitions);
    void onRevoked(rd_kafka_topic_partition_list_t *partitions);
    std::int64_t startOf(const KafkaSlot &slot, std::int64_t groupOffset) const;

    bool m_subscribed = false;
    bool m_joined = false;                                  // the group has said what we get
    Ticks m_askOthers = 0;                                  // when to ask again how far they are
    std::map<KafkaPartitionKey, std::int64_t> m_handedOver; // positions of revoked partitions
};

void KafkaGroupShare::addTo(KafkaProperties &properties) const
{
    properties.defaults.emplace_back("partition.assignment.strategy", "cooperative-sticky");
    // Members that stopped for good are missed sooner than after librdkafka's 45 s.
    properties.defaults.emplace_back("session.timeout.ms", "10000");
    if (!m_reading.context.workspace.empty())
        properties.fixed.emplace_back("group.instance.id", instanceId(m_reading.context));
}

void KafkaGroupShare::addTo(KafkaScoutOrder &order) const
{
    order.group = m_reading.options.group;
    order.ownInstance = instanceId(m_reading.context);
}

Result<void> KafkaGroupShare::begin()
{
    const std::vector<std::string> &names = m_reading.options.topics;
    const KafkaPartitionList topics(
        rd_kafka_topic_partition_list_new(static_cast<int>(names.size())));
    for (const std::string &topic : names)
        rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(client(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(m_reading.client->translate(code, rd_kafka_err2str(code)));
    m_subscribed = true;
    return {};
}

void KafkaGroupShare::onRebalance(rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t *partitions)
{
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        onAssigned(partitions);
        if (isCooperative(client()))
            const KafkaErrorHandle ignored(rd_kafka_incremental_assign(client(), partitions));
        else
            rd_kafka_assign(client(), partitions);
        applyPauses(m_reading, *partitions);
        return;
    }
    onRevoked(partitions);
    if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && isCooperative(client()))
        const KafkaErrorHandle ignored(rd_kafka_incremental_unassign(client(), partitions));
    else
        rd_kafka_assign(client(), nullptr);
}

void KafkaGroupShare::onAssigned(rd_kafka_topic_partition_list_t *partitions)
{
    const auto offsets = groupOffsets(*partitions);
    const std::scoped_lock lock(m_reading.mutex);
    for (int i = 0; i < partitions->cnt; ++i) {
        rd_kafka_topic_partition_t &entry = partitions->elems[i];
        KafkaSlot &slot = m_reading.partitions.at({entry.topic, entry.partition});
        const auto offset = offsets.find(slot.key);
        entry.offset = startOf(slot, offset == offsets.end() ? -1 : offset->second);
        slot.assigned = true;
        slot.next = entry.offset >= 0 ? entry.offset : -1;
        slot.committed = -1;
    }
    m_joined = true;
    m_reading.assignedOnce = m_reading.assignedOnce || partitions->cnt > 0;
}

void KafkaGroupShare::onRevoked(rd_kafka_topic_partition_list_t *partitions)
{
    const std::scoped_lock lock(m_reading.mutex);
    for (int i = 0; i < partitions->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = partitions->elems[i];
        KafkaSlot &slot = m_reading.partitions.at({entry.topic, entry.partition});
        if (slot.assigned && slot.next >= 0)
            m_handedOver[slot.key] = slot.next;
        slot.assigned = false;
    }
}

/// @param groupOffset  where the group stopped; -1: it has not read this partition
std::int64_t KafkaGroupShare::startOf(const KafkaSlot &slot, std::int64_t groupOffset) const
{
    const std::int64_t own = m_reading.progress.find(slot.key);
    const bool fresh = !m_reading.progress.knowsTopic(slot.key.topic);
    if (!m_reading.assignedOnce && own >= 0)
        return own;
    if (m_reading.assignedOnce || !fresh || m_reading.options.start == KafkaStart::Stored
        || m_reading.scouting.groupIsReading) {
        // Another member may have read on since we had it, or may never have got to commit.
        const auto handed = m_handedOver.find(slot.key);
        const std::int64_t known =
            std::max({own, groupOffset, handed == m_handedOver.end() ? -1 : handed->second});
        if (known >= 0)
            return known;
    }
    return freshStart(slot);
}

void KafkaGroupShare::forget()
{
    {
        const std::scoped_lock lock(m_reading.mutex);
        for (const KafkaSlot &slot : m_reading.partitions.all()) {
            if (slot.assigned && slot.next >= 0)
                m_handedOver[slot.key] = slot.next;
        }
    }
    m_subscribed = false;
    KafkaShare::forget();
}

void KafkaGroupShare::takeAnew(KafkaSlot &lost)
{
    const bool cooperative = isCooperative(client());
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(8));
    for (const KafkaSlot &slot : m_reading.partitions.all()) {
        if (!slot.assigned || (cooperative && &slot != &lost))
            continue;
        rd_kafka_topic_partition_list_add(list.get(), slot.key.topic.c_str(), slot.key.partition)
            ->offset = slot.next >= 0 ? slot.next : RD_KAFKA_OFFSET_BEGINNING;
    }
    if (!cooperative) {
        rd_kafka_assign(client(), list.get());
        return;
    }
    const KafkaErrorHandle left(rd_kafka_incremental_unassign(client(), list.get()));
    const KafkaErrorHandle taken(rd_kafka_incremental_assign(client(), list.get()));
}

/// Waits for the broker's answer, at most a second: there is nothing else to do at the end.
bool KafkaGroupShare::isReadByOthers(const rd_kafka_topic_partition_list_t &ends)
{
    const Clock &clock = *m_reading.context.clock;
    if (clock.monotonic() < m_askOthers)
        return false;
    const KafkaPartitionList found(rd_kafka_topic_partition_list_copy(&ends));
    const rd_kafka_resp_err_t code = rd_kafka_committed(client(), found.get(), kAskOthersMs);
    m_askOthers = clock.monotonic() + kAskOthersPause;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    for (int i = 0; i < ends.cnt; ++i) {
        if (found->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR
            || found->elems[i].offset < ends.elems[i].offset)
            return false;
    }
    return true;
}

/// By itself a member with an instance id leaves its partitions to nobody until its session is
/// over.
void KafkaGroupShare::end()
{
    if (!m_subscribed || m_reading.client->allBrokersDown())
        return;
    rd_kafka_unsubscribe(client());
    const auto &slots = m_reading.partitions.all();
    m_reading.client->serveUntil(
        [&slots] {
            return std::none_of(
                slots.begin(), slots.end(), [](const KafkaSlot &slot) { return slot.assigned; });
        },
        {},
        kLeaveMs);
}

} // namespace

std::unique_ptr<KafkaShare> makeKafkaGroupShare(KafkaReading &reading)
{
    return std::make_unique<KafkaGroupShare>(reading);
}

} // namespace sluice
