#include "ui/canvas/hit_index.h"

#include "ui/canvas/canvas_metrics.h"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr double kCell = 256;
constexpr int kPieces = 8; // a long wire is indexed in pieces, not by its bounding box

int cellOf(double value)
{
    return int(std::floor(value / kCell));
}

std::uint64_t keyOf(int x, int y)
{
    return (std::uint64_t(std::uint32_t(x)) << 32U) | std::uint32_t(y);
}

template<typename Visit>
void eachCell(const QRectF &area, Visit visit)
{
    for (int y = cellOf(area.top()); y <= cellOf(area.bottom()); ++y) {
        for (int x = cellOf(area.left()); x <= cellOf(area.right()); ++x)
            visit(keyOf(x, y));
    }
}

QRectF around(QPointF point, double radius)
{
    return {point.x() - radius, point.y() - radius, 2 * radius, 2 * radius};
}

void sortUnique(std::vector<int> &values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

} // namespace

void HitIndex::rebuild(const CanvasScene &scene)
{
    m_cells.clear();
    m_wireBounds.clear();
    m_extent = {};
    for (std::size_t i = 0; i < scene.cards().size(); ++i) {
        const QRectF &rect = scene.cards()[i].rect;
        m_extent |= rect;
        eachCell(rect, [&](std::uint64_t key) { m_cells[key].cards.push_back(int(i)); });
    }
    for (std::size_t i = 0; i < scene.wires().size(); ++i) {
        const WireCurve &curve = scene.wires()[i].curve;
        m_wireBounds.push_back(curve.bounds());
        m_extent |= m_wireBounds.back();
        QPointF last = curve.points[0];
        for (int piece = 1; piece <= kPieces; ++piece) {
            const QPointF next = curve.at(double(piece) / kPieces);
            const QRectF box = QRectF(last, next).normalized().adjusted(-24, -24, 24, 24);
            eachCell(box, [&](std::uint64_t key) {
                auto &wires = m_cells[key].wires;
                if (wires.empty() || wires.back() != int(i))
                    wires.push_back(int(i));
            });
            last = next;
        }
    }
}

template<typename Visit>
void HitIndex::visitCells(const QRectF &area, Visit visit) const
{
    const QRectF within = area.intersected(m_extent.adjusted(-kCell, -kCell, kCell, kCell));
    if (within.isEmpty())
        return;
    eachCell(within, [&](std::uint64_t key) {
        const auto cell = m_cells.find(key);
        if (cell != m_cells.end())
            visit(cell->second);
    });
}

std::vector<int> HitIndex::cardsIn(const CanvasScene &scene, const QRectF &area) const
{
    std::vector<int> found;
    visitCells(area, [&](const Cell &cell) {
        for (const int card : cell.cards) {
            if (scene.cards()[std::size_t(card)].rect.intersects(area))
                found.push_back(card);
        }
    });
    sortUnique(found);
    return found;
}

std::vector<int> HitIndex::wiresIn(const CanvasScene &scene, const QRectF &area) const
{
    (void)scene;
    std::vector<int> found;
    visitCells(area, [&](const Cell &cell) {
        for (const int wire : cell.wires) {
            if (m_wireBounds[std::size_t(wire)].intersects(area))
                found.push_back(wire);
        }
    });
    sortUnique(found);
    return found;
}

int HitIndex::cardAt(const CanvasScene &scene, QPointF point) const
{
    int found = -1;
    visitCells(around(point, 1), [&](const Cell &cell) {
        for (const int card : cell.cards) {
            if (card > found && scene.cards()[std::size_t(card)].rect.contains(point))
                found = card;
        }
    });
    return found;
}

int HitIndex::wireAt(const CanvasScene &scene, QPointF point, double reach) const
{
    int found = -1;
    double nearest = reach;
    for (const int wire : wiresIn(scene, around(point, reach))) {
        const double distance = scene.wires()[std::size_t(wire)].curve.distanceTo(point);
        if (distance <= nearest) {
            nearest = distance;
            found = wire;
        }
    }
    return found;
}

Hit HitIndex::at(const CanvasScene &scene, QPointF point, double slack) const
{
    const double portReach = metrics::kPortHit * std::clamp(slack, 1.0, 2.0);
    Hit hit;
    double nearest = portReach;
    for (const int index : cardsIn(scene, around(point, portReach))) {
        const CardItem &card = scene.cards()[std::size_t(index)];
        for (std::size_t port = 0; port < card.ports.size(); ++port) {
            const QPointF off = card.portPos(card.ports[port]) - point;
            const double distance = std::hypot(off.x(), off.y());
            if (distance <= nearest) {
                nearest = distance;
                hit = {HitKind::Port, index, int(port), -1};
            }
        }
    }
    const int card = cardAt(scene, point);
    // A card that lies over another card's port hides it.
    if (hit.kind == HitKind::Port && card <= hit.card)
        return hit;
    if (card >= 0)
        return {HitKind::Card, card, -1, -1};
    if (hit.kind == HitKind::Port)
        return hit;
    if (const int wire = wireAt(scene, point, metrics::kWireHit * slack); wire >= 0)
        return {HitKind::Wire, -1, -1, wire};
    return {};
}

} // namespace sluice
