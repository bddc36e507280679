#pragma once

#include "ui/canvas/canvas_scene.h"
#include "ui/canvas/card_figures.h"
#include "ui/canvas/viewport.h"

#include <QPixmap>

#include <map>
#include <tuple>

class QPainter;

namespace sluice {

struct Theme;

/// What a card shows beside the node itself.
struct CardLook
{
    bool selected = false;
    bool changed = false; // differs from the running pipeline
    bool bottleneck = false;
    int errors = 0;
    int warnings = 0;
    const CardFigures *figures = nullptr; // null: not running
};

/// Draws node cards in view coordinates, less of them the smaller they are. Keeps the frames it
/// has drawn. Thread: the window's.
class CardPainter
{
public:
    void paint(QPainter &painter,
               const CardItem &card,
               const CardLook &look,
               const Viewport &viewport,
               const Theme &theme);
    /// Only what changes with the figures, inside footerRect(); opaque.
    void paintFooter(QPainter &painter,
                     const CardItem &card,
                     const CardLook &look,
                     const Viewport &viewport,
                     const Theme &theme);
    /// Frame, tile, title and summary without a node: what is dragged in from the palette.
    void paintGhost(QPainter &painter,
                    const NodeDescriptor &descriptor,
                    QPointF topLeft,
                    const Viewport &viewport,
                    const Theme &theme);
    void clear() { m_frames.clear(); }

    /// Where figures stand; empty where the zoom shows none. View coordinates.
    static QRectF footerRect(const CardItem &card, const Viewport &viewport);
    /// All that a card paints: with shadow, ports and badges. Scene coordinates.
    static QRectF paintedRect(const CardItem &card);

private:
    void paintFull(QPainter &painter,
                   const CardItem &card,
                   const CardLook &look,
                   const Viewport &viewport,
                   const Theme &theme);
    QPixmap frame(double height, bool selected, bool whole, double scale, const Theme &theme);

    std::map<std::tuple<int, bool, bool, bool, int>, QPixmap> m_frames;
};

/// A port's circle. @param grown  0 at rest … 1 hovered or fitting; below 0: small, optional ones
void paintPort(QPainter &painter,
               QPointF view,
               double zoom,
               double grown,
               const QColor &colour,
               const Theme &theme);

/// The sign beside a node's state: its shape tells as much as its colour.
void paintState(QPainter &painter,
                const QRectF &rect,
                NodeState state,
                bool troubled,
                bool live,
                const Theme &theme);
void paintSparkline(QPainter &painter,
                    const QRectF &rect,
                    const std::vector<float> &values,
                    const QColor &colour);

} // namespace sluice
