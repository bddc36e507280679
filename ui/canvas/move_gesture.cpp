#include "ui/canvas/move_gesture.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <cmath>

namespace sluice {

namespace {

constexpr double kAlignWithin = 7; // less than half a step of the grid
constexpr double kNear = 900;      // neighbours farther away are none

} // namespace

QPointF onGrid(QPointF point)
{
    return {std::round(point.x() / metrics::kGrid) * metrics::kGrid,
            std::round(point.y() / metrics::kGrid) * metrics::kGrid};
}

MoveGesture::MoveGesture(const PointerInput &start,
                         std::vector<Card> cards,
                         std::vector<QRectF> others,
                         std::function<void(const Places &)> place)
    : m_start(start.scene)
    , m_cards(std::move(cards))
    , m_others(std::move(others))
    , m_place(std::move(place))
{}

QPointF MoveGesture::snapped(QPointF topLeft)
{
    QPointF result = onGrid(topLeft);
    double nearestX = kAlignWithin;
    double nearestY = kAlignWithin;
    for (const QRectF &other : m_others) {
        const QPointF off = other.topLeft() - topLeft;
        if (std::abs(off.x()) > kNear || std::abs(off.y()) > kNear)
            continue;
        if (std::abs(off.x()) < nearestX) {
            nearestX = std::abs(off.x());
            result.setX(other.left());
            m_alignedLeft = other;
        }
        if (std::abs(off.y()) < nearestY) {
            nearestY = std::abs(off.y());
            result.setY(other.top());
            m_alignedTop = other;
        }
    }
    return result;
}

void MoveGesture::move(const PointerInput &input)
{
    m_alignedLeft.reset();
    m_alignedTop.reset();
    const QPointF raw = input.scene - m_start;
    const QPointF grabbed = m_cards.front().rect.topLeft();
    const bool free = input.modifiers.testFlag(Qt::AltModifier);
    m_offset = free ? raw : snapped(grabbed + raw) - grabbed;
}

void MoveGesture::finish(const PointerInput &input)
{
    move(input);
    if (m_offset.isNull())
        return;
    Places places;
    for (const Card &card : m_cards) {
        const QPointF to = card.rect.topLeft() + m_offset;
        places.emplace_back(card.id, Position{to.x(), to.y()});
    }
    m_place(places);
}

void MoveGesture::paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const
{
    const QRectF moved = m_cards.front().rect.translated(m_offset);
    painter.setPen(QPen(faded(theme.accent, 0.7), 1, Qt::DashLine));
    if (m_alignedLeft) {
        const QRectF both = viewport.toView(moved.united(*m_alignedLeft));
        painter.drawLine(QPointF(both.left(), both.top() - 12),
                         QPointF(both.left(), both.bottom() + 12));
    }
    if (m_alignedTop) {
        const QRectF both = viewport.toView(moved.united(*m_alignedTop));
        const double middle = viewport.toView(moved.center()).y();
        painter.drawLine(QPointF(both.left() - 12, middle), QPointF(both.right() + 12, middle));
    }
}

} // namespace sluice
