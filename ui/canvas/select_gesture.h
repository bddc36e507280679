#pragma once

#include "ui/canvas/gesture.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace sluice {

/// A box drawn from empty canvas. Alone it chooses what it touches; Shift adds, Ctrl toggles.
class SelectGesture : public Gesture
{
public:
    using Nodes = std::set<std::string>;
    /// @param inside  the nodes that touch an area
    SelectGesture(const PointerInput &start,
                  Nodes before,
                  std::function<std::vector<std::string>(const QRectF &)> inside,
                  std::function<void(const Nodes &)> choose);

    void move(const PointerInput &input) override;
    void finish(const PointerInput &input) override;
    void cancel() override;
    void paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const override;
    QRectF box() const { return QRectF(m_from, m_to).normalized(); }

private:
    QPointF m_from;
    QPointF m_to;
    Nodes m_before;
    std::function<std::vector<std::string>(const QRectF &)> m_inside;
    std::function<void(const Nodes &)> m_choose;
};

} // namespace sluice
