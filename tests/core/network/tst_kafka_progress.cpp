#include "core/sources/kafka_progress.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("progress survives its text form")
{
    KafkaProgress progress;
    progress.clusterId = "abc";
    progress.topics["telemetry"] = {{0, 12}, {10, 9'000'000'000}};
    progress.topics["empty"];
    CHECK(progress.toJson().find("topic_ids") == std::string::npos);
    progress.topicIds["telemetry"] = "Uk3-";
    const auto read = KafkaProgress::parse(progress.toJson());
    REQUIRE(read);
    CHECK(read->clusterId == "abc");
    CHECK(read->topics == progress.topics);
    CHECK(read->topicIds == progress.topicIds);
    CHECK(read->find({"telemetry", 10}) == 9'000'000'000);
    CHECK(read->find({"telemetry", 1}) == -1);
    CHECK(read->find({"other", 0}) == -1);
    CHECK(read->knowsTopic("empty"));
    CHECK_FALSE(read->knowsTopic("other"));
}

TEST_CASE("damaged progress is told as such")
{
    for (const char *text : {"",
                             "nonsense",
                             "[]",
                             "{}",
                             R"({"topics": 5})",
                             R"({"topic_ids": 5, "topics": {}})",
                             R"({"topic_ids": {"t": 5}, "topics": {}})",
                             R"({"topics": {"t": {"x": 1}}})",
                             R"({"topics": {"t": {"0": "1"}}})"}) {
        CAPTURE(text);
        const auto read = KafkaProgress::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::ProgressDamaged);
    }
}
