#include "ui/canvas/select_gesture.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace sluice {

void Gesture::paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const
{
    (void)painter;
    (void)viewport;
    (void)theme;
}

SelectGesture::SelectGesture(const PointerInput &start,
                             Nodes before,
                             std::function<std::vector<std::string>(const QRectF &)> inside,
                             std::function<void(const Nodes &)> choose)
    : m_from(start.scene)
    , m_to(start.scene)
    , m_before(std::move(before))
    , m_inside(std::move(inside))
    , m_choose(std::move(choose))
{}

void SelectGesture::move(const PointerInput &input)
{
    m_to = input.scene;
    const std::vector<std::string> touched = m_inside(box());
    const bool adds = input.modifiers.testFlag(Qt::ShiftModifier);
    const bool toggles = input.modifiers.testFlag(Qt::ControlModifier);
    Nodes chosen = adds || toggles ? m_before : Nodes();
    for (const std::string &node : touched) {
        if (toggles && m_before.contains(node))
            chosen.erase(node);
        else
            chosen.insert(node);
    }
    m_choose(chosen);
}

void SelectGesture::finish(const PointerInput &input)
{
    move(input);
}

void SelectGesture::cancel()
{
    m_choose(m_before);
}

void SelectGesture::paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.accent, 1));
    painter.setBrush(faded(theme.accent, 0.10));
    painter.drawRoundedRect(viewport.toView(box()), 3, 3);
}

} // namespace sluice
