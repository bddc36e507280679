#include "ui/theme/style_parts.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QMenu>
#include <QVariant>
#include <QWidget>

namespace sluice {

namespace {

constexpr int kMenuIconColumn = 28;

bool has(const QStyleOption &option, QStyle::StateFlag flag)
{
    return option.state.testFlag(flag);
}

bool hasKeyboardFocus(const QStyleOption &option)
{
    return has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange);
}

QRectF inset(const QRectF &rect, double by)
{
    return rect.adjusted(by, by, -by, -by);
}

} // namespace

void drawFocusRing(QPainter &painter, const QRectF &rect, double radius)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, metrics::kFocusWidth));
    painter.drawRoundedRect(inset(rect, metrics::kFocusWidth / 2.0), radius, radius);
    painter.restore();
}

bool isAccent(const QStyleOptionButton &option, const QWidget *widget)
{
    return option.features.testFlag(QStyleOptionButton::DefaultButton)
           || (widget && widget->property("accent").toBool());
}

bool isInvalid(const QWidget *widget)
{
    return widget && widget->property("invalid").toBool();
}

void drawGlyph(
    QPainter &painter, const QRectF &rect, const char *icon, const QColor &colour, int size)
{
    const QPixmap pixmap =
        iconPixmap(QLatin1String(icon), colour, size, painter.device()->devicePixelRatioF());
    QRectF target(0, 0, size, size);
    target.moveCenter(rect.center());
    painter.drawPixmap(target.topLeft(), pixmap);
}

void drawField(QPainter &painter,
               const QRectF &rect,
               const QStyleOption &option,
               const QWidget *widget)
{
    const Theme &now = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool focus = has(option, QStyle::State_HasFocus) && enabled;
    QColor border = isInvalid(widget) ? now.error : focus ? now.accent : now.fieldBorder;
    if (!enabled)
        border = now.separator;
    const double width = focus ? metrics::kFocusWidth : 1;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(enabled ? now.field : now.window);
    painter.setPen(QPen(border, width));
    painter.drawRoundedRect(inset(rect, width / 2), metrics::kRadiusField, metrics::kRadiusField);
    painter.restore();
}

QColor pushButtonText(const QStyleOptionButton &option, const QWidget *widget)
{
    const Theme &now = theme();
    if (!has(option, QStyle::State_Enabled))
        return now.textHint;
    return isAccent(option, widget) ? now.accentText : now.text;
}

void drawPushButton(QPainter &painter, const QStyleOptionButton &option, const QWidget *widget)
{
    const Theme &now = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool down = has(option, QStyle::State_Sunken) || has(option, QStyle::State_On);
    const bool over = has(option, QStyle::State_MouseOver) && enabled;
    const bool flat = option.features.testFlag(QStyleOptionButton::Flat);
    QColor fill = now.panel;
    QColor border = now.fieldBorder;
    if (!enabled) {
        fill = now.window;
        border = now.separator;
    } else if (isAccent(option, widget)) {
        fill = over ? blended(now.accent, now.text, 0.08) : now.accent;
        fill = down ? blended(now.accent, now.text, 0.16) : fill;
        border = fill;
    } else if (down) {
        fill = now.selection;
    } else if (over) {
        fill = now.hover;
    }
    if (flat && !down && !over)
        fill = border = Qt::transparent;
    if (flat)
        border = fill;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill);
    painter.setPen(QPen(border, 1));
    const QRectF rect = inset(QRectF(option.rect), 0.5);
    painter.drawRoundedRect(rect, metrics::kRadiusField, metrics::kRadiusField);
    if (option.features.testFlag(QStyleOptionButton::HasMenu))
        drawGlyph(painter,
                  QRectF(rect.right() - 24, rect.top(), 20, rect.height()),
                  "chevron-down",
                  enabled ? now.textSecondary : now.textHint,
                  12);
    if (hasKeyboardFocus(option)) {
        const bool accent = isAccent(option, widget);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(accent ? now.panel : now.accent, metrics::kFocusWidth));
        const double by = accent ? 2.5 : 0.5;
        painter.drawRoundedRect(
            inset(rect, by), metrics::kRadiusField - by / 2, metrics::kRadiusField - by / 2);
    }
    painter.restore();
}

void drawToolButtonPanel(QPainter &painter, const QStyleOption &option)
{
    const Theme &now = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    QColor fill = Qt::transparent;
    if (has(option, QStyle::State_Sunken) || has(option, QStyle::State_On))
        fill = now.selection;
    else if (has(option, QStyle::State_MouseOver) && enabled)
        fill = now.hover;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(option.rect), metrics::kRadiusField, metrics::kRadiusField);
    painter.restore();
    if (hasKeyboardFocus(option))
        drawFocusRing(painter, option.rect, metrics::kRadiusField);
}

void drawCheckBox(QPainter &painter, const QStyleOption &option)
{
    const Theme &now = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool on = has(option, QStyle::State_On);
    const bool mixed = has(option, QStyle::State_NoChange);
    const QColor accent = enabled ? now.accent : now.textHint;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(on || mixed ? accent : enabled ? now.field : now.window);
    painter.setPen(QPen(on || mixed ? accent : now.fieldBorder, 1.2));
    const QRectF box = inset(QRectF(option.rect), 0.6);
    painter.drawRoundedRect(box, 4, 4);
    painter.restore();
    if (on)
        drawGlyph(painter, box, "check", now.accentText, 14);
    else if (mixed)
        drawGlyph(painter, box, "minus", now.accentText, 14);
}

void drawRadioButton(QPainter &painter, const QStyleOption &option)
{
    const Theme &now = theme();
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool on = has(option, QStyle::State_On);
    const QColor accent = enabled ? now.accent : now.textHint;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(enabled ? now.field : now.window);
    painter.setPen(QPen(on ? accent : now.fieldBorder, on ? 5 : 1.2));
    painter.drawEllipse(inset(QRectF(option.rect), on ? 2.5 : 0.6));
    painter.restore();
}

void drawTab(QPainter &painter, const QStyleOptionTab &option, const QWidget *widget)
{
    const Theme &now = theme();
    const bool selected = has(option, QStyle::State_Selected);
    const bool over = has(option, QStyle::State_MouseOver);
    const QRect rect = option.rect;
    painter.save();
    QFont font = widget ? widget->font() : painter.font();
    if (selected)
        font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(selected || over ? now.text : now.textSecondary);
    QRect text = rect;
    if (!option.icon.isNull()) {
        const QRect place(rect.left() + metrics::kSpaceM, rect.center().y() - 7, 16, 16);
        option.icon.paint(&painter, place);
        text.setLeft(place.right());
    }
    painter.drawText(text, Qt::AlignCenter | Qt::TextShowMnemonic, option.text);
    if (selected) {
        const QRect line(rect.left() + metrics::kSpaceS,
                         rect.bottom() - 1,
                         rect.width() - 2 * metrics::kSpaceS,
                         2);
        painter.fillRect(line, now.accent);
    }
    painter.restore();
    if (hasKeyboardFocus(option))
        drawFocusRing(painter, rect.adjusted(2, 2, -2, -4), metrics::kRadiusField);
}

void drawMenuBarItem(QPainter &painter, const QStyleOptionMenuItem &option)
{
    const Theme &now = theme();
    painter.fillRect(option.rect, now.panel);
    if (has(option, QStyle::State_Selected)) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(has(option, QStyle::State_Sunken) ? now.selection : now.hover);
        painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 2, -1, -2), 5, 5);
        painter.restore();
    }
    painter.setPen(has(option, QStyle::State_Enabled) ? now.text : now.textHint);
    painter.drawText(option.rect, Qt::AlignCenter | Qt::TextShowMnemonic, option.text);
}

void drawMenuItem(QPainter &painter, const QStyleOptionMenuItem &option, const QWidget *widget)
{
    const Theme &now = theme();
    const QRect rect = option.rect;
    painter.save();
    if (option.menuItemType == QStyleOptionMenuItem::Separator) {
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), now.separator);
        painter.restore();
        return;
    }
    const bool enabled = has(option, QStyle::State_Enabled);
    if (has(option, QStyle::State_Selected) && enabled) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(now.hover);
        painter.drawRoundedRect(QRectF(rect).adjusted(4, 0, -4, 0), 5, 5);
    }
    const QRectF mark(rect.left() + metrics::kSpaceS, rect.top(), 20, rect.height());
    const QColor colour = enabled ? now.text : now.textHint;
    if (option.checkType != QStyleOptionMenuItem::NotCheckable) {
        if (option.checked)
            drawGlyph(painter, mark, "check", now.accent, 15);
    } else if (!option.icon.isNull()) {
        QRect place(0, 0, 16, 16);
        place.moveCenter(mark.center().toPoint());
        option.icon.paint(
            &painter, place, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
    }
    painter.setFont(option.font);
    painter.setPen(colour);
    const QRect text = rect.adjusted(metrics::kSpaceS + kMenuIconColumn, 0, -metrics::kSpaceL, 0);
    const int tab = int(option.text.indexOf(QLatin1Char('\t')));
    painter.drawText(text,
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic,
                     tab < 0 ? option.text : option.text.left(tab));
    if (tab >= 0) {
        painter.setPen(now.textHint);
        painter.drawText(text, Qt::AlignRight | Qt::AlignVCenter, option.text.mid(tab + 1));
    }
    if (option.menuItemType == QStyleOptionMenuItem::SubMenu)
        drawGlyph(painter,
                  QRectF(rect.right() - 22, rect.top(), 16, rect.height()),
                  "chevron-right",
                  now.textSecondary,
                  12);
    painter.restore();
    (void)widget;
}

void drawHeaderSection(QPainter &painter, const QStyleOptionHeader &option)
{
    const Theme &now = theme();
    painter.fillRect(option.rect, now.panel);
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                     now.separator);
}

void drawProgressBar(QPainter &painter, const QStyleOptionProgressBar &option)
{
    const Theme &now = theme();
    QRectF groove = option.rect;
    groove.setHeight(6);
    groove.moveCenter(QRectF(option.rect).center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(now.separator);
    painter.drawRoundedRect(groove, 3, 3);
    const double range = option.maximum - option.minimum;
    // Without a range nothing is known of the end: half a bar, not one that pretends.
    const double part = range > 0 ? (option.progress - option.minimum) / range : 0.5;
    groove.setWidth(std::max(groove.width() * part, part > 0 ? 6.0 : 0.0));
    painter.setBrush(now.accent);
    painter.drawRoundedRect(groove, 3, 3);
    painter.restore();
}

void drawItemPanel(QPainter &painter, const QStyleOptionViewItem &option)
{
    const Theme &now = theme();
    if (option.backgroundBrush.style() != Qt::NoBrush)
        painter.fillRect(option.rect, option.backgroundBrush);
    if (has(option, QStyle::State_Selected))
        painter.fillRect(option.rect, now.selection);
    else if (has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled))
        painter.fillRect(option.rect, now.hover);
}

bool isInsideField(const QWidget *widget)
{
    const QWidget *parent = widget != nullptr ? widget->parentWidget() : nullptr;
    return qobject_cast<const QAbstractSpinBox *>(parent) != nullptr
           || qobject_cast<const QComboBox *>(parent) != nullptr;
}

} // namespace sluice
