#pragma once

#include "core/base/result.h"

#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// Where the runs of the open pipeline leave what they leave. A pipeline that was never saved has
/// a folder of its own that goes with it; saving moves its progress beside the file.
class RunWorkspace
{
public:
    /// Another pipeline is open. @param path  its file; empty: none yet
    void reset(const QString &path);
    /// The open pipeline was saved to a file: what its runs wrote moves beside it, with their
    /// progress, or stays where it is as a whole. Not while a run is active.
    /// Errors: WorkspaceUnwritable
    Result<void> moveTo(const QString &path);
    /// Whether the runs write into a folder that goes with the window.
    bool isTemporary() const { return m_temporary != nullptr; }
    /// Names of the tables and files that would go with it.
    QStringList temporaryFiles() const;

    /// The run that may still have written into the folder of an earlier pipeline is over.
    void runEnded() { m_left.clear(); }

    /// The path the engine is told; of a file that need not exist.
    std::string pipelinePath() const;
    /// The folder that relative paths of the pipeline are relative to.
    std::string directory() const;

private:
    QString m_path;
    std::unique_ptr<QTemporaryDir> m_temporary; // while there is no file
    // Of pipelines that are closed; a run that still drains may write there.
    std::vector<std::unique_ptr<QTemporaryDir>> m_left;
};

} // namespace sluice
