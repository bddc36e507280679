#include "core/network/kafka_errors.h"
#include "core/sources/kafka_reader.h"

#include <algorithm>
#include <chrono>
#include <string_view>

// What a KafkaReader does as a member of its group: taking and giving partitions. All of it runs
// inside poll(), close() or the keeper, on the thread that called them.

namespace sluice {

namespace {

constexpr int kGroupOffsetsMs = 5000;
constexpr int kGroupOffsetsAttempts = 3; // a broker that has just come back loads its groups first

bool isCooperative(rd_kafka_t *client)
{
    return std::string_view(rd_kafka_rebalance_protocol(client)) == "COOPERATIVE";
}

} // namespace

void KafkaReader::keep(const std::stop_token &stop)
{
    constexpr std::chrono::seconds kRound{1};
    constexpr TickSpan kPatience = 3 * kTicksPerSecond;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        m_keeperWait.wait_for(lock, stop, kRound, [] { return false; });
        const std::unique_lock calls(m_calls, std::try_to_lock);
        if (calls.owns_lock() && m_subscribed && !stop.stop_requested()
            && m_context.clock->monotonic() - m_lastPoll > kPatience)
            hold();
    }
}

/// One round of service without taking records: what was prefetched is given back by the pause and
/// fetched again; what comes in between is kept for the next poll().
void KafkaReader::hold()
{
    setPaused(true);
    fetch();
}

void KafkaReader::setPaused(bool paused)
{
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(8));
    for (const KafkaSlot &slot : m_partitions.all()) {
        if (slot.assigned)
            rd_kafka_topic_partition_list_add(
                list.get(), slot.key.topic.c_str(), slot.key.partition);
    }
    if (paused)
        rd_kafka_pause_partitions(m_client->handle(), list.get());
    else
        rd_kafka_resume_partitions(m_client->handle(), list.get());
    m_paused = paused;
}

void KafkaReader::onRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *partitions)
{
    rd_kafka_t *client = m_client->handle();
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        onAssigned(partitions);
        if (isCooperative(client))
            const KafkaErrorHandle ignored(rd_kafka_incremental_assign(client, partitions));
        else
            rd_kafka_assign(client, partitions);
        // librdkafka keeps a partition paused that was taken away while it was.
        if (m_paused)
            rd_kafka_pause_partitions(client, partitions);
        else
            rd_kafka_resume_partitions(client, partitions);
        return;
    }
    onRevoked(partitions);
    if (code == RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS && isCooperative(client))
        const KafkaErrorHandle ignored(rd_kafka_incremental_unassign(client, partitions));
    else
        rd_kafka_assign(client, nullptr);
}

void KafkaReader::onAssigned(rd_kafka_topic_partition_list_t *partitions)
{
    const auto offsets = groupOffsets(*partitions);
    const std::scoped_lock lock(m_mutex);
    for (int i = 0; i < partitions->cnt; ++i) {
        rd_kafka_topic_partition_t &entry = partitions->elems[i];
        KafkaSlot &slot = m_partitions.at({entry.topic, entry.partition});
        const auto offset = offsets.find(slot.key);
        entry.offset = startOf(slot, offset == offsets.end() ? -1 : offset->second);
        slot.assigned = true;
        slot.next = entry.offset >= 0 ? entry.offset : -1;
        slot.committed = -1;
    }
    m_joined = true;
    m_assignedOnce = m_assignedOnce || partitions->cnt > 0;
}

void KafkaReader::onRevoked(rd_kafka_topic_partition_list_t *partitions)
{
    const std::scoped_lock lock(m_mutex);
    for (int i = 0; i < partitions->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = partitions->elems[i];
        KafkaSlot &slot = m_partitions.at({entry.topic, entry.partition});
        if (slot.assigned && slot.next >= 0)
            m_handedOver[slot.key] = slot.next;
        slot.assigned = false;
    }
}

bool KafkaReader::isFenced() const
{
    return rd_kafka_fatal_error(m_client->handle(), nullptr, 0)
           == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

/// A client that was fenced never works again. Mostly it has fenced itself: the broker was away for
/// longer than the session, and requests from before met those of the member that joined anew. Then
/// a new client takes its place. Fenced again soon: another run has our name, and we give way.
Result<void> KafkaReader::renew()
{
    constexpr TickSpan kSoon = 30 * kTicksPerSecond;
    const Ticks now = m_context.clock->monotonic();
    if (m_renewedAt && now - *m_renewedAt < kSoon)
        return fail(m_client->translate(
            RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
            "another run of the consumer group has the same workspace path and node"));
    m_renewedAt = now;
    if (m_context.log)
        m_context.log("the consumer group took this member for an older one; joining it anew");
    TRY_ASSIGN(auto client, makeClient());
    dropFetched();
    if (m_context.wake)
        rd_kafka_queue_cb_event_enable(m_queue.get(), nullptr, nullptr);
    m_subscribed = false;
    m_paused = false;
    {
        const std::scoped_lock lock(m_mutex);
        for (KafkaSlot &slot : m_partitions.all()) {
            if (slot.assigned && slot.next >= 0)
                m_handedOver[slot.key] = slot.next;
            slot.assigned = false;
        }
        m_partitions.forgetHandles();
        m_scout.reset();
        m_queue.reset();
        m_client.swap(client);
        m_queue.reset(rd_kafka_queue_get_consumer(m_client->handle()));
    }
    client.reset();
    return subscribe();
}

/// The broker no longer has the record that comes next. librdkafka has stopped such a partition,
/// so that a seek is refused: it is taken anew.
void KafkaReader::restartAtOldest(const rd_kafka_message_t &message)
{
    if (message.rkt == nullptr || message.partition < 0)
        return;
    KafkaSlot &lost = m_partitions[m_partitions.indexOf(message)];
    if (!lost.assigned)
        return;
    if (m_context.log && lost.next >= 0) {
        m_context.log(fmt::format(
            "{}/{}: the record with offset {} is no longer there; reading goes on with the oldest "
            "one that is. The topic may have been cleaned up or made anew.",
            lost.key.topic,
            lost.key.partition,
            lost.next));
    }
    lost.next = -1;
    const bool cooperative = isCooperative(m_client->handle());
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(8));
    for (const KafkaSlot &slot : m_partitions.all()) {
        if (!slot.assigned || (cooperative && &slot != &lost))
            continue;
        rd_kafka_topic_partition_list_add(list.get(), slot.key.topic.c_str(), slot.key.partition)
            ->offset = slot.next >= 0 ? slot.next : RD_KAFKA_OFFSET_BEGINNING;
    }
    if (!cooperative) {
        rd_kafka_assign(m_client->handle(), list.get());
        return;
    }
    const KafkaErrorHandle left(rd_kafka_incremental_unassign(m_client->handle(), list.get()));
    const KafkaErrorHandle taken(rd_kafka_incremental_assign(m_client->handle(), list.get()));
}

/// Where the group stopped, for the partitions that have such an offset.
std::map<KafkaPartitionKey, std::int64_t>
KafkaReader::groupOffsets(const rd_kafka_topic_partition_list_t &partitions) const
{
    std::map<KafkaPartitionKey, std::int64_t> offsets;
    if (partitions.cnt == 0)
        return offsets;
    const KafkaPartitionList list(rd_kafka_topic_partition_list_copy(&partitions));
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    for (int attempt = 0; code != RD_KAFKA_RESP_ERR_NO_ERROR && attempt < kGroupOffsetsAttempts;
         ++attempt)
        code = rd_kafka_committed(m_client->handle(), list.get(), kGroupOffsetsMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return offsets;
    for (int i = 0; i < list->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = list->elems[i];
        if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR && entry.offset >= 0)
            offsets[{entry.topic, entry.partition}] = entry.offset;
    }
    return offsets;
}

/// @param groupOffset  where the group stopped; -1: it has not read this partition
std::int64_t KafkaReader::startOf(const KafkaSlot &slot, std::int64_t groupOffset) const
{
    const std::int64_t own = m_progress.find(slot.key);
    const bool fresh = !m_progress.knowsTopic(slot.key.topic);
    if (!m_assignedOnce && own >= 0)
        return own;
    if (m_assignedOnce || !fresh || m_options.start == KafkaStart::Stored
        || m_scouting.groupIsReading) {
        // Another member may have read on since we had it, or may never have got to commit.
        const auto handed = m_handedOver.find(slot.key);
        const std::int64_t known =
            std::max({own, groupOffset, handed == m_handedOver.end() ? -1 : handed->second});
        if (known >= 0)
            return known;
    }
    if (!fresh || !slot.knownAtOpen) // came into being while nobody looked: all of it is new
        return RD_KAFKA_OFFSET_BEGINNING;
    // An offset, not "beginning": progress is to name every partition from the start.
    switch (m_options.start) {
    case KafkaStart::Latest:
        return slot.end;
    case KafkaStart::Timestamp:
        return m_scouting.timestampStarts.at(slot.key);
    default:
        return m_scouting.oldest.at(slot.key);
    }
}

} // namespace sluice
