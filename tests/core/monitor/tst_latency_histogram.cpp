#include "core/base/latency_histogram.h"

#include <doctest/doctest.h>

#include <memory>
#include <thread>

using namespace sluice;

TEST_CASE("every duration lies below the upper edge of its bucket, by 3.2 % at most")
{
    std::size_t before = 0;
    for (TickSpan span = 0; span < (TickSpan{1} << 39); span += 1 + span / 7) {
        const std::size_t index = latency_buckets::indexOf(span);
        const TickSpan edge = latency_buckets::upperEdge(index);
        CAPTURE(span);
        REQUIRE(edge >= span);
        REQUIRE(static_cast<double>(edge - span) <= 0.032 * static_cast<double>(span));
        REQUIRE(index >= before);
        before = index;
    }
}

TEST_CASE("buckets join without gap or overlap")
{
    for (std::size_t index = 0; index + 1 < latency_buckets::kCount; ++index) {
        const TickSpan edge = latency_buckets::upperEdge(index);
        REQUIRE(latency_buckets::indexOf(edge) == index);
        REQUIRE(latency_buckets::indexOf(edge + 1) == index + 1);
    }
}

TEST_CASE("percentiles follow the ranks")
{
    LatencyCounts counts;
    for (TickSpan span = 1; span <= 60; ++span)
        counts.add(span);
    CHECK(counts.percentile(50) == 30);
    CHECK(counts.percentile(95) == 57);
    CHECK(counts.percentile(100) == 60);
    CHECK(counts.percentile(0) == 1);
    CHECK(counts.max() == 60);
    counts.add(1'000'000, 540);
    CHECK(counts.total() == 600);
    CHECK(counts.percentile(5) == 30);
    CHECK(counts.percentile(99) == 1'000'000); // never beyond the longest one
}

TEST_CASE("nothing measured reads as -1")
{
    const LatencyCounts counts;
    CHECK(counts.percentile(50) == -1);
    CHECK(counts.max() == -1);
}

TEST_CASE("durations out of range fall into the first and the last bucket")
{
    LatencyCounts counts;
    counts.add(-5); // a clock that was set back
    counts.add(kTicksPerDay * 400);
    CHECK(counts.total() == 2);
    CHECK(counts.percentile(50) == 0);
}

TEST_CASE("merge adds up, subtract leaves what came since")
{
    LatencyCounts early;
    early.add(10, 5);
    LatencyCounts late = early;
    late.add(1000, 3);
    LatencyCounts sum = early;
    sum.merge(late);
    CHECK(sum.total() == 13);
    CHECK(sum.max() == 1000);
    late.subtract(early);
    CHECK(late.total() == 3);
    CHECK(late.percentile(1) == 1000);
    LatencyCounts nothing = early;
    nothing.subtract(early);
    CHECK(nothing.percentile(50) == -1);
}

TEST_CASE("a reader sees whole counts while the writer goes on")
{
    const auto histogram = std::make_unique<LatencyHistogram>();
    constexpr std::uint64_t kRounds = 200'000;
    {
        const std::jthread writer([&] {
            for (std::uint64_t i = 0; i < kRounds; ++i)
                histogram->add(static_cast<TickSpan>(i % 1000), 2);
        });
        std::uint64_t before = 0;
        for (int i = 0; i < 100; ++i) {
            const std::uint64_t total = histogram->snapshot().total();
            REQUIRE(total >= before);
            REQUIRE(total % 2 == 0);
            before = total;
        }
    }
    CHECK(histogram->snapshot().total() == 2 * kRounds);
    CHECK(histogram->snapshot().max() == 999);
}
