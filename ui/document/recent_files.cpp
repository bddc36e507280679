#include "ui/document/recent_files.h"

#include <QFileInfo>
#include <QSettings>

namespace sluice {

namespace {

const QString kKey = QStringLiteral("files/recent");
constexpr int kMostFiles = 10;

} // namespace

QStringList recentFiles()
{
    return QSettings().value(kKey).toStringList();
}

void addRecentFile(const QString &path)
{
    QStringList files = recentFiles();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    QSettings().setValue(kKey, files.mid(0, kMostFiles));
}

void removeRecentFile(const QString &path)
{
    QStringList files = recentFiles();
    files.removeAll(path);
    QSettings().setValue(kKey, files);
}

void clearRecentFiles()
{
    QSettings().remove(kKey);
}

} // namespace sluice
