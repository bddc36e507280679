#include "core/network/kafka_probe.h"

#include "core/network/kafka_errors.h"

#include <algorithm>
#include <array>

namespace sluice {

namespace {

KafkaClusterInfo toClusterInfo(const rd_kafka_metadata_t &metadata)
{
    KafkaClusterInfo info;
    info.brokers = static_cast<std::size_t>(metadata.broker_cnt);
    for (int i = 0; i < metadata.topic_cnt; ++i) {
        const rd_kafka_metadata_topic_t &found = metadata.topics[i];
        if (std::string_view(found.topic).substr(0, 2) == "__")
            continue;
        KafkaTopicInfo topic{.name = found.topic, .partitions = {}, .error = found.err};
        for (int p = 0; p < found.partition_cnt; ++p)
            topic.partitions.push_back(found.partitions[p].id);
        info.topics.push_back(std::move(topic));
    }
    std::sort(info.topics.begin(),
              info.topics.end(),
              [](const KafkaTopicInfo &a, const KafkaTopicInfo &b) { return a.name < b.name; });
    return info;
}

std::string plural(std::size_t count, const char *noun)
{
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// The first configured topic that the cluster lacks; the message names a near one.
std::optional<Error> missingTopic(const KafkaClusterInfo &info,
                                  const std::vector<std::string> &topics,
                                  std::string_view topicField)
{
    std::vector<std::string> names;
    for (const KafkaTopicInfo &topic : info.topics)
        names.push_back(topic.name);
    for (const std::string &topic : topics) {
        if (std::find(names.begin(), names.end(), topic) != names.end())
            continue;
        const auto near = nearestName(topic, names);
        return fail(ErrorCode::TopicMissing, "The cluster has no topic '{}'", topic)
            .hint(near ? fmt::format("Is '{}' meant?", *near)
                       : std::string("Choose one of its topics, or create it."))
            .field(std::string(topicField))
            .take();
    }
    return std::nullopt;
}

} // namespace

Result<KafkaClusterInfo> listKafkaTopics(KafkaClient &client, std::stop_token stop)
{
    // Short waits first, so that a refusal shows at once; long ones for a far cluster.
    constexpr std::array kTimeoutsMs = {250, 500, 1000, 3000};
    for (const int timeoutMs : kTimeoutsMs) {
        const rd_kafka_metadata_t *raw = nullptr;
        const auto code = rd_kafka_metadata(client.handle(), 1, nullptr, &raw, timeoutMs);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            const KafkaMetadata metadata(raw);
            return toClusterInfo(*metadata);
        }
        const auto settled = [&] {
            return client.refusal() || (client.allBrokersDown() && timeoutMs > 250);
        };
        client.serveUntil(settled, stop, 50);
        if (settled() || stop.stop_requested())
            break;
    }
    if (auto refusal = client.refusal())
        return fail(*refusal);
    if (auto trouble = client.trouble())
        return fail(*trouble);
    return fail(client.translate(RD_KAFKA_RESP_ERR__TIMED_OUT, {}));
}

ProbeReport probeKafka(const Config &config,
                       const std::vector<std::string> &topics,
                       std::string_view topicField,
                       std::stop_token stop)
{
    ProbeReport report;
    const auto failed = [&report](const Error &error) {
        report.summary = error.message;
        if (!error.hint.empty())
            report.details.push_back(error.hint);
        return report;
    };
    auto client = KafkaClient::create(RD_KAFKA_CONSUMER, config, {});
    if (!client)
        return failed(client.error());
    auto info = listKafkaTopics(**client, stop);
    if (!info)
        return failed(info.error());
    for (const KafkaTopicInfo &topic : info->topics)
        report.suggestions.push_back(topic.name);
    report.suggestionsFor = topicField;
    if (auto missing = missingTopic(*info, topics, topicField))
        return failed(*missing);
    report.ok = true;
    report.summary = fmt::format("Connected to {} with {}",
                                 plural(info->brokers, "broker"),
                                 plural(info->topics.size(), "topic"));
    for (const KafkaTopicInfo &topic : info->topics) {
        if (std::find(topics.begin(), topics.end(), topic.name) != topics.end())
            report.details.push_back(
                fmt::format("{}: {}", topic.name, plural(topic.partitions.size(), "partition")));
    }
    return report;
}

} // namespace sluice
