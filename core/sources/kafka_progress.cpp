#include "core/sources/kafka_progress.h"

#include <nlohmann/json.hpp>

#include <charconv>

namespace sluice {

std::string KafkaProgress::toJson() const
{
    nlohmann::json json{{"cluster_id", clusterId}, {"topics", nlohmann::json::object()}};
    if (!topicIds.empty())
        json["topic_ids"] = topicIds;
    for (const auto &[topic, partitions] : topics) {
        auto &entry = json["topics"][topic] = nlohmann::json::object();
        for (const auto &[partition, offset] : partitions)
            entry[std::to_string(partition)] = offset;
    }
    return json.dump();
}

Result<KafkaProgress> KafkaProgress::parse(const std::string &json)
{
    const auto damaged = [] {
        return fail(ErrorCode::ProgressDamaged, "The kept progress of this Kafka source is damaged")
            .hint("Run with --from-start to begin anew.");
    };
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("topics") || !parsed["topics"].is_object())
        return damaged();
    KafkaProgress progress;
    if (parsed.contains("cluster_id") && parsed["cluster_id"].is_string())
        progress.clusterId = parsed["cluster_id"].get<std::string>();
    if (parsed.contains("topic_ids")) {
        if (!parsed["topic_ids"].is_object())
            return damaged();
        for (const auto &[topic, id] : parsed["topic_ids"].items()) {
            if (!id.is_string())
                return damaged();
            progress.topicIds[topic] = id.get<std::string>();
        }
    }
    for (const auto &[topic, partitions] : parsed["topics"].items()) {
        if (!partitions.is_object())
            return damaged();
        auto &offsets = progress.topics[topic];
        for (const auto &[name, offset] : partitions.items()) {
            std::int32_t partition = 0;
            const auto [end, error] =
                std::from_chars(name.data(), name.data() + name.size(), partition);
            if (error != std::errc{} || end != name.data() + name.size()
                || !offset.is_number_integer())
                return damaged();
            offsets[partition] = offset.get<std::int64_t>();
        }
    }
    return progress;
}

std::int64_t KafkaProgress::find(const KafkaPartitionKey &key) const
{
    const auto topic = topics.find(key.topic);
    if (topic == topics.end())
        return -1;
    const auto partition = topic->second.find(key.partition);
    return partition == topic->second.end() ? -1 : partition->second;
}

} // namespace sluice
