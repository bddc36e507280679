#pragma once

#include "core/pipeline/pipeline.h"
#include "ui/canvas/gesture.h"
#include "ui/canvas/hit_index.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace sluice {

/// Draws a wire from a port. Tells at once which ports take it and why others do not; jumps to a
/// port within 24 px; dropped on a card it takes the first port that fits.
class WireGesture : public Gesture
{
public:
    struct Actions
    {
        /// Why this wire cannot be; empty when it can.
        std::function<QString(const WireEnd &from, const WireEnd &to)> refusal;
        std::function<void(const WireEnd &from, const WireEnd &to)> connect;
        std::function<void(QPointF scene)> droppedOnEmpty;
        std::function<void(const QString &reason)> refused;
    };

    /// @param anchor  the port that stays
    WireGesture(const CanvasScene &scene,
                const HitIndex &index,
                const WireEnd &anchor,
                bool fromOutput,
                QPointF anchorPos,
                Actions actions);

    void move(const PointerInput &input) override;
    void finish(const PointerInput &input) override;
    void paint(QPainter &painter, const Viewport &viewport, const Theme &theme) const override;
    QString bubble() const override { return m_reason; }
    Qt::CursorShape cursor() const override { return Qt::CrossCursor; }

    const WireEnd &anchor() const { return m_anchor; }
    bool fromOutput() const { return m_fromOutput; }
    /// The port it would be joined to now.
    std::optional<WireEnd> target() const;

private:
    struct Candidate
    {
        int card = -1;
        int port = -1;
    };
    QString refusal(int card, int port) const;
    WireEnd endOf(const Candidate &candidate) const;
    std::optional<Candidate> portNear(QPointF scene, double reach) const;
    std::optional<Candidate> portOfCard(int card) const;

    const CanvasScene &m_scene;
    const HitIndex &m_index;
    WireEnd m_anchor;
    bool m_fromOutput;
    QPointF m_anchorPos;
    Actions m_actions;
    QPointF m_pointer;
    std::optional<Candidate> m_target; // fits
    bool m_overCard = false;
    QString m_reason;
    mutable std::map<std::pair<int, int>, QString> m_refusals;
};

} // namespace sluice
