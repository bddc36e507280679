#pragma once

#include "core/base/result.h"
#include "core/network/kafka_client.h"
#include "core/node/exactly_once.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace sluice {

/// Who writes to a topic for a key, and how far: the offset metadata of the key's progress group,
/// written in the transaction that writes the records. Whoever takes over counts the incarnation
/// up.
struct KafkaMarker
{
    std::uint64_t incarnation = 0;
    std::string owner; // random; tells two processes apart that took the same number
    /// None: claimed where progress should have been, and was gone.
    std::optional<AppliedMark> applied;

    std::string toJson() const;
    /// Errors: ProgressDamaged
    static Result<KafkaMarker> parse(std::string_view json);
};

/// Whether to wait until no transaction that would change the marker is open.
enum class KafkaMarkerView {
    Newest, // the last one committed, also while a transaction is open
    Settled // as a read_committed reader sees it: an open transaction is waited for
};

/// Reads the marker of a progress group, which is kept at partition 0 of the topic that is written.
/// Thread: one at a time.
class KafkaMarkerStore
{
public:
    /// @param config  how to connect
    /// @param cancelled  asked while waiting
    KafkaMarkerStore(Config config,
                     std::string group,
                     std::string topic,
                     std::function<bool()> cancelled);

    /// Waits for an absent broker. @return nothing: the group has no marker
    /// Errors: Cancelled, AuthenticationFailed, ProgressDamaged
    Result<std::optional<KafkaMarker>> read(KafkaMarkerView view) const;

    const std::string &group() const { return m_group; }
    /// What it means that the brokers do not allow `client` something.
    Error
    refused(const KafkaClient &client, rd_kafka_resp_err_t code, const std::string &reason) const;
    /// A list with the marker's partition, for the transaction that writes it.
    KafkaPartitionList listFor(const KafkaMarker &marker) const;

private:
    enum class Answer { Found, Missing, Later };
    Result<Answer> ask(KafkaClient &client, std::string &metadata) const;
    Result<Answer>
    judge(KafkaClient &client, rd_kafka_resp_err_t code, const std::string &reason) const;

    const Config m_config;
    const std::string m_group;
    const std::string m_topic;
    const std::function<bool()> m_cancelled;
};

} // namespace sluice
