#pragma once

#include "core/base/result.h"
#include "core/base/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What identifies a file beyond its name. Two equal ids are one file.
struct FileId
{
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const FileId &, const FileId &) = default;
};

struct FileInfo
{
    FileId id;
    std::int64_t size = 0;
    bool isRegular = false;
    bool isDirectory = false;
    unsigned mode = 0; // permission bits, as chmod has them
    Ticks modifiedAt = 0;
};

/// An open file. Thread: one at a time, except readAt(), which any thread may call.
class File
{
public:
    virtual ~File() = default;
    /// Reads up to `size` bytes at `offset`. @return bytes read; 0 at the end
    virtual Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) = 0;
    /// Appends all of `data`, or fails.
    virtual Result<void> write(std::string_view data) = 0;
    /// Makes what was written survive a power cut. A failure is final: never retried.
    virtual Result<void> sync() = 0;
    virtual Result<void> truncate(std::int64_t size) = 0;
    virtual Result<FileInfo> info() = 0;
};

enum class WriteMode { Replace, Append, CreateNew };

inline constexpr unsigned kSharedFile = 0644;
inline constexpr unsigned kPrivateFile = 0600; // events may hold anything

/// The disk, as the engine reaches it; a test replaces it. Thread: any.
/// Errors: IoFailed with the path and what the system said; DiskFull when there is no room
class FileSystem
{
public:
    virtual ~FileSystem() = default;
    virtual Result<std::unique_ptr<File>> openRead(const std::string &path) = 0;
    /// @param permissions  of a file that is made, or replaced with kPrivateFile
    virtual Result<std::unique_ptr<File>>
    openWrite(const std::string &path, WriteMode mode, unsigned permissions = kSharedFile) = 0;
    virtual Result<FileInfo> info(const std::string &path) = 0;
    virtual bool exists(const std::string &path) = 0;
    virtual Result<void> createDirectories(const std::string &path) = 0;
    virtual Result<void> rename(const std::string &from, const std::string &to) = 0;
    virtual Result<void> remove(const std::string &path) = 0;
    virtual Result<std::vector<std::string>> list(const std::string &directory) = 0;
    virtual Result<void> syncDirectory(const std::string &path) = 0;

    /// The whole of a file. Errors: also when it is larger than `limit` bytes
    Result<std::string> readAll(const std::string &path, std::int64_t limit = 64 << 20);
    /// Writes beside the file, syncs, renames over it, syncs the directory: old or new, never half.
    Result<void> replaceAtomically(const std::string &path,
                                   std::string_view data,
                                   unsigned permissions = kSharedFile);
};

FileSystem &realFileSystem();

/// The folder part of a path ("." when there is none), and its last part.
std::string directoryOf(const std::string &path);
std::string fileNameOf(const std::string &path);
std::string joinPath(const std::string &directory, const std::string &name);

} // namespace sluice
