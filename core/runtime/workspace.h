#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/runtime/checkpoint_file.h"
#include "core/runtime/process_lock.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice {

/// The hidden folder of what runs of one pipeline leave behind: .sluice/<file name>/ beside the
/// file or in the folder that --workspace names. Held by one process at a time.
/// Thread: one at a time.
class Workspace
{
public:
    /// Creates the folder and takes its lock.
    /// Errors: WorkspaceUnwritable (names --workspace), WorkspaceLocked with the holder's pid
    static Result<std::unique_ptr<Workspace>>
    open(const std::string &pipelinePath,
         const std::string &workspaceOption,
         FileSystem &files,
         ProcessLock::Held held = ProcessLock::Held::Fail);
    /// The folder that open() would take, made or not.
    static std::string folderOf(const std::string &pipelinePath,
                                const std::string &workspaceOption);

    const std::string &folder() const { return m_folder; }

    /// Names of the checkpoint files in a folder, newest first.
    static Result<std::vector<std::string>> checkpointNames(const std::string &folder,
                                                            FileSystem &files);
    static std::uint64_t epochOf(const std::string &checkpointName);

    /// The newest checkpoint that is whole; nothing when there is none at all.
    /// @param skipped  receives a line for each damaged one that was passed over; may be null
    /// Errors: ProgressDamaged when there are some and none is whole
    Result<std::optional<Progress>> loadProgress(std::vector<std::string> *skipped = nullptr) const;
    /// Writes the checkpoint of an epoch: the rename of its file is the commit point. The last
    /// three are kept. @return bytes of the file
    Result<std::uint64_t> saveProgress(const Progress &progress);
    /// Removes checkpoints, then outboxes: the next run begins anew.
    Result<void> clearProgress();
    /// Removes outbox files of epochs that never came to their commit point.
    Result<void> removeOutboxes(const std::set<std::string> &except);

private:
    Workspace(std::string folder, ProcessLock lock, FileSystem &files)
        : m_folder(std::move(folder))
        , m_lock(std::move(lock))
        , m_files(&files)
    {}

    std::string checkpointPath(std::uint64_t epoch) const;

    std::string m_folder;
    ProcessLock m_lock;
    FileSystem *m_files;
};

} // namespace sluice
