#pragma once

#include "ui/canvas/viewport.h"

#include <QPointF>
#include <QString>
#include <Qt>

class QPainter;

namespace sluice {

struct Theme;

/// Where the pointer is and which keys are held.
struct PointerInput
{
    QPointF scene;
    QPointF view;
    Qt::KeyboardModifiers modifiers;
};

/// What goes on between a press and its release. Knows plain values and closures, no widget.
class Gesture
{
public:
    virtual ~Gesture() = default;
    virtual void move(const PointerInput &input) = 0;
    /// The button was released: takes effect.
    virtual void finish(const PointerInput &input) = 0;
    /// Escape: everything is as before.
    virtual void cancel() {}
    /// Draws what the gesture shows above the cards, in view coordinates.
    virtual void paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const;
    /// Words beside the pointer: why something does not fit.
    virtual QString bubble() const { return {}; }
    virtual Qt::CursorShape cursor() const { return Qt::ArrowCursor; }
};

} // namespace sluice
