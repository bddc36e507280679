#pragma once

#include "core/event/byte_buffer.h"
#include "core/network/kafka_client.h"
#include "core/node/node_context.h"
#include "core/node/partitioned_source.h"
#include "core/node/source.h"
#include "core/sources/kafka_partitions.h"
#include "core/sources/kafka_progress.h"
#include "core/sources/kafka_scout.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Where reading begins while there is no progress of our own.
enum class KafkaStart { Earliest, Latest, Stored, Timestamp };

/// What a kafka_source's config says, beside how to connect.
struct KafkaReaderOptions
{
    std::vector<std::string> topics;
    std::string group;
    KafkaStart start = KafkaStart::Earliest;
    std::int64_t timestampMs = 0;
};

/// Reads topics as a member of a consumer group, with positions of its own.
///
///   scouting ──► subscribed ──► (assigned ⇄ revoked)*
///
/// While the engine does not poll (back-pressure, pause) a keeper thread holds the membership: it
/// pauses the partitions and serves the group. It holds m_calls meanwhile, as every call does.
///
/// Positions: the engine's progress wins; a partition that comes by a later rebalance, or while
/// others of the group are reading, starts where the group stands; start_from counts only for what
/// was never read. Offsets are committed only by committed(), for the group's other members and for
/// lag tools.
class KafkaReader : public Source, public PartitionedSource
{
public:
    KafkaReader(Config config, KafkaReaderOptions options, NodeContext context);
    ~KafkaReader() override;

    Result<void> open(const SourceStart &start) override;
    Result<PollResult> poll(RawRecords &out) override;
    std::string position() const override;
    Result<void> committed(const std::string &position) override;
    std::vector<std::int32_t> partitions() const override;
    SourceFigures figures() const override;
    void close() override;

private:
    KafkaProperties properties() const;
    KafkaScoutOrder scoutOrder(const SourceStart &start) const;
    Result<std::unique_ptr<KafkaClient>> makeClient();
    Result<void> subscribe();
    Result<void> followScout();
    PollResult idle() const;

    void onRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *partitions);
    void onAssigned(rd_kafka_topic_partition_list_t *partitions);
    void onRevoked(rd_kafka_topic_partition_list_t *partitions);
    void onCommitted(rd_kafka_resp_err_t code, const rd_kafka_topic_partition_list_t *offsets);
    void leave();
    bool isFenced() const;
    Result<void> renew();
    std::map<KafkaPartitionKey, std::int64_t>
    groupOffsets(const rd_kafka_topic_partition_list_t &partitions) const;
    std::int64_t startOf(const KafkaSlot &slot, std::int64_t groupOffset) const;

    void keep(const std::stop_token &stop);
    void hold();
    void setPaused(bool paused);
    void fetch();
    Result<void> deliver(RawRecords &out);
    void
    append(const rd_kafka_message_t &message, KafkaSlot &slot, std::int32_t index, RawRecords &out);
    Result<void> onMessageError(const rd_kafka_message_t &message);
    void restartAtOldest(const rd_kafka_message_t &message);
    bool caughtUp();
    bool isReadByOthers(const rd_kafka_topic_partition_list_t &ends);
    std::string stateWords(bool &troubled) const;
    void dropFetched();

    const Config m_config;
    const KafkaReaderOptions m_options;
    const NodeContext m_context;
    KafkaProgress m_progress; // what open() was given
    std::string m_start;
    bool m_untilCaughtUp = false;
    bool m_subscribed = false;
    bool m_joined = false; // the group has said what we get, be it nothing
    bool m_assignedOnce = false;
    Ticks m_askOthers = 0; // when to ask again how far they are
    std::optional<Ticks> m_renewedAt;
    KafkaScouting m_scouting;
    std::map<KafkaPartitionKey, std::int64_t> m_handedOver; // positions of revoked partitions

    std::vector<rd_kafka_message_t *> m_fetched; // owned; those from m_fetchedBegin on
    std::size_t m_fetchedBegin = 0;
    ByteBuffer m_scratch;
    bool m_paused = false;
    Ticks m_lastPoll = 0;

    mutable std::mutex m_calls; // the engine's calls and the keeper's; taken before m_mutex

    mutable std::mutex m_mutex;            // for figures(), which comes from any thread
    KafkaPartitions m_partitions;          // guarded by m_mutex where figures() can see it
    std::string m_topicTrouble;            // guarded by m_mutex
    std::string m_clusterId;               // guarded by m_mutex
    std::unique_ptr<KafkaClient> m_client; // guarded by m_mutex: set by open, reset by close
    KafkaQueueHandle m_queue;
    std::unique_ptr<KafkaScout> m_scout; // guarded by m_mutex
    std::condition_variable_any m_keeperWait;
    std::jthread m_keeper;
};

} // namespace sluice
