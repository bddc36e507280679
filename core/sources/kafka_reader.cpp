#include "core/sources/kafka_reader.h"

#include <algorithm>

namespace sluice {

namespace {

/// Behind a small batch the source waits this long, so that a slow topic makes no tiny batches.
constexpr TickSpan kSmallBatchPause = 2 * kTicksPerMillisecond;
constexpr std::size_t kSmallBatchRows = 256;
/// An idle source is woken by librdkafka; this is only in case a wake-up gets lost.
constexpr TickSpan kIdlePause = 100 * kTicksPerMillisecond;
constexpr int kConnectMs = 5000;

} // namespace

KafkaReader::KafkaReader(Config config, KafkaReaderOptions options, NodeContext context)
    : m_config(std::move(config))
    , m_reading{.options = std::move(options), .context = std::move(context)}
    , m_share(m_reading.context.exactlyOnce ? makeKafkaWholeShare(m_reading)
                                            : makeKafkaGroupShare(m_reading))
{}

KafkaReader::~KafkaReader()
{
    KafkaReader::close();
}

KafkaProperties KafkaReader::properties() const
{
    KafkaProperties properties;
    properties.defaults = {
        {"queued.max.messages.kbytes", "65536"},
        {"fetch.queue.backoff.ms", "5"},
        {"allow.auto.create.topics", "false"},
    };
    properties.fixed = {
        {"group.id", m_reading.options.group},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"}, // we go on ourselves, and say so
    };
    m_share->addTo(properties);
    return properties;
}

KafkaScoutOrder KafkaReader::scoutOrder(const SourceStart &start) const
{
    KafkaScoutOrder order;
    order.topics = m_reading.options.topics;
    order.expectedCluster = m_reading.progress.clusterId;
    order.topicsMustExist = start.untilCaughtUp;
    if (m_reading.options.start == KafkaStart::Timestamp)
        order.timestampMs = m_reading.options.timestampMs;
    m_share->addTo(order);
    if (!m_start.empty())
        order.group.clear(); // others do not matter to who knows where to go on
    return order;
}

Result<std::unique_ptr<KafkaClient>> KafkaReader::makeClient()
{
    KafkaClient::Hooks hooks;
    hooks.rebalance = [this](rd_kafka_resp_err_t code,
                             rd_kafka_topic_partition_list_t *partitions) {
        m_share->onRebalance(code, partitions);
    };
    hooks.committed = [this](rd_kafka_resp_err_t code,
                             const rd_kafka_topic_partition_list_t *offsets) {
        m_share->onCommitted(code, offsets);
    };
    hooks.log = m_reading.context.log;
    return KafkaClient::create(RD_KAFKA_CONSUMER, m_config, properties(), std::move(hooks));
}

Result<void> KafkaReader::open(const SourceStart &start)
{
    m_start = start.position;
    m_untilCaughtUp = start.untilCaughtUp;
    if (!m_start.empty()) {
        TRY_ASSIGN(m_reading.progress, KafkaProgress::parse(m_start));
    }
    TRY_ASSIGN(auto client, makeClient());
    {
        const std::scoped_lock lock(m_reading.mutex);
        m_reading.client = std::move(client);
        m_queue.reset(rd_kafka_queue_get_consumer(m_reading.client->handle()));
        m_scout = std::make_unique<KafkaScout>(
            *m_reading.client, scoutOrder(start), m_reading.context.wake);
    }
    // An absent broker is waited for in poll(); what is wrong at once is said at once.
    m_reading.client->serveUntil(
        [this] {
            return m_scout->finished() || m_reading.client->allBrokersDown()
                   || !m_scout->waitingFor().empty();
        },
        {},
        kConnectMs);
    TRY(followScout());
    m_lastPoll = m_reading.context.clock->monotonic();
    m_keeper = std::jthread([this](const std::stop_token &stop) { keep(stop); });
    return {};
}

/// Asks for partitions once the scout knows the cluster.
Result<void> KafkaReader::followScout()
{
    if (m_sharing || !m_scout->finished())
        return {};
    TRY_ASSIGN(m_reading.scouting, m_scout->result());
    {
        const std::scoped_lock lock(m_reading.mutex);
        for (const KafkaTopicInfo &topic : m_reading.scouting.cluster.topics) {
            for (const std::int32_t partition : topic.partitions) {
                KafkaSlot &slot = m_reading.partitions.at({topic.name, partition});
                slot.knownAtOpen = true;
                slot.end = m_reading.scouting.ends[slot.key];
            }
        }
        m_reading.client->noteContact();
    }
    if (m_reading.scouting.groupIsReading && m_reading.options.start != KafkaStart::Stored
        && m_reading.context.log)
        m_reading.context.log(fmt::format(
            "others are reading in consumer group '{}': going on where the group stands",
            m_reading.options.group));
    return share();
}

Result<void> KafkaReader::share()
{
    TRY(m_share->begin());
    if (m_reading.context.wake) {
        rd_kafka_queue_cb_event_enable(
            m_queue.get(),
            [](rd_kafka_t *, void *self) {
                static_cast<KafkaReader *>(self)->m_reading.context.wake();
            },
            this);
    }
    m_sharing = true;
    return {};
}

PollResult KafkaReader::idle() const
{
    return {PollState::Idle, m_reading.context.clock->monotonic() + kIdlePause};
}

Result<PollResult> KafkaReader::poll(RawRecords &out)
{
    const std::scoped_lock calls(m_calls);
    m_lastPoll = m_reading.context.clock->monotonic();
    if (!m_sharing) {
        (void)KafkaMessage(rd_kafka_consumer_poll(m_reading.client->handle(), 0));
        TRY(followScout());
        return idle();
    }
    if (m_reading.paused)
        setPaused(false);
    TRY(m_share->tend());
    if (m_fetchedBegin == m_fetched.size())
        fetch();
    if (isFenced()) {
        TRY(renew());
        return idle();
    }
    if (auto fatal = m_reading.client->fatal())
        return fail(*fatal);
    m_lastPoll = m_reading.context.clock->monotonic(); // a rebalance may have taken its time
    TRY(deliver(out));
    if (!out.records.empty()) {
        out.ingestedAt = m_reading.context.clock->now();
        m_reading.client->noteContact();
        if (out.records.size() < kSmallBatchRows && m_fetchedBegin == m_fetched.size())
            return PollResult{PollState::Data,
                              m_reading.context.clock->monotonic() + kSmallBatchPause};
        return PollResult{PollState::Data, 0};
    }
    if (m_untilCaughtUp && caughtUp())
        return PollResult{PollState::End, 0};
    return idle();
}

/// Whether all that the topics held when the source was opened has been read: by us, or by others
/// of the group, who have committed it.
bool KafkaReader::caughtUp()
{
    if (!m_share->settled() || m_fetchedBegin != m_fetched.size())
        return false;
    const KafkaPartitionList others(rd_kafka_topic_partition_list_new(8));
    for (const KafkaSlot &slot : m_reading.partitions.all()) {
        if (slot.next >= slot.end)
            continue;
        if (slot.assigned)
            return false;
        if (slot.knownAtOpen && slot.end > m_reading.scouting.oldest.at(slot.key))
            rd_kafka_topic_partition_list_add(
                others.get(), slot.key.topic.c_str(), slot.key.partition)
                ->offset = slot.end;
    }
    return others->cnt == 0 || m_share->isReadByOthers(*others);
}

std::string KafkaReader::position() const
{
    const std::scoped_lock calls(m_calls);
    if (!m_reading.assignedOnce)
        return m_start;
    KafkaProgress progress;
    progress.clusterId = m_reading.scouting.cluster.clusterId;
    progress.topicIds = m_reading.scouting.topicIds;
    for (const std::string &topic : m_reading.options.topics)
        progress.topics[topic];
    for (const KafkaSlot &slot : m_reading.partitions.all()) {
        if (slot.assigned && slot.next >= 0)
            progress.topics[slot.key.topic][slot.key.partition] = slot.next;
    }
    return progress.toJson();
}

Result<void> KafkaReader::committed(const std::string &position)
{
    const std::scoped_lock calls(m_calls);
    if (position.empty() || !m_sharing)
        return {};
    TRY_ASSIGN(const KafkaProgress progress, KafkaProgress::parse(position));
    const KafkaPartitionList offsets(rd_kafka_topic_partition_list_new(8));
    for (KafkaSlot &slot : m_reading.partitions.all()) {
        const std::int64_t offset = progress.find(slot.key);
        if (!slot.assigned || offset < 0 || offset == slot.committed)
            continue;
        slot.committed = offset;
        rd_kafka_topic_partition_list_add(offsets.get(), slot.key.topic.c_str(), slot.key.partition)
            ->offset = offset;
    }
    // Our own progress does not depend on it; what fails is said again: KafkaShare::onCommitted().
    if (offsets->cnt > 0)
        rd_kafka_commit(m_reading.client->handle(), offsets.get(), 1);
    return {};
}

void KafkaReader::close()
{
    if (!m_reading.client)
        return;
    if (m_keeper.joinable()) {
        m_keeper.request_stop();
        m_keeper.join();
    }
    {
        const std::scoped_lock lock(m_reading.mutex);
        m_scout.reset();
    }
    dropFetched();
    if (m_reading.context.wake)
        rd_kafka_queue_cb_event_enable(m_queue.get(), nullptr, nullptr);
    m_share->end();
    // Closing waits for the last commit and a rebalance, but not for an absent broker.
    const KafkaErrorHandle failed(
        rd_kafka_consumer_close_queue(m_reading.client->handle(), m_queue.get()));
    if (!failed) {
        m_reading.client->serveUntil(
            [this] { return rd_kafka_consumer_closed(m_reading.client->handle()) != 0; },
            {},
            kConnectMs);
    }
    const std::scoped_lock lock(m_reading.mutex);
    m_queue.reset();
    m_reading.client.reset();
}

} // namespace sluice
