#pragma once

#include <QPainter>
#include <QRectF>
#include <QStyleOption>

class QWidget;

namespace sluice {

/// How the parts of standard widgets are drawn. Functions of option and theme; no state.

void drawFocusRing(QPainter &painter, const QRectF &rect, double radius);
/// The frame of a line edit, spin box or combo box.
void drawField(QPainter &painter,
               const QRectF &rect,
               const QStyleOption &option,
               const QWidget *widget);
void drawPushButton(QPainter &painter, const QStyleOptionButton &option, const QWidget *widget);
QColor pushButtonText(const QStyleOptionButton &option, const QWidget *widget);
void drawToolButtonPanel(QPainter &painter, const QStyleOption &option);
void drawCheckBox(QPainter &painter, const QStyleOption &option);
void drawRadioButton(QPainter &painter, const QStyleOption &option);
void drawTab(QPainter &painter, const QStyleOptionTab &option, const QWidget *widget);
void drawMenuItem(QPainter &painter, const QStyleOptionMenuItem &option, const QWidget *widget);
void drawMenuBarItem(QPainter &painter, const QStyleOptionMenuItem &option);
void drawHeaderSection(QPainter &painter, const QStyleOptionHeader &option);
void drawProgressBar(QPainter &painter, const QStyleOptionProgressBar &option);
/// A row of a list, tree or table.
void drawItemPanel(QPainter &painter, const QStyleOptionViewItem &option);

void drawComboBox(QPainter &painter, const QStyleOptionComboBox &option, const QWidget *widget);
void drawSpinBox(QPainter &painter,
                 const QStyleOptionSpinBox &option,
                 const QRect &up,
                 const QRect &down,
                 const QWidget *widget);
void drawScrollBar(QPainter &painter, const QStyleOptionSlider &option, const QRect &slider);

/// A recoloured icon in the middle of `rect`.
void drawGlyph(
    QPainter &painter, const QRectF &rect, const char *icon, const QColor &colour, int size);

/// Whether a button is the filled one: the default button, or property "accent".
bool isAccent(const QStyleOptionButton &option, const QWidget *widget);
/// Property "invalid" of a field: its border is red.
bool isInvalid(const QWidget *widget);

/// A line edit inside a spin box or an editable combo box has the outer one's frame.
bool isInsideField(const QWidget *widget);

} // namespace sluice
