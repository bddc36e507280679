#include "core/destinations/kafka_marker.h"

#include "core/network/kafka_errors.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>

namespace sluice {

namespace {

constexpr int kAskMs = 2000;
constexpr int kPauseMs = 100;

} // namespace

std::string KafkaMarker::toJson() const
{
    nlohmann::json json{{"sluice", 1}, {"incarnation", incarnation}, {"owner", owner}};
    if (applied) {
        json["epoch"] = applied->epoch;
        json["chunks"] = applied->chunks;
    }
    return json.dump();
}

Result<KafkaMarker> KafkaMarker::parse(std::string_view text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const auto number = [&json](const char *name) {
        return json.contains(name) && json[name].is_number_unsigned();
    };
    if (!json.is_object() || !number("incarnation") || !json.contains("owner")
        || !json["owner"].is_string() || number("epoch") != number("chunks"))
        return fail(ErrorCode::ProgressDamaged, "The progress kept in Kafka cannot be read");
    KafkaMarker marker;
    marker.incarnation = json["incarnation"].get<std::uint64_t>();
    marker.owner = json["owner"].get<std::string>();
    if (number("epoch"))
        marker.applied =
            AppliedMark{json["epoch"].get<std::uint64_t>(), json["chunks"].get<std::uint64_t>()};
    return marker;
}

KafkaMarkerStore::KafkaMarkerStore(Config config,
                                   std::string group,
                                   std::string topic,
                                   std::function<bool()> cancelled)
    : m_config(std::move(config))
    , m_group(std::move(group))
    , m_topic(std::move(topic))
    , m_cancelled(std::move(cancelled))
{}

KafkaPartitionList KafkaMarkerStore::listFor(const KafkaMarker &marker) const
{
    KafkaPartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_t *entry =
        rd_kafka_topic_partition_list_add(list.get(), m_topic.c_str(), 0);
    entry->offset = 0; // the place of the text; as a number it means nothing
    const std::string text = marker.toJson();
    entry->metadata = std::malloc(text.size()); // NOLINT: librdkafka frees it
    std::memcpy(entry->metadata, text.data(), text.size());
    entry->metadata_size = text.size();
    return list;
}

Error KafkaMarkerStore::refused(const KafkaClient &client,
                                rd_kafka_resp_err_t code,
                                const std::string &reason) const
{
    Error error = client.translate(code, reason);
    if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) {
        error.message += fmt::format(" '{}', where the progress is kept", m_group);
        error.field.clear();
    }
    return error;
}

Result<std::optional<KafkaMarker>> KafkaMarkerStore::read(KafkaMarkerView view) const
{
    // A consumer of the group that never joins it, for this one look, which is rare. Not by a
    // question of the admin kind: librdkafka 2.15.1 ends the process when the group's coordinator
    // moves or goes meanwhile (rd_kafka_handle_OffsetFetch, rd_kafka_enq_once_del_source_return).
    KafkaProperties properties;
    properties.fixed = {{"group.id", m_group},
                        {"enable.auto.commit", "false"},
                        {"allow.auto.create.topics", "false"},
                        {"isolation.level",
                         view == KafkaMarkerView::Settled ? "read_committed" : "read_uncommitted"}};
    TRY_ASSIGN(const auto client, KafkaClient::create(RD_KAFKA_CONSUMER, m_config, properties));
    std::string text;
    for (Answer answer = Answer::Later; answer != Answer::Found;) {
        if (m_cancelled())
            return fail(ErrorCode::Cancelled, "Looking up the progress in Kafka was stopped");
        TRY_ASSIGN(answer, ask(*client, text));
        if (answer == Answer::Missing)
            return std::optional<KafkaMarker>{};
        if (answer == Answer::Later)
            client->serveUntil([] { return false; }, {}, kPauseMs);
    }
    auto marker = KafkaMarker::parse(text);
    if (!marker) {
        Error error = std::move(marker).error();
        error.message += fmt::format(" (consumer group '{}', topic '{}')", m_group, m_topic);
        return fail(std::move(error));
    }
    return std::optional<KafkaMarker>(std::move(*marker));
}

/// What an error of a question means: ask again, or never.
Result<KafkaMarkerStore::Answer> KafkaMarkerStore::judge(KafkaClient &client,
                                                         rd_kafka_resp_err_t code,
                                                         const std::string &reason) const
{
    if (isAccessRefused(code))
        return fail(refused(client, code, reason));
    if (auto refusal = client.refusal())
        return fail(*refusal);
    return Answer::Later;
}

/// One question to the group's coordinator.
Result<KafkaMarkerStore::Answer> KafkaMarkerStore::ask(KafkaClient &client,
                                                       std::string &metadata) const
{
    const KafkaPartitionList found(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(found.get(), m_topic.c_str(), 0);
    const rd_kafka_resp_err_t code = rd_kafka_committed(client.handle(), found.get(), kAskMs);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return judge(client, code, {});
    const rd_kafka_topic_partition_t &entry = found->elems[0];
    if (entry.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return Answer::Missing;
    if (entry.err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return judge(client, entry.err, {});
    if (entry.offset < 0)
        return Answer::Missing;
    metadata.assign(static_cast<const char *>(entry.metadata), entry.metadata_size);
    return Answer::Found;
}

} // namespace sluice
