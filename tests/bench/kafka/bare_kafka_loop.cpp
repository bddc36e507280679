// Reads a topic to its end with nothing but librdkafka, and prints how long it took: what the Kafka
// source is measured against.   usage: bare_kafka_loop poll|batch SERVERS TOPIC RECORDS

#include "core/network/kafka_handles.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using sluice::KafkaConfHandle;
using sluice::KafkaHandle;
using sluice::KafkaMessage;
using sluice::KafkaPartitionList;
using sluice::KafkaQueueHandle;

constexpr int kWaitMs = 1000;
constexpr std::size_t kBatch = 2048;

KafkaHandle subscribe(const char *servers, const char *topic)
{
    std::array<char, 256> words{};
    KafkaConfHandle conf(rd_kafka_conf_new());
    const std::string group =
        "bare-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    const std::array<std::array<const char *, 2>, 4> properties = {{
        {"bootstrap.servers", servers},
        {"group.id", group.c_str()},
        {"auto.offset.reset", "earliest"},
        {"enable.auto.commit", "false"},
    }};
    for (const auto &[name, value] : properties)
        rd_kafka_conf_set(conf.get(), name, value, words.data(), words.size());
    KafkaHandle client(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), words.data(), words.size()));
    (void)conf.release();
    rd_kafka_poll_set_consumer(client.get());
    const KafkaPartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(client.get(), list.get());
    return client;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5) {
        std::fputs("usage: bare_kafka_loop poll|batch SERVERS TOPIC RECORDS\n", stderr);
        return 2;
    }
    using Clock = std::chrono::steady_clock;
    const bool batch = std::string_view(argv[1]) == "batch";
    const long long wanted = std::strtoll(argv[4], nullptr, 10);
    const auto begin = Clock::now();
    auto first = begin;
    const KafkaHandle client = subscribe(argv[2], argv[3]);
    const KafkaQueueHandle queue(rd_kafka_queue_get_consumer(client.get()));
    std::array<rd_kafka_message_t *, kBatch> messages{};
    long long records = 0;
    std::size_t bytes = 0;
    const auto take = [&](rd_kafka_message_t *raw) {
        const KafkaMessage message(raw);
        if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
            return;
        if (records++ == 0)
            first = Clock::now();
        bytes += message->len;
    };
    while (records < wanted) {
        if (!batch) {
            take(rd_kafka_consumer_poll(client.get(), kWaitMs));
            continue;
        }
        const ssize_t count =
            rd_kafka_consume_batch_queue(queue.get(), kWaitMs, messages.data(), messages.size());
        for (ssize_t i = 0; i < count; ++i)
            take(messages[static_cast<std::size_t>(i)]);
    }
    const auto end = Clock::now();
    const auto seconds = [](auto span) { return std::chrono::duration<double>(span).count(); };
    std::printf("{\"records\": %lld, \"bytes\": %zu, \"seconds\": %.4f, \"after_first\": %.4f}\n",
                records,
                bytes,
                seconds(end - begin),
                seconds(end - first));
    std::fflush(stdout);
    _Exit(0); // leaving the group in order is no part of the measurement
}
