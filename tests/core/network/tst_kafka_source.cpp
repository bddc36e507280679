#include "tests/core/network/source_bed.h"

using namespace sluice;
using namespace sluice::test;

using Texts = std::vector<std::string>;

TEST_CASE("records come with offset, partition, key, time and headers")
{
    SourceBed bed;
    bed.kafka.produce("telemetry", 0, R"({"a":1})", "k1");
    bed.kafka.produce("telemetry", 0, R"({"a":2})");
    bed.kafka.produce("telemetry", 0, R"({"a":3})", "k3", "lab\"1");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{R"({"a":1})", R"({"a":2})", R"({"a":3})"});
    CHECK(bed.delivered.keys == Texts{"k1", "", "k3"});
    CHECK(bed.delivered.headers.back() == R"({"origin":"lab\"1"})");
    CHECK(bed.delivered.slices[2].offset == 2);
    CHECK(bed.delivered.slices[2].partition == 0);
    CHECK(bed.delivered.slices[2].timestamp > 0);
}

TEST_CASE("a record without payload arrives as an empty record")
{
    SourceBed bed;
    bed.kafka.produceTombstone("telemetry", 0, "gone");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    REQUIRE(bed.delivered.payloads.size() == 1);
    CHECK(bed.delivered.payloads[0].empty());
    CHECK(bed.delivered.keys[0] == "gone");
}

TEST_CASE("an empty topic is caught up with at once")
{
    SourceBed bed(3);
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads.empty());
}

TEST_CASE("a position leads to the next record, whatever start_from says")
{
    SourceBed bed;
    for (int i = 0; i < 5; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    const std::string position = bed.source->position();
    bed.kafka.produce("telemetry", 0, "5");
    bed.config.set("start_from", "latest");
    REQUIRE(bed.openToCatchUp(position));
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"5"});
}

TEST_CASE("the position names every partition before its first record came")
{
    SourceBed bed(2);
    bed.kafka.produce("telemetry", 1, "x");
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    CHECK(bed.source->position().find(R"("0":0)") != std::string::npos);
    CHECK(bed.source->position().find(R"("1":1)") != std::string::npos);
}

TEST_CASE("latest begins with what comes after the start")
{
    SourceBed bed;
    bed.kafka.produce("telemetry", 0, "old");
    bed.config.set("start_from", "latest");
    REQUIRE(bed.open({}));
    bed.kafka.produce("telemetry", 0, "new");
    REQUIRE(bed.pollFor(1));
    CHECK(bed.delivered.payloads == Texts{"new"});
}

TEST_CASE("stored goes on where the group stopped, earliest does not")
{
    SourceBed bed;
    for (int i = 0; i < 4; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    REQUIRE(bed.source->committed(R"({"cluster_id":"","topics":{"telemetry":{"0":3}}})"));
    bed.source->close();
    CHECK(bed.kafka.committed("sluice", "telemetry", 0) == 3);

    bed.config.set("start_from", "stored");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"3"});

    bed.config.set("start_from", "earliest");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads.size() == 4);
}

TEST_CASE("progress of another cluster is refused")
{
    SourceBed bed;
    const auto opened = bed.open({.position = R"({"cluster_id":"other","topics":{}})"});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::ProgressMismatch);
}

TEST_CASE("records that were deleted before they were read are skipped and told")
{
    SourceBed bed;
    for (int i = 0; i < 6; ++i)
        bed.kafka.produce("telemetry", 0, std::to_string(i));
    rd_kafka_mock_partition_delete_records(bed.kafka.cluster(), "telemetry", 0, 4);
    REQUIRE(bed.openToCatchUp(R"({"cluster_id":"","topics":{"telemetry":{"0":1}}})"));
    REQUIRE(bed.pollToEnd());
    CHECK(bed.delivered.payloads == Texts{"4", "5"});
    const std::scoped_lock lock(bed.logMutex);
    CHECK(std::any_of(bed.log.begin(), bed.log.end(), [](const std::string &line) {
        return line.find("offset 1 is no longer there") != std::string::npos;
    }));
}

TEST_CASE("figures name partitions, positions and lag")
{
    SourceBed bed(2);
    for (int i = 0; i < 3; ++i)
        bed.kafka.produce("telemetry", 1, std::to_string(i));
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(3));
    const SourceFigures figures = bed.source->figures();
    REQUIRE(figures.partitions.size() == 2);
    CHECK(figures.partitions[1].name == "telemetry/1");
    CHECK(figures.partitions[1].position == 3);
    CHECK(figures.partitions[1].end == 3);
    CHECK(figures.partitions[1].lag == 0);
    CHECK(figures.state.empty());
}

TEST_CASE("several topics share one numbering of partitions")
{
    SourceBed bed(2);
    bed.kafka.createTopic("more", 1);
    bed.config.set("topics", ValueList{"telemetry", "more"});
    bed.kafka.produce("more", 0, "m");
    bed.kafka.produce("telemetry", 1, "t");
    REQUIRE(bed.openToCatchUp());
    REQUIRE(bed.pollToEnd());
    REQUIRE(bed.delivered.payloads.size() == 2);
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(bed.delivered.slices[i].partition == (bed.delivered.payloads[i] == "t" ? 1 : 2));
}

TEST_CASE("a sample shows records and leaves no trace in the group")
{
    SourceBed bed(2);
    for (int i = 0; i < 20; ++i)
        bed.kafka.produce("telemetry", i % 2, std::to_string(i));
    const NodeDescriptor *kind = builtInCatalog().find("kafka_source");
    const auto sample = kind->sample(bed.config, {}, 6, {});
    REQUIRE(sample);
    CHECK(sample->size() == 6);
    CHECK(std::find(sample->begin(), sample->end(), "19") != sample->end());
    CHECK(bed.kafka.committed("sluice", "telemetry", 0) == RD_KAFKA_OFFSET_INVALID);
}

TEST_CASE("the probe lists topics, and names what is missing or away")
{
    SourceBed bed(2);
    const NodeDescriptor *kind = builtInCatalog().find("kafka_source");
    const ProbeReport found = kind->probe(bed.config, {}, {});
    CHECK(found.ok);
    CHECK(found.suggestions == Texts{"telemetry"});
    CHECK(found.suggestionsFor == "topics");

    bed.config.set("topics", ValueList{"telemetri"});
    const ProbeReport missing = kind->probe(bed.config, {}, {});
    CHECK_FALSE(missing.ok);
    REQUIRE_FALSE(missing.details.empty());
    CHECK(missing.details[0].find("telemetry") != std::string::npos);
    CHECK(missing.suggestions == Texts{"telemetry"});

    bed.config.set("bootstrap_servers", "127.0.0.1:1");
    const ProbeReport away = kind->probe(bed.config, {}, {});
    CHECK_FALSE(away.ok);
    CHECK_MESSAGE(away.summary.find("nothing answers on the port") != std::string::npos,
                  away.summary);
}
