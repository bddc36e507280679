#include "core/destinations/kafka_transactor.h"

#include "core/base/random.h"
#include "core/network/kafka_errors.h"

#include <algorithm>
#include <chrono>

// Who writes: claiming the topic, finding out after a failure what is in it, keeping the claim.
// What a transaction consists of is in kafka_transaction.cpp.

namespace sluice {

namespace {

using Wait = std::chrono::steady_clock; // how long we wait for the outside; no data depends on it

constexpr int kServeMs = 100;
constexpr int kInitMs = 3000;
constexpr TickSpan kRenewAfter = 24 * 3600 * kTicksPerSecond;

} // namespace

std::string KafkaTransactor::progressGroup(const ProgressKey &key)
{
    return fmt::format("sluice.progress.{}.{}", key.lineage, key.node);
}

std::string KafkaTransactor::transactionalId(const ProgressKey &key)
{
    return fmt::format("sluice.{}.{}", key.lineage, key.node);
}

KafkaTransactor::KafkaTransactor(KafkaTransactorOrder order)
    : m_order(std::move(order))
    , m_store(m_order.config, progressGroup(m_order.key), m_order.topic, [this] {
        return m_interrupted.load();
    })
{}

KafkaTransactor::~KafkaTransactor()
{
    interrupt();
    m_keeper = {}; // stops and joins
    drop();
}

KafkaTransactor::Producer::~Producer()
{
    server = {}; // stops and joins
    if (client)  // what is not committed does not count
        rd_kafka_purge(client->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void KafkaTransactor::drop()
{
    std::unique_ptr<Producer> old;
    const std::scoped_lock lock(m_mutex);
    old.swap(m_producer);
}

/// A new producer, ready for transactions: whoever had the same id is fenced, its transaction over.
Result<void> KafkaTransactor::start()
{
    for (int attempt = 0;; ++attempt) {
        if (attempt > 0)
            TRY(pause(attempt));
        drop();
        KafkaClient::Hooks hooks;
        hooks.delivery = [this](const rd_kafka_message_t &message) { onDelivery(message); };
        hooks.log = m_order.context.log;
        auto producer = std::make_unique<Producer>();
        TRY_ASSIGN(producer->client,
                   KafkaClient::create(
                       RD_KAFKA_PRODUCER, m_order.config, m_order.properties, std::move(hooks)));
        producer->topic = producer->client->topic(m_order.topic);
        producer->server =
            std::jthread([client = producer->client->handle()](const std::stop_token &stop) {
                while (!stop.stop_requested())
                    rd_kafka_poll(client, kServeMs);
            });
        {
            const std::scoped_lock lock(m_mutex);
            m_producer = std::move(producer);
        }
        TRY_ASSIGN(const Outcome outcome, initialise());
        if (outcome == Outcome::Done)
            return {};
    }
}

Result<KafkaTransactor::Outcome> KafkaTransactor::initialise()
{
    while (true) {
        TRY(cancelled());
        const KafkaErrorHandle error(rd_kafka_init_transactions(handle(), kInitMs));
        if (!error) {
            m_producer->client->noteContact();
            return Outcome::Done;
        }
        const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
        const std::string words = rd_kafka_error_string(error.get());
        if (isAccessRefused(code))
            return fail(m_store.refused(*m_producer->client, code, words));
        if (auto refused = m_producer->client->refusal())
            return fail(*refused);
        if (rd_kafka_error_is_retriable(error.get()) != 0) {
            m_producer->client->noteError(code, words);
            continue;
        }
        switch (code) {
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
            return fail(ErrorCode::DeliveryUnsupported,
                        "The brokers do not offer transactions: topic '{}' cannot be written "
                        "exactly once",
                        m_order.topic)
                .hint("Set the delivery of the pipeline to at_least_once.");
        case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
            return fail(ErrorCode::InvalidValue,
                        "The brokers do not allow transactions to last that long")
                .hint("Lower the property transaction.timeout.ms.")
                .field(std::string(kKafkaProperties));
        default: // somebody else may be taking the same id at this moment
            setTrouble(fmt::format("cannot begin transactions: {}", words));
            return Outcome::Anew;
        }
    }
}

Result<std::optional<AppliedMark>> KafkaTransactor::claim(bool anew)
{
    const std::scoped_lock busy(m_busy);
    // What cannot be read is told before anybody is fenced.
    TRY_ASSIGN(std::optional<KafkaMarker> found, m_store.read(KafkaMarkerView::Newest));
    m_marker = {.incarnation = 0, .owner = randomId(), .applied = {}};
    for (int attempt = 0;; ++attempt) {
        if (attempt > 0)
            TRY(pause(attempt));
        TRY(start());
        // The predecessor may have written on until it was fenced just now.
        TRY_ASSIGN(found, m_store.read(KafkaMarkerView::Settled));
        if (found && found->owner == m_marker.owner)
            break; // a claim whose end nobody told us had come through
        if (found && attempt > 0 && found->incarnation >= m_marker.incarnation)
            return fail(fencedOut(*found));
        m_marker.incarnation = (found ? found->incarnation : 0) + 1;
        m_marker.applied = found ? found->applied : std::nullopt;
        if (!found && anew)
            m_marker.applied = AppliedMark{};
        TRY_ASSIGN(const Outcome outcome, transact({}, m_marker));
        if (outcome == Outcome::Done)
            break;
        drop();
        TRY_ASSIGN(found, m_store.read(KafkaMarkerView::Newest));
        if (found && found->owner != m_marker.owner && found->incarnation >= m_marker.incarnation)
            return fail(fencedOut(*found));
    }
    m_markedAt = m_order.context.clock->now();
    setTrouble({});
    m_keeper = std::jthread([this](const std::stop_token &stop) { keep(stop); });
    return m_marker.applied;
}

Result<void> KafkaTransactor::apply(const Records &records, const AppliedMark &mark)
{
    const std::scoped_lock busy(m_busy);
    KafkaMarker marker = m_marker;
    marker.applied = mark;
    for (int attempt = 0;; ++attempt) {
        if (attempt > 0)
            TRY(pause(attempt));
        TRY(cancelled());
        if (!m_producer)
            TRY(revive());
        if (m_marker.applied == mark)
            return {}; // a transaction whose end nobody told us had come through
        TRY_ASSIGN(const Outcome outcome, transact(records, marker));
        if (outcome == Outcome::Anew)
            drop();
        if (outcome != Outcome::Done)
            continue;
        m_marker = marker;
        m_markedAt = m_order.context.clock->now();
        setTrouble({});
        return {};
    }
}

/// Another producer in place of one that is no good any more, and what has come through of its
/// transactions. The marker is looked at first: whoever finds a successor must not fence it.
Result<void> KafkaTransactor::revive()
{
    TRY_ASSIGN(std::optional<KafkaMarker> found, m_store.read(KafkaMarkerView::Newest));
    TRY(checkOwner(found));
    TRY(start());
    TRY_ASSIGN(found, m_store.read(KafkaMarkerView::Settled));
    TRY(checkOwner(found)); // claimed between our look and the start
    m_marker.applied = found->applied;
    return {};
}

Result<void> KafkaTransactor::checkOwner(const std::optional<KafkaMarker> &found) const
{
    if (!found || found->incarnation < m_marker.incarnation)
        return fail(ErrorCode::TargetChanged,
                    "The progress that was kept in consumer group '{}' for topic '{}' is gone",
                    m_store.group(),
                    m_order.topic)
            .hint("Was the topic made anew, or the group deleted? What the topic holds cannot be "
                  "told any more.");
    if (found->owner != m_marker.owner)
        return fail(fencedOut(*found));
    return {};
}

Error KafkaTransactor::fencedOut(const KafkaMarker &found) const
{
    return fail(ErrorCode::FencedOut,
                "Another process has taken over the writing to topic '{}': it is number {} of this "
                "pipeline's runs, this one is number {}",
                m_order.topic,
                found.incarnation,
                m_marker.incarnation)
        .hint("It goes on where this one stopped. Only one process may run a pipeline.")
        .take();
}

/// Renews the marker, which would expire with the group's offsets.
void KafkaTransactor::keep(const std::stop_token &stop)
{
    constexpr std::chrono::seconds kRound{1};
    std::mutex mutex;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        m_wait.wait_for(lock, stop, kRound, [] { return false; });
        const std::unique_lock busy(m_busy, std::try_to_lock);
        if (!busy.owns_lock() || stop.stop_requested())
            continue; // what is applied now renews it
        // Wall time, as the broker counts: a machine that slept has aged the marker, too.
        const TickSpan age = m_order.context.clock->now() - m_markedAt;
        if (age > -kRenewAfter && age < kRenewAfter)
            continue;
        if (auto renewed = renew(); !renewed)
            setTrouble(renewed.error().message);
    }
}

/// Tries once; the keeper comes again.
Result<void> KafkaTransactor::renew()
{
    if (!m_producer)
        TRY(revive());
    TRY_ASSIGN(const Outcome outcome, transact({}, m_marker));
    if (outcome == Outcome::Done) {
        m_markedAt = m_order.context.clock->now();
        setTrouble({});
    } else if (outcome == Outcome::Anew) {
        drop();
    }
    return {};
}

/// Before another attempt: longer each time, up to two seconds.
Result<void> KafkaTransactor::pause(int attempt)
{
    constexpr int kShortestMs = 50;
    constexpr int kDoublings = 5;
    const std::chrono::milliseconds length(kShortestMs << std::min(attempt, kDoublings));
    std::unique_lock lock(m_mutex);
    m_wait.wait_for(lock, length, [this] { return m_interrupted.load(); });
    lock.unlock();
    return cancelled();
}

Result<void> KafkaTransactor::cancelled() const
{
    if (m_interrupted)
        return fail(ErrorCode::Cancelled, "Writing to topic '{}' was stopped", m_order.topic);
    return {};
}

void KafkaTransactor::setTrouble(std::string words)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (m_trouble == words)
            return;
        m_trouble = words;
    }
    if (!words.empty() && m_order.context.log)
        m_order.context.log(fmt::format("topic '{}': {}", m_order.topic, words));
}

std::string KafkaTransactor::state() const
{
    const std::scoped_lock lock(m_mutex);
    if (m_producer && m_producer->client) {
        if (const auto trouble = m_producer->client->trouble())
            return fmt::format("broker away, trying again: {}", trouble->message);
    }
    return m_trouble;
}

void KafkaTransactor::interrupt()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_interrupted = true;
    }
    m_wait.notify_all();
}

} // namespace sluice
