#include "core/destinations/kafka_prepared.h"
#include "core/destinations/kafka_writer.h"
#include "core/network/kafka_topic_ids.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

// What a KafkaWriter does in an exactly-once run.

namespace sluice {

Result<void> KafkaWriter::putAside(Prepared &prepared) const
{
    const auto &messages = static_cast<const KafkaPrepared &>(prepared);
    ByteBuffer record;
    if (!messages.rows.empty()) {
        KafkaRecordWriter writer(record, messages.rows.size());
        for (std::size_t i = 0; i < messages.rows.size(); ++i)
            writer.add(messages.message(i));
    }
    prepared.bytes = std::move(record);
    return {};
}

/// Waits for an absent broker.
Result<std::string> KafkaWriter::identity() const
{
    constexpr int kAskMs = 1000;
    constexpr std::chrono::milliseconds kPause{100};
    while (true) {
        TRY(failure());
        const auto cluster = m_client->describeCluster({m_options.topic}, kAskMs);
        const auto ids = cluster && !cluster->clusterId.empty()
                             ? findKafkaTopicIds(*m_client, *cluster, kAskMs)
                             : std::nullopt;
        if (ids) {
            const auto id = ids->find(m_options.topic);
            return fmt::format("topic '{}'{} of Kafka cluster {}",
                               m_options.topic,
                               id == ids->end() ? "" : fmt::format(" (id {})", id->second),
                               cluster->clusterId);
        }
        if (auto refusal = m_client->refusal())
            return fail(*refusal);
        std::this_thread::sleep_for(kPause);
    }
}

KafkaProperties KafkaWriter::transactionProperties(const ProgressKey &key) const
{
    KafkaProperties list = properties();
    // A message is given up together with its transaction.
    list.fixed.erase(
        std::remove_if(list.fixed.begin(),
                       list.fixed.end(),
                       [](const auto &entry) { return entry.first == "message.timeout.ms"; }),
        list.fixed.end());
    list.fixed.emplace_back("transactional.id", KafkaTransactor::transactionalId(key));
    return list;
}

Result<std::optional<AppliedMark>> KafkaWriter::claim(const ProgressKey &key,
                                                      const std::string &place)
{
    auto transactor = std::make_unique<KafkaTransactor>(KafkaTransactorOrder{
        m_config,
        transactionProperties(key),
        m_options.topic,
        key,
        m_context,
        [this](const rd_kafka_message_t &message) { return refused(message); }});
    KafkaTransactor *claiming = transactor.get();
    {
        const std::scoped_lock lock(m_mutex);
        m_transactor = std::move(transactor);
        if (m_interrupted)
            m_transactor->interrupt();
    }
    return claiming->claim(place.empty());
}

Result<void> KafkaWriter::apply(const std::vector<std::string_view> &records,
                                const AppliedMark &mark)
{
    return m_transactor->apply(records, mark);
}

/// Not where the topic ends, which the marker tells, but where the marker is: a checkpoint that has
/// this expects to find one.
std::string KafkaWriter::place() const
{
    if (!m_transactor)
        return {};
    return nlohmann::json{{"progress_group", m_transactor->group()}}.dump();
}

} // namespace sluice
