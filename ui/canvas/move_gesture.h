#pragma once

#include "core/pipeline/pipeline.h"
#include "ui/canvas/gesture.h"

#include <QRectF>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// Drags cards. The grabbed one lands on the grid or in line with a neighbour; Alt suspends both.
class MoveGesture : public Gesture
{
public:
    struct Card
    {
        std::string id;
        QRectF rect;
    };
    using Places = std::vector<std::pair<std::string, Position>>;

    /// @param cards   what moves, the grabbed one first
    /// @param others  rectangles that stay, to come in line with
    MoveGesture(const PointerInput &start,
                std::vector<Card> cards,
                std::vector<QRectF> others,
                std::function<void(const Places &)> place);

    void move(const PointerInput &input) override;
    void finish(const PointerInput &input) override;
    void cancel() override { m_offset = {}; }
    void paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const override;
    Qt::CursorShape cursor() const override { return Qt::SizeAllCursor; }

    /// How far the cards are from where they were, scene units.
    QPointF offset() const { return m_offset; }
    const std::vector<Card> &cards() const { return m_cards; }

private:
    QPointF snapped(QPointF topLeft);

    QPointF m_start;
    std::vector<Card> m_cards;
    std::vector<QRectF> m_others;
    std::function<void(const Places &)> m_place;
    QPointF m_offset;
    std::optional<QRectF> m_alignedLeft; // the neighbour it is in line with
    std::optional<QRectF> m_alignedTop;
};

/// The nearest point of the grid.
QPointF onGrid(QPointF point);

} // namespace sluice
