#include "core/destinations/kafka_transactor.h"
#include "core/network/kafka_errors.h"

#include <chrono>

// One transaction of a KafkaTransactor, from its begin to its end or to not knowing.

namespace sluice {

namespace {

using Wait = std::chrono::steady_clock; // how long we wait for the outside; no data depends on it

constexpr int kCommitMs = 3000;
constexpr int kOffsetsMs = 5000;
constexpr int kAbortMs = 3000;
/// An end of a transaction that gets no answer for so long is looked up with a new producer.
constexpr std::chrono::seconds kPatience{10};

/// Whether the broker would refuse the message again, however often.
bool isRefusedForGood(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        return true;
    default:
        return isAccessRefused(code);
    }
}

struct GroupMetadataDeleter
{
    void operator()(rd_kafka_consumer_group_metadata_t *metadata) const
    {
        rd_kafka_consumer_group_metadata_destroy(metadata);
    }
};
using GroupMetadata = std::unique_ptr<rd_kafka_consumer_group_metadata_t, GroupMetadataDeleter>;

} // namespace

/// @return Done: records and marker are in; both count together
Result<KafkaTransactor::Outcome> KafkaTransactor::transact(const Records &records,
                                                           const KafkaMarker &marker)
{
    m_sent = 0;
    {
        const std::scoped_lock lock(m_mutex);
        m_refused.reset();
    }
    if (const KafkaErrorHandle error(rd_kafka_begin_transaction(handle())); error)
        return judge(*error);
    for (const std::string_view record : records) {
        TRY_ASSIGN(const Outcome sent, send(record));
        if (sent != Outcome::Done)
            return sent;
    }
    TRY_ASSIGN(const Outcome marked, sendMarker(marker));
    if (marked != Outcome::Done)
        return marked;
    return commit();
}

Result<KafkaTransactor::Outcome> KafkaTransactor::send(std::string_view record)
{
    KafkaRecordReader reader(record);
    KafkaOutMessage message;
    while (reader.next(message)) {
        TRY_ASSIGN(const Outcome sent, produce(message));
        if (sent != Outcome::Done)
            return sent;
    }
    if (!reader.damaged())
        return Outcome::Done;
    TRY(giveUp());
    return fail(ErrorCode::OutboxDamaged,
                "What was put aside for topic '{}' cannot be read",
                m_order.topic);
}

/// Hands one message to librdkafka, waiting while its queue is full.
Result<KafkaTransactor::Outcome> KafkaTransactor::produce(const KafkaOutMessage &message)
{
    constexpr int kPauseMs = 5;
    // An empty key is a key: its address tells it from none.
    const char *key = message.hasKey ? (message.key.empty() ? "" : message.key.data()) : nullptr;
    while (rd_kafka_produce(m_producer->topic,
                            RD_KAFKA_PARTITION_UA,
                            RD_KAFKA_MSG_F_COPY,
                            const_cast<char *>(message.payload.data()), // NOLINT: it is copied
                            message.payload.size(),
                            key,
                            message.key.size(),
                            nullptr)
           != 0) {
        const rd_kafka_resp_err_t code = rd_kafka_last_error();
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            TRY(cancelled());
            rd_kafka_poll(handle(), kPauseMs);
            continue;
        }
        setTrouble(fmt::format("a transaction failed: {}", rd_kafka_err2str(code)));
        if (code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__FENCED)
            return Outcome::Anew;
        if (isRefusedForGood(code)) {
            rd_kafka_message_t refused{};
            refused.err = code;
            const std::scoped_lock lock(m_mutex);
            m_refused = m_order.explain(refused);
        }
        return giveUp(); // _STATE: the transaction has failed meanwhile
    }
    ++m_sent;
    return Outcome::Done;
}

Result<KafkaTransactor::Outcome> KafkaTransactor::sendMarker(const KafkaMarker &marker)
{
    const KafkaPartitionList list = m_store.listFor(marker);
    const GroupMetadata group(rd_kafka_consumer_group_metadata_new(m_store.group().c_str()));
    const auto deadline = Wait::now() + kPatience;
    while (true) {
        TRY(cancelled());
        const KafkaErrorHandle error(
            rd_kafka_send_offsets_to_transaction(handle(), list.get(), group.get(), kOffsetsMs));
        if (!error)
            return Outcome::Done;
        if (rd_kafka_error_is_retriable(error.get()) == 0)
            return judge(*error);
        m_producer->client->noteError(rd_kafka_error_code(error.get()),
                                      rd_kafka_error_string(error.get()));
        if (Wait::now() > deadline)
            return giveUp();
    }
}

Result<KafkaTransactor::Outcome> KafkaTransactor::commit()
{
    int left = rd_kafka_outq_len(handle());
    auto deadline = Wait::now() + kPatience;
    while (true) {
        TRY(cancelled());
        const KafkaErrorHandle error(rd_kafka_commit_transaction(handle(), kCommitMs));
        if (!error) {
            m_producer->client->noteContact();
            return Outcome::Done;
        }
        if (rd_kafka_error_is_retriable(error.get()) == 0)
            return judge(*error);
        m_producer->client->noteError(rd_kafka_error_code(error.get()),
                                      rd_kafka_error_string(error.get()));
        // While messages get through it only takes its time.
        if (const int now = rd_kafka_outq_len(handle()); now < left) {
            left = now;
            deadline = Wait::now() + kPatience;
        }
        if (Wait::now() > deadline) {
            setTrouble("nobody says whether a transaction was committed; looking it up");
            return Outcome::Anew;
        }
    }
}

/// What is to be done about an error that calling again does not heal.
Result<KafkaTransactor::Outcome> KafkaTransactor::judge(const rd_kafka_error_t &error)
{
    const rd_kafka_resp_err_t code = rd_kafka_error_code(&error);
    const std::string words = rd_kafka_error_string(&error);
    if (isAccessRefused(code))
        return fail(m_store.refused(*m_producer->client, code, words));
    setTrouble(fmt::format("a transaction failed and is begun again: {}", words));
    if (rd_kafka_error_txn_requires_abort(&error) != 0)
        return giveUp();
    return Outcome::Anew;
}

/// Aborts what was begun. Errors: what was refused for good
Result<KafkaTransactor::Outcome> KafkaTransactor::giveUp()
{
    Outcome outcome = Outcome::Anew;
    const auto deadline = Wait::now() + kPatience;
    for (bool going = waitForFirstReport(); going && Wait::now() < deadline;) {
        TRY(cancelled());
        const KafkaErrorHandle error(rd_kafka_abort_transaction(handle(), kAbortMs));
        if (!error)
            outcome = Outcome::Again;
        going = error && rd_kafka_error_is_retriable(error.get()) != 0;
    }
    TRY(refusal());
    return outcome;
}

/// An abort while the first message is on its way can break the producer for good; see
/// https://github.com/confluentinc/librdkafka/issues/4849
/// @return false: none came in time
bool KafkaTransactor::waitForFirstReport()
{
    if (m_sent == 0)
        return true;
    constexpr std::chrono::seconds kLongest{5};
    constexpr int kStepMs = 5;
    const auto deadline = Wait::now() + kLongest;
    while (rd_kafka_outq_len(handle()) >= m_sent) {
        if (m_interrupted || Wait::now() > deadline)
            return false;
        rd_kafka_poll(handle(), kStepMs);
    }
    return true;
}

void KafkaTransactor::onDelivery(const rd_kafka_message_t &message)
{
    if (!isRefusedForGood(message.err))
        return; // what is only late is sent again with its transaction
    const Error error = m_order.explain(message);
    const std::scoped_lock lock(m_mutex);
    if (!m_refused)
        m_refused = error;
}

Result<void> KafkaTransactor::refusal() const
{
    const std::scoped_lock lock(m_mutex);
    if (m_refused)
        return fail(*m_refused);
    return {};
}

} // namespace sluice
