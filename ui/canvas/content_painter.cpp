#include "ui/canvas/content_painter.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/grid_painter.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace sluice {

CardLook CanvasContent::cardLook(const CardItem &card) const
{
    CardLook look;
    look.selected = selectedNodes.contains(card.id());
    look.changed = changed.contains(card.id());
    look.bottleneck = !bottleneck.empty() && bottleneck == card.id();
    if (const auto found = problems.find(card.id()); found != problems.end()) {
        look.errors = found->second.first;
        look.warnings = found->second.second;
    }
    look.figures = figures.card(card.id());
    return look;
}

WireLook CanvasContent::wireLook(const WireItem &wire, bool manyWires) const
{
    WireLook look;
    if (const WireTraffic *traffic = figures.wire(wire.key)) {
        look.width = traffic->width;
        look.pressure = traffic->pressure;
    }
    if (manyWires && !look.pressure)
        look.width = 1;
    look.selected = selectedWires.contains(wire.key);
    look.faulty = wire.faulty;
    return look;
}

bool CanvasContent::isLifted(const WireItem &wire) const
{
    if (!hiddenWire.empty() && wire.key == hiddenWire)
        return true;
    return !lifted.empty()
           && (lifted.contains(wire.wire->from.node) || lifted.contains(wire.wire->to.node));
}

void paintContent(QPainter &painter,
                  const CanvasContent &content,
                  CardPainter &cards,
                  const Viewport &viewport,
                  const QRegion &region,
                  const Theme &theme)
{
    painter.save();
    painter.setClipRegion(region);
    for (const QRect &rect : region)
        paintGrid(painter, rect, viewport, theme);

    const QRectF seen = viewport.toScene(QRectF(region.boundingRect()));
    const auto touches = [&](const QRectF &sceneRect, double margin) {
        return region.intersects(
            viewport.toView(sceneRect).adjusted(-margin, -margin, margin, margin).toAlignedRect());
    };
    const auto wires = content.index.wiresIn(content.scene, seen.adjusted(-4, -4, 4, 4));
    const bool many = int(wires.size()) > metrics::kManyWires;
    std::vector<int> onTop; // chosen ones are not hidden by others
    for (const int index : wires) {
        const WireItem &wire = content.scene.wires()[std::size_t(index)];
        if (content.isLifted(wire) || !touches(content.index.wireBounds(index), 4))
            continue;
        if (content.selectedWires.contains(wire.key))
            onTop.push_back(index);
        else
            paintWire(painter, wire.curve, content.wireLook(wire, many), viewport, theme);
    }
    for (const int index : onTop) {
        const WireItem &wire = content.scene.wires()[std::size_t(index)];
        paintWire(painter, wire.curve, content.wireLook(wire, many), viewport, theme);
    }
    const double margin = metrics::kShadowMargin + 2;
    for (const int index :
         content.index.cardsIn(content.scene, seen.adjusted(-margin, -margin, margin, margin))) {
        const CardItem &card = content.scene.cards()[std::size_t(index)];
        if (content.lifted.contains(card.id()) || !touches(CardPainter::paintedRect(card), 1))
            continue;
        cards.paint(painter, card, content.cardLook(card), viewport, theme);
    }
    painter.restore();
}

} // namespace sluice
