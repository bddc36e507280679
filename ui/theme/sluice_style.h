#pragma once

#include <QPalette>
#include <QProxyStyle>

namespace sluice {

struct Theme;

/// Draws the standard widgets as Sluice looks: quiet fields and buttons with 6 px corners, tabs
/// with an accent underline, hairline separators, thin scroll bars, a visible focus ring.
/// Buttons: setDefault(true) or the property "accent" = true makes a filled one; flat ones and
/// tool buttons have no frame until hovered. Reads theme(); a change needs a repaint only.
class SluiceStyle : public QProxyStyle
{
    Q_OBJECT

public:
    SluiceStyle();

    void drawPrimitive(PrimitiveElement element,
                       const QStyleOption *option,
                       QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element,
                     const QStyleOption *option,
                     QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control,
                            const QStyleOptionComplex *option,
                            QPainter *painter,
                            const QWidget *widget) const override;
    int pixelMetric(PixelMetric metric,
                    const QStyleOption *option,
                    const QWidget *widget) const override;
    QSize sizeFromContents(ContentsType type,
                           const QStyleOption *option,
                           const QSize &size,
                           const QWidget *widget) const override;
    QRect subElementRect(SubElement element,
                         const QStyleOption *option,
                         const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control,
                         const QStyleOptionComplex *option,
                         SubControl subControl,
                         const QWidget *widget) const override;
    int styleHint(StyleHint hint,
                  const QStyleOption *option,
                  const QWidget *widget,
                  QStyleHintReturn *returnData) const override;
    void polish(QWidget *widget) override;
    using QProxyStyle::polish;
};

QPalette paletteOf(const Theme &theme);

} // namespace sluice
