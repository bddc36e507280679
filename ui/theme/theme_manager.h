#pragma once

#include "ui/theme/desktop_settings.h"
#include "ui/theme/theme.h"

#include <QObject>

namespace sluice {

/// What the user chose in the settings. Written to QSettings as text; names are stable.
enum class ThemeChoice { System, Light, Dark };

/// Gives the application its style, font, palette and theme, and keeps them in step with the
/// desktop or with the user's choice. One per program, made right after QApplication.
class ThemeManager : public QObject
{
    Q_OBJECT

public:
    /// Needs a QApplication with its organisation and application name set.
    explicit ThemeManager(QObject *parent = nullptr);

    ThemeChoice choice() const { return m_choice; }
    /// Takes effect at once and is remembered.
    void setChoice(ThemeChoice choice);
    /// Takes effect at once and is forgotten at the end.
    void setChoiceForNow(ThemeChoice choice);

    /// No movement that only decorates: the desktop's setting, or the user's.
    bool reducedMotion() const;
    void setReducedMotion(bool reduced);

signals:
    /// theme() has other colours now. Every widget also gets a PaletteChange event.
    void themeChanged();
    void reducedMotionChanged(bool reduced);

private:
    void refresh();
    bool wantsDark() const;

    DesktopSettings m_desktop;
    ThemeChoice m_choice = ThemeChoice::System;
    bool m_userReducedMotion = false;
    bool m_lastReducedMotion = false;
    bool m_paletteWasDark = false; // what the platform's own palette was at start
};

} // namespace sluice
