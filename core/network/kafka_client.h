#pragma once

#include "core/base/result.h"
#include "core/network/kafka_fields.h"
#include "core/network/kafka_handles.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// What a cluster said about the topics one asked for.
struct KafkaTopicInfo
{
    std::string name;
    std::vector<std::int32_t> partitions; // empty: the topic does not exist
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};
struct KafkaClusterInfo
{
    std::string clusterId;
    std::size_t brokers = 0;
    std::int32_t broker = -1; // the number of one of them
    std::vector<KafkaTopicInfo> topics;
};

/// One librdkafka client, consumer or producer, and the latest trouble it reported.
///
/// librdkafka calls back on the thread that polls, except for the log, which comes from its own
/// threads. Thread: any, except destruction.
class KafkaClient
{
public:
    struct Hooks
    {
        std::function<void(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t *)> rebalance;
        std::function<void(const rd_kafka_message_t &)> delivery;
        /// How a commit ended; the list names each partition's error.
        std::function<void(rd_kafka_resp_err_t, const rd_kafka_topic_partition_list_t *)> committed;
        std::function<void(const std::string &line)> log;
    };

    /// @param config  the node's; its shared fields count
    /// @param properties  of the caller: defaults, and what the config cannot change
    /// Errors: InvalidValue, naming the field
    static Result<std::unique_ptr<KafkaClient>> create(rd_kafka_type_t type,
                                                       const Config &config,
                                                       const KafkaProperties &properties,
                                                       Hooks hooks = {});
    ~KafkaClient();
    KafkaClient(const KafkaClient &) = delete;
    KafkaClient &operator=(const KafkaClient &) = delete;

    rd_kafka_t *handle() const { return m_handle.get(); }

    /// The latest trouble while no broker is connected; none as soon as one is.
    std::optional<Error> trouble() const;
    /// Every known broker failed since the last contact.
    bool allBrokersDown() const;
    /// The broker refused the login or a right, and there was no contact since.
    std::optional<Error> refusal() const;
    /// An error that only a new client gets over.
    std::optional<Error> fatal() const;
    /// Data came in: the brokers are there.
    void noteContact();
    /// Keeps an error that came with a message or a call.
    void noteError(rd_kafka_resp_err_t code, const std::string &reason);
    Error translate(rd_kafka_resp_err_t code, const std::string &reason) const;

    /// A topic's handle, which lives as long as the client; null for what is no topic's name.
    rd_kafka_topic_t *topic(const std::string &name);

    /// Asks the cluster about `topics` once, waiting `timeoutMs` at most.
    /// Errors: ConnectionFailed, AuthenticationFailed
    Result<KafkaClusterInfo> describeCluster(const std::vector<std::string> &topics, int timeoutMs);

    /// Serves callbacks until `stop`, `deadlineMs` is over, or `done` says so. For clients whose
    /// queue nobody reads yet. @return whether `done` said so
    bool serveUntil(const std::function<bool()> &done, std::stop_token stop, int deadlineMs);

private:
    KafkaClient() = default;
    void install(rd_kafka_conf_t *conf);
    static void onError(rd_kafka_t *, int code, const char *reason, void *self);
    static void onLog(const rd_kafka_t *client, int level, const char *, const char *text);
    static int onStatistics(rd_kafka_t *, char *json, std::size_t size, void *self);

    std::string m_servers;
    std::string m_user;
    bool m_hasGroup = false;
    Hooks m_hooks;

    mutable std::mutex m_mutex;
    std::optional<Error> m_trouble; // guarded by m_mutex, as all below
    std::optional<Error> m_refusal;
    std::optional<Error> m_fatal;
    bool m_allDown = false;
    std::map<std::string, KafkaTopicHandle> m_topics; // gone before m_handle
    KafkaHandle m_handle;
};

} // namespace sluice
