#include "ui/theme/desktop_settings.h"

#include <QDBusConnection>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFile>

namespace sluice {

namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kAppearance = QStringLiteral("org.freedesktop.appearance");
const QString kColourScheme = QStringLiteral("color-scheme");
const QString kGnome = QStringLiteral("org.gnome.desktop.interface");
const QString kAnimations = QStringLiteral("enable-animations");
constexpr int kTimeoutMs = 3000;

// Without this, QtDBus would try to launch a bus of its own.
bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
           || QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

// Read() of the portal wraps the value in a variant twice.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value;
}

} // namespace

DesktopSettings::DesktopSettings(QObject *parent)
    : QObject(parent)
{}

void DesktopSettings::start()
{
    if (!hasSessionBus())
        return;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kService,
                kPath,
                kInterface,
                QStringLiteral("SettingChanged"),
                this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    read(kAppearance, kColourScheme);
    read(kGnome, kAnimations);
}

void DesktopSettings::read(const QString &group, const QString &key)
{
    QDBusMessage call =
        QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    call << group << key;
    auto *watcher = new QDBusPendingCallWatcher(
        QDBusConnection::sessionBus().asyncCall(call, kTimeoutMs), this);
    connect(watcher,
            &QDBusPendingCallWatcher::finished,
            this,
            [this, group, key](QDBusPendingCallWatcher *done) {
                const QDBusPendingReply<QDBusVariant> reply = *done;
                done->deleteLater();
                if (reply.isValid()) // a desktop without a portal has no opinion
                    take(group, key, reply.value().variant());
            });
}

void DesktopSettings::settingChanged(const QString &group,
                                     const QString &key,
                                     const QDBusVariant &value)
{
    take(group, key, value.variant());
}

void DesktopSettings::take(const QString &group, const QString &key, const QVariant &value)
{
    const QVariant plain = unwrapped(value);
    if (group == kAppearance && key == kColourScheme) {
        // 0 no preference, 1 dark, 2 light
        const uint scheme = plain.toUInt();
        m_colours = scheme == 1   ? DesktopColours::Dark
                    : scheme == 2 ? DesktopColours::Light
                                  : DesktopColours::Unknown;
        Q_EMIT changed();
    } else if (group == kGnome && key == kAnimations) {
        m_reducedMotion = !plain.toBool();
        Q_EMIT changed();
    }
}

} // namespace sluice
