#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace sluice {

/// An icon of resources/icons, drawn in the theme's text colour at whatever size and pixel ratio
/// it is asked for; follows a change of theme. A name that does not exist gives an empty icon.
QIcon icon(const QString &name);
/// The same in a colour of its own.
QIcon icon(const QString &name, const QColor &colour);

/// One picture, cached. @param size  side, device-independent pixels
QPixmap iconPixmap(const QString &name, const QColor &colour, int size, double devicePixelRatio);
bool hasIcon(const QString &name);

} // namespace sluice
