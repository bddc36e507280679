#pragma once

#include "core/base/result.h"
#include "core/node/node_descriptor.h"

#include <QByteArray>
#include <QColor>

#include <array>

namespace sluice {

/// The colours of one appearance, named by what they are for. Values: resources/themes/theme.json.
struct Theme
{
    bool dark = false;
    QColor window; // behind panels
    QColor canvas;
    QColor canvasDot;
    QColor panel;     // docks, cards, menus
    QColor separator; // hairlines
    QColor text;
    QColor textSecondary;
    QColor textHint;
    QColor accent;
    QColor accentText; // on accent
    QColor field;
    QColor fieldBorder;
    QColor hover;
    QColor selection;
    QColor source; // roles of nodes
    QColor transform;
    QColor destination;
    QColor good;
    QColor warning;
    QColor error;
    QColor wire;
    QColor wirePressure;
    QColor shadow;
    QColor code;                  // behind expressions and raw events
    std::array<QColor, 4> series; // charts, in this order

    const QColor &role(NodeRole role) const;
};

/// Reads one half ("light" or "dark") of the theme file.
/// Errors: FileDamaged with the name of the missing or unreadable colour
Result<Theme> readTheme(const QByteArray &json, bool dark);

/// The appearance the program has now; ThemeManager sets it. Thread: the window's.
const Theme &theme();
/// The built-in appearances.
const Theme &lightTheme();
const Theme &darkTheme();
void setDarkTheme(bool dark);

/// `colour` at `opacity` (0…1).
QColor faded(const QColor &colour, double opacity);
/// `top` painted with `opacity` over the opaque `bottom`.
QColor blended(const QColor &bottom, const QColor &top, double opacity);

} // namespace sluice
