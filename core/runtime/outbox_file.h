#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/event/byte_buffer.h"
#include "core/node/exactly_once.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

inline constexpr std::uint32_t kOutboxVersion = 1;
/// Bytes of an outbox that go to the target as one atomic step, about: an epoch of an hour must not
/// become one transaction.
inline constexpr std::uint64_t kOutboxChunkBytes = std::uint64_t{64} << 20U;

/// What a checkpoint says of one outbox: enough to know it again, and every byte of it.
struct OutboxHandle
{
    std::uint64_t epoch = 0;
    std::string name; // in the workspace folder; empty: the epoch put nothing out
    std::uint64_t bytes = 0;
    std::uint64_t records = 0;
    std::uint64_t check = 0; // over the checks of all records
    friend bool operator==(const OutboxHandle &, const OutboxHandle &) = default;
};

/// The output of one node in one epoch, as a file of records.
///
///   "SLUICEOB" version(u32)  header  record*  footer
///   each: type(u8) size(u64) payload  check(u64: XXH3 of type, size and payload)
///   header: lineage, node, epoch, bytes of a chunk;  footer: number of records, check over all
///
/// Thread: one at a time.
class OutboxWriter
{
public:
    /// Makes the file, also over one that a crash has left. Errors: IoFailed, DiskFull
    static Result<OutboxWriter> create(FileSystem &files,
                                       const std::string &folder,
                                       const std::string &name,
                                       const ProgressKey &key,
                                       std::uint64_t epoch,
                                       std::uint64_t chunkBytes = kOutboxChunkBytes);

    /// Takes a record. Errors: DiskFull: the record is kept, call flush() when there is room;
    /// IoFailed
    Result<void> add(std::string_view record);
    /// Writes what waits in memory. Errors: as add(); nothing is written twice
    Result<void> flush();
    /// Writes the end and makes file and name durable. Errors: as add(); a failed sync is final
    Result<OutboxHandle> seal();

    std::uint64_t bytes() const { return m_written + m_buffer.size(); }

private:
    OutboxWriter() = default;
    void append(std::uint8_t type, std::string_view payload);

    FileSystem *m_files = nullptr;
    std::string m_folder;
    std::unique_ptr<File> m_file;
    OutboxHandle m_handle;
    ByteBuffer m_buffer;
    std::uint64_t m_written = 0;
    bool m_torn = false;  // part of a write that failed may be behind m_written
    bool m_ended = false; // the footer is in the buffer or written
};

/// Reads an outbox, chunk after chunk. Thread: one at a time.
class OutboxReader
{
public:
    /// Errors: OutboxDamaged when it is missing or not the one of `handle`
    static Result<OutboxReader> open(FileSystem &files,
                                     const std::string &folder,
                                     const ProgressKey &key,
                                     const OutboxHandle &handle);

    /// The records of the next chunk, valid until the next call; empty at the end, which has then
    /// been found to be whole. Errors: OutboxDamaged
    Result<std::vector<std::string_view>> nextChunk();

private:
    OutboxReader() = default;
    struct Item
    {
        std::uint8_t type = 0;
        std::uint64_t begin = 0; // of the payload in m_chunk
        std::uint64_t size = 0;
    };
    Result<Item> readItem();
    Result<void> need(std::uint64_t bytes);
    Failure damaged() const;

    std::string m_path;
    std::unique_ptr<File> m_file;
    OutboxHandle m_handle;
    std::uint64_t m_chunkBytes = kOutboxChunkBytes;
    std::string m_chunk;         // bytes of the file from m_offset - m_chunk.size() on
    std::uint64_t m_offset = 0;  // in the file: what is read next
    std::uint64_t m_place = 0;   // in m_chunk: what is looked at next
    std::uint64_t m_records = 0; // seen
    std::uint64_t m_check = 0;
    bool m_ended = false;
};

} // namespace sluice
