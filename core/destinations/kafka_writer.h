#pragma once

#include "core/destinations/kafka_keys.h"
#include "core/destinations/kafka_transactor.h"
#include "core/event/json_encoder.h"
#include "core/network/kafka_client.h"
#include "core/node/destination.h"
#include "core/node/exactly_once.h"
#include "core/node/node_context.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// What a kafka_destination's config says, beside how to connect.
struct KafkaWriterOptions
{
    std::string topic;
    std::string key; // column or path; empty: no keys
    bool partitionByKey = true;
    std::string compression = "none";
    std::int64_t lingerMs = 20;
    std::int64_t maxMessageBytes = 1'000'000;
};

/// librdkafka counts a message's own overhead; the broker that of the batch, too.
inline constexpr std::int64_t kMessageOverheadBytes = 256;

/// Writes events as JSON messages into one topic. librdkafka sends a failed message again for as
/// long as it takes: an absent broker means waiting, never dropping.
///
/// An event that is larger than the topic takes is refused before it is sent. What the broker
/// refuses afterwards for good ends the run: its row is no longer known, and the events since the
/// last barrier are read again by the next run.
///
/// In an exactly-once run claim() makes a second client, one with transactions; the first one then
/// only asks.
class KafkaWriter : public Destination, public ExactlyOnceDestination
{
public:
    KafkaWriter(Config config, KafkaWriterOptions options, NodeContext context);
    ~KafkaWriter() override;

    Result<void> open() override;
    Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const override;
    Result<void> accept(std::unique_ptr<Prepared> prepared,
                        std::vector<RowError> &rejected) override;
    Result<void> flush(std::uint64_t epoch) override;
    std::string state() const override;
    void interrupt() override;
    Result<void> close(bool finished) override;

    Result<void> putAside(Prepared &prepared) const override;
    Result<std::string> identity() const override;
    Result<std::optional<AppliedMark>> claim(const ProgressKey &key,
                                             const std::string &place) override;
    Result<void> apply(const std::vector<std::string_view> &records,
                       const AppliedMark &mark) override;
    std::string place() const override;

private:
    /// How to write events of one schema.
    struct Lane
    {
        Schema schema;
        JsonEncoder encoder;
        std::optional<KafkaKeys> keys;
    };

    KafkaProperties properties() const;
    KafkaProperties transactionProperties(const ProgressKey &key) const;
    Result<void> checkTopic();
    void learnTopicLimit();
    Result<std::shared_ptr<const Lane>> makeLane(const Schema &schema) const;
    Result<std::shared_ptr<const Lane>> laneOf(const Schema &schema) const;
    Result<void> send(const KafkaOutMessage &message);
    void onDelivery(const rd_kafka_message_t &message);
    Error refused(const rd_kafka_message_t &message) const;
    Result<void> failure() const;

    const Config m_config;
    const KafkaWriterOptions m_options;
    const NodeContext m_context;
    std::vector<std::shared_ptr<const Lane>> m_lanes; // fixed once open; shared with workers
    std::size_t m_maxBytes;                           // fixed once open
    rd_kafka_topic_t *m_topic = nullptr;              // the client's
    std::atomic<bool> m_interrupted = false;

    mutable std::mutex m_mutex;
    std::optional<Error> m_failure;        // guarded by m_mutex: the first message given up
    std::unique_ptr<KafkaClient> m_client; // guarded by m_mutex: set by open, reset by close
    std::jthread m_server;                 // serves librdkafka's callbacks
    std::unique_ptr<KafkaTransactor> m_transactor; // guarded by m_mutex: set by claim
};

} // namespace sluice
