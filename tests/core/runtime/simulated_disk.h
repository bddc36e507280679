#pragma once

#include "core/base/file_system.h"
#include "core/base/random.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::test {

/// A disk in memory that loses, in a crash, what was not synced: of a file's bytes any part behind
/// what its last sync() covered, of names what came behind some point of the folder's journal. It
/// dies at a change that the test chooses, and hands on an image of what survived.
/// Thread: any.
class SimulatedDisk : public FileSystem
{
    struct Inode
    {
        std::uint64_t id = 0;
        std::string synced;
        std::string content;
    };
    using InodePtr = std::shared_ptr<Inode>; // shared by names, open files and the journal
    using Names = std::map<std::string, InodePtr>;

public:
    /// What a careless program would leave out; each is found by the tests.
    struct Faults
    {
        bool syncsNothing = false;
        bool syncsNoNames = false;
    };

    SimulatedDisk() = default;
    explicit SimulatedDisk(Faults faults)
        : m_faults(faults)
    {}

    void dieAt(std::int64_t change) { m_most = change; }
    bool isDead() const { return m_changes > m_most; }

    /// The disk as it may be found after the crash.
    std::unique_ptr<SimulatedDisk> image(Random &random) const
    {
        const std::scoped_lock lock(m_mutex);
        auto disk = std::make_unique<SimulatedDisk>(m_faults);
        Names names = m_syncedNames;
        const std::size_t survived = random.below(m_journal.size() + 1);
        for (std::size_t i = 0; i < survived; ++i)
            m_journal[i].apply(names);
        for (const auto &[path, inode] : names) {
            auto copy = std::make_shared<Inode>(*inode);
            copy->content = survivor(*inode, random);
            copy->synced = copy->content;
            disk->m_names[path] = copy;
        }
        disk->m_syncedNames = disk->m_names;
        disk->m_nextId = m_nextId;
        return disk;
    }

    void put(const std::string &path, const std::string &text)
    {
        const std::scoped_lock lock(m_mutex);
        auto inode = std::make_shared<Inode>();
        *inode = {m_nextId++, text, text};
        m_names[path] = m_syncedNames[path] = inode;
    }
    std::string get(const std::string &path) const
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_names.find(path);
        return it == m_names.end() ? "(no file)" : it->second->content;
    }

    Result<std::unique_ptr<File>> openRead(const std::string &path) override
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_names.find(path);
        if (it == m_names.end())
            return fail(ErrorCode::IoFailed, "cannot open '{}': no such file", path);
        return std::unique_ptr<File>(std::make_unique<Handle>(*this, it->second));
    }
    Result<std::unique_ptr<File>>
    openWrite(const std::string &path, WriteMode mode, unsigned /*permissions*/) override
    {
        const std::scoped_lock lock(m_mutex);
        TRY(change());
        auto &inode = m_names[path];
        if (!inode) {
            inode = std::make_shared<Inode>();
            inode->id = m_nextId++;
            note({Step::Put, path, {}, inode});
        } else if (mode == WriteMode::Replace) {
            inode->content.clear();
        }
        return std::unique_ptr<File>(std::make_unique<Handle>(*this, inode));
    }
    Result<FileInfo> info(const std::string &path) override
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_names.find(path);
        if (it == m_names.end())
            return fail(ErrorCode::IoFailed, "cannot look at '{}': no such file", path);
        return infoOf(*it->second);
    }
    bool exists(const std::string &path) override
    {
        const std::scoped_lock lock(m_mutex);
        return m_names.contains(path) || std::filesystem::is_directory(path);
    }
    /// Folders are real: locks are taken in them.
    Result<void> createDirectories(const std::string &path) override
    {
        return realFileSystem().createDirectories(path);
    }
    Result<void> rename(const std::string &from, const std::string &to) override
    {
        const std::scoped_lock lock(m_mutex);
        TRY(change());
        const Step step{Step::Rename, from, to, nullptr};
        step.apply(m_names);
        note(step);
        return {};
    }
    Result<void> remove(const std::string &path) override
    {
        const std::scoped_lock lock(m_mutex);
        TRY(change());
        const Step step{Step::Remove, path, {}, nullptr};
        step.apply(m_names);
        note(step);
        return {};
    }
    Result<std::vector<std::string>> list(const std::string &directory) override
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<std::string> names;
        for (const auto &[path, inode] : m_names) {
            if (directoryOf(path) == directory)
                names.push_back(fileNameOf(path));
        }
        return names;
    }
    Result<void> syncDirectory(const std::string &path) override
    {
        const std::scoped_lock lock(m_mutex);
        TRY(change());
        if (m_faults.syncsNothing || m_faults.syncsNoNames)
            return {};
        std::vector<Step> rest;
        for (const Step &step : m_journal) {
            if (directoryOf(step.path) == path)
                step.apply(m_syncedNames);
            else
                rest.push_back(step);
        }
        m_journal = std::move(rest);
        return {};
    }

private:
    struct Step
    {
        enum Kind { Put, Rename, Remove };
        Kind kind = Put;
        std::string path;
        std::string to;
        InodePtr inode;
        void apply(Names &names) const
        {
            if (kind == Put) {
                names[path] = inode;
                return;
            }
            const auto it = names.find(path);
            if (it == names.end())
                return;
            const InodePtr moved = it->second;
            names.erase(it);
            if (kind == Rename)
                names[to] = moved;
        }
    };

    class Handle : public File
    {
    public:
        Handle(SimulatedDisk &disk, InodePtr inode)
            : m_disk(disk)
            , m_inode(std::move(inode))
        {}
        Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) override
        {
            const std::scoped_lock lock(m_disk.m_mutex);
            const std::string &text = m_inode->content;
            const std::size_t begin = std::min(static_cast<std::size_t>(offset), text.size());
            const std::size_t n = std::min(size, text.size() - begin);
            std::copy_n(text.data() + begin, n, data);
            return n;
        }
        Result<void> write(std::string_view data) override
        {
            const std::scoped_lock lock(m_disk.m_mutex);
            const auto outcome = m_disk.change();
            m_inode->content += outcome ? data : data.substr(0, data.size() / 2);
            return outcome;
        }
        Result<void> sync() override
        {
            const std::scoped_lock lock(m_disk.m_mutex);
            TRY(m_disk.change());
            if (!m_disk.m_faults.syncsNothing)
                m_inode->synced = m_inode->content;
            return {};
        }
        Result<void> truncate(std::int64_t size) override
        {
            const std::scoped_lock lock(m_disk.m_mutex);
            TRY(m_disk.change());
            m_inode->content.resize(static_cast<std::size_t>(size));
            return {};
        }
        Result<FileInfo> info() override
        {
            const std::scoped_lock lock(m_disk.m_mutex);
            return infoOf(*m_inode);
        }

    private:
        SimulatedDisk &m_disk;
        InodePtr m_inode;
    };

    static FileInfo infoOf(const Inode &inode)
    {
        FileInfo info;
        info.id = {1, inode.id};
        info.size = static_cast<std::int64_t>(inode.content.size());
        info.isRegular = true;
        return info;
    }

    /// What is left of a file: what was synced, and any part of what was written behind it, as
    /// bytes or as zeros that a file system has made room with.
    static std::string survivor(const Inode &inode, Random &random)
    {
        if (!inode.content.starts_with(inode.synced))
            return random.below(2) == 0 ? inode.content : inode.synced; // cut, or written anew
        const std::size_t extra = inode.content.size() - inode.synced.size();
        std::string text = inode.content.substr(0, inode.synced.size() + random.below(extra + 1));
        if (random.below(4) == 0)
            text.replace(
                inode.synced.size(), std::string::npos, text.size() - inode.synced.size(), '\0');
        return text;
    }

    void note(Step step) { m_journal.push_back(std::move(step)); }
    Result<void> change()
    {
        if (++m_changes <= m_most)
            return {};
        return fail(ErrorCode::IoFailed, "the machine has lost its power");
    }

    mutable std::mutex m_mutex;
    Faults m_faults;
    Names m_names;
    Names m_syncedNames;
    std::vector<Step> m_journal; // of names, behind m_syncedNames
    std::uint64_t m_nextId = 1;
    std::atomic<std::int64_t> m_changes = 0;
    std::int64_t m_most = std::int64_t{1} << 40U;
};

} // namespace sluice::test
