#pragma once

#include "ui/canvas/canvas_scene.h"

#include <QPointF>
#include <QRectF>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace sluice {

enum class HitKind { None, Card, Port, Wire };

/// What lies under a point. Indices are those of the scene.
struct Hit
{
    HitKind kind = HitKind::None;
    int card = -1; // of a card or a port
    int port = -1; // into CardItem::ports
    int wire = -1;
    friend bool operator==(const Hit &, const Hit &) = default;
};

/// Finds cards, ports and wires by place: a grid of cells with what touches each.
class HitIndex
{
public:
    void rebuild(const CanvasScene &scene);

    /// What is under `point`: a port before its card, a card before a wire, the topmost first.
    /// @param slack  how much farther than at 100 % things may be hit; 1 / zoom
    Hit at(const CanvasScene &scene, QPointF point, double slack = 1) const;
    /// The topmost card over `point`, without its surroundings; -1: none.
    int cardAt(const CanvasScene &scene, QPointF point) const;
    /// The nearest wire within `reach`; -1: none.
    int wireAt(const CanvasScene &scene, QPointF point, double reach) const;
    /// Cards whose rectangle touches `area`, in the scene's order.
    std::vector<int> cardsIn(const CanvasScene &scene, const QRectF &area) const;
    std::vector<int> wiresIn(const CanvasScene &scene, const QRectF &area) const;
    /// Around the curve of a wire.
    const QRectF &wireBounds(int wire) const { return m_wireBounds[std::size_t(wire)]; }

private:
    struct Cell
    {
        std::vector<int> cards;
        std::vector<int> wires;
    };
    template<typename Visit>
    void visitCells(const QRectF &area, Visit visit) const;

    std::unordered_map<std::uint64_t, Cell> m_cells;
    std::vector<QRectF> m_wireBounds;
    QRectF m_extent;
};

} // namespace sluice
