#pragma once

#include "ui/canvas/card_figures.h"
#include "ui/canvas/viewport.h"
#include "ui/canvas/wire_geometry.h"

#include <QPixmap>

class QPainter;

namespace sluice {

struct Theme;

struct WireLook
{
    double width = 1.2;
    bool pressure = false;
    bool selected = false;
    bool faulty = false; // an end that fits no port
};

/// A wire in view coordinates; a hairline below 30 %.
void paintWire(QPainter &painter,
               const WireCurve &curve,
               const WireLook &look,
               const Viewport &viewport,
               const Theme &theme);
/// The wire that is being dragged. @param fits  its end lies on a port that takes it
void paintDraggedWire(QPainter &painter,
                      const WireCurve &curve,
                      bool fits,
                      const Viewport &viewport,
                      const Theme &theme);

/// The label with a wire's rate, drawn once and blitted. Size at 100 %: width by text, 18 high.
QPixmap ratePill(
    const QString &text, bool pressure, double zoom, double devicePixelRatio, const Theme &theme);
/// One dot of the flow.
QPixmap flowDot(bool pressure, double zoom, double devicePixelRatio, const Theme &theme);

} // namespace sluice
