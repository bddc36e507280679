#pragma once

#include "ui/canvas/gesture.h"

#include <functional>

namespace sluice {

/// Drags the view. @param pan  gets the distance since the last move, view pixels
class PanGesture : public Gesture
{
public:
    PanGesture(const PointerInput &start, std::function<void(QPointF by)> pan)
        : m_last(start.view)
        , m_pan(std::move(pan))
    {}

    void move(const PointerInput &input) override
    {
        m_pan(input.view - m_last);
        m_last = input.view;
    }
    void finish(const PointerInput &input) override { move(input); }
    Qt::CursorShape cursor() const override { return Qt::ClosedHandCursor; }

private:
    QPointF m_last;
    std::function<void(QPointF by)> m_pan;
};

} // namespace sluice
