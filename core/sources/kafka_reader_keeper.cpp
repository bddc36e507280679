#include "core/network/kafka_errors.h"
#include "core/sources/kafka_reader.h"

#include <algorithm>
#include <chrono>

// What keeps a KafkaReader's place while nobody polls, and what brings it back when it is lost. All
// of it runs inside poll(), close() or the keeper, on the thread that called them.

namespace sluice {

void KafkaReader::keep(const std::stop_token &stop)
{
    constexpr std::chrono::seconds kRound{1};
    constexpr TickSpan kPatience = 3 * kTicksPerSecond;
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        m_keeperWait.wait_for(lock, stop, kRound, [] { return false; });
        const std::unique_lock calls(m_calls, std::try_to_lock);
        if (calls.owns_lock() && m_sharing && !stop.stop_requested()
            && m_reading.context.clock->monotonic() - m_lastPoll > kPatience)
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
    for (const KafkaSlot &slot : m_reading.partitions.all()) {
        if (slot.assigned)
            rd_kafka_topic_partition_list_add(
                list.get(), slot.key.topic.c_str(), slot.key.partition);
    }
    m_reading.paused = paused;
    applyPauses(m_reading, *list);
}

void KafkaReader::holdBack(const std::vector<std::int32_t> &partitions)
{
    const std::scoped_lock calls(m_calls);
    const KafkaPartitionList changed(rd_kafka_topic_partition_list_new(8));
    {
        const std::scoped_lock lock(m_reading.mutex);
        auto &slots = m_reading.partitions.all();
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const bool held =
                std::find(partitions.begin(), partitions.end(), static_cast<std::int32_t>(i))
                != partitions.end();
            if (held == slots[i].held)
                continue;
            slots[i].held = held;
            if (slots[i].assigned)
                rd_kafka_topic_partition_list_add(
                    changed.get(), slots[i].key.topic.c_str(), slots[i].key.partition);
        }
    }
    applyPauses(m_reading, *changed);
    giveBackWithheld();
}

/// What was kept of partitions that may deliver again comes before what was fetched since.
void KafkaReader::giveBackWithheld()
{
    const auto firstOpen = std::stable_partition(
        m_withheld.begin(), m_withheld.end(), [this](const rd_kafka_message_t *message) {
            return m_reading.partitions[m_reading.partitions.indexOf(*message)].held;
        });
    std::vector<rd_kafka_message_t *> next(firstOpen, m_withheld.end());
    m_withheld.erase(firstOpen, m_withheld.end());
    next.insert(next.end(),
                m_fetched.begin() + static_cast<std::ptrdiff_t>(m_fetchedBegin),
                m_fetched.end());
    m_fetched.swap(next);
    m_fetchedBegin = 0;
}

bool KafkaReader::isFenced() const
{
    return rd_kafka_fatal_error(m_reading.client->handle(), nullptr, 0)
           == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

/// A client that was fenced never works again. Mostly it has fenced itself: the broker was away for
/// longer than the session, and requests from before met those of the member that joined anew. Then
/// a new client takes its place. Fenced again soon: another run has our name, and we give way.
Result<void> KafkaReader::renew()
{
    constexpr TickSpan kSoon = 30 * kTicksPerSecond;
    const Ticks now = m_reading.context.clock->monotonic();
    if (m_renewedAt && now - *m_renewedAt < kSoon)
        return fail(m_reading.client->translate(
            RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID,
            "another run of the consumer group has the same workspace path and node"));
    m_renewedAt = now;
    if (m_reading.context.log)
        m_reading.context.log(
            "the consumer group took this member for an older one; joining it anew");
    TRY_ASSIGN(auto client, makeClient());
    dropFetched();
    if (m_reading.context.wake)
        rd_kafka_queue_cb_event_enable(m_queue.get(), nullptr, nullptr);
    m_sharing = false;
    m_reading.paused = false;
    m_share->forget();
    {
        const std::scoped_lock lock(m_reading.mutex);
        m_reading.partitions.forgetHandles();
        m_scout.reset();
        m_queue.reset();
        m_reading.client.swap(client);
        m_queue.reset(rd_kafka_queue_get_consumer(m_reading.client->handle()));
    }
    client.reset();
    return share();
}

/// The broker no longer has the record that comes next. librdkafka has stopped such a partition,
/// so that a seek is refused: it is taken anew.
void KafkaReader::restartAtOldest(const rd_kafka_message_t &message)
{
    if (message.rkt == nullptr || message.partition < 0)
        return;
    KafkaSlot &lost = m_reading.partitions[m_reading.partitions.indexOf(message)];
    if (!lost.assigned)
        return;
    if (m_reading.context.log && lost.next >= 0) {
        m_reading.context.log(fmt::format(
            "{}/{}: the record with offset {} is no longer there; reading goes on with the oldest "
            "one that is. The topic may have been cleaned up or made anew.",
            lost.key.topic,
            lost.key.partition,
            lost.next));
    }
    lost.next = -1;
    m_share->takeAnew(lost);
}

} // namespace sluice
