#include "core/node/catalog.h"
#include "core/node/destination.h"
#include "tests/core/network/kafka_mock.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <thread>

using namespace sluice;
using namespace sluice::test;

using Texts = std::vector<std::string>;

namespace {

Schema readings(bool whole)
{
    return {.columns = {{"device_id", ColumnType::String}, {"count", ColumnType::Long}},
            .open = false,
            .whole = whole};
}

struct Reading
{
    std::string device; // empty: null
    std::int64_t count = 0;
};

/// Events of readings(), as a projection would make them.
Batch computed(const std::vector<Reading> &rows)
{
    Batch batch;
    batch.schema = std::make_shared<Schema>(readings(false));
    batch.rows = rows.size();
    batch.selection = Selection(rows.size());
    auto devices = takeColumn(ColumnType::String, rows.size());
    auto counts = takeColumn(ColumnType::Long, rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        devices->valid[i] = rows[i].device.empty() ? 0 : 1;
        devices->texts[i] = devices->arena.copy(rows[i].device);
        counts->valid[i] = 1;
        counts->integers[i] = rows[i].count;
    }
    batch.columns = {devices, counts};
    return batch;
}

/// Events that pass through as the bytes they came in.
Batch passed(const Texts &records)
{
    Batch batch;
    batch.schema = std::make_shared<Schema>(readings(true));
    const auto raw = takeRawRecords();
    for (std::size_t i = 0; i < records.size(); ++i)
        raw->append(records[i], static_cast<std::int64_t>(i), 0);
    batch.raw = raw;
    batch.rows = records.size();
    batch.selection = Selection(records.size());
    batch.columns.resize(2);
    return batch;
}

/// A kafka_destination on a mock cluster with one topic of four partitions.
struct WriterBed
{
    MockKafka kafka;
    Config config;
    NodeContext context;
    std::unique_ptr<Destination> destination;
    std::vector<RowError> rejected;

    WriterBed()
    {
        kafka.createTopic("hot", 4);
        config = Config(ValueMap{{"bootstrap_servers", kafka.servers()}, {"topic", "hot"}});
        context.nodeId = "out";
        context.inputSchemas = {readings(false), readings(true)};
    }
    ~WriterBed() { close(); }
    WriterBed(const WriterBed &) = delete;
    WriterBed &operator=(const WriterBed &) = delete;

    Result<void> open()
    {
        TRY_ASSIGN(destination,
                   builtInCatalog().find("kafka_destination")->createDestination(config, context));
        return destination->open();
    }
    Result<void> write(const Batch &batch)
    {
        TRY_ASSIGN(auto prepared, destination->prepare(batch));
        rejected.insert(rejected.end(), prepared->errors.begin(), prepared->errors.end());
        return destination->accept(std::move(prepared), rejected);
    }
    void close()
    {
        if (destination)
            CHECK(destination->close(true));
        destination.reset();
    }
};

} // namespace

TEST_CASE("events are written as JSON; the key decides the partition")
{
    WriterBed bed;
    bed.config.set("key", "device_id");
    REQUIRE(bed.open());
    std::vector<Reading> rows;
    for (int i = 0; i < 40; ++i)
        rows.push_back({fmt::format("d{}", i % 8), i});
    REQUIRE(bed.write(computed(rows)));
    REQUIRE(bed.destination->flush(1));
    const auto records = bed.kafka.readAll("hot", 4);
    REQUIRE(records.size() == 40);
    std::map<std::string, std::set<int>> partitions;
    for (const auto &record : records) {
        CHECK(record.payload.find(fmt::format(R"({{"device_id":"{}","count":)", record.key)) == 0);
        partitions[record.key].insert(record.partition);
    }
    CHECK(partitions.size() == 8);
    for (const auto &[key, found] : partitions)
        CHECK_MESSAGE(found.size() == 1, key);
}

TEST_CASE("a key goes where Java's clients send it")
{
    WriterBed bed;
    bed.config.set("key", "device_id");
    REQUIRE(bed.open());
    REQUIRE(bed.write(computed({{"21", 1}, {"foobar", 2}, {"a-little-bit-long-string", 3}})));
    REQUIRE(bed.destination->flush(1));
    // murmur2 of the key as Java's client computes it, without its sign, modulo four partitions
    const std::map<std::string, int> expected = {
        {"21", (-973932308 & 0x7fffffff) % 4},
        {"foobar", (-790332482 & 0x7fffffff) % 4},
        {"a-little-bit-long-string", (-985981536 & 0x7fffffff) % 4}};
    for (const auto &record : bed.kafka.readAll("hot", 4))
        CHECK_MESSAGE(record.partition == expected.at(record.key), record.key);
}

TEST_CASE("whole events go out as the bytes they came in")
{
    WriterBed bed;
    REQUIRE(bed.open());
    const Texts records = {R"({ "device_id" : "a", "count": 1.50 })", R"({"x":{"y":[1,2]}})"};
    REQUIRE(bed.write(passed(records)));
    REQUIRE(bed.destination->flush(1));
    Texts found;
    for (const auto &record : bed.kafka.readAll("hot", 4)) {
        found.push_back(record.payload);
        CHECK(record.key.empty());
    }
    std::sort(found.begin(), found.end());
    CHECK(found == records);
}

TEST_CASE("only selected rows are written; a null key is no key")
{
    WriterBed bed;
    bed.config.set("key", "device_id");
    REQUIRE(bed.open());
    Batch batch = computed({{"a", 0}, {"", 1}, {"b", 2}});
    auto rows = takeSelection();
    *rows = {1, 2};
    batch.selection = Selection(std::move(rows));
    REQUIRE(bed.write(batch));
    REQUIRE(bed.destination->flush(1));
    std::map<std::string, std::string> found;
    for (const auto &record : bed.kafka.readAll("hot", 4))
        found[record.payload] = record.key;
    CHECK(found
          == std::map<std::string, std::string>{{R"({"device_id":null,"count":1})", ""},
                                                {R"({"device_id":"b","count":2})", "b"}});
}

TEST_CASE("a key may be an expression's path, and numbers are keys as their text")
{
    WriterBed bed;
    bed.config.set("key", "count");
    REQUIRE(bed.open());
    REQUIRE(bed.write(computed({{"a", 17}})));
    REQUIRE(bed.destination->flush(1));
    CHECK(bed.kafka.readAll("hot", 4).at(0).key == "17");

    const NodeDescriptor *kind = builtInCatalog().find("kafka_destination");
    Schema nested = {.columns = {{"meta", ColumnType::Dynamic}}, .open = false, .whole = true};
    bed.config.set("key", "meta.id");
    CHECK(kind->outputSchemas(bed.config, {nested}, bed.context).problems.empty());
    const auto needs = kind->columnNeeds(bed.config, {nested}, {}, bed.context);
    REQUIRE(needs.size() == 1);
    CHECK(needs[0].raw);
    CHECK(needs[0].typed == Texts{"meta"});
    bed.config.set("key", "nothing");
    const SchemaFlow flow = kind->outputSchemas(bed.config, {nested}, bed.context);
    REQUIRE(flow.problems.size() == 1);
    CHECK(flow.problems[0].field == "key");
}

TEST_CASE("an event that is too large is refused alone")
{
    WriterBed bed;
    bed.config.set("message_max_bytes", 2000);
    REQUIRE(bed.open());
    REQUIRE(bed.write(passed({R"({"a":1})", '"' + std::string(3000, 'x') + '"', R"({"a":2})"})));
    REQUIRE(bed.destination->flush(1));
    REQUIRE(bed.rejected.size() == 1);
    CHECK(bed.rejected[0].row == 1);
    CHECK(bed.rejected[0].code == ErrorCode::MessageTooLarge);
    CHECK(bed.kafka.readAll("hot", 4).size() == 2);
}

TEST_CASE("errors that heal are tried again until the message is in, once")
{
    WriterBed bed;
    REQUIRE(bed.open());
    constexpr std::int16_t kProduce = 0;
    rd_kafka_mock_push_request_errors(bed.kafka.cluster(),
                                      kProduce,
                                      3,
                                      RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
    REQUIRE(bed.write(computed({{"a", 1}})));
    REQUIRE(bed.destination->flush(1));
    CHECK(bed.kafka.readAll("hot", 4).size() == 1);
}

TEST_CASE("what the broker refuses for good ends the run")
{
    WriterBed bed;
    REQUIRE(bed.open());
    constexpr std::int16_t kProduce = 0;
    rd_kafka_mock_push_request_errors(
        bed.kafka.cluster(), kProduce, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    REQUIRE(bed.write(computed({{"a", 1}})));
    const auto flushed = bed.destination->flush(1);
    REQUIRE_FALSE(flushed);
    CHECK(flushed.error().code == ErrorCode::MessageTooLarge);
}

TEST_CASE("an absent broker is told and waited for; nothing is dropped")
{
    WriterBed bed;
    REQUIRE(bed.open());
    CHECK(bed.destination->state().empty());
    rd_kafka_mock_broker_set_down(bed.kafka.cluster(), 1);
    REQUIRE(bed.write(computed({{"a", 1}})));
    Result<void> flushed;
    std::jthread flushing([&] { flushed = bed.destination->flush(1); });
    while (bed.destination->state().find("broker away, trying again") != 0)
        std::this_thread::yield();
    rd_kafka_mock_broker_set_up(bed.kafka.cluster(), 1);
    flushing.join();
    REQUIRE(flushed);
    CHECK(bed.kafka.readAll("hot", 4).size() == 1);
}

TEST_CASE("a wait for an absent broker can be interrupted")
{
    WriterBed bed;
    REQUIRE(bed.open());
    rd_kafka_mock_broker_set_down(bed.kafka.cluster(), 1);
    REQUIRE(bed.write(computed({{"a", 1}})));
    Result<void> flushed;
    std::jthread flushing([&] { flushed = bed.destination->flush(1); });
    while (bed.destination->state().empty())
        std::this_thread::yield();
    bed.destination->interrupt();
    flushing.join();
    REQUIRE_FALSE(flushed);
    CHECK(flushed.error().code == ErrorCode::Cancelled);
}

TEST_CASE("a topic that does not exist is told when the run starts")
{
    WriterBed bed;
    bed.config.set("topic", "nowhere");
    rd_kafka_mock_topic_set_error(
        bed.kafka.cluster(), "nowhere", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    const auto opened = bed.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::TopicMissing);
    CHECK(opened.error().field == "topic");
}
