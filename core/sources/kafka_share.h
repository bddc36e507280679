#pragma once

#include "core/network/kafka_client.h"
#include "core/node/node_context.h"
#include "core/sources/kafka_partitions.h"
#include "core/sources/kafka_progress.h"
#include "core/sources/kafka_scout.h"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice {

/// Where reading begins while there is no progress of our own.
enum class KafkaStart { Earliest, Latest, Stored, Timestamp };

/// What a kafka_source's config says, beside how to connect.
struct KafkaReaderOptions
{
    std::vector<std::string> topics;
    std::string group;
    KafkaStart start = KafkaStart::Earliest;
    std::int64_t timestampMs = 0;
};

/// What a KafkaReader and its share both work on.
struct KafkaReading
{
    KafkaReaderOptions options;
    NodeContext context;
    KafkaProgress progress{};  // what open() was given
    KafkaScouting scouting{};  // once the scout has finished
    bool assignedOnce = false; // some partition was ours
    bool paused = false;

    mutable std::mutex mutex{};            // for figures(), which comes from any thread
    KafkaPartitions partitions{};          // guarded by mutex where figures() can see it
    std::string shareTrouble{};            // guarded by mutex: words for the node's state
    std::unique_ptr<KafkaClient> client{}; // guarded by mutex: set by open, reset by close
};

/// Pauses those of the partitions that are to be paused, and resumes the rest: librdkafka keeps a
/// partition paused that was taken away while it was.
void applyPauses(KafkaReading &reading, const rd_kafka_topic_partition_list_t &partitions);

/// How partitions come to a reader. Thread: inside the reader's calls, which do not overlap.
class KafkaShare
{
public:
    explicit KafkaShare(KafkaReading &reading)
        : m_reading(reading)
    {}
    virtual ~KafkaShare() = default;
    KafkaShare(const KafkaShare &) = delete;
    KafkaShare &operator=(const KafkaShare &) = delete;

    /// What the client, and the look at the cluster before, have to know.
    virtual void addTo(KafkaProperties &properties) const = 0;
    virtual void addTo(KafkaScoutOrder &order) const = 0;

    /// The cluster is known: asks for partitions. Again for every new client.
    virtual Result<void> begin() = 0;
    /// At each poll.
    virtual Result<void> tend() { return {}; }
    /// It is known what is ours, be it nothing.
    virtual bool settled() const = 0;
    /// Whether the partitions that are not ours have been read to `ends` by those who have them.
    virtual bool isReadByOthers(const rd_kafka_topic_partition_list_t &ends) = 0;
    /// Goes on with `slot.next`, or at its oldest record, where librdkafka has stopped reading.
    virtual void takeAnew(KafkaSlot &slot) = 0;
    /// The client is lost; its partitions go on where they are with the next one.
    virtual void forget();
    /// Gives back what is ours.
    virtual void end() = 0;

    virtual void onRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *partitions);
    virtual void onCommitted(rd_kafka_resp_err_t code,
                             const rd_kafka_topic_partition_list_t *offsets);
    /// What to say while no partition is ours.
    virtual std::string waitingWords() const = 0;

protected:
    rd_kafka_t *client() const { return m_reading.client->handle(); }
    /// Where the group stopped, for the partitions that have such an offset.
    std::map<KafkaPartitionKey, std::int64_t>
    groupOffsets(const rd_kafka_topic_partition_list_t &partitions) const;
    /// Where to begin with what has no offset of its own or of the group.
    std::int64_t freshStart(const KafkaSlot &slot) const;

    KafkaReading &m_reading;
};

/// A member of the consumer group, which gives and takes partitions.
std::unique_ptr<KafkaShare> makeKafkaGroupShare(KafkaReading &reading);
/// All partitions of the topics, shared with nobody; also those that come later.
std::unique_ptr<KafkaShare> makeKafkaWholeShare(KafkaReading &reading);

} // namespace sluice
