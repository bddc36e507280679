#pragma once

#include "ui/canvas/card_painter.h"
#include "ui/canvas/hit_index.h"
#include "ui/canvas/wire_painter.h"

#include <QRegion>

#include <map>
#include <set>
#include <string>

namespace sluice {

/// All that the static layer shows. Refers to what the canvas owns; a value of one paint call.
struct CanvasContent
{
    const CanvasScene &scene;
    const HitIndex &index;
    const FigureHistory &figures;
    const std::set<std::string> &selectedNodes;
    const std::set<std::string> &selectedWires;
    const std::set<std::string> &changed;
    const std::string &bottleneck;
    const std::map<std::string, std::pair<int, int>> &problems; // errors and warnings by node
    const std::set<std::string> &lifted; // nodes drawn live by a gesture, with their wires
    const std::string &hiddenWire;       // being plugged in elsewhere; empty: none

    CardLook cardLook(const CardItem &card) const;
    WireLook wireLook(const WireItem &wire, bool manyWires) const;
    bool isLifted(const WireItem &wire) const;
};

/// Grid, wires and cards inside `region` (view coordinates), clipped to it.
void paintContent(QPainter &painter,
                  const CanvasContent &content,
                  CardPainter &cards,
                  const Viewport &viewport,
                  const QRegion &region,
                  const Theme &theme);

} // namespace sluice
