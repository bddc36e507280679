#include "ui/theme/theme_manager.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/sluice_style.h"

#include <QApplication>
#include <QPixmapCache>
#include <QSettings>
#include <QTimer>
#include <QToolTip>

namespace sluice {

namespace {

const QString kChoiceKey = QStringLiteral("appearance/theme");
const QString kMotionKey = QStringLiteral("appearance/reduce_motion");
constexpr int kPixmapCacheKb = 24 * 1024; // icons at several sizes, two themes, scale 2

QString choiceText(ThemeChoice choice)
{
    switch (choice) {
    case ThemeChoice::System:
        return QStringLiteral("system");
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    }
    return QStringLiteral("system");
}

ThemeChoice choiceFrom(const QString &text)
{
    if (text == QLatin1String("light"))
        return ThemeChoice::Light;
    if (text == QLatin1String("dark"))
        return ThemeChoice::Dark;
    return ThemeChoice::System;
}

} // namespace

ThemeManager::ThemeManager(QObject *parent)
    : QObject(parent)
{
    const QSettings settings;
    m_choice = choiceFrom(settings.value(kChoiceKey).toString());
    m_userReducedMotion = settings.value(kMotionKey, false).toBool();
    m_lastReducedMotion = m_userReducedMotion;
    m_paletteWasDark = QApplication::palette().color(QPalette::Window).lightness() < 128;

    QPixmapCache::setCacheLimit(kPixmapCacheKb);
    setDarkTheme(wantsDark());
    QApplication::setStyle(new SluiceStyle);
    QApplication::setFont(uiFont(metrics::kTextBody));
    QToolTip::setFont(uiFont(metrics::kTextLabel));
    refresh();
    connect(&m_desktop, &DesktopSettings::changed, this, &ThemeManager::refresh);
    // The first frame does not wait for a bus.
    QTimer::singleShot(0, &m_desktop, &DesktopSettings::start);
}

void ThemeManager::setChoice(ThemeChoice choice)
{
    QSettings().setValue(kChoiceKey, choiceText(choice));
    setChoiceForNow(choice);
}

void ThemeManager::setChoiceForNow(ThemeChoice choice)
{
    m_choice = choice;
    refresh();
}

bool ThemeManager::reducedMotion() const
{
    return m_userReducedMotion || m_desktop.reducedMotion();
}

void ThemeManager::setReducedMotion(bool reduced)
{
    m_userReducedMotion = reduced;
    QSettings().setValue(kMotionKey, reduced);
    refresh();
}

bool ThemeManager::wantsDark() const
{
    if (m_choice != ThemeChoice::System)
        return m_choice == ThemeChoice::Dark;
    if (m_desktop.colours() != DesktopColours::Unknown)
        return m_desktop.colours() == DesktopColours::Dark;
    return m_paletteWasDark;
}

void ThemeManager::refresh()
{
    const QPalette wanted = paletteOf(wantsDark() ? darkTheme() : lightTheme());
    const bool changed = wantsDark() != theme().dark;
    setDarkTheme(wantsDark());
    if (changed || QApplication::palette() != wanted) {
        QApplication::setPalette(wanted);
        QToolTip::setPalette(wanted);
    }
    if (changed)
        Q_EMIT themeChanged();
    if (reducedMotion() != m_lastReducedMotion) {
        m_lastReducedMotion = reducedMotion();
        Q_EMIT reducedMotionChanged(m_lastReducedMotion);
    }
}

} // namespace sluice
