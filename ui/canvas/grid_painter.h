#pragma once

#include "ui/canvas/viewport.h"

#include <QRectF>

class QPainter;

namespace sluice {

struct Theme;

/// Background and the dots of the grid inside `area` (view coordinates).
void paintGrid(QPainter &painter, const QRectF &area, const Viewport &viewport, const Theme &theme);

} // namespace sluice
