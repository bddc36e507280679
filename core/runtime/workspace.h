#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/event/schema.h"

#include <map>
#include <optional>
#include <string>

namespace sluice {

/// Where a run stood at its last commit point.
struct Progress
{
    std::uint64_t epoch = 0;
    std::map<std::string, std::string> positions; // JSON text of each source, by node id
    std::map<std::string, Schema> inferred;       // so that a restart types alike
};

/// The hidden folder of what runs of one pipeline leave behind: .sluice/<file name>/ beside the
/// file or in the folder that --workspace names. Held by one process at a time.
/// Thread: one at a time.
class Workspace
{
public:
    ~Workspace();
    Workspace(const Workspace &) = delete;
    Workspace &operator=(const Workspace &) = delete;

    /// Creates the folder and takes its lock.
    /// Errors: WorkspaceUnwritable (names --workspace), WorkspaceLocked with the holder's pid
    static Result<std::unique_ptr<Workspace>>
    open(const std::string &pipelinePath, const std::string &workspaceOption, FileSystem &files);

    const std::string &folder() const { return m_folder; }

    /// Nothing when there is no progress. Errors: ProgressDamaged
    Result<std::optional<Progress>> loadProgress() const;
    /// The rename of the new file is the commit point.
    Result<void> saveProgress(const Progress &progress);
    Result<void> clearProgress();

private:
    Workspace(std::string folder, int lock, FileSystem &files)
        : m_folder(std::move(folder))
        , m_lock(lock)
        , m_files(&files)
    {}

    std::string progressPath() const;

    std::string m_folder;
    int m_lock; // descriptor; the lock goes with it
    FileSystem *m_files;
};

} // namespace sluice
