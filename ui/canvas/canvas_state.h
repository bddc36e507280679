#pragma once

#include "ui/canvas/canvas_widget.h"
#include "ui/canvas/content_painter.h"
#include "ui/canvas/flow_layer.h"
#include "ui/canvas/gesture.h"
#include "ui/canvas/static_layer.h"
#include "ui/canvas/zoom_control.h"

#include <QElapsedTimer>
#include <QTimer>

namespace sluice {

/// What is dragged in from the palette.
struct DroppedKind
{
    const NodeDescriptor *descriptor = nullptr;
    QPointF topLeft; // scene
    int wire = -1;   // under it; would be cut in two
};

/// The canvas' own parts. Included by canvas_*.cpp only.
struct CanvasWidget::State
{
    HitIndex index;
    StaticLayer layer;
    FlowLayer flow;
    FigureHistory figures;
    CardPainter cards;

    std::set<std::string> changed;
    std::string bottleneck;
    std::map<std::string, std::pair<int, int>> problems;
    std::map<std::string, NodeRole> roles;
    std::set<std::string> lifted;
    std::string hiddenWire;

    std::unique_ptr<Gesture> gesture;
    std::optional<PointerInput> press; // a button is down, nothing dragged yet
    Hit pressHit;
    bool pressWasSelected = false;
    std::optional<Hit> hover;
    std::optional<DroppedKind> dropped;
    bool spaceHeld = false;
    bool spaceUsed = false; // it served to pan, and asks for nothing when released
    bool showFocus = false; // moved by keyboard

    ZoomControl *zoomControl = nullptr;
    QTimer flowTimer;
    QTimer restTimer; // a zoom has come to rest
    QElapsedTimer flowClock;
    bool zooming = false;
    bool reducedMotion = false;
    bool fitPending = true; // until shown for the first time with a pipeline
};

} // namespace sluice
