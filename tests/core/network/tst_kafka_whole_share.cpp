#include "tests/core/network/source_bed.h"

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

using Texts = std::vector<std::string>;

// A kafka_source in an exactly-once run: its positions are the workspace's alone.

namespace {

struct WholeBed : SourceBed
{
    explicit WholeBed(int partitions = 1)
        : SourceBed(partitions)
    {
        exactlyOnce = true;
    }
};

} // namespace

TEST_CASE("exactly once, a source has all partitions although others of the group read")
{
    WholeBed bed(3);
    NodeContext context;
    context.nodeId = "other";
    const auto other = builtInCatalog().find("kafka_source")->createSource(bed.config, context);
    REQUIRE(other);
    REQUIRE((*other)->open({}));
    Delivered fromOther;
    REQUIRE(pollUntil(**other, bed.wakeUp, fromOther, [&] {
        return (*other)->figures().partitions.size() == 3;
    }));
    REQUIRE(bed.open({}));
    REQUIRE(bed.poll([&] { return bed.source->figures().partitions.size() == 3; }));
    for (int p = 0; p < 3; ++p)
        bed.kafka.produce("telemetry", p, std::to_string(p));
    REQUIRE(bed.pollFor(3));
    REQUIRE(
        pollUntil(**other, bed.wakeUp, fromOther, [&] { return fromOther.payloads.size() == 3; }));
    CHECK((*other)->figures().partitions.size() == 3); // nothing moved
    (*other)->close();
}

TEST_CASE("exactly once, only the engine's position counts, not where the group stands")
{
    WholeBed bed;
    for (int i = 0; i < 5; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    const std::string position = bed.source->position();
    REQUIRE(bed.source->committed(position));
    REQUIRE(bed.poll([&] { return bed.kafka.committed("sluice", "telemetry", 0) == 5; }));

    bed.kafka.produce("telemetry", 0, "5");
    REQUIRE(bed.openToCatchUp(position));
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"5"});

    REQUIRE(bed.openToCatchUp()); // without one it begins anew
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads.size() == 6);
}

TEST_CASE("exactly once, a first run may begin where the group stopped")
{
    WholeBed bed;
    for (int i = 0; i < 4; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    REQUIRE(bed.source->committed(R"({"cluster_id":"","topics":{"telemetry":{"0":3}}})"));
    REQUIRE(bed.poll([&] { return bed.kafka.committed("sluice", "telemetry", 0) == 3; }));
    bed.config.set("start_from", "stored");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"3"});
}

TEST_CASE("exactly once, a commit that is refused is words and no failure")
{
    WholeBed bed;
    bed.kafka.produce("telemetry", 0, "x");
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    constexpr std::int16_t kOffsetCommit = 8;
    rd_kafka_mock_push_request_errors(
        bed.kafka.cluster(), kOffsetCommit, 1, RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE);
    REQUIRE(bed.source->committed(bed.source->position()));
    REQUIRE(
        bed.poll([&] { return bed.source->figures().state.find("lag tools do not see") == 0; }));
    CHECK_FALSE(bed.source->figures().troubled);
    REQUIRE(bed.poll([&] {
        REQUIRE(bed.source->committed(bed.source->position()));
        return bed.source->figures().state.empty();
    }));
    CHECK(bed.kafka.committed("sluice", "telemetry", 0) == 1);
}

TEST_CASE("exactly once, partitions that the position does not name are read from their beginning")
{
    WholeBed bed(2);
    bed.kafka.produce("telemetry", 0, "a");
    bed.kafka.produce("telemetry", 1, "b");
    bed.config.set("start_from", "latest");
    REQUIRE(bed.openToCatchUp(R"({"cluster_id":"","topics":{"telemetry":{"0":1}}})"));
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"b"});
}

TEST_CASE("exactly once, records that were deleted before they were read are skipped and told")
{
    WholeBed bed;
    for (int i = 0; i < 6; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    rd_kafka_mock_partition_delete_records(bed.kafka.cluster(), "telemetry", 0, 4);
    REQUIRE(bed.openToCatchUp(R"({"cluster_id":"","topics":{"telemetry":{"0":1}}})"));
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"4", "5"});
}
