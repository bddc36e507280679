#include "ui/theme/metrics.h"
#include "ui/theme/sluice_style.h"
#include "ui/theme/style_parts.h"

#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QTabBar>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kControlHeight = 30;
constexpr int kTabHeight = 32;
constexpr int kMenuItemHeight = 28;
constexpr int kItemHeight = 24;
constexpr int kScrollBarWidth = 12;
constexpr int kScrollHandleMinimum = 28;
constexpr int kSpinButtonWidth = 20;

} // namespace

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
        // A flat one has no frame that would look odd when it is small.
        if (const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
            button != nullptr && button->features.testFlag(QStyleOptionButton::Flat))
            result.setWidth(size.width() + 2 * metrics::kSpaceM);
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

} // namespace sluice
