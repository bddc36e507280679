#include "core/destinations/kafka_marker.h"
#include "core/destinations/kafka_record.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sluice;

namespace {

struct Message
{
    bool hasKey = false;
    std::string key;
    std::string payload;
    friend bool operator==(const Message &, const Message &) = default;
};

std::string write(const std::vector<Message> &messages)
{
    ByteBuffer bytes;
    KafkaRecordWriter writer(bytes, messages.size());
    for (const Message &message : messages)
        writer.add({message.key, message.hasKey, message.payload});
    return std::string(bytes.view());
}

std::vector<Message> read(std::string_view record, bool &damaged)
{
    KafkaRecordReader reader(record);
    std::vector<Message> messages;
    for (KafkaOutMessage message; reader.next(message);)
        messages.push_back(
            {message.hasKey, std::string(message.key), std::string(message.payload)});
    damaged = reader.damaged();
    return messages;
}

const std::vector<Message> kMessages = {{true, "k", R"({"a":1})"},
                                        {false, "", R"({"a":2})"},
                                        {true, "", ""},
                                        {true, "long", std::string(300, 'x')}};

} // namespace

TEST_CASE("messages come out of a record as they went in")
{
    bool damaged = true;
    CHECK(read(write(kMessages), damaged) == kMessages);
    CHECK_FALSE(damaged);
    CHECK(read(write({}), damaged).empty());
    CHECK_FALSE(damaged);
}

TEST_CASE("a record that is cut short, or has more behind it, is found damaged")
{
    const std::string record = write(kMessages);
    for (std::size_t size = 0; size < record.size(); ++size) {
        // A copy of its own size: a sanitizer sees a byte that is read behind it.
        const std::vector<char> cut(record.begin(),
                                    record.begin() + static_cast<std::ptrdiff_t>(size));
        bool damaged = false;
        (void)read({cut.data(), cut.size()}, damaged);
        CAPTURE(size);
        CHECK(damaged);
    }
    bool damaged = false;
    (void)read(record + 'x', damaged);
    CHECK(damaged);
}

TEST_CASE("a record with any byte changed is read without harm")
{
    const std::string record = write(kMessages);
    for (std::size_t at = 0; at < record.size(); ++at) {
        for (const int bit : {0, 3, 6, 7}) {
            std::vector<char> flipped(record.begin(), record.end());
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            bool damaged = false;
            CHECK(read({flipped.data(), flipped.size()}, damaged).size() <= record.size());
        }
    }
}

TEST_CASE("a record of another format is refused")
{
    std::string record = write(kMessages);
    record[0] = 2;
    bool damaged = false;
    CHECK(read(record, damaged).empty());
    CHECK(damaged);
}

TEST_CASE("a marker survives its text form, with progress and without")
{
    KafkaMarker marker{.incarnation = 7, .owner = "abc", .applied = AppliedMark{57, 3}};
    auto found = KafkaMarker::parse(marker.toJson());
    REQUIRE(found);
    CHECK(found->incarnation == 7);
    CHECK(found->owner == "abc");
    CHECK(found->applied == AppliedMark{57, 3});

    marker.applied.reset();
    found = KafkaMarker::parse(marker.toJson());
    REQUIRE(found);
    CHECK_FALSE(found->applied);
}

TEST_CASE("what is no marker is told as damaged progress")
{
    for (const char *text : {"",
                             "epoch=2",
                             "[]",
                             R"({"incarnation":1})",
                             R"({"incarnation":-1,"owner":"a"})",
                             R"({"incarnation":1,"owner":"a","epoch":3})",
                             R"({"incarnation":1,"owner":2,"epoch":3,"chunks":0})"}) {
        CAPTURE(text);
        const auto marker = KafkaMarker::parse(text);
        REQUIRE_FALSE(marker);
        CHECK(marker.error().code == ErrorCode::ProgressDamaged);
    }
}
