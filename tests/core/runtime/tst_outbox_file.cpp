#include "core/base/random.h"
#include "core/runtime/outbox_file.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace sluice;

namespace {

const ProgressKey kKey{"line", "store"};

class Folder
{
public:
    Folder()
        : m_path(std::filesystem::temp_directory_path() / ("sluice-outbox-" + randomId()))
    {
        std::filesystem::create_directories(m_path);
    }
    ~Folder() { std::filesystem::remove_all(m_path); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    std::string text() const { return m_path.string(); }

private:
    std::filesystem::path m_path;
};

OutboxHandle write(const Folder &folder,
                   const std::vector<std::string> &records,
                   std::uint64_t chunkBytes = kOutboxChunkBytes)
{
    auto writer = OutboxWriter::create(
        realFileSystem(), folder.text(), "outbox-store-7", kKey, 7, chunkBytes);
    REQUIRE(writer);
    for (const std::string &record : records)
        REQUIRE(writer->add(record));
    auto handle = writer->seal();
    REQUIRE(handle);
    return *handle;
}

using Chunks = std::vector<std::vector<std::string>>;

Result<Chunks> read(const Folder &folder, const OutboxHandle &handle, const ProgressKey &key = kKey)
{
    Chunks chunks;
    TRY_ASSIGN(auto reader, OutboxReader::open(realFileSystem(), folder.text(), key, handle));
    while (true) {
        TRY_ASSIGN(const auto records, reader.nextChunk());
        if (records.empty())
            return chunks;
        chunks.emplace_back(records.begin(), records.end());
    }
}

} // namespace

TEST_CASE("an outbox reads back record by record, in chunks of about the size asked for")
{
    const Folder folder;
    const std::string big(3 << 20, 'x');
    const auto handle = write(folder, {"a", big, "", "b", "c"}, 2);
    CHECK(handle.records == 5);
    const auto chunks = read(folder, handle);
    REQUIRE(chunks);
    CHECK(*chunks == Chunks{{"a", big}, {"", "b", "c"}});
}

TEST_CASE("an outbox is readable by its owner alone")
{
    const Folder folder;
    write(folder, {"secret"});
    const auto info = realFileSystem().info(folder.text() + "/outbox-store-7");
    REQUIRE(info);
    CHECK(info->mode == kPrivateFile);
}

TEST_CASE("an outbox with one changed byte is found out, whichever it is")
{
    const Folder folder;
    const auto handle = write(folder, {"one", "two", "three"});
    const std::string path = folder.text() + "/" + handle.name;
    const auto bytes = realFileSystem().readAll(path);
    REQUIRE(bytes);
    for (std::size_t place = 0; place < bytes->size(); ++place) {
        std::string changed = *bytes;
        changed[place] = static_cast<char>(changed[place] ^ 0x10);
        REQUIRE(realFileSystem().replaceAtomically(path, changed));
        const auto outcome = read(folder, handle);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == ErrorCode::OutboxDamaged);
    }
    for (std::size_t size = 0; size < bytes->size(); ++size) {
        REQUIRE(realFileSystem().replaceAtomically(path, bytes->substr(0, size)));
        CHECK_FALSE(read(folder, handle));
    }
    REQUIRE(realFileSystem().replaceAtomically(path, *bytes));
    CHECK(read(folder, handle));
}

TEST_CASE("an outbox of another run, node or epoch is not taken for this one")
{
    const Folder folder;
    auto handle = write(folder, {"one"});
    CHECK_FALSE(read(folder, handle, {"other", "store"}));
    CHECK_FALSE(read(folder, handle, {"line", "other"}));
    handle.epoch = 8;
    CHECK_FALSE(read(folder, handle));
    handle.epoch = 7;
    handle.check ^= 1U;
    CHECK_FALSE(read(folder, handle));
}

TEST_CASE("an outbox that is missing says so")
{
    const Folder folder;
    const auto handle = write(folder, {"one"});
    REQUIRE(realFileSystem().remove(folder.text() + "/" + handle.name));
    const auto outcome = read(folder, handle);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message.find("is missing") != std::string::npos);
}
