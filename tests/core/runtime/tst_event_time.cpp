#include "core/runtime/event_time.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

RawRecords of(std::vector<std::int32_t> partitions)
{
    RawRecords records;
    for (const std::int32_t partition : partitions)
        records.append("{}", 0, partition);
    return records;
}

} // namespace

TEST_CASE("partitions are waited for as soon as the source names them")
{
    PartitionWatch watch;
    watch.start(100, 0);
    PartitionNews news = watch.look(of({0}), {0, 1}, 10);
    CHECK(news.added == std::vector<std::int32_t>{0, 1});
    CHECK(news.idle.empty());
    CHECK(watch.look(of({0}), {0, 1}, 20).empty());
    // One that others read now is not waited for, until it comes back.
    news = watch.look(of({0}), {0}, 30);
    CHECK(news.idle == std::vector<std::int32_t>{1});
    CHECK(watch.look(of({0}), {0, 1}, 40).added == std::vector<std::int32_t>{1});
}

TEST_CASE("a partition is idle when it was silent for longer than the time-out")
{
    PartitionWatch watch;
    watch.start(100, 0);
    watch.look(of({0, 1}), {}, 10);
    watch.look(of({0}), {}, 90);
    CHECK_FALSE(watch.hasSilent(109));
    CHECK(watch.hasSilent(110));
    PartitionNews news;
    watch.addSilent(news, 110);
    CHECK(news.idle == std::vector<std::int32_t>{1});
    CHECK_FALSE(watch.hasSilent(110)); // said once
    watch.look(of({1}), {}, 120);
    CHECK_FALSE(watch.hasSilent(180));
    CHECK(watch.hasSilent(190));
}

TEST_CASE(
    "a source that never delivered anything falls silent too, and none does without a time-out")
{
    PartitionWatch watch;
    watch.start(100, 0);
    PartitionNews news;
    watch.addSilent(news, 100);
    CHECK(news.idle == std::vector<std::int32_t>{PartitionWatch::kNoPartition});
    PartitionWatch patient;
    patient.start(0, 0);
    CHECK_FALSE(patient.hasSilent(1'000'000'000));
}
