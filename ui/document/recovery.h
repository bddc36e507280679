#pragma once

#include "core/base/result.h"

#include <QDateTime>
#include <QLockFile>
#include <QString>

#include <memory>
#include <vector>

namespace sluice {

/// A pipeline that was not saved when its window ended badly.
struct RecoverableFile
{
    QString recoveryPath; // the text that can be restored
    QString originalPath; // where it was opened from; empty: never saved
    QString name;         // for people
    QDateTime savedAt;
};

/// Keeps the unsaved text of one document in <app data>/recovery, held by a lock as long as the
/// program lives, so that a second program does not offer it as lost.
class RecoveryFile
{
public:
    /// @param folder  empty: the application's data folder
    explicit RecoveryFile(QString folder = {});
    ~RecoveryFile();
    RecoveryFile(const RecoveryFile &) = delete;
    RecoveryFile &operator=(const RecoveryFile &) = delete;

    Result<void> write(const std::string &text, const QString &originalPath, const QString &name);
    void remove();
    bool exists() const;

    /// Files left behind by programs that are gone, newest first.
    static std::vector<RecoverableFile> list(const QString &folder = {});
    static void discard(const RecoverableFile &file);

private:
    QString m_folder;
    QString m_id;
    std::unique_ptr<QLockFile> m_lock;
};

} // namespace sluice
