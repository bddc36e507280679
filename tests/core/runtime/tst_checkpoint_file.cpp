#include "core/runtime/checkpoint_file.h"

#include <doctest/doctest.h>

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
