#pragma once

#include "core/event/byte_buffer.h"
#include "core/network/kafka_client.h"
#include "core/node/node_context.h"
#include "core/node/partitioned_source.h"
#include "core/node/source.h"
#include "core/sources/kafka_scout.h"
#include "core/sources/kafka_share.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Reads topics, with positions of its own. Which partitions, is up to its share: those that a
/// consumer group gives it, or all.
///
///   scouting ──► sharing ──► (assigned ⇄ revoked)*
///
/// While the engine does not poll (back-pressure, pause) a keeper thread holds the membership: it
/// pauses the partitions and serves the group. It holds m_calls meanwhile, as every call does.
///
/// The engine's progress wins over where the group stands; start_from counts only for what was
/// never read. Offsets are committed only by committed().
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
    std::string partitionName(std::int32_t partition) const override;
    void holdBack(const std::vector<std::int32_t> &partitions) override;
    SourceFigures figures() const override;
    void close() override;

private:
    KafkaProperties properties() const;
    KafkaScoutOrder scoutOrder(const SourceStart &start) const;
    Result<std::unique_ptr<KafkaClient>> makeClient();
    Result<void> share();
    Result<void> followScout();
    PollResult idle() const;
    bool isFenced() const;
    Result<void> renew();

    void keep(const std::stop_token &stop);
    void hold();
    void setPaused(bool paused);
    void giveBackWithheld();
    void fetch();
    Result<void> deliver(RawRecords &out);
    void
    append(const rd_kafka_message_t &message, KafkaSlot &slot, std::int32_t index, RawRecords &out);
    Result<void> onMessageError(const rd_kafka_message_t &message);
    void restartAtOldest(const rd_kafka_message_t &message);
    bool caughtUp();
    std::string stateWords(bool &troubled) const;
    void dropFetched();

    const Config m_config;
    KafkaReading m_reading;
    const std::unique_ptr<KafkaShare> m_share;
    std::string m_start;
    bool m_untilCaughtUp = false;
    bool m_sharing = false; // the share has begun
    std::optional<Ticks> m_renewedAt;

    std::vector<rd_kafka_message_t *> m_fetched; // owned; those from m_fetchedBegin on
    std::size_t m_fetchedBegin = 0;
    std::vector<rd_kafka_message_t *> m_withheld; // owned: fetched before their partition was held
    ByteBuffer m_scratch;
    Ticks m_lastPoll = 0;

    mutable std::mutex m_calls; // the engine's calls and the keeper's; before m_reading.mutex

    std::string m_topicTrouble; // guarded by m_reading.mutex
    KafkaQueueHandle m_queue;
    std::unique_ptr<KafkaScout> m_scout; // guarded by m_reading.mutex
    std::condition_variable_any m_keeperWait;
    std::jthread m_keeper;
};

} // namespace sluice
