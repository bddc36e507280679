#pragma once

#include <QString>
#include <QStringList>

namespace sluice {

/// Pipeline files opened or saved lately, newest first; kept in QSettings.
QStringList recentFiles();
void addRecentFile(const QString &path);
void removeRecentFile(const QString &path);
void clearRecentFiles();

} // namespace sluice
