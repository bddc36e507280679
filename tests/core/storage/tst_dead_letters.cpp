#include "core/storage/dead_letters.h"
#include "tests/core/storage/child_process.h"
#include "tests/core/storage/scratch.h"

#include <unistd.h>

using namespace sluice;
using namespace sluice::test;

namespace {

DeadLetter letter(const std::string &payload)
{
    DeadLetter made;
    made.at = 17'000'000'000'000'000;
    made.node = "decode";
    made.source = "sensors";
    made.partition = 3;
    made.offset = 1LL << 40;
    made.code = ErrorCode::NotAnObject;
    made.message = "this is no JSON object";
    made.payload = payload;
    return made;
}

bool onlyOwnerMayRead(const std::string &path)
{
    using std::filesystem::perms;
    return std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write);
}

} // namespace

TEST_CASE("a store without letters makes no file")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path("run"), registry);
    CHECK(must(store.count()) == 0);
    CHECK(must(store.list(10)).empty());
    must(store.append({}));
    must(store.flush());
    CHECK_FALSE(std::filesystem::exists(store.path()));
}

TEST_CASE("letters come back as they were, latest first, with raw bytes")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path("run/deep"), registry);
    const std::string raw("\x00\xFF{not json\n", 12);
    must(store.append({letter("first"), letter(raw)}));
    must(store.append({letter("")}));
    CHECK(must(store.count()) == 3);
    must(store.flush());
    const auto letters = must(store.list(10));
    REQUIRE(letters.size() == 3);
    CHECK(letters[0].id == 3);
    CHECK(letters[0].payload.empty());
    const DeadLetter &second = letters[1];
    CHECK(second.id == 2);
    CHECK(second.at == 17'000'000'000'000'000);
    CHECK(second.node == "decode");
    CHECK(second.source == "sensors");
    CHECK(second.partition == 3);
    CHECK(second.offset == 1LL << 40);
    CHECK(second.code == ErrorCode::NotAnObject);
    CHECK(second.message == "this is no JSON object");
    CHECK(second.payload == raw);
    CHECK(second.payloadSize == 12);
    CHECK_FALSE(second.truncated);
    CHECK(must(store.list(1, 2)).at(0).payload == "first");
}

TEST_CASE("a long payload is cut and says how long it was")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path(), registry);
    DeadLetter cutBefore = letter("head");
    cutBefore.payloadSize = 5'000'000; // the source kept its beginning only
    must(store.append({letter(std::string(DeadLetterStore::kMaxPayload + 5, 'x')),
                       letter(std::string(DeadLetterStore::kMaxPayload, 'y')),
                       cutBefore}));
    must(store.flush());
    const auto letters = must(store.list(3));
    CHECK(letters[2].payload.size() == DeadLetterStore::kMaxPayload);
    CHECK(letters[2].payloadSize == static_cast<std::int64_t>(DeadLetterStore::kMaxPayload) + 5);
    CHECK(letters[2].truncated);
    CHECK_FALSE(letters[1].truncated);
    CHECK(letters[0].truncated);
    CHECK(letters[0].payloadSize == 5'000'000);
}

TEST_CASE("only the owner may read the letters, log included")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path(), registry);
    must(store.append({letter("secret")}));
    must(store.flush());
    CHECK(onlyOwnerMayRead(store.path()));
    REQUIRE(std::filesystem::exists(store.path() + ".wal"));
    CHECK(onlyOwnerMayRead(store.path() + ".wal"));
}

TEST_CASE("words that are no UTF-8 do not lose the letter")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path(), registry);
    DeadLetter odd = letter("x");
    odd.message = "near '\xFF\xFE'";
    must(store.append({odd}));
    must(store.flush());
    CHECK(must(store.list(1)).at(0).message
          == "near '?"
             "?'");
}

TEST_CASE("numbers go on after a restart, and a second store of the process sees the letters")
{
    const Scratch scratch;
    DatabaseRegistry registry;
    {
        DeadLetterStore store(scratch.path(), registry);
        must(store.append({letter("a")}));
        must(store.flush());
        must(store.append({letter("never flushed")}));
    }
    DeadLetterStore store(scratch.path(), registry);
    DeadLetterStore window(scratch.path(), registry);
    must(store.append({letter("b")}));
    CHECK(must(window.count()) == 1);
    must(store.flush());
    CHECK(must(window.count()) == 2);
    CHECK(must(window.list(1)).at(0).id == 2);
    must(store.append({letter("c")}));
    must(store.flush());
    CHECK(must(window.list(1)).at(0).payload == "c");
}

TEST_CASE("child: keeps letters and dies" * doctest::skip())
{
    DatabaseRegistry registry;
    DeadLetterStore store(childArgument(), registry);
    must(store.append({letter("kept"), letter("kept too")}));
    must(store.flush());
    must(store.append({letter("lost")}));
    _exit(0);
}

TEST_CASE("flushed letters survive a kill")
{
    const Scratch scratch;
    ChildProcess child("child: keeps letters and dies", scratch.path());
    REQUIRE(child.wait() == 0);
    DatabaseRegistry registry;
    DeadLetterStore store(scratch.path(), registry);
    const auto letters = must(store.list(10));
    REQUIRE(letters.size() == 2);
    CHECK(letters[0].payload == "kept too");
}
