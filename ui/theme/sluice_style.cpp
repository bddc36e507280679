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

constexpr int kControlHeight = 30;
constexpr int kTabHeight = 32;
constexpr int kMenuItemHeight = 28;
constexpr int kItemHeight = 24;
constexpr int kScrollBarWidth = 12;
constexpr int kScrollHandleMinimum = 28;
constexpr int kSpinButtonWidth = 20;

// A line edit inside a spin box or an editable combo box has the outer one's frame.
bool isInsideField(const QWidget *widget)
{
    const QWidget *parent = widget ? widget->parentWidget() : nullptr;
    return qobject_cast<const QAbstractSpinBox *>(parent)
           || qobject_cast<const QComboBox *>(parent);
}

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

int SluiceStyle::pixelMetric(PixelMetric metric,
                             const QStyleOption *option,
                             const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollBarWidth;
    case PM_ScrollBarSliderMin:
        return kScrollHandleMinimum;
    case PM_DefaultFrameWidth:
        return widget && widget->inherits("QMenu") ? 0 : 1;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuVMargin:
        return 5;
    case PM_MenuHMargin:
        return 0;
    case PM_MenuBarPanelWidth:
        return 0;
    case PM_MenuBarItemSpacing:
        return 2;
    case PM_MenuBarHMargin:
        return metrics::kSpaceXs;
    case PM_MenuBarVMargin:
        return 2;
    case PM_FocusFrameHMargin: // of the text of an item; one pixel is added
        return 5;
    case PM_HeaderMargin:
        return 6;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 16;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return metrics::kSpaceS;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_TabBarBaseHeight:
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent:
        return 1;
    case PM_TabBarTabHSpace:
        return 2 * metrics::kSpaceM;
    case PM_SmallIconSize:
        return 16;
    case PM_ToolBarIconSize:
        return 18;
    case PM_ToolBarItemSpacing:
        return metrics::kSpaceXs;
    case PM_ToolBarItemMargin:
        return metrics::kSpaceS;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize SluiceStyle::sizeFromContents(ContentsType type,
                                    const QStyleOption *option,
                                    const QSize &size,
                                    const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_LineEdit:
        if (!isInsideField(widget))
            result.setHeight(std::max(result.height(), kControlHeight));
        break;
    case CT_ComboBox:
        result.setHeight(kControlHeight);
        result.rwidth() += metrics::kSpaceS;
        break;
    case CT_SpinBox:
        result.setHeight(kControlHeight);
        break;
    case CT_PushButton:
        result.setHeight(std::max(kControlHeight, size.height() + metrics::kSpaceS));
        result.rwidth() += metrics::kSpaceS;
        break;
    case CT_TabBarTab:
        result.setHeight(kTabHeight);
        break;
    case CT_MenuItem:
        if (const auto *item = qstyleoption_cast<const QStyleOptionMenuItem *>(option)) {
            const bool separator = item->menuItemType == QStyleOptionMenuItem::Separator;
            result.setHeight(separator ? 9 : kMenuItemHeight);
            result.rwidth() += metrics::kSpaceXl + metrics::kSpaceL;
        }
        break;
    case CT_ItemViewItem:
        result.setHeight(std::max(result.height(), kItemHeight));
        break;
    case CT_MenuBarItem:
        result = size + QSize(2 * metrics::kSpaceS, metrics::kSpaceS);
        break;
    default:
        break;
    }
    return result;
}

QRect SluiceStyle::subElementRect(SubElement element,
                                  const QStyleOption *option,
                                  const QWidget *widget) const
{
    QRect rect = QProxyStyle::subElementRect(element, option, widget);
    if (element == SE_LineEditContents && !isInsideField(widget))
        rect.adjust(4, 0, -4, 0);
    return rect;
}

QRect SluiceStyle::subControlRect(ComplexControl control,
                                  const QStyleOptionComplex *option,
                                  SubControl subControl,
                                  const QWidget *widget) const
{
    const QRect all = option->rect;
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField)
        return all.adjusted(8, 2, -26, -2);
    if (control == CC_ComboBox && subControl == SC_ComboBoxArrow)
        return {all.right() - 26, all.top(), 26, all.height()};
    if (control == CC_SpinBox) {
        const auto *box = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
        const bool buttons = !box || box->buttonSymbols != QAbstractSpinBox::NoButtons;
        const int half = all.height() / 2;
        const int left = all.right() - kSpinButtonWidth;
        switch (subControl) {
        case SC_SpinBoxUp:
            return buttons ? QRect(left, all.top() + 2, kSpinButtonWidth - 2, half - 2) : QRect();
        case SC_SpinBoxDown:
            return buttons ? QRect(left, all.top() + half, kSpinButtonWidth - 2, half - 2)
                           : QRect();
        case SC_SpinBoxEditField:
            return all.adjusted(6, 2, buttons ? -kSpinButtonWidth - 2 : -6, -2);
        default:
            break;
        }
    }
    if (control == CC_ScrollBar) {
        // No arrows: the groove is the whole bar.
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (subControl == SC_ScrollBarAddLine || subControl == SC_ScrollBarSubLine)
            return {};
        if (bar && subControl == SC_ScrollBarGroove)
            return all;
        if (bar) {
            const bool horizontal = bar->orientation == Qt::Horizontal;
            const int length = horizontal ? all.width() : all.height();
            const qint64 range = qint64(bar->maximum) - bar->minimum;
            int handle = length;
            if (range > 0)
                handle = int(qint64(bar->pageStep) * length / (range + bar->pageStep));
            handle = std::clamp(handle, std::min(kScrollHandleMinimum, length), length);
            const int start = sliderPositionFromValue(
                bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
            const auto span = [&](int from, int size) {
                return horizontal ? QRect(all.left() + from, all.top(), size, all.height())
                                  : QRect(all.left(), all.top() + from, all.width(), size);
            };
            if (subControl == SC_ScrollBarSlider)
                return span(start, handle);
            if (subControl == SC_ScrollBarSubPage)
                return span(0, start);
            if (subControl == SC_ScrollBarAddPage)
                return span(start + handle, length - start - handle);
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
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
