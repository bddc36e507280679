#include "ui/shell/run_workspace.h"

#include "ui/document/qt_text.h"

#include <QDir>
#include <QFileInfo>

#include <filesystem>

namespace sluice {

namespace {
const QString kUnsaved = QStringLiteral("untitled.sluice.json");
const QString kHidden = QStringLiteral(".sluice");

/// A file or a folder, also to another disk.
Result<void> moveEntry(const QString &from, const QString &to)
{
    namespace fs = std::filesystem;
    const fs::path source = toStdString(from);
    const fs::path target = toStdString(to);
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    fs::rename(source, target, error);
    if (error == std::errc::cross_device_link) {
        fs::copy(source, target, fs::copy_options::recursive, error);
        if (!error)
            fs::remove_all(source, error);
    }
    if (error)
        return fail(ErrorCode::WorkspaceUnwritable, "{}", error.message());
    return {};
}

} // namespace

void RunWorkspace::reset(const QString &path)
{
    m_path = path;
    if (m_temporary)
        m_left.push_back(std::move(m_temporary));
    m_temporary = path.isEmpty() ? std::make_unique<QTemporaryDir>() : nullptr;
}

QStringList RunWorkspace::temporaryFiles() const
{
    if (!m_temporary)
        return {};
    return QDir(m_temporary->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot);
}

Result<void> RunWorkspace::moveTo(const QString &path)
{
    const QStringList files = temporaryFiles();
    const auto old = std::move(m_temporary);
    m_path = path;
    if (!old)
        return {};
    const QFileInfo target(path);
    const QDir beside = target.absoluteDir();
    std::vector<std::pair<QString, QString>> moves;
    for (const QString &name : files)
        moves.emplace_back(old->filePath(name), beside.filePath(name));
    const QString progress = old->filePath(kHidden + QLatin1Char('/') + kUnsaved);
    if (QFileInfo::exists(progress))
        moves.emplace_back(progress,
                           beside.filePath(kHidden + QLatin1Char('/') + target.fileName()));
    for (const auto &[from, to] : moves) {
        if (!QFileInfo::exists(to))
            continue;
        old->setAutoRemove(false);
        return fail(ErrorCode::WorkspaceUnwritable,
                    "'{}' is there already: what the runs wrote so far stays in '{}'",
                    toStdString(to),
                    toStdString(old->path()))
            .hint("The next run begins anew, beside the file.");
    }
    for (const auto &[from, to] : moves) {
        if (const auto moved = moveEntry(from, to); !moved) {
            old->setAutoRemove(false);
            return fail(ErrorCode::WorkspaceUnwritable,
                        "'{}' could not be moved to '{}': {}",
                        toStdString(from),
                        toStdString(to),
                        moved.error().message)
                .hint("It stays in " + toStdString(old->path()) + ".");
        }
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
