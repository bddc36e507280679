#pragma once

#include "core/destinations/kafka_marker.h"
#include "core/destinations/kafka_record.h"
#include "core/network/kafka_client.h"
#include "core/node/exactly_once.h"
#include "core/node/node_context.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice {

/// What a KafkaTransactor is made of.
struct KafkaTransactorOrder
{
    Config config; // how to connect
    KafkaProperties properties;
    std::string topic;
    ProgressKey key;
    NodeContext context;
    /// What a message that was refused means to the user.
    std::function<Error(const rd_kafka_message_t &)> explain;
};

/// Writes chunks of messages into one topic, each in a transaction with the marker behind it.
///
///   claim:  read marker ─► init_transactions ─► read marker ─► transaction {marker}
///   apply:  transaction {messages, marker}, until the marker says that it is in
///
/// A transaction that fails is aborted and begun again, or the producer is given up and the marker
/// tells, once a new one has ended what was open, whether the transaction had come through. A
/// producer that finds itself fenced looks at the marker first: a transaction that took too long
/// has the same error as one whose place somebody else has taken. Only that one gives up.
///
/// Thread: claim() and apply() one at a time, beside them a keeper that renews the marker once a
/// day, because a group's offsets expire; state() and interrupt() from any.
class KafkaTransactor
{
public:
    explicit KafkaTransactor(KafkaTransactorOrder order);
    ~KafkaTransactor();
    KafkaTransactor(const KafkaTransactor &) = delete;
    KafkaTransactor &operator=(const KafkaTransactor &) = delete;

    /// @param anew  nothing was ever put aside for the key: where there is no marker, there is
    ///              nothing it could have told
    /// @return how far the topic is; nothing: there is no marker, or only that of a claim like this
    /// Errors: FencedOut, Cancelled, AuthenticationFailed, what the broker refuses for good
    Result<std::optional<AppliedMark>> claim(bool anew);
    /// Errors: as claim(); OutboxDamaged, TargetChanged, MessageTooLarge
    Result<void> apply(const std::vector<std::string_view> &records, const AppliedMark &mark);

    /// The consumer group that has the marker.
    const std::string &group() const { return m_store.group(); }
    /// Empty while all is well.
    std::string state() const;
    void interrupt();

    static std::string progressGroup(const ProgressKey &key);
    static std::string transactionalId(const ProgressKey &key);

private:
    using Records = std::vector<std::string_view>;
    enum class Outcome {
        Done,
        Again, // aborted: nothing of it is in
        Anew,  // nobody knows; only a new producer finds out
    };
    /// A client with transactions, and who serves its callbacks.
    struct Producer
    {
        std::unique_ptr<KafkaClient> client;
        rd_kafka_topic_t *topic = nullptr;
        std::jthread server;
        ~Producer();
    };

    Result<void> start();
    Result<Outcome> initialise();
    Result<void> revive();
    Result<void> checkOwner(const std::optional<KafkaMarker> &found) const;
    Error fencedOut(const KafkaMarker &found) const;
    Result<Outcome> transact(const Records &records, const KafkaMarker &marker);
    Result<Outcome> send(std::string_view record);
    Result<Outcome> produce(const KafkaOutMessage &message);
    Result<Outcome> sendMarker(const KafkaMarker &marker);
    Result<Outcome> commit();
    Result<Outcome> judge(const rd_kafka_error_t &error);
    Result<Outcome> giveUp();
    bool waitForFirstReport();
    void onDelivery(const rd_kafka_message_t &message);
    Result<void> refusal() const;
    Result<void> cancelled() const;
    Result<void> pause(int attempt);
    void setTrouble(std::string words);
    void drop();
    void keep(const std::stop_token &stop);
    Result<void> renew();
    rd_kafka_t *handle() const { return m_producer->client->handle(); }

    const KafkaTransactorOrder m_order;
    KafkaMarkerStore m_store;
    std::atomic<bool> m_interrupted = false;

    std::mutex m_busy;                    // held by claim, apply and the keeper's renewal
    KafkaMarker m_marker;                 // guarded by m_busy: mine, with what is applied
    std::unique_ptr<Producer> m_producer; // guarded by m_busy, its setting by m_mutex too
    std::int64_t m_sent = 0;              // guarded by m_busy: messages of this transaction
    Ticks m_markedAt = 0;                 // guarded by m_busy: wall time of the latest marker

    mutable std::mutex m_mutex;
    std::optional<Error> m_refused; // guarded by m_mutex: a message that can never be written
    std::string m_trouble;          // guarded by m_mutex
    std::condition_variable_any m_wait;
    std::jthread m_keeper;
};

} // namespace sluice
