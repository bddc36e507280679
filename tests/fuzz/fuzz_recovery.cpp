// What a start after a crash reads: checkpoints, outboxes and the batches in them. Damage is found
// by checks, so each input is tried as it is and with its checks set right.
#include "core/event/batch_codec.h"
#include "core/runtime/checkpoint_file.h"
#include "core/runtime/outbox_file.h"
#include "tests/fuzz/fuzz_target.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <xxhash.h>

using namespace sluice;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// A disk of one reader.
class MemoryFiles : public FileSystem
{
public:
    std::map<std::string, std::string> contents;

    Result<std::unique_ptr<File>> openRead(const std::string &path) override
    {
        return std::unique_ptr<File>(std::make_unique<MemoryFile>(contents[path]));
    }
    Result<std::unique_ptr<File>>
    openWrite(const std::string &path, WriteMode /*mode*/, unsigned /*permissions*/) override
    {
        contents[path].clear();
        return openRead(path);
    }
    Result<FileInfo> info(const std::string &path) override
    {
        return MemoryFile(contents[path]).info();
    }
    bool exists(const std::string &path) override { return contents.contains(path); }
    Result<void> createDirectories(const std::string & /*path*/) override { return {}; }
    Result<void> rename(const std::string & /*from*/, const std::string & /*to*/) override
    {
        return {};
    }
    Result<void> remove(const std::string & /*path*/) override { return {}; }
    Result<std::vector<std::string>> list(const std::string & /*directory*/) override
    {
        return std::vector<std::string>();
    }
    Result<void> syncDirectory(const std::string & /*path*/) override { return {}; }

private:
    class MemoryFile : public File
    {
    public:
        explicit MemoryFile(std::string &text)
            : m_text(text)
        {}
        Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) override
        {
            const auto begin = std::min(static_cast<std::size_t>(offset), m_text.size());
            const std::size_t n = std::min(size, m_text.size() - begin);
            std::memcpy(data, m_text.data() + begin, n);
            return n;
        }
        Result<void> write(std::string_view data) override
        {
            m_text.append(data);
            return {};
        }
        Result<void> sync() override { return {}; }
        Result<void> truncate(std::int64_t size) override
        {
            m_text.resize(static_cast<std::size_t>(size));
            return {};
        }
        Result<FileInfo> info() override
        {
            FileInfo info;
            info.size = static_cast<std::int64_t>(m_text.size());
            return info;
        }

    private:
        std::string &m_text;
    };
};

constexpr std::size_t kFileHead = 12; // magic and version, of both kinds of file
const ProgressKey kKey{"line", "node"};

/// The checks of all records that can be told apart, set right.
std::string repaired(std::string bytes)
{
    constexpr std::size_t kHead = 9;
    constexpr std::size_t kCheck = 8;
    for (std::size_t at = kFileHead; at + kHead + kCheck <= bytes.size();) {
        std::uint64_t size = 0;
        std::memcpy(&size, bytes.data() + at + 1, sizeof(size));
        if (size > bytes.size() - at - kHead - kCheck)
            break;
        const std::uint64_t check = XXH3_64bits(bytes.data() + at, kHead + size);
        std::memcpy(bytes.data() + at + kHead + size, &check, sizeof(check));
        at += kHead + size + kCheck;
    }
    return bytes;
}

void readCheckpoint(const std::string &bytes)
{
    const auto progress = decodeCheckpoint(bytes);
    if (!progress)
        return;
    // What was taken is written and read alike.
    const std::string again = encodeCheckpoint(*progress);
    const auto second = decodeCheckpoint(again);
    require(second && encodeCheckpoint(*second) == again);
}

void readOutbox(const std::string &bytes)
{
    MemoryFiles files;
    files.contents["./outbox"] = bytes;
    OutboxHandle handle{7, "outbox", bytes.size(), 3, 0};
    auto reader = OutboxReader::open(files, ".", kKey, handle);
    if (!reader)
        return;
    std::size_t read = 0;
    while (true) {
        const auto records = reader->nextChunk();
        if (!records || records->empty())
            return;
        for (const std::string_view record : *records) {
            read += record.size();
            (void)decodeBatch(record);
        }
        require(read <= bytes.size());
    }
}

std::string sampleBatch()
{
    Batch batch;
    Schema schema;
    schema.columns = {
        {"n", ColumnType::Long}, {"s", ColumnType::String}, {"d", ColumnType::Dynamic}};
    batch.schema = std::make_shared<Schema>(schema);
    constexpr std::size_t kRows = 4;
    batch.rows = kRows;
    for (const SchemaColumn &column : schema.columns) {
        auto made = takeColumn(column.type, kRows);
        for (std::size_t row = 1; row < kRows; ++row) {
            made->valid[row] = 1;
            if (!made->texts.empty())
                made->texts[row] = "[1, 2]";
        }
        made->tokens.assign(kRows, {});
        made->tokens[2] = "17";
        batch.columns.push_back(std::move(made));
    }
    ByteBuffer bytes;
    const std::vector<std::uint16_t> rows{0, 1, 2, 3};
    encodeBatch(batch, rows, bytes);
    return std::string(bytes.view());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string bytes(reinterpret_cast<const char *>(data), size);
    const std::string mended = repaired(bytes);
    readCheckpoint(bytes);
    readCheckpoint(mended);
    readOutbox(bytes);
    readOutbox(mended);
    const auto batch = decodeBatch(bytes);
    require(!batch || batch->rows <= kBatchRows);
    return 0;
}

std::vector<std::string> fuzzSeeds()
{
    Progress progress;
    progress.epoch = 7;
    progress.lineage = "line";
    progress.positions = {{"in", "{}"}};
    progress.states = {{"windows", std::string(20, 'x')}};
    Schema schema;
    schema.columns = {{"temp", ColumnType::Real}};
    progress.inferred = {{"in", schema}};
    progress.outboxes["out"] = {
        "table", "", 6, {{7, "outbox-out-7", 10, 1, 2}}, PendingOutput::NotApplied};

    MemoryFiles files;
    auto writer = OutboxWriter::create(files, ".", "outbox", kKey, 7, 64);
    require(writer.has_value());
    for (const std::string &record : {sampleBatch(), std::string("plain"), std::string()})
        require(writer->add(record).has_value());
    require(writer->seal().has_value());
    return {encodeCheckpoint(progress), files.contents["./outbox"], sampleBatch(), ""};
}
