#include "core/base/file_system.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice {

namespace {

Failure systemError(const std::string &what, const std::string &path)
{
    const int cause = errno;
    if (cause == ENOSPC || cause == EDQUOT)
        return fail(ErrorCode::DiskFull, "cannot {} '{}': no space is left", what, path)
            .hint("Make room on that disk.");
    return fail(ErrorCode::IoFailed, "cannot {} '{}': {}", what, path, std::strerror(cause));
}

FileInfo toInfo(const struct stat &status)
{
    return {{status.st_dev, status.st_ino},
            status.st_size,
            S_ISREG(status.st_mode),
            S_ISDIR(status.st_mode),
            status.st_mode & 07777U,
            status.st_mtim.tv_sec * kTicksPerSecond + status.st_mtim.tv_nsec / 100};
}

class RealFile : public File
{
public:
    RealFile(int descriptor, std::string path)
        : m_descriptor(descriptor)
        , m_path(std::move(path))
    {}
    ~RealFile() override { close(m_descriptor); }
    RealFile(const RealFile &) = delete;
    RealFile &operator=(const RealFile &) = delete;

    Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) override
    {
        while (true) {
            const ssize_t n = pread(m_descriptor, data, size, offset);
            if (n >= 0)
                return static_cast<std::size_t>(n);
            if (errno != EINTR)
                return systemError("read", m_path);
        }
    }

    Result<void> write(std::string_view data) override
    {
        while (!data.empty()) {
            const ssize_t n = ::write(m_descriptor, data.data(), data.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return systemError("write to", m_path);
            data.remove_prefix(static_cast<std::size_t>(n));
        }
        return {};
    }

    Result<void> sync() override
    {
        if (fdatasync(m_descriptor) == 0 || errno == EINVAL || errno == EROFS)
            return {};
        // Never DiskFull: what a failed sync has lost is not known, so that it ends the run.
        return fail(ErrorCode::IoFailed, "cannot sync '{}': {}", m_path, std::strerror(errno));
    }

    Result<void> truncate(std::int64_t size) override
    {
        if (ftruncate(m_descriptor, size) != 0)
            return systemError("cut", m_path);
        return {};
    }

    Result<FileInfo> info() override
    {
        struct stat status
        {};
        if (fstat(m_descriptor, &status) != 0)
            return systemError("look at", m_path);
        return toInfo(status);
    }

private:
    int m_descriptor;
    std::string m_path;
};

class RealFileSystem : public FileSystem
{
public:
    Result<std::unique_ptr<File>> openRead(const std::string &path) override
    {
        return open(path, O_RDONLY | O_CLOEXEC, 0, "open");
    }

    Result<std::unique_ptr<File>>
    openWrite(const std::string &path, WriteMode mode, unsigned permissions) override
    {
        int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND;
        if (mode == WriteMode::Replace)
            flags |= O_TRUNC;
        else if (mode == WriteMode::CreateNew)
            flags |= O_EXCL;
        TRY_ASSIGN(auto file, open(path, flags, permissions, "write"));
        // One that was there keeps the rights it had.
        if (permissions == kPrivateFile && chmod(path.c_str(), permissions) != 0)
            return systemError("set the rights of", path);
        return file;
    }

    Result<FileInfo> info(const std::string &path) override
    {
        struct stat status
        {};
        if (stat(path.c_str(), &status) != 0)
            return systemError("look at", path);
        return toInfo(status);
    }

    bool exists(const std::string &path) override { return access(path.c_str(), F_OK) == 0; }

    Result<void> createDirectories(const std::string &path) override
    {
        std::error_code error;
        std::filesystem::create_directories(path, error);
        if (error)
            return fail(
                ErrorCode::IoFailed, "cannot create the folder '{}': {}", path, error.message());
        return {};
    }

    Result<void> rename(const std::string &from, const std::string &to) override
    {
        if (::rename(from.c_str(), to.c_str()) != 0)
            return systemError("rename to", to);
        return {};
    }

    Result<void> remove(const std::string &path) override
    {
        if (unlink(path.c_str()) != 0 && errno != ENOENT)
            return systemError("remove", path);
        return {};
    }

    Result<std::vector<std::string>> list(const std::string &directory) override
    {
        std::vector<std::string> names;
        std::error_code error;
        for (std::filesystem::directory_iterator it(directory, error), end; !error && it != end;
             it.increment(error))
            names.push_back(it->path().filename().string());
        if (error)
            return fail(
                ErrorCode::IoFailed, "cannot list the folder '{}': {}", directory, error.message());
        return names;
    }

    Result<void> syncDirectory(const std::string &path) override
    {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0)
            return systemError("open the folder", path);
        const int outcome = fsync(descriptor);
        close(descriptor);
        if (outcome != 0 && errno != EINVAL)
            return systemError("sync the folder", path);
        return {};
    }

private:
    static Result<std::unique_ptr<File>>
    open(const std::string &path, int flags, mode_t mode, const char *verb)
    {
        const int descriptor = ::open(path.c_str(), flags, mode);
        if (descriptor < 0)
            return systemError(verb, path);
        return std::unique_ptr<File>(std::make_unique<RealFile>(descriptor, path));
    }
};

} // namespace

FileSystem &realFileSystem()
{
    static RealFileSystem fileSystem;
    return fileSystem;
}

Result<std::string> FileSystem::readAll(const std::string &path, std::int64_t limit)
{
    TRY_ASSIGN(const auto file, openRead(path));
    TRY_ASSIGN(const FileInfo status, file->info());
    if (status.isDirectory)
        return fail(ErrorCode::IoFailed, "'{}' is a folder, not a file", path);
    if (status.size > limit)
        return fail(ErrorCode::IoFailed, "'{}' is larger than {} bytes", path, limit);
    std::string text(static_cast<std::size_t>(status.size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        TRY_ASSIGN(
            const std::size_t n,
            file->readAt(static_cast<std::int64_t>(done), text.data() + done, text.size() - done));
        if (n == 0)
            break;
        done += n;
    }
    text.resize(done);
    return text;
}

Result<void>
FileSystem::replaceAtomically(const std::string &path, std::string_view data, unsigned permissions)
{
    const std::string partial = path + ".partial";
    {
        TRY_ASSIGN(const auto file, openWrite(partial, WriteMode::Replace, permissions));
        TRY(file->write(data));
        TRY(file->sync());
    }
    TRY(rename(partial, path));
    return syncDirectory(directoryOf(path));
}

std::string directoryOf(const std::string &path)
{
    const auto slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string fileNameOf(const std::string &path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string joinPath(const std::string &directory, const std::string &name)
{
    if (directory.empty() || (!name.empty() && name.front() == '/'))
        return name;
    return directory.back() == '/' ? directory + name : directory + "/" + name;
}

} // namespace sluice
