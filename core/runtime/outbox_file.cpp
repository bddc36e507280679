#include "core/runtime/outbox_file.h"

#include "core/base/state_bytes.h"

#include <cstring>
#include <xxhash.h>

namespace sluice {

namespace {

constexpr std::string_view kMagic = "SLUICEOB";
constexpr std::size_t kWriteBytes = 1U << 20U;
constexpr std::size_t kReadBytes = 1U << 20U;
constexpr std::size_t kItemHead = sizeof(std::uint8_t) + sizeof(std::uint64_t);
constexpr std::size_t kItemCheck = sizeof(std::uint64_t);

/// Written to files: never renumber.
constexpr std::uint8_t kHeader = 1;
constexpr std::uint8_t kRecord = 2;
constexpr std::uint8_t kFooter = 255;

std::uint64_t checkOf(std::string_view bytes)
{
    return XXH3_64bits(bytes.data(), bytes.size());
}

/// The check over all records, taken on by one.
std::uint64_t chain(std::uint64_t all, std::uint64_t check)
{
    return XXH3_64bits_withSeed(&check, sizeof(check), all);
}

std::string headerOf(const ProgressKey &key, std::uint64_t epoch, std::uint64_t chunkBytes)
{
    StateWriter header;
    header.putText(key.lineage);
    header.putText(key.node);
    header.put(epoch);
    header.put(chunkBytes);
    return header.take();
}

} // namespace

Result<OutboxWriter> OutboxWriter::create(FileSystem &files,
                                          const std::string &folder,
                                          const std::string &name,
                                          const ProgressKey &key,
                                          std::uint64_t epoch,
                                          std::uint64_t chunkBytes)
{
    OutboxWriter writer;
    writer.m_files = &files;
    writer.m_folder = folder;
    TRY_ASSIGN(writer.m_file,
               files.openWrite(joinPath(folder, name), WriteMode::Replace, kPrivateFile));
    writer.m_handle.epoch = epoch;
    writer.m_handle.name = name;
    writer.m_buffer.append(kMagic);
    StateWriter version;
    version.put(kOutboxVersion);
    writer.m_buffer.append(version.bytes());
    writer.append(kHeader, headerOf(key, epoch, chunkBytes));
    return writer;
}

void OutboxWriter::append(std::uint8_t type, std::string_view payload)
{
    const std::size_t begin = m_buffer.size();
    const std::uint64_t size = payload.size();
    m_buffer.append(static_cast<char>(type));
    m_buffer.append({reinterpret_cast<const char *>(&size), sizeof(size)}); // NOLINT: its bytes
    m_buffer.append(payload);
    const std::uint64_t check = checkOf(m_buffer.view().substr(begin));
    m_buffer.append({reinterpret_cast<const char *>(&check), sizeof(check)}); // NOLINT: its bytes
    if (type != kRecord)
        return;
    ++m_handle.records;
    m_handle.check = chain(m_handle.check, check);
}

Result<void> OutboxWriter::add(std::string_view record)
{
    append(kRecord, record);
    return m_buffer.size() >= kWriteBytes ? flush() : Result<void>();
}

Result<void> OutboxWriter::flush()
{
    if (m_buffer.empty())
        return {};
    if (m_torn) // the next attempt begins where the last one did
        TRY(m_file->truncate(static_cast<std::int64_t>(m_written)));
    m_torn = true;
    TRY(m_file->write(m_buffer.view()));
    m_torn = false;
    m_written += m_buffer.size();
    m_buffer.clear();
    return {};
}

Result<OutboxHandle> OutboxWriter::seal()
{
    if (!m_ended) {
        StateWriter footer;
        footer.put(m_handle.records);
        footer.put(m_handle.check);
        append(kFooter, footer.bytes());
        m_ended = true;
    }
    TRY(flush());
    TRY(m_file->sync());
    TRY(m_files->syncDirectory(m_folder));
    m_handle.bytes = m_written;
    return m_handle;
}

Failure OutboxReader::damaged() const
{
    return fail(ErrorCode::OutboxDamaged,
                "the outbox '{}' of epoch {} is damaged",
                m_path,
                m_handle.epoch)
        .hint("Its events are neither at the destination nor will they be read again. Keep the "
              "folder for a look; --from-start begins anew.");
}

Result<OutboxReader> OutboxReader::open(FileSystem &files,
                                        const std::string &folder,
                                        const ProgressKey &key,
                                        const OutboxHandle &handle)
{
    OutboxReader reader;
    reader.m_path = joinPath(folder, handle.name);
    reader.m_handle = handle;
    if (!files.exists(reader.m_path))
        return fail(ErrorCode::OutboxDamaged, "the outbox '{}' is missing", reader.m_path)
            .hint("Put it back, or begin anew with --from-start.");
    TRY_ASSIGN(reader.m_file, files.openRead(reader.m_path));
    TRY_ASSIGN(const FileInfo info, reader.m_file->info());
    if (static_cast<std::uint64_t>(info.size) != handle.bytes)
        return reader.damaged();
    TRY(reader.need(kMagic.size() + sizeof(kOutboxVersion)));
    std::uint32_t version = 0;
    std::memcpy(&version, reader.m_chunk.data() + kMagic.size(), sizeof(version));
    if (!reader.m_chunk.starts_with(kMagic) || version == 0)
        return reader.damaged();
    if (version > kOutboxVersion)
        return fail(ErrorCode::OutboxDamaged,
                    "the outbox '{}' is of a newer version of Sluice",
                    reader.m_path)
            .hint("Start it with that version.");
    reader.m_place = kMagic.size() + sizeof(version);
    TRY_ASSIGN(const Item header, reader.readItem());
    StateReader in(std::string_view(reader.m_chunk).substr(header.begin, header.size));
    const bool mine = in.getText() == key.lineage && in.getText() == key.node
                      && in.get<std::uint64_t>() == handle.epoch;
    reader.m_chunkBytes = in.get<std::uint64_t>();
    if (header.type != kHeader || !mine || !in.ok() || !in.atEnd())
        return reader.damaged();
    return reader;
}

/// Makes sure that so many bytes from m_place on are in m_chunk.
Result<void> OutboxReader::need(std::uint64_t bytes)
{
    const std::uint64_t left = m_handle.bytes - m_offset;
    const std::uint64_t there = m_chunk.size() - m_place;
    if (there >= bytes)
        return {};
    if (bytes - there > left)
        return damaged();
    const std::uint64_t wanted = std::min(left, std::max<std::uint64_t>(bytes - there, kReadBytes));
    std::uint64_t end = m_chunk.size();
    m_chunk.resize(end + wanted);
    const std::uint64_t until = m_offset + wanted;
    while (m_offset < until) {
        TRY_ASSIGN(const std::size_t n,
                   m_file->readAt(static_cast<std::int64_t>(m_offset),
                                  m_chunk.data() + end,
                                  until - m_offset));
        if (n == 0)
            return damaged();
        end += n;
        m_offset += n;
    }
    return {};
}

Result<OutboxReader::Item> OutboxReader::readItem()
{
    TRY(need(kItemHead));
    Item item;
    item.type = static_cast<std::uint8_t>(m_chunk[m_place]);
    std::memcpy(&item.size, m_chunk.data() + m_place + 1, sizeof(item.size));
    if (item.size > m_handle.bytes)
        return damaged();
    TRY(need(kItemHead + item.size + kItemCheck));
    item.begin = m_place + kItemHead;
    std::uint64_t check = 0;
    std::memcpy(&check, m_chunk.data() + item.begin + item.size, sizeof(check));
    if (check != checkOf(std::string_view(m_chunk).substr(m_place, kItemHead + item.size)))
        return damaged();
    m_place = item.begin + item.size + kItemCheck;
    if (item.type == kRecord) {
        ++m_records;
        m_check = chain(m_check, check);
    }
    return item;
}

Result<std::vector<std::string_view>> OutboxReader::nextChunk()
{
    m_chunk.erase(0, m_place);
    m_place = 0;
    std::vector<Item> items;
    std::uint64_t bytes = 0;
    while (!m_ended && bytes < m_chunkBytes) {
        TRY_ASSIGN(const Item item, readItem());
        if (item.type == kRecord) {
            items.push_back(item);
            bytes += item.size;
            continue;
        }
        StateReader footer(std::string_view(m_chunk).substr(item.begin, item.size));
        const bool whole = item.type == kFooter && footer.get<std::uint64_t>() == m_records
                           && footer.get<std::uint64_t>() == m_check && footer.ok()
                           && footer.atEnd() && m_place == m_chunk.size()
                           && m_offset == m_handle.bytes && m_records == m_handle.records
                           && m_check == m_handle.check;
        if (!whole)
            return damaged();
        m_ended = true;
    }
    std::vector<std::string_view> records;
    records.reserve(items.size());
    for (const Item &item : items)
        records.push_back(std::string_view(m_chunk).substr(item.begin, item.size));
    return records;
}

} // namespace sluice
