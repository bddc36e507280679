#include "core/destinations/kafka_writer.h"

#include "core/destinations/kafka_prepared.h"

#include <chrono>

namespace sluice {

namespace {

constexpr int kServeMs = 100;

} // namespace

KafkaWriter::KafkaWriter(Config config, KafkaWriterOptions options, NodeContext context)
    : m_config(std::move(config))
    , m_options(std::move(options))
    , m_context(std::move(context))
    , m_maxBytes(static_cast<std::size_t>(m_options.maxMessageBytes))
{}

KafkaWriter::~KafkaWriter()
{
    (void)close(false);
}

KafkaProperties KafkaWriter::properties() const
{
    KafkaProperties properties;
    properties.defaults = {{"queue.buffering.max.kbytes", "65536"},
                           {"queue.buffering.max.messages", "500000"}};
    properties.fixed = {
        {"enable.idempotence", "true"},
        {"acks", "all"},
        {"message.timeout.ms", "0"}, // never given up
        {"delivery.report.only.error", "true"},
        {"linger.ms", std::to_string(m_options.lingerMs)},
        {"compression.codec", m_options.compression},
        {"message.max.bytes", std::to_string(m_options.maxMessageBytes + kMessageOverheadBytes)},
        {"partitioner", m_options.partitionByKey ? "murmur2_random" : "random"},
    };
    return properties;
}

Result<void> KafkaWriter::open()
{
    for (const Schema &schema : m_context.inputSchemas) {
        TRY_ASSIGN(auto lane, makeLane(schema));
        m_lanes.push_back(std::move(lane));
    }
    KafkaClient::Hooks hooks;
    hooks.delivery = [this](const rd_kafka_message_t &message) { onDelivery(message); };
    hooks.log = m_context.log;
    TRY_ASSIGN(auto client,
               KafkaClient::create(RD_KAFKA_PRODUCER, m_config, properties(), std::move(hooks)));
    {
        const std::scoped_lock lock(m_mutex);
        m_client = std::move(client);
    }
    m_server = std::jthread([this](const std::stop_token &stop) {
        while (!stop.stop_requested())
            rd_kafka_poll(m_client->handle(), kServeMs);
    });
    m_topic = m_client->topic(m_options.topic);
    if (m_topic == nullptr)
        return fail(ErrorCode::InvalidValue, "'{}' is no name a topic can have", m_options.topic)
            .field("topic");
    return checkTopic();
}

Result<std::shared_ptr<const KafkaWriter::Lane>> KafkaWriter::makeLane(const Schema &schema) const
{
    std::optional<KafkaKeys> keys;
    if (!m_options.key.empty()) {
        TRY_ASSIGN(keys, KafkaKeys::create(m_options.key, schema, m_context));
    }
    return std::make_shared<const Lane>(Lane{schema, JsonEncoder(schema), std::move(keys)});
}

Result<std::shared_ptr<const KafkaWriter::Lane>> KafkaWriter::laneOf(const Schema &schema) const
{
    for (const auto &lane : m_lanes) {
        if (lane->schema == schema)
            return lane;
    }
    return makeLane(schema); // the schema grew since the start of the run
}

Result<std::unique_ptr<Prepared>> KafkaWriter::prepare(const Batch &batch) const
{
    auto prepared = std::make_unique<KafkaPrepared>();
    prepared->batch = batch;
    prepared->events = batch.selection.size();
    TRY_ASSIGN(const auto lane, laneOf(*batch.schema));
    prepared->whole = lane->schema.whole && batch.raw != nullptr;
    if (lane->keys)
        TRY(lane->keys->compute(batch, prepared->keyList));
    prepared->rows.reserve(batch.selection.size());
    std::uint16_t place = 0;
    std::size_t encoded = 0; // where the latest encoded event begins
    batch.selection.forEach([&](std::size_t row) {
        const std::uint16_t keyPlace = place++;
        std::size_t size = 0;
        if (prepared->whole) {
            size = batch.raw->record(row).size();
        } else {
            encoded = prepared->bytes.size();
            lane->encoder.encodeRow(batch, row, prepared->bytes);
            size = prepared->bytes.size() - encoded;
        }
        if (lane->keys && prepared->keyList.present[keyPlace])
            size += prepared->keyList.ends[keyPlace]
                    - (keyPlace == 0 ? 0 : prepared->keyList.ends[keyPlace - 1U]);
        if (size > m_maxBytes) {
            prepared->errors.push_back(
                {row,
                 ErrorCode::MessageTooLarge,
                 fmt::format("the event has {} bytes, a message to topic '{}' at most {}",
                             size,
                             m_options.topic,
                             m_maxBytes)});
            return;
        }
        prepared->rows.push_back(static_cast<std::uint16_t>(row));
        prepared->keyOf.push_back(keyPlace);
        prepared->starts.push_back(encoded);
        prepared->ends.push_back(prepared->bytes.size());
    });
    return std::unique_ptr<Prepared>(std::move(prepared));
}

Result<void> KafkaWriter::accept(std::unique_ptr<Prepared> prepared, std::vector<RowError> &)
{
    TRY(failure());
    const auto &messages = static_cast<const KafkaPrepared &>(*prepared);
    for (std::size_t i = 0; i < messages.rows.size(); ++i)
        TRY(send(messages.message(i)));
    return {};
}

/// Hands one message to librdkafka, waiting while its queue is full.
Result<void> KafkaWriter::send(const KafkaOutMessage &message)
{
    constexpr std::chrono::milliseconds kPause{5};
    // An empty key is a key: its address tells it from none.
    const char *key = message.hasKey ? (message.key.empty() ? "" : message.key.data()) : nullptr;
    while (rd_kafka_produce(m_topic,
                            RD_KAFKA_PARTITION_UA,
                            RD_KAFKA_MSG_F_COPY,
                            const_cast<char *>(message.payload.data()), // NOLINT: it is copied
                            message.payload.size(),
                            key,
                            message.key.size(),
                            nullptr)
           != 0) {
        const rd_kafka_resp_err_t code = rd_kafka_last_error();
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            TRY(failure());
            return fail(m_client->translate(code, rd_kafka_err2str(code)));
        }
        TRY(failure());
        rd_kafka_poll(m_client->handle(), static_cast<int>(kPause.count()));
    }
    return {};
}

Result<void> KafkaWriter::flush(std::uint64_t)
{
    while (true) {
        TRY(failure());
        if (rd_kafka_flush(m_client->handle(), kServeMs) == RD_KAFKA_RESP_ERR_NO_ERROR)
            return failure();
    }
}

void KafkaWriter::onDelivery(const rd_kafka_message_t &message)
{
    switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE: // we are closing
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
    case RD_KAFKA_RESP_ERR__DESTROY:
        return;
    default: {
        const Error error = refused(message);
        const std::scoped_lock lock(m_mutex);
        if (!m_failure)
            m_failure = error;
    }
    }
}

/// What ends the run, or nothing.
Result<void> KafkaWriter::failure() const
{
    if (m_interrupted)
        return fail(ErrorCode::Cancelled, "Writing to topic '{}' was stopped", m_options.topic);
    if (auto fatal = m_client->fatal())
        return fail(*fatal);
    const std::scoped_lock lock(m_mutex);
    if (m_failure)
        return fail(*m_failure);
    return {};
}

std::string KafkaWriter::state() const
{
    const std::scoped_lock lock(m_mutex);
    if (!m_client)
        return {};
    if (m_transactor) {
        if (std::string words = m_transactor->state(); !words.empty())
            return words;
    }
    if (const auto trouble = m_client->trouble())
        return fmt::format("broker away, trying again: {}", trouble->message);
    return {};
}

void KafkaWriter::interrupt()
{
    m_interrupted = true;
    const std::scoped_lock lock(m_mutex);
    if (m_transactor)
        m_transactor->interrupt();
}

Result<void> KafkaWriter::close(bool)
{
    if (!m_client)
        return {};
    std::unique_ptr<KafkaTransactor> transactor;
    {
        const std::scoped_lock lock(m_mutex);
        transactor.swap(m_transactor);
    }
    transactor.reset();
    m_server = {}; // stops and joins
    // What no barrier has confirmed is read again by the next run.
    rd_kafka_purge(m_client->handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    const std::scoped_lock lock(m_mutex);
    m_client.reset();
    return {};
}

} // namespace sluice
