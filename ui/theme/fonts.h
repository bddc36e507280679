#pragma once

#include <QFont>
#include <QString>

class QPainter;
class QPointF;
class QRectF;

namespace sluice {

/// Inter where it is installed, else the system's font. @param pixels  height, device-independent
QFont uiFont(int pixels, QFont::Weight weight = QFont::Normal);
/// JetBrains Mono where it is installed, else DejaVu Sans Mono, else the system's fixed font.
QFont codeFont(int pixels = 12);

/// Figures whose digits all have the width of the widest digit, so that they do not jump.
/// Qt 6.4 cannot ask a font for its tabular digits.
double tabularWidth(const QFont &font, const QString &text);
/// Draws one line inside `rect`, vertically centred. @param alignment  Qt::AlignLeft or AlignRight
void drawTabular(QPainter &painter,
                 const QRectF &rect,
                 Qt::Alignment alignment,
                 const QString &text);

} // namespace sluice
