#include "core/sources/kafka_reader.h"

#include <algorithm>
#include <xxhash.h>

namespace sluice {

namespace {

/// Behind a small batch the source waits this long, so that a slow topic makes no tiny batches.
constexpr TickSpan kSmallBatchPause = 2 * kTicksPerMillisecond;
constexpr std::size_t kSmallBatchRows = 256;
/// An idle source is woken by librdkafka; this is only in case a wake-up gets lost.
constexpr TickSpan kIdlePause = 100 * kTicksPerMillisecond;
constexpr int kConnectMs = 5000;
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

} // namespace

KafkaReader::KafkaReader(Config config, KafkaReaderOptions options, NodeContext context)
    : m_config(std::move(config))
    , m_options(std::move(options))
    , m_context(std::move(context))
{}

KafkaReader::~KafkaReader()
{
    KafkaReader::close();
}

KafkaProperties KafkaReader::properties() const
{
    KafkaProperties properties;
    properties.defaults = {
        {"partition.assignment.strategy", "cooperative-sticky"},
        // Members that stopped for good are missed sooner than after librdkafka's 45 s.
        {"session.timeout.ms", "10000"},
        {"queued.max.messages.kbytes", "65536"},
        {"fetch.queue.backoff.ms", "5"},
        {"allow.auto.create.topics", "false"},
    };
    properties.fixed = {
        {"group.id", m_options.group},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"}, // we go on ourselves, and say so
    };
    if (!m_context.workspace.empty())
        properties.fixed.emplace_back("group.instance.id", instanceId(m_context));
    return properties;
}

KafkaScoutOrder KafkaReader::scoutOrder(const SourceStart &start) const
{
    KafkaScoutOrder order;
    order.topics = m_options.topics;
    order.expectedCluster = m_progress.clusterId;
    order.topicsMustExist = start.untilCaughtUp;
    if (m_options.start == KafkaStart::Timestamp)
        order.timestampMs = m_options.timestampMs;
    if (m_start.empty()) {
        order.group = m_options.group;
        order.ownInstance = instanceId(m_context);
    }
    return order;
}

Result<std::unique_ptr<KafkaClient>> KafkaReader::makeClient()
{
    KafkaClient::Hooks hooks;
    hooks.rebalance = [this](rd_kafka_resp_err_t code,
                             rd_kafka_topic_partition_list_t *partitions) {
        onRebalance(code, partitions);
    };
    hooks.committed = [this](rd_kafka_resp_err_t code,
                             const rd_kafka_topic_partition_list_t *offsets) {
        onCommitted(code, offsets);
    };
    hooks.log = m_context.log;
    return KafkaClient::create(RD_KAFKA_CONSUMER, m_config, properties(), std::move(hooks));
}

Result<void> KafkaReader::open(const SourceStart &start)
{
    m_start = start.position;
    m_untilCaughtUp = start.untilCaughtUp;
    if (!m_start.empty()) {
        TRY_ASSIGN(m_progress, KafkaProgress::parse(m_start));
    }
    TRY_ASSIGN(auto client, makeClient());
    {
        const std::scoped_lock lock(m_mutex);
        m_client = std::move(client);
        m_queue.reset(rd_kafka_queue_get_consumer(m_client->handle()));
        m_scout = std::make_unique<KafkaScout>(*m_client, scoutOrder(start), m_context.wake);
    }
    // An absent broker is waited for in poll(); what is wrong at once is said at once.
    m_client->serveUntil(
        [this] {
            return m_scout->finished() || m_client->allBrokersDown()
                   || !m_scout->waitingFor().empty();
        },
        {},
        kConnectMs);
    TRY(followScout());
    m_lastPoll = m_context.clock->monotonic();
    m_keeper = std::jthread([this](const std::stop_token &stop) { keep(stop); });
    return {};
}

/// Subscribes once the scout knows the cluster.
Result<void> KafkaReader::followScout()
{
    if (m_subscribed || !m_scout->finished())
        return {};
    TRY_ASSIGN(m_scouting, m_scout->result());
    {
        const std::scoped_lock lock(m_mutex);
        m_clusterId = m_scouting.cluster.clusterId;
        for (const KafkaTopicInfo &topic : m_scouting.cluster.topics) {
            for (const std::int32_t partition : topic.partitions) {
                KafkaSlot &slot = m_partitions.at({topic.name, partition});
                slot.knownAtOpen = true;
                slot.end = m_scouting.ends[slot.key];
            }
        }
        m_client->noteContact();
    }
    if (m_scouting.groupIsReading && m_options.start != KafkaStart::Stored && m_context.log)
        m_context.log(fmt::format(
            "others are reading in consumer group '{}': going on where the group stands",
            m_options.group));
    return subscribe();
}

Result<void> KafkaReader::subscribe()
{
    const KafkaPartitionList topics(
        rd_kafka_topic_partition_list_new(static_cast<int>(m_options.topics.size())));
    for (const std::string &topic : m_options.topics)
        rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    const rd_kafka_resp_err_t code = rd_kafka_subscribe(m_client->handle(), topics.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(m_client->translate(code, rd_kafka_err2str(code)));
    if (m_context.wake) {
        rd_kafka_queue_cb_event_enable(
            m_queue.get(),
            [](rd_kafka_t *, void *self) { static_cast<KafkaReader *>(self)->m_context.wake(); },
            this);
    }
    m_subscribed = true;
    return {};
}

PollResult KafkaReader::idle() const
{
    return {PollState::Idle, m_context.clock->monotonic() + kIdlePause};
}

Result<PollResult> KafkaReader::poll(RawRecords &out)
{
    const std::scoped_lock calls(m_calls);
    m_lastPoll = m_context.clock->monotonic();
    if (!m_subscribed) {
        (void)KafkaMessage(rd_kafka_consumer_poll(m_client->handle(), 0));
        TRY(followScout());
        return idle();
    }
    if (m_paused)
        setPaused(false);
    if (m_fetchedBegin == m_fetched.size())
        fetch();
    if (isFenced()) {
        TRY(renew());
        return idle();
    }
    if (auto fatal = m_client->fatal())
        return fail(*fatal);
    m_lastPoll = m_context.clock->monotonic(); // a rebalance may have taken its time
    TRY(deliver(out));
    if (!out.records.empty()) {
        out.ingestedAt = m_context.clock->now();
        m_client->noteContact();
        if (out.records.size() < kSmallBatchRows && m_fetchedBegin == m_fetched.size())
            return PollResult{PollState::Data, m_context.clock->monotonic() + kSmallBatchPause};
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
    if (!m_joined || m_fetchedBegin != m_fetched.size())
        return false;
    const KafkaPartitionList others(rd_kafka_topic_partition_list_new(8));
    for (const KafkaSlot &slot : m_partitions.all()) {
        if (slot.next >= slot.end)
            continue;
        if (slot.assigned)
            return false;
        if (slot.knownAtOpen && slot.end > m_scouting.oldest.at(slot.key))
            rd_kafka_topic_partition_list_add(
                others.get(), slot.key.topic.c_str(), slot.key.partition)
                ->offset = slot.end;
    }
    return others->cnt == 0 || isReadByOthers(*others);
}

/// @param ends  what they have to have committed
/// Waits for the broker's answer, at most a second: there is nothing else to do at the end.
bool KafkaReader::isReadByOthers(const rd_kafka_topic_partition_list_t &ends)
{
    if (m_context.clock->monotonic() < m_askOthers)
        return false;
    const KafkaPartitionList found(rd_kafka_topic_partition_list_copy(&ends));
    const rd_kafka_resp_err_t code =
        rd_kafka_committed(m_client->handle(), found.get(), kAskOthersMs);
    m_askOthers = m_context.clock->monotonic() + kAskOthersPause;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return false;
    for (int i = 0; i < ends.cnt; ++i) {
        if (found->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR
            || found->elems[i].offset < ends.elems[i].offset)
            return false;
    }
    return true;
}

std::string KafkaReader::position() const
{
    const std::scoped_lock calls(m_calls);
    if (!m_assignedOnce)
        return m_start;
    KafkaProgress progress;
    progress.clusterId = m_clusterId;
    for (const std::string &topic : m_options.topics)
        progress.topics[topic];
    for (const KafkaSlot &slot : m_partitions.all()) {
        if (slot.assigned && slot.next >= 0)
            progress.topics[slot.key.topic][slot.key.partition] = slot.next;
    }
    return progress.toJson();
}

Result<void> KafkaReader::committed(const std::string &position)
{
    const std::scoped_lock calls(m_calls);
    if (position.empty() || !m_subscribed)
        return {};
    TRY_ASSIGN(const KafkaProgress progress, KafkaProgress::parse(position));
    const KafkaPartitionList offsets(rd_kafka_topic_partition_list_new(8));
    for (KafkaSlot &slot : m_partitions.all()) {
        const std::int64_t offset = progress.find(slot.key);
        if (!slot.assigned || offset < 0 || offset == slot.committed)
            continue;
        slot.committed = offset;
        rd_kafka_topic_partition_list_add(offsets.get(), slot.key.topic.c_str(), slot.key.partition)
            ->offset = offset;
    }
    // Our own progress does not depend on it; what fails is said again: onCommitted().
    if (offsets->cnt > 0)
        rd_kafka_commit(m_client->handle(), offsets.get(), 1);
    return {};
}

void KafkaReader::onCommitted(rd_kafka_resp_err_t code,
                              const rd_kafka_topic_partition_list_t *offsets)
{
    for (int i = 0; offsets != nullptr && i < offsets->cnt; ++i) {
        const rd_kafka_topic_partition_t &entry = offsets->elems[i];
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR || entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
            m_partitions.at({entry.topic, entry.partition}).committed = -1;
    }
}

/// Gives the partitions back at once. By itself a member with an instance id leaves them to nobody
/// until its session is over.
void KafkaReader::leave()
{
    if (!m_subscribed || m_client->allBrokersDown())
        return;
    rd_kafka_unsubscribe(m_client->handle());
    const auto &slots = m_partitions.all();
    m_client->serveUntil(
        [&slots] {
            return std::none_of(
                slots.begin(), slots.end(), [](const KafkaSlot &slot) { return slot.assigned; });
        },
        {},
        kLeaveMs);
}

void KafkaReader::close()
{
    if (!m_client)
        return;
    if (m_keeper.joinable()) {
        m_keeper.request_stop();
        m_keeper.join();
    }
    {
        const std::scoped_lock lock(m_mutex);
        m_scout.reset();
    }
    dropFetched();
    if (m_context.wake)
        rd_kafka_queue_cb_event_enable(m_queue.get(), nullptr, nullptr);
    leave();
    // Closing waits for the last commit and a rebalance, but not for an absent broker.
    const KafkaErrorHandle failed(rd_kafka_consumer_close_queue(m_client->handle(), m_queue.get()));
    if (!failed) {
        m_client->serveUntil(
            [this] { return rd_kafka_consumer_closed(m_client->handle()) != 0; }, {}, kConnectMs);
    }
    const std::scoped_lock lock(m_mutex);
    m_queue.reset();
    m_client.reset();
}

} // namespace sluice
