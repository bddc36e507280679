#include "tests/core/network/kafka_mock.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

namespace sluice::test {

namespace {

constexpr int kWaitMs = 20'000;

KafkaHandle makeClient(rd_kafka_type_t type,
                       const std::vector<std::pair<std::string, std::string>> &properties)
{
    std::array<char, 256> words{};
    KafkaConfHandle conf(rd_kafka_conf_new());
    for (const auto &[name, value] : properties) {
        REQUIRE(
            rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), words.data(), words.size())
            == RD_KAFKA_CONF_OK);
    }
    KafkaHandle client(rd_kafka_new(type, conf.get(), words.data(), words.size()));
    REQUIRE(client);
    (void)conf.release();
    return client;
}

} // namespace

MockKafka::MockKafka()
    : m_client(makeClient(RD_KAFKA_PRODUCER, {{"test.mock.num.brokers", "1"}, {"linger.ms", "0"}}))
    , m_cluster(rd_kafka_handle_mock_cluster(m_client.get()))
{
    rd_kafka_mock_group_initial_rebalance_delay_ms(m_cluster, 0);
}

void MockKafka::createTopic(const std::string &name, int partitions)
{
    REQUIRE(rd_kafka_mock_topic_create(m_cluster, name.c_str(), partitions, 1)
            == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void MockKafka::produce(const std::string &topic,
                        int partition,
                        const std::string &payload,
                        const std::string &key,
                        const std::string &header)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
    if (!header.empty())
        rd_kafka_header_add(
            headers, "origin", -1, header.data(), static_cast<ssize_t>(header.size()));
    const auto code = rd_kafka_producev( // NOLINT: variable arguments
        m_client.get(),
        RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_VALUE(const_cast<char *>(payload.data()), payload.size()), // NOLINT: copied
        RD_KAFKA_V_KEY(key.empty() ? nullptr : key.data(), key.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_END);
    REQUIRE(code == RD_KAFKA_RESP_ERR_NO_ERROR);
    REQUIRE(rd_kafka_flush(m_client.get(), kWaitMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

void MockKafka::produceTombstone(const std::string &topic, int partition, const std::string &key)
{
    const auto code = rd_kafka_producev( // NOLINT: variable arguments
        m_client.get(),
        RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_KEY(key.data(), key.size()),
        RD_KAFKA_V_END);
    REQUIRE(code == RD_KAFKA_RESP_ERR_NO_ERROR);
    REQUIRE(rd_kafka_flush(m_client.get(), kWaitMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::vector<MockKafka::Record> MockKafka::readAll(const std::string &topic, int partitions)
{
    const KafkaHandle consumer = makeClient(RD_KAFKA_CONSUMER,
                                            {{"bootstrap.servers", servers()},
                                             {"group.id", "reader"},
                                             {"enable.auto.commit", "false"},
                                             {"enable.partition.eof", "true"}});
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(partitions));
    for (int p = 0; p < partitions; ++p)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
    REQUIRE(rd_kafka_assign(consumer.get(), list.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
    std::vector<Record> records;
    for (int ended = 0; ended < partitions;) {
        const KafkaMessage message(rd_kafka_consumer_poll(consumer.get(), kWaitMs));
        REQUIRE(message);
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ++ended;
            continue;
        }
        REQUIRE(message->err == RD_KAFKA_RESP_ERR_NO_ERROR);
        records.push_back({std::string(static_cast<const char *>(message->key), message->key_len),
                           std::string(static_cast<const char *>(message->payload), message->len),
                           message->partition});
    }
    return records;
}

std::int64_t MockKafka::committed(const std::string &group, const std::string &topic, int partition)
{
    const KafkaHandle consumer =
        makeClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", servers()}, {"group.id", group}});
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition);
    REQUIRE(rd_kafka_committed(consumer.get(), list.get(), kWaitMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
    return list->elems[0].offset;
}

std::function<void()> WakeUp::hook()
{
    return [this] {
        const std::scoped_lock lock(m_mutex);
        m_woken = true;
        m_condition.notify_one();
    };
}

void WakeUp::wait()
{
    std::unique_lock lock(m_mutex);
    m_condition.wait_for(lock, std::chrono::milliseconds(20), [this] { return m_woken; });
    m_woken = false;
}

Result<void>
pollUntil(Source &source, WakeUp &wakeUp, Delivered &delivered, const std::function<bool()> &done)
{
    using Wait = std::chrono::steady_clock;
    const auto deadline = Wait::now() + std::chrono::seconds(30);
    while (!delivered.ended && !done()) {
        if (Wait::now() > deadline)
            return fail(ErrorCode::Unknown,
                        "the condition did not come true in half a minute; the source says '{}'",
                        source.figures().state);
        const auto records = takeRawRecords();
        TRY_ASSIGN(const PollResult result, source.poll(*records));
        delivered.ended = result.state == PollState::End;
        if (result.state == PollState::Idle)
            wakeUp.wait();
        for (std::size_t i = 0; i < records->records.size(); ++i) {
            delivered.payloads.emplace_back(records->record(i));
            delivered.keys.emplace_back(records->keys.empty() ? "" : records->keys.at(i));
            delivered.headers.emplace_back(records->headers.empty() ? "" : records->headers.at(i));
            delivered.slices.push_back(records->records[i]);
        }
    }
    return {};
}

} // namespace sluice::test
