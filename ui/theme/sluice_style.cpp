#include "ui/theme/sluice_style.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/style_parts.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QTabBar>
#include <QToolButton>

namespace sluice {

namespace {

void drawPopupFrame(QPainter &painter, const QRect &rect, double radius)
{
    const Theme &now = theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(now.panel);
    painter.setPen(QPen(now.dark ? now.fieldBorder : now.separator, 1));
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter.restore();
}

} // namespace

QPalette paletteOf(const Theme &theme)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, const QColor &colour) {
        palette.setColor(role, colour);
    };
    set(QPalette::Window, theme.panel);
    set(QPalette::WindowText, theme.text);
    set(QPalette::Base, theme.field);
    set(QPalette::AlternateBase, theme.code);
    set(QPalette::Text, theme.text);
    set(QPalette::PlaceholderText, theme.textHint);
    set(QPalette::Button, theme.panel);
    set(QPalette::ButtonText, theme.text);
    set(QPalette::BrightText, theme.accentText);
    set(QPalette::Highlight, theme.accent);
    set(QPalette::HighlightedText, theme.accentText);
    set(QPalette::Link, theme.accent);
    set(QPalette::LinkVisited, theme.accent);
    set(QPalette::ToolTipBase, theme.panel);
    set(QPalette::ToolTipText, theme.text);
    set(QPalette::Light, theme.panel);
    set(QPalette::Midlight, theme.hover);
    set(QPalette::Mid, theme.separator);
    set(QPalette::Dark, theme.fieldBorder);
    set(QPalette::Shadow, theme.fieldBorder);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, theme.textHint);
    palette.setColor(QPalette::Disabled, QPalette::Base, theme.window);
    return palette;
}

SluiceStyle::SluiceStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{}

void SluiceStyle::drawPrimitive(PrimitiveElement element,
                                const QStyleOption *option,
                                QPainter *painter,
                                const QWidget *widget) const
{
    const Theme &now = theme();
    switch (element) {
    case PE_PanelLineEdit:
    case PE_FrameLineEdit:
        if (isInsideField(widget))
            return;
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
            frame && frame->lineWidth == 0) {
            return;
        }
        drawField(*painter, option->rect, *option, widget);
        return;
    case PE_Frame:
        // A text editor is a field; lists and tables have a hairline.
        if (widget && widget->inherits("QAbstractItemView")) {
            painter->setPen(now.separator);
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
            return;
        }
        if (widget && (widget->inherits("QPlainTextEdit") || widget->inherits("QTextEdit"))) {
            drawField(*painter, option->rect, *option, widget);
            return;
        }
        break;
    case PE_FrameFocusRect:
        drawFocusRing(*painter, QRectF(option->rect), 4);
        return;
    case PE_PanelButtonTool:
        drawToolButtonPanel(*painter, *option);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*painter, *option);
        return;
    case PE_IndicatorRadioButton:
        drawRadioButton(*painter, *option);
        return;
    case PE_PanelMenu:
        drawPopupFrame(*painter, option->rect, metrics::kRadiusPanel);
        return;
    case PE_FrameMenu:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
    case PE_FrameDefaultButton:
        return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, now.panel);
        painter->setPen(now.fieldBorder);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_FrameTabBarBase:
    case PE_FrameTabWidget:
        painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1),
                          now.separator);
        return;
    case PE_FrameGroupBox:
        painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 1),
                          now.separator);
        return;
    case PE_IndicatorBranch:
        if (option->state & State_Children) {
            drawGlyph(*painter,
                      option->rect,
                      option->state & State_Open ? "chevron-down" : "chevron-right",
                      now.textSecondary,
                      12);
        }
        return;
    case PE_PanelItemViewRow:
        return;
    case PE_PanelItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            drawItemPanel(*painter, *item);
            return;
        }
        break;
    case PE_IndicatorArrowDown:
        drawGlyph(*painter, option->rect, "chevron-down", now.textSecondary, 12);
        return;
    case PE_IndicatorArrowUp:
        drawGlyph(*painter, option->rect, "chevron-up", now.textSecondary, 12);
        return;
    case PE_IndicatorArrowRight:
        drawGlyph(*painter, option->rect, "chevron-right", now.textSecondary, 12);
        return;
    case PE_IndicatorArrowLeft:
        drawGlyph(*painter, option->rect, "chevron-left", now.textSecondary, 12);
        return;
    case PE_IndicatorTabClose:
        drawGlyph(*painter, option->rect, "close", now.textSecondary, 12);
        return;
    default:
        break;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void SluiceStyle::drawControl(ControlElement element,
                              const QStyleOption *option,
                              QPainter *painter,
                              const QWidget *widget) const
{
    const Theme &now = theme();
    switch (element) {
    case CE_PushButtonBevel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            drawPushButton(*painter, *button, widget);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option)) {
            QStyleOptionButton copy = *button;
            copy.palette.setColor(QPalette::ButtonText, pushButtonText(copy, widget));
            copy.state &= ~State_HasFocus;
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_TabBarTabShape:
        return; // all of a tab is drawn with its label
    case CE_TabBarTabLabel:
        if (const auto *tab = qstyleoption_cast<const QStyleOptionTab *>(option)) {
            drawTab(*painter, *tab, widget);
            return;
        }
        break;
    case CE_ItemViewItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionViewItem *>(option)) {
            // What is selected has a pale ground, so that its text stays as it is.
            QStyleOptionViewItem copy = *item;
            copy.palette.setColor(QPalette::HighlightedText, copy.palette.color(QPalette::Text));
            const bool popup = widget && widget->inherits("QComboBoxListView");
            if (popup || !copy.state.testFlag(State_KeyboardFocusChange))
                copy.state &= ~State_HasFocus;
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            drawMenuItem(*painter, *item, widget);
            return;
        }
        break;
    case CE_MenuBarItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            drawMenuBarItem(*painter, *item);
            return;
        }
        break;
    case CE_MenuBarEmptyArea:
    case CE_ToolBar: {
        painter->fillRect(option->rect, now.panel);
        painter->fillRect(
            QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
            now.separator);
        return;
    }
    case CE_HeaderSection:
    case CE_HeaderEmptyArea: {
        QStyleOptionHeader plain;
        plain.rect = option->rect;
        drawHeaderSection(*painter, plain);
        return;
    }
    case CE_Splitter:
        painter->fillRect(option->rect, now.separator);
        return;
    case CE_ProgressBarGroove:
    case CE_ProgressBarLabel:
        return;
    case CE_ProgressBarContents:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option)) {
            drawProgressBar(*painter, *bar);
            return;
        }
        break;
    case CE_ShapedFrame:
        if (const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option)) {
            if (frame->frameShape == QFrame::HLine) {
                painter->fillRect(
                    QRect(option->rect.left(), option->rect.center().y(), option->rect.width(), 1),
                    now.separator);
                return;
            }
            if (frame->frameShape == QFrame::VLine) {
                painter->fillRect(
                    QRect(option->rect.center().x(), option->rect.top(), 1, option->rect.height()),
                    now.separator);
                return;
            }
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void SluiceStyle::drawComplexControl(ComplexControl control,
                                     const QStyleOptionComplex *option,
                                     QPainter *painter,
                                     const QWidget *widget) const
{
    switch (control) {
    case CC_ComboBox:
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            drawComboBox(*painter, *box, widget);
            return;
        }
        break;
    case CC_SpinBox:
        if (const auto *box = qstyleoption_cast<const QStyleOptionSpinBox *>(option)) {
            drawSpinBox(*painter,
                        *box,
                        subControlRect(CC_SpinBox, option, SC_SpinBoxUp, widget),
                        subControlRect(CC_SpinBox, option, SC_SpinBoxDown, widget),
                        widget);
            return;
        }
        break;
    case CC_ToolButton:
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option)) {
            QStyleOptionToolButton plain = *button; // its icon says that it opens a menu
            plain.features &= ~QStyleOptionToolButton::HasMenu;
            QProxyStyle::drawComplexControl(control, &plain, painter, widget);
            return;
        }
        break;
    case CC_ScrollBar:
        if (const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option)) {
            drawScrollBar(
                *painter, *bar, subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget));
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int SluiceStyle::styleHint(StyleHint hint,
                           const QStyleOption *option,
                           const QWidget *widget,
                           QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_ComboBox_Popup:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_EtchDisabledText:
        return 0;
    case SH_TabBar_Alignment:
        return Qt::AlignLeft;
    case SH_ScrollBar_LeftClickAbsolutePosition:
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_ToolTip_WakeUpDelay:
        return 500;
    case SH_Widget_Animation_Duration:
        return 140;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

void SluiceStyle::polish(QWidget *widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QPushButton *>(widget) || qobject_cast<QToolButton *>(widget)
        || qobject_cast<QScrollBar *>(widget) || qobject_cast<QTabBar *>(widget)
        || qobject_cast<QComboBox *>(widget) || qobject_cast<QAbstractSpinBox *>(widget)) {
        widget->setAttribute(Qt::WA_Hover);
    }
    // Round corners need a window that is not filled behind them.
    if (qobject_cast<QMenu *>(widget))
        widget->setAttribute(Qt::WA_TranslucentBackground);
}

} // namespace sluice
