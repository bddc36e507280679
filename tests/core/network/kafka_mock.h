#pragma once

#include "core/network/kafka_handles.h"
#include "core/node/config.h"
#include "core/node/source.h"

#include <librdkafka/rdkafka_mock.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::test {

/// librdkafka's mock cluster: it injects errors; the real broker's tests are in integration/.
class MockKafka
{
public:
    MockKafka();
    MockKafka(const MockKafka &) = delete;
    MockKafka &operator=(const MockKafka &) = delete;

    rd_kafka_mock_cluster_t *cluster() const { return m_cluster; }
    std::string servers() const { return rd_kafka_mock_cluster_bootstraps(m_cluster); }
    void createTopic(const std::string &name, int partitions);
    /// Returns when the record is in the topic.
    void produce(const std::string &topic,
                 int partition,
                 const std::string &payload,
                 const std::string &key = {},
                 const std::string &header = {});
    void produceTombstone(const std::string &topic, int partition, const std::string &key);

    struct Record
    {
        std::string key;
        std::string payload;
        int partition = 0;
    };
    /// What a plain consumer finds in the partitions.
    std::vector<Record> readAll(const std::string &topic, int partitions);
    /// What the group has committed; -1001 when nothing.
    std::int64_t committed(const std::string &group, const std::string &topic, int partition);

private:
    KafkaHandle m_client; // a producer that owns the cluster
    rd_kafka_mock_cluster_t *m_cluster = nullptr;
};

/// Lets a test wait for the source's wake-up instead of sleeping.
class WakeUp
{
public:
    std::function<void()> hook();
    /// Returns at the next wake-up, at the latest after a short moment.
    void wait();

private:
    std::mutex m_mutex;
    std::condition_variable m_condition;
    bool m_woken = false;
};

/// What a source delivered, as texts.
struct Delivered
{
    std::vector<std::string> payloads;
    std::vector<std::string> keys;
    std::vector<std::string> headers;
    std::vector<RecordSlice> slices;
    bool ended = false;
};

/// Polls until `done`, or the end, or half a minute is over. Errors of the source come back.
Result<void>
pollUntil(Source &source, WakeUp &wakeUp, Delivered &delivered, const std::function<bool()> &done);

} // namespace sluice::test
