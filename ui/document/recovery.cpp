#include "ui/document/recovery.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <QUuid>

#include <algorithm>

namespace sluice {

namespace {

const QString kTextEnding = QStringLiteral(".sluice.json");
const QString kAboutEnding = QStringLiteral(".about.json");
const QString kLockEnding = QStringLiteral(".lock");

QString folderOr(const QString &folder)
{
    if (!folder.isEmpty())
        return folder;
    return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
           + QStringLiteral("/recovery");
}

Result<void> writeWhole(const QString &path, const QByteArray &data)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(data) != data.size() || !file.commit())
        return fail(ErrorCode::FileUnwritable,
                    "cannot write '{}': {}",
                    path.toStdString(),
                    file.errorString().toStdString());
    return {};
}

QString stemOf(const QString &recoveryPath)
{
    return recoveryPath.left(recoveryPath.size() - kTextEnding.size());
}

// A lock that can be taken belongs to a program that is gone.
bool isLeftBehind(const QString &stem)
{
    QLockFile lock(stem + kLockEnding);
    lock.setStaleLockTime(0);
    if (!lock.tryLock(0))
        return false;
    lock.unlock();
    return true;
}

} // namespace

RecoveryFile::RecoveryFile(QString folder)
    : m_folder(folderOr(folder))
    , m_id(QUuid::createUuid().toString(QUuid::WithoutBraces))
{}

RecoveryFile::~RecoveryFile() = default;

Result<void>
RecoveryFile::write(const std::string &text, const QString &originalPath, const QString &name)
{
    if (!QDir().mkpath(m_folder))
        return fail(
            ErrorCode::FileUnwritable, "cannot make the folder '{}'", m_folder.toStdString());
    const QString stem = m_folder + QLatin1Char('/') + m_id;
    if (!m_lock) {
        m_lock = std::make_unique<QLockFile>(stem + kLockEnding);
        m_lock->setStaleLockTime(0);
        m_lock->tryLock(0);
    }
    const QJsonObject about{{QStringLiteral("path"), originalPath}, {QStringLiteral("name"), name}};
    TRY(writeWhole(stem + kAboutEnding, QJsonDocument(about).toJson(QJsonDocument::Compact)));
    return writeWhole(stem + kTextEnding, QByteArray::fromStdString(text));
}

void RecoveryFile::remove()
{
    const QString stem = m_folder + QLatin1Char('/') + m_id;
    QFile::remove(stem + kTextEnding);
    QFile::remove(stem + kAboutEnding);
    m_lock.reset();
}

bool RecoveryFile::exists() const
{
    return QFile::exists(m_folder + QLatin1Char('/') + m_id + kTextEnding);
}

std::vector<RecoverableFile> RecoveryFile::list(const QString &folder)
{
    const QDir directory(folderOr(folder));
    std::vector<RecoverableFile> files;
    const QFileInfoList found =
        directory.entryInfoList({QLatin1Char('*') + kTextEnding}, QDir::Files);
    for (const QFileInfo &info : found) {
        const QString stem = stemOf(info.absoluteFilePath());
        if (!isLeftBehind(stem))
            continue;
        QFile aboutFile(stem + kAboutEnding);
        QJsonObject about;
        if (aboutFile.open(QIODevice::ReadOnly))
            about = QJsonDocument::fromJson(aboutFile.readAll()).object();
        files.push_back({info.absoluteFilePath(),
                         about.value(QLatin1String("path")).toString(),
                         about.value(QLatin1String("name")).toString(),
                         info.lastModified()});
    }
    std::sort(files.begin(), files.end(), [](const auto &a, const auto &b) {
        return a.savedAt > b.savedAt;
    });
    return files;
}

void RecoveryFile::discard(const RecoverableFile &file)
{
    const QString stem = stemOf(file.recoveryPath);
    QFile::remove(file.recoveryPath);
    QFile::remove(stem + kAboutEnding);
    QFile::remove(stem + kLockEnding);
}

} // namespace sluice
