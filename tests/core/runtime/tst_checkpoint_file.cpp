#include "core/runtime/checkpoint_file.h"

#include <doctest/doctest.h>

#include <xxhash.h>

using namespace sluice;

namespace {

Progress sample()
{
    Progress progress;
    progress.epoch = 57;
    progress.positions = {{"a", R"({"offset":12})"}, {"b", R"({"offset":0})"}};
    Schema schema;
    schema.columns = {{"temp", ColumnType::Real}, {"when", ColumnType::Datetime}};
    progress.inferred = {{"a", schema}};
    progress.states = {{"windows", std::string("\0\1state", 7)}};
    progress.lineage = "b2c4";
    progress.exactlyOnce = true;
    progress.outboxes["store"] = {
        "table 't'", "{}", 55, {{56, "outbox-store-56", 900, 3, 77}, {57, "", 0, 0, 0}}};
    return progress;
}

} // namespace

TEST_CASE("a checkpoint reads back as it was written")
{
    const auto read = decodeCheckpoint(encodeCheckpoint(sample()));
    REQUIRE(read);
    CHECK(read->epoch == 57);
    CHECK(read->positions == sample().positions);
    CHECK(read->states == sample().states);
    CHECK(read->inferred.at("a").columns == sample().inferred.at("a").columns);
    CHECK(read->inferred.at("a").open);
    CHECK(read->lineage == "b2c4");
    CHECK(read->exactlyOnce);
    CHECK(read->outboxes == sample().outboxes);
}

TEST_CASE("a checkpoint that was cut anywhere is damaged")
{
    const std::string bytes = encodeCheckpoint(sample());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(decodeCheckpoint(std::string_view(bytes).substr(0, size)));
    CHECK_FALSE(decodeCheckpoint(bytes + "x"));
}

TEST_CASE("a checkpoint with one changed byte is damaged, whichever it is")
{
    const std::string bytes = encodeCheckpoint(sample());
    for (std::size_t place = 0; place < bytes.size(); ++place) {
        std::string changed = bytes;
        changed[place] = static_cast<char>(changed[place] ^ 0x20);
        CHECK_FALSE(decodeCheckpoint(changed));
    }
}

TEST_CASE("a checkpoint of the first version is read: it had no outboxes")
{
    // {"a": offset 12} at epoch 57, as that version wrote it.
    const std::string hex = "534c554943454350010000000108000000000000003900000000000000";
    const auto byte = [&](std::size_t i) {
        return static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    };
    std::string head;
    for (std::size_t i = 0; i < hex.size() / 2; ++i)
        head += byte(i);
    const auto check = [](const std::string &bytes) {
        const std::uint64_t value = XXH3_64bits(bytes.data(), bytes.size());
        return std::string(reinterpret_cast<const char *>(&value), sizeof(value)); // NOLINT
    };
    constexpr std::size_t kRecordBegin = 12;
    std::string bytes = head + check(head.substr(kRecordBegin));
    std::string footer("\xff\x10\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 17);
    footer += check(bytes);
    bytes += footer + check(footer);
    const auto read = decodeCheckpoint(bytes);
    REQUIRE(read);
    CHECK(read->epoch == 57);
    CHECK(read->lineage.empty());
    CHECK_FALSE(read->exactlyOnce);
}
