#include "core/runtime/time_merger.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

TimeTrack track(std::vector<Ticks> events, TickSpan disorder = 0)
{
    TimeTrack made;
    made.events = std::move(events);
    made.disorder = disorder;
    made.partitions.push_back({0, 0, false});
    return made;
}

std::vector<Ticks> values(const Ticks *first, std::size_t count)
{
    return {first, first + count};
}

const auto kSameName = [](std::size_t gate) { return std::to_string(gate); };

} // namespace

TEST_CASE("a watermark follows the largest event time, event by event")
{
    TimeMerger merger(1);
    const auto before = merger.take(0, track({10, 30, 20, 40}, 5));
    CHECK(values(before.own, 4) == std::vector<Ticks>{kNoTicks, 5, 25, 25});
    CHECK(values(before.merged, 4) == std::vector<Ticks>{kNoTicks, 5, 25, 25});
    CHECK(merger.watermark() == 35);
}

TEST_CASE("watermarks are the same wherever batches are cut")
{
    const std::vector<Ticks> events{10, 30, kNoTicks, 20, 40, 35};
    TimeMerger whole(1);
    const auto together = whole.take(0, track(events, 3));
    const auto own = values(together.own, events.size());
    const auto merged = values(together.merged, events.size());
    TimeMerger single(1);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto one = single.take(0, track({events[i]}, 3));
        CHECK(one.own[0] == own[i]);
        CHECK(one.merged[0] == merged[i]);
    }
    CHECK(single.watermark() == whole.watermark());
}

TEST_CASE("the merged watermark is the smallest of all partitions, each counts its own as late")
{
    TimeMerger merger(1);
    TimeTrack two = track({10, 100, 20, 110});
    two.partitions.push_back({0, 1, false});
    two.partitionOf = {0, 1, 0, 1};
    const auto before = merger.take(0, two);
    CHECK(values(before.own, 4) == std::vector<Ticks>{kNoTicks, kNoTicks, 10, 100});
    CHECK(values(before.merged, 4) == std::vector<Ticks>{kNoTicks, kNoTicks, 10, 20});
    CHECK(merger.watermark() == 20);
}

TEST_CASE("a gate that has brought nothing holds the merged watermark back until it ends")
{
    TimeMerger merger(2);
    merger.take(0, track({50}));
    CHECK(merger.watermark() == kNoTicks);
    merger.end(1, true);
    CHECK(merger.watermark() == 50);
    merger.end(0, true);
    CHECK(merger.watermark() == kEndOfTime);
}

TEST_CASE("a source that was only stopped is waited for")
{
    TimeMerger merger(2);
    merger.take(0, track({50}));
    merger.take(1, track({20}));
    merger.end(1, false);
    merger.end(0, true);
    CHECK(merger.watermark() == 20);
}

TEST_CASE("an idle partition is not waited for until it wakes up")
{
    TimeMerger merger(2);
    merger.take(0, track({50}));
    TimeTrack silent;
    silent.partitions.push_back({1, 0, true});
    merger.take(1, silent);
    CHECK(merger.watermark() == 50);
    // What it brings behind the merged watermark is late: windows there have been closed.
    TimeTrack awake = track({30});
    awake.partitions[0].source = 1;
    const auto before = merger.take(1, awake);
    CHECK(before.own[0] == 50);
    CHECK(merger.watermark() == 50);
}

TEST_CASE("a stage's own watermark counts where its rows have none")
{
    TimeMerger merger(1);
    merger.takeWatermark(0, 40);
    TimeTrack rows;
    rows.events = {39, 60};
    auto before = merger.look(0, rows);
    CHECK(before.own[0] == 40);
    rows.own = {45, 55};
    before = merger.look(0, rows);
    CHECK(before.own[1] == 55);
    CHECK(before.merged[1] == 40);
}

TEST_CASE("watermarks go on where they were saved")
{
    const auto sourceName = [](std::uint32_t source) { return "s" + std::to_string(source); };
    const auto sourceIndex = [](const std::string &name) {
        return static_cast<std::uint32_t>(std::stoul(name.substr(1)));
    };
    TimeMerger merger(2);
    merger.take(0, track({50}));
    merger.takeWatermark(1, 30);
    const std::string state = merger.snapshot(kSameName, sourceName);
    TimeMerger restored(2);
    REQUIRE(restored.restore(state, kSameName, sourceIndex));
    CHECK(restored.watermark() == 30);
    CHECK(restored.reached(0) == 50);
    restored.takeWatermark(1, 70);
    CHECK(restored.watermark() == 50);
    for (std::size_t size = 0; size < state.size(); ++size) {
        TimeMerger damaged(2);
        CHECK_FALSE(damaged.restore(state.substr(0, size), kSameName, sourceIndex));
    }
}

namespace {

const auto kSource = [](std::uint32_t) { return std::string("s"); };
const auto kFirst = [](const std::string &) { return std::uint32_t{0}; };

/// Partitions "a/0" and "b/0", numbered in the order that a run saw them.
TimeMerger named(const std::vector<std::string> &names)
{
    return TimeMerger(1, [names](std::uint32_t, std::int32_t partition) {
        const auto place = static_cast<std::size_t>(partition);
        return place < names.size() ? names[place] : std::string();
    });
}

TimeTrack ofPartition(std::int32_t partition, std::vector<Ticks> events)
{
    TimeTrack made = track(std::move(events));
    made.partitions[0].partition = partition;
    return made;
}

} // namespace

TEST_CASE("a saved watermark belongs to the partition's name, whatever number it has now")
{
    TimeMerger merger = named({"a/0", "b/0"});
    merger.take(0, ofPartition(0, {50}));
    merger.take(0, ofPartition(1, {90}));
    const std::string state = merger.snapshot(kSameName, kSource);
    TimeMerger restored = named({"b/0", "a/0"}); // the other topic came first
    REQUIRE(restored.restore(state, kSameName, kFirst));
    CHECK(restored.watermark() == 50);
    TimeTrack both = track({80, 70});
    both.partitions.push_back({0, 1, false});
    both.partitionOf = {0, 1};
    const auto before = restored.take(0, both);
    CHECK(before.own[0] == 90); // b/0 had come to 90
    CHECK(before.own[1] == 50);
    CHECK(restored.watermark() == 70);
}

TEST_CASE("a partition that another member reads now is not waited for")
{
    TimeMerger merger = named({"a/0", "b/0"});
    merger.take(0, ofPartition(0, {50}));
    merger.take(0, ofPartition(1, {90}));
    const std::string state = merger.snapshot(kSameName, kSource);
    TimeMerger restored = named({"b/0"});
    REQUIRE(restored.restore(state, kSameName, kFirst));
    restored.take(0, ofPartition(0, {100}));
    CHECK(restored.watermark() == 100);
}

TEST_CASE("what has come further than the merged watermark is ahead, unless nobody waits for it")
{
    TimeMerger merger = named({"a/0", "a/1", "a/2"});
    TimeTrack tracks = track({10, 30, 40});
    tracks.partitions.push_back({0, 1, false});
    tracks.partitions.push_back({0, 2, false});
    tracks.partitionOf = {0, 1, 2};
    merger.take(0, tracks);
    CHECK(merger.ahead(merger.watermark()) == std::vector<SourcePartition>{{0, 1}, {0, 2}});
    CHECK(merger.ahead(30) == std::vector<SourcePartition>{{0, 2}});
    TimeTrack silent;
    silent.partitions.push_back({0, 2, true});
    merger.take(0, silent);
    CHECK(merger.ahead(merger.watermark()) == std::vector<SourcePartition>{{0, 1}});
    CHECK_FALSE(merger.hasOtherStages());
}

TEST_CASE("a source that knows the time moves all of its partitions on")
{
    TimeMerger merger(1);
    merger.take(0, ofPartition(0, {10}));
    merger.take(0, ofPartition(1, {20}));
    TimeTrack passing;
    passing.disorder = 5;
    passing.watermark = 100;
    passing.partitions.push_back({0, 1, false});
    merger.take(0, passing);
    CHECK(merger.watermark() == 95);
}
