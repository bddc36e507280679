#include "core/node/partitioned_source.h"
#include "tests/core/network/source_bed.h"

#include <algorithm>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr int kRecords = 300;

/// The records of a partition that were delivered, in order.
std::vector<int> ofPartition(const SourceBed &bed, std::int32_t partition)
{
    std::vector<int> found;
    for (std::size_t i = 0; i < bed.delivered.slices.size(); ++i) {
        if (bed.delivered.slices[i].partition == partition)
            found.push_back(std::stoi(bed.delivered.payloads[i]));
    }
    return found;
}

std::vector<int> countTo(int end)
{
    std::vector<int> numbers(static_cast<std::size_t>(end));
    for (int i = 0; i < end; ++i)
        numbers[static_cast<std::size_t>(i)] = i;
    return numbers;
}

void produce(SourceBed &bed, int first, int end)
{
    for (int i = first; i < end; ++i) {
        for (int partition = 0; partition < 2; ++partition)
            bed.kafka.produce("telemetry", partition, std::to_string(i));
    }
}

} // namespace

TEST_CASE("a partition that is held back delivers nothing, and all of it afterwards")
{
    SourceBed bed(2);
    produce(bed, 0, kRecords);
    REQUIRE(bed.open({}));
    auto *partitions = dynamic_cast<PartitionedSource *>(bed.source.get());
    REQUIRE(partitions != nullptr);
    REQUIRE(bed.pollFor(1)); // some have been fetched, of either
    CHECK(partitions->partitionName(0) == "telemetry/0");
    CHECK(partitions->partitionName(1) == "telemetry/1");
    CHECK(partitions->partitionName(7).empty());
    CHECK(partitions->partitions() == std::vector<std::int32_t>{0, 1});
    partitions->holdBack({1});
    const std::size_t before = ofPartition(bed, 1).size();
    REQUIRE(bed.poll([&] { return ofPartition(bed, 0).size() == kRecords; }));
    CHECK(ofPartition(bed, 1).size() == before);
    produce(bed, kRecords, kRecords + 10); // the one goes on, the other does not
    REQUIRE(bed.poll([&] { return ofPartition(bed, 0).size() == kRecords + 10; }));
    CHECK(ofPartition(bed, 1).size() == before);
    partitions->holdBack({});
    REQUIRE(bed.poll([&] { return ofPartition(bed, 1).size() >= kRecords + 10; }));
    CHECK(ofPartition(bed, 0) == countTo(kRecords + 10));
    CHECK(ofPartition(bed, 1) == countTo(kRecords + 10));
}

TEST_CASE("the position of a partition that is held back is behind what it has delivered")
{
    SourceBed bed(2);
    produce(bed, 0, kRecords);
    REQUIRE(bed.open({}));
    REQUIRE(bed.pollFor(1));
    dynamic_cast<PartitionedSource *>(bed.source.get())->holdBack({1});
    REQUIRE(bed.poll([&] { return ofPartition(bed, 0).size() == kRecords; }));
    const auto delivered = ofPartition(bed, 1);
    const std::string position = bed.source->position();
    REQUIRE(bed.openToCatchUp(position));
    REQUIRE(bed.pollToEnd());
    CHECK(ofPartition(bed, 0).empty());
    std::vector<int> all = delivered;
    const auto rest = ofPartition(bed, 1);
    all.insert(all.end(), rest.begin(), rest.end());
    CHECK(all == countTo(kRecords));
}
