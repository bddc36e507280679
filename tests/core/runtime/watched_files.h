#pragma once

#include "core/base/file_system.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace sluice::test {

/// The real disk, whose changes a test lets happen or fail. Thread: any.
class WatchedFiles : public FileSystem
{
public:
    /// Changes that were asked for so far.
    std::int64_t changes() const { return m_changes; }

    Result<std::unique_ptr<File>> openRead(const std::string &path) override
    {
        return realFileSystem().openRead(path);
    }
    Result<std::unique_ptr<File>>
    openWrite(const std::string &path, WriteMode mode, unsigned permissions) override
    {
        TRY(change(true));
        TRY_ASSIGN(auto file, realFileSystem().openWrite(path, mode, permissions));
        return std::unique_ptr<File>(std::make_unique<WatchedFile>(*this, std::move(file)));
    }
    Result<FileInfo> info(const std::string &path) override { return realFileSystem().info(path); }
    bool exists(const std::string &path) override { return realFileSystem().exists(path); }
    Result<void> createDirectories(const std::string &path) override
    {
        return realFileSystem().createDirectories(path);
    }
    Result<void> rename(const std::string &from, const std::string &to) override
    {
        TRY(change());
        return realFileSystem().rename(from, to);
    }
    Result<void> remove(const std::string &path) override
    {
        TRY(change());
        return realFileSystem().remove(path);
    }
    Result<std::vector<std::string>> list(const std::string &directory) override
    {
        return realFileSystem().list(directory);
    }
    Result<void> syncDirectory(const std::string &path) override
    {
        TRY(change());
        return realFileSystem().syncDirectory(path);
    }

private:
    class WatchedFile : public File
    {
    public:
        WatchedFile(WatchedFiles &files, std::unique_ptr<File> file)
            : m_files(files)
            , m_file(std::move(file))
        {}
        Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) override
        {
            return m_file->readAt(offset, data, size);
        }
        Result<void> write(std::string_view data) override
        {
            const auto outcome = m_files.change(true);
            // The crash comes in the middle of a write.
            TRY(m_file->write(outcome ? data : data.substr(0, data.size() / 2)));
            return outcome;
        }
        Result<void> sync() override
        {
            TRY(m_files.change());
            return m_file->sync();
        }
        Result<void> truncate(std::int64_t size) override
        {
            TRY(m_files.change());
            return m_file->truncate(size);
        }
        Result<FileInfo> info() override { return m_file->info(); }

    private:
        WatchedFiles &m_files;
        std::unique_ptr<File> m_file;
    };

    Result<void> change(bool needsRoom = false) { return judge(++m_changes, needsRoom); }
    /// Whether the n-th change happens.
    virtual Result<void> judge(std::int64_t change, bool needsRoom) = 0;

    std::atomic<std::int64_t> m_changes = 0;
};

/// The disk of a process that dies at its n-th change of it: that change and all later ones fail.
/// What was done before stays.
class CrashingFiles : public WatchedFiles
{
public:
    /// @param most  changes that still happen
    explicit CrashingFiles(std::int64_t most)
        : m_most(most)
    {}
    bool crashed() const { return changes() > m_most; }

private:
    Result<void> judge(std::int64_t change, bool /*needsRoom*/) override
    {
        if (change <= m_most)
            return {};
        return fail(ErrorCode::IoFailed, "the process has died");
    }

    const std::int64_t m_most;
};

/// A disk that is full whenever a test says so.
class FullFiles : public WatchedFiles
{
public:
    void setFull(bool full) { m_full = full; }

private:
    Result<void> judge(std::int64_t /*change*/, bool needsRoom) override
    {
        if (!m_full || !needsRoom)
            return {};
        return fail(ErrorCode::DiskFull, "no space is left");
    }

    std::atomic<bool> m_full = false;
};

} // namespace sluice::test
