#include "ui/shell/run_workspace.h"

#include "ui/document/qt_text.h"

#include <QDir>
#include <QFileInfo>

namespace sluice {

namespace {
const QString kUnsaved = QStringLiteral("untitled.sluice.json");
const QString kHidden = QStringLiteral(".sluice");
} // namespace

void RunWorkspace::reset(const QString &path)
{
    m_path = path;
    if (m_temporary)
        m_left.push_back(std::move(m_temporary));
    m_temporary = path.isEmpty() ? std::make_unique<QTemporaryDir>() : nullptr;
}

Result<void> RunWorkspace::moveTo(const QString &path)
{
    const auto old = std::move(m_temporary);
    m_path = path;
    if (!old)
        return {};
    const QFileInfo target(path);
    const QDir from(old->filePath(kHidden));
    const QDir to(target.absoluteDir().filePath(kHidden));
    const QString left = from.filePath(kUnsaved);
    if (!QFileInfo::exists(left) || QFileInfo::exists(to.filePath(target.fileName())))
        return {};
    const bool made = QDir().mkpath(to.path());
    if (!made || !QDir().rename(left, to.filePath(target.fileName()))) {
        old->setAutoRemove(false);
        return fail(ErrorCode::WorkspaceUnwritable,
                    "the progress of the runs could not be moved to '{}'",
                    toStdString(to.path()))
            .hint("It stays in " + toStdString(left) + ". The next run begins anew.");
    }
    return {};
}

std::string RunWorkspace::pipelinePath() const
{
    return toStdString(m_temporary ? m_temporary->filePath(kUnsaved) : m_path);
}

std::string RunWorkspace::directory() const
{
    return toStdString(m_temporary ? m_temporary->path() : QFileInfo(m_path).absolutePath());
}

} // namespace sluice
