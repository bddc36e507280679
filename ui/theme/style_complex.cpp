#include "ui/theme/metrics.h"
#include "ui/theme/style_parts.h"
#include "ui/theme/theme.h"

#include <QWidget>

namespace sluice {

void drawComboBox(QPainter &painter, const QStyleOptionComboBox &option, const QWidget *widget)
{
    if (option.frame)
        drawField(painter, option.rect, option, widget);
    const Theme &now = theme();
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    QRectF arrow = option.rect;
    arrow.setLeft(arrow.right() - 26);
    drawGlyph(painter, arrow, "chevron-down", enabled ? now.textSecondary : now.textHint, 12);
}

void drawSpinBox(QPainter &painter,
                 const QStyleOptionSpinBox &option,
                 const QRect &up,
                 const QRect &down,
                 const QWidget *widget)
{
    if (option.frame)
        drawField(painter, option.rect, option, widget);
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    const Theme &now = theme();
    const auto colour = [&](QAbstractSpinBox::StepEnabledFlag step, QStyle::SubControl control) {
        const bool can =
            option.stepEnabled.testFlag(step) && option.state.testFlag(QStyle::State_Enabled);
        const bool active = option.activeSubControls.testFlag(control)
                            && option.state.testFlag(QStyle::State_MouseOver);
        return !can ? faded(now.textHint, 0.5) : active ? now.accent : now.textSecondary;
    };
    drawGlyph(painter,
              up,
              "chevron-up",
              colour(QAbstractSpinBox::StepUpEnabled, QStyle::SC_SpinBoxUp),
              10);
    drawGlyph(painter,
              down,
              "chevron-down",
              colour(QAbstractSpinBox::StepDownEnabled, QStyle::SC_SpinBoxDown),
              10);
}

void drawScrollBar(QPainter &painter, const QStyleOptionSlider &option, const QRect &slider)
{
    const Theme &now = theme();
    if (option.maximum <= option.minimum)
        return;
    const bool over = option.state.testFlag(QStyle::State_MouseOver);
    const bool horizontal = option.orientation == Qt::Horizontal;
    QRectF handle = slider;
    const double margin = over ? 2.5 : 3.5;
    handle = horizontal ? handle.adjusted(2, margin, -2, -margin)
                        : handle.adjusted(margin, 2, -margin, -2);
    const double radius = std::min(handle.width(), handle.height()) / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(now.textHint, over ? 0.7 : 0.4));
    painter.drawRoundedRect(handle, radius, radius);
    painter.restore();
}

} // namespace sluice
