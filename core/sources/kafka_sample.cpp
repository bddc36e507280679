#include "core/sources/kafka_sample.h"

#include "core/base/random.h"
#include "core/sources/kafka_scout.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace sluice {

namespace {

constexpr int kConnectMs = 4000;
constexpr std::chrono::milliseconds kReadTime{1000};

/// Every partition from a little before its end.
KafkaPartitionList chooseStarts(const KafkaScouting &found, std::size_t limit)
{
    const std::size_t partitions = std::max<std::size_t>(found.ends.size(), 1);
    const auto each = static_cast<std::int64_t>((limit + partitions - 1) / partitions);
    KafkaPartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions)));
    for (const auto &[key, end] : found.ends) {
        const std::int64_t oldest = found.oldest.at(key);
        if (end <= oldest)
            continue;
        rd_kafka_topic_partition_list_add(list.get(), key.topic.c_str(), key.partition)->offset =
            std::max(oldest, end - each);
    }
    return list;
}

std::vector<std::string>
read(KafkaClient &client, std::size_t limit, std::size_t partitions, const std::stop_token &stop)
{
    using Wait = std::chrono::steady_clock;
    constexpr int kStepMs = 50;
    std::vector<std::string> records;
    std::set<KafkaPartitionKey> ended;
    const auto deadline = Wait::now() + kReadTime;
    while (records.size() < limit && ended.size() < partitions && !stop.stop_requested()
           && Wait::now() < deadline) {
        const KafkaMessage message(rd_kafka_consumer_poll(client.handle(), kStepMs));
        if (!message)
            continue;
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
            ended.insert({rd_kafka_topic_name(message->rkt), message->partition});
        else if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->payload != nullptr)
            records.emplace_back(static_cast<const char *>(message->payload), message->len);
    }
    return records;
}

} // namespace

Result<std::vector<std::string>> sampleKafkaTopics(const Config &config,
                                                   const std::vector<std::string> &topics,
                                                   std::size_t limit,
                                                   std::stop_token stop)
{
    KafkaProperties properties;
    properties.fixed = {
        {"group.id", "sluice-sample-" + randomId()}, // librdkafka wants one; it is never joined
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "earliest"},
    };
    TRY_ASSIGN(auto client, KafkaClient::create(RD_KAFKA_CONSUMER, config, properties));
    KafkaScoutOrder order;
    order.topics = topics;
    order.topicsMustExist = true;
    const KafkaScout scout(*client, std::move(order), {});
    if (!client->serveUntil([&] { return scout.finished(); }, stop, kConnectMs)) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, "Cancelled");
        return fail(
            client->trouble().value_or(client->translate(RD_KAFKA_RESP_ERR__TIMED_OUT, {})));
    }
    TRY_ASSIGN(const KafkaScouting found, scout.result());
    const KafkaPartitionList starts = chooseStarts(found, limit);
    if (starts->cnt == 0)
        return std::vector<std::string>{};
    const rd_kafka_resp_err_t code = rd_kafka_assign(client->handle(), starts.get());
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(client->translate(code, rd_kafka_err2str(code)));
    return read(*client, limit, static_cast<std::size_t>(starts->cnt), stop);
}

} // namespace sluice
