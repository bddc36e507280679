#pragma once

#include "ui/canvas/card_figures.h"
#include "ui/canvas/hit_index.h"
#include "ui/canvas/viewport.h"

#include <QPixmap>

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

class QPainter;

namespace sluice {

struct Theme;

/// Dots that run along the wires and pills with their rates: pictures drawn once and blitted, so
/// that a frame costs little.
class FlowLayer
{
public:
    /// Forgets places; after a change of the scene.
    void sceneChanged() { m_tracks.clear(); }
    /// Forgets pictures; after a change of theme or pixel ratio.
    void looksChanged();

    /// Moves the dots on. @param seconds  since the last step
    void advance(double seconds);
    /// @param moving  whether dots are drawn at all
    void paint(QPainter &painter,
               const CanvasScene &scene,
               const HitIndex &index,
               const FigureHistory &figures,
               const std::set<std::string> &lifted,
               const Viewport &viewport,
               QSizeF view,
               bool moving,
               const Theme &theme);

private:
    struct Track
    {
        std::vector<QPointF> places; // every kStep of the wire, scene units
        std::vector<bool> covered;   // lies under a card
        bool pillFits = false;
    };
    const Track &track(const CanvasScene &scene, const HitIndex &index, int wire);
    const QPixmap &
    pill(const QString &text, bool pressure, double zoom, double ratio, const Theme &theme);
    void paintDots(QPainter &painter,
                   const Track &track,
                   const WireTraffic &traffic,
                   const Viewport &viewport,
                   const QRectF &view,
                   double ratio,
                   const Theme &theme);

    std::unordered_map<int, Track> m_tracks; // by wire index
    std::unordered_map<std::string, QPixmap> m_pills;
    QPixmap m_dots[2];
    double m_looksZoom = 0;
    double m_pillGrowth = 1; // how much larger than to scale pills are drawn
    double m_phase[4] = {};  // by speed, scene units
};

} // namespace sluice
