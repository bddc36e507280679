#pragma once

#include <QDBusMessage>
#include <QDBusVariant>
#include <QObject>
#include <QString>

class QDBusPendingCallWatcher;

namespace sluice {

enum class DesktopColours { Unknown, Light, Dark };

/// Follows the desktop's colour scheme and its "reduce animation" setting through the portal
/// org.freedesktop.portal.Settings. Asks asynchronously; without a session bus it stays silent.
class DesktopSettings : public QObject
{
    Q_OBJECT

public:
    explicit DesktopSettings(QObject *parent = nullptr);
    /// Asks the portal and listens from now on. Returns at once.
    void start();

    DesktopColours colours() const { return m_colours; }
    bool reducedMotion() const { return m_reducedMotion; }

signals:
    void changed();

private slots:
    void settingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void read(const QString &group, const QString &key);
    void take(const QString &group, const QString &key, const QVariant &value);

    DesktopColours m_colours = DesktopColours::Unknown;
    bool m_reducedMotion = false;
};

} // namespace sluice
