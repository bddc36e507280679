#include "tests/core/network/source_bed.h"

// A kafka_source when the cluster is away, a topic is missing, or the group changes.

using namespace sluice;
using namespace sluice::test;

using Texts = std::vector<std::string>;

TEST_CASE("a topic that is missing fails a run that is to catch up; others wait for it")
{
    SourceBed bed;
    bed.config.set("topics", ValueList{"nowhere"});
    rd_kafka_mock_topic_set_error(
        bed.kafka.cluster(), "nowhere", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    const auto opened = bed.openToCatchUp();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::TopicMissing);

    REQUIRE(bed.open({}));
    CHECK(bed.source->figures().troubled);
    CHECK(bed.source->figures().state.find("nowhere") != std::string::npos);
    rd_kafka_mock_topic_set_error(bed.kafka.cluster(), "nowhere", RD_KAFKA_RESP_ERR_NO_ERROR);
    bed.kafka.produce("nowhere", 0, "found");
    REQUIRE(bed.pollFor(1));
    CHECK_FALSE(bed.source->figures().troubled);
}

TEST_CASE("a broker that goes away is told and waited for")
{
    SourceBed bed;
    bed.kafka.produce("telemetry", 0, "before");
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    CHECK_FALSE(bed.source->figures().troubled);
    rd_kafka_mock_broker_set_down(bed.kafka.cluster(), 1);
    REQUIRE(bed.poll([&] { return bed.source->figures().troubled; }));
    CHECK(bed.source->figures().state.find("broker away, trying again") == 0);
    rd_kafka_mock_broker_set_up(bed.kafka.cluster(), 1);
    bed.kafka.produce("telemetry", 0, "after");
    REQUIRE(bed.pollFor(2));
    CHECK(bed.delivered.payloads == Texts{"before", "after"});
    CHECK_FALSE(bed.source->figures().troubled);
}

TEST_CASE("nobody at the address is told within the wait of open, and is no error")
{
    SourceBed bed;
    bed.config.set("bootstrap_servers", "127.0.0.1:1");
    REQUIRE(bed.open({}));
    CHECK(bed.source->figures().troubled);
    CHECK(bed.source->figures().state.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("a new member takes a part of the partitions, and nothing is lost")
{
    SourceBed bed(4);
    REQUIRE(bed.open({}));
    REQUIRE(bed.poll([&] { return bed.source->figures().partitions.size() == 4; }));
    NodeContext context;
    context.nodeId = "other";
    const auto other = builtInCatalog().find("kafka_source")->createSource(bed.config, context);
    REQUIRE(other);
    REQUIRE((*other)->open({}));
    Texts all;
    const auto pollOther = [&] {
        const auto records = takeRawRecords();
        REQUIRE((*other)->poll(*records));
        for (std::size_t i = 0; i < records->records.size(); ++i)
            all.emplace_back(records->record(i));
    };
    REQUIRE(bed.poll([&] {
        pollOther();
        return bed.source->figures().partitions.size() == 2
               && (*other)->figures().partitions.size() == 2;
    }));
    for (int p = 0; p < 4; ++p)
        bed.kafka.produce("telemetry", p, std::to_string(p));
    REQUIRE(bed.poll([&] {
        pollOther();
        return bed.delivered.payloads.size() + all.size() >= 4;
    }));
    all.insert(all.end(), bed.delivered.payloads.begin(), bed.delivered.payloads.end());
    std::sort(all.begin(), all.end());
    CHECK(all == Texts{"0", "1", "2", "3"});
    (*other)->close();
}

TEST_CASE("while nobody polls, the group's other members get their share all the same")
{
    const Texts fourToSeven{"4", "5", "6", "7"};
    SourceBed bed(4);
    ManualClock clock;
    bed.clock = &clock;
    REQUIRE(bed.open({}));
    REQUIRE(bed.poll([&] { return bed.source->figures().partitions.size() == 4; }));
    clock.advance(kTicksPerMinute);
    NodeContext context;
    context.nodeId = "other";
    const auto other = builtInCatalog().find("kafka_source")->createSource(bed.config, context);
    REQUIRE(other);
    REQUIRE((*other)->open({}));
    Delivered fromOther;
    // The group tells its members one after the other.
    REQUIRE(pollUntil(**other, bed.wakeUp, fromOther, [&] {
        return (*other)->figures().partitions.size() == 2
               && bed.source->figures().partitions.size() == 2;
    }));

    for (int p = 0; p < 4; ++p)
        bed.kafka.produce("telemetry", p, std::to_string(p));
    REQUIRE(
        pollUntil(**other, bed.wakeUp, fromOther, [&] { return fromOther.payloads.size() == 2; }));
    REQUIRE(bed.pollFor(2));
    CHECK(bed.delivered.payloads.size() == 2);

    // Partitions that were given away while nobody polled, and came back, are read as before.
    (*other)->close();
    REQUIRE(bed.poll([&] { return bed.source->figures().partitions.size() == 4; }));
    for (int p = 0; p < 4; ++p)
        bed.kafka.produce("telemetry", p, std::to_string(4 + p));
    REQUIRE(bed.poll([&] {
        return std::all_of(fourToSeven.begin(), fourToSeven.end(), [&](const std::string &text) {
            return std::count(bed.delivered.payloads.begin(), bed.delivered.payloads.end(), text)
                   > 0;
        });
    }));
}

TEST_CASE("to have caught up is to have what other members of the group have, too")
{
    SourceBed bed(2);
    bed.kafka.produce("telemetry", 0, "0");
    bed.kafka.produce("telemetry", 1, "1");
    NodeContext context;
    context.nodeId = "other";
    const auto other = builtInCatalog().find("kafka_source")->createSource(bed.config, context);
    REQUIRE(other);
    REQUIRE((*other)->open({}));
    Delivered fromOther;
    REQUIRE(
        pollUntil(**other, bed.wakeUp, fromOther, [&] { return fromOther.payloads.size() == 2; }));

    REQUIRE(bed.openToCatchUp());
    const auto both = [&](const std::function<bool()> &done) {
        return bed.poll([&] {
            REQUIRE((*other)->poll(*takeRawRecords()));
            return done();
        });
    };
    REQUIRE(both([&] { return bed.delivered.payloads.size() == 1; }));
    int rounds = 0;
    REQUIRE(both([&] { return ++rounds == 5; }));
    CHECK_FALSE(bed.delivered.ended);
    REQUIRE((*other)->committed((*other)->position()));
    REQUIRE(both([] { return false; }));
    CHECK(bed.delivered.payloads.size() == 1);
    (*other)->close();
}

TEST_CASE("a commit that fails is said again")
{
    SourceBed bed;
    bed.kafka.produce("telemetry", 0, "x");
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    constexpr std::int16_t kOffsetCommit = 8;
    rd_kafka_mock_push_request_errors(
        bed.kafka.cluster(), kOffsetCommit, 1, RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE);
    REQUIRE(bed.poll([&] {
        REQUIRE(bed.source->committed(bed.source->position()));
        return bed.kafka.committed("sluice", "telemetry", 0) == 1;
    }));
}

TEST_CASE("a member that was fenced joins anew and reads on; fenced again at once it gives way")
{
    SourceBed bed(2);
    ManualClock clock;
    bed.clock = &clock;
    bed.kafka.produce("telemetry", 0, "a");
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    constexpr std::int16_t kHeartbeat = 12;
    const auto fence = [&] {
        rd_kafka_mock_push_request_errors(
            bed.kafka.cluster(), kHeartbeat, 1, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
    };
    const auto toldTimes = [&] {
        const std::scoped_lock lock(bed.logMutex);
        return std::count_if(bed.log.begin(), bed.log.end(), [](const std::string &line) {
            return line.find("joining it anew") != std::string::npos;
        });
    };
    fence();
    REQUIRE(bed.poll([&] { return toldTimes() == 1; }));
    bed.kafka.produce("telemetry", 0, "b");
    bed.kafka.produce("telemetry", 1, "c");
    REQUIRE(bed.pollFor(3));
    std::sort(bed.delivered.payloads.begin(), bed.delivered.payloads.end());
    CHECK(bed.delivered.payloads == Texts{"a", "b", "c"});

    clock.advance(kTicksPerMinute);
    fence();
    REQUIRE(
        bed.poll([&] { return toldTimes() == 2 && bed.source->figures().partitions.size() == 2; }));
    fence();
    CHECK_FALSE(bed.poll([] { return false; }));
}
