#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_state.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/canvas/move_gesture.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QPaintEvent>
#include <QPainter>

namespace sluice {

namespace {

constexpr double kFocusGap = 2; // between the card and its focus ring

} // namespace

void CanvasWidget::paintEvent(QPaintEvent *event)
{
    State &state = *m_state;
    const Theme &now = theme();
    const CanvasContent shown = content();
    state.layer.resize(size(), devicePixelRatioF());
    state.layer.update(m_viewport,
                       state.zooming,
                       [&](QPainter &painter, const Viewport &viewport, const QRegion &region) {
                           paintContent(painter, shown, state.cards, viewport, region, now);
                       });
    QPainter painter(this);
    painter.setClipRegion(event->region());
    if (state.layer.isStretched(m_viewport))
        painter.fillRect(rect(), now.canvas);
    state.layer.draw(painter, m_viewport);
    paintHoveredWire(painter); // below its rate
    state.flow.paint(painter,
                     m_scene,
                     state.index,
                     state.figures,
                     state.lifted,
                     m_viewport,
                     QSizeF(size()),
                     !state.reducedMotion,
                     now);
    paintLifted(painter);
    paintHoveredPort(painter);
    paintFocusRing(painter);
    paintDropped(painter);
    if (state.gesture)
        state.gesture->paint(painter, m_viewport, now);
    if (m_scene.isEmpty())
        paintEmpty(painter);
    if (state.gesture && !state.gesture->bubble().isEmpty())
        paintBubble(painter, state.gesture->bubble(), mapFromGlobal(QCursor::pos()));
}

// The cards a drag holds, with their wires: the picture below shows neither.
void CanvasWidget::paintLifted(QPainter &painter)
{
    State &state = *m_state;
    const auto *move = dynamic_cast<const MoveGesture *>(state.gesture.get());
    if (!move || state.lifted.empty())
        return;
    const Theme &now = theme();
    const CanvasContent shown = content();
    const QPointF offset = move->offset();
    std::set<int> wires;
    for (const MoveGesture::Card &card : move->cards()) {
        if (const int index = m_scene.cardIndex(card.id); index >= 0)
            wires.insert(m_scene.wiresOf(index).begin(), m_scene.wiresOf(index).end());
    }
    const bool many = int(wires.size()) > metrics::kManyWires;
    for (const int index : wires) {
        const WireItem &wire = m_scene.wires()[std::size_t(index)];
        QPointF from = wire.curve.points[0];
        QPointF to = wire.curve.points[3];
        if (state.lifted.contains(wire.wire->from.node))
            from += offset;
        if (state.lifted.contains(wire.wire->to.node))
            to += offset;
        paintWire(
            painter, WireCurve::between(from, to), shown.wireLook(wire, many), m_viewport, now);
    }
    const QRectF seen = m_viewport.toScene(QRectF(rect()));
    for (const MoveGesture::Card &lifted : move->cards()) {
        const CardItem *card = m_scene.findCard(lifted.id);
        if (!card)
            continue;
        CardItem moved = *card;
        moved.rect.translate(offset);
        if (CardPainter::paintedRect(moved).intersects(seen))
            state.cards.paint(painter, moved, shown.cardLook(moved), m_viewport, now);
    }
}

void CanvasWidget::paintHoveredWire(QPainter &painter)
{
    const State &state = *m_state;
    if (!state.hover || state.gesture || state.hover->kind != HitKind::Wire)
        return;
    const Theme &now = theme();
    const WireItem &wire = m_scene.wires()[std::size_t(state.hover->wire)];
    WireLook look = content().wireLook(wire, false);
    look.width += 1;
    paintWire(painter, wire.curve, look, m_viewport, now);
    for (const QPointF end : {wire.curve.points[0], wire.curve.points[3]})
        paintPort(painter, m_viewport.toView(end), zoom(), 0, now.wire, now);
}

void CanvasWidget::paintHoveredPort(QPainter &painter)
{
    const State &state = *m_state;
    if (!state.hover || state.gesture)
        return;
    const Theme &now = theme();
    const Hit &hit = *state.hover;
    if (hit.kind != HitKind::Port || zoom() < metrics::kTinyZoom)
        return;
    const CardItem &card = m_scene.cards()[std::size_t(hit.card)];
    const PortItem &port = card.ports[std::size_t(hit.port)];
    const QPointF at = m_viewport.toView(card.portPos(port));
    paintPort(painter, at, zoom(), 1, now.accent, now);
    const QFont font = uiFont(metrics::kTextHint);
    const double width = QFontMetricsF(font).horizontalAdvance(port.title) + 14;
    const QRectF label(port.output ? at.x() + 12 : at.x() - 12 - width, at.y() - 10, width, 20);
    painter.setPen(QPen(now.separator, 1));
    painter.setBrush(now.panel);
    painter.drawRoundedRect(label.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setFont(font);
    painter.setPen(now.text);
    painter.drawText(label, Qt::AlignCenter, port.title);
}

void CanvasWidget::paintFocusRing(QPainter &painter)
{
    const CardItem *card = m_scene.findCard(m_focusNode);
    if (!hasFocus() || !m_state->showFocus || !card || m_state->lifted.contains(m_focusNode))
        return;
    const double off = kFocusGap + metrics::kFocusWidth / 2.0 + 1;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, metrics::kFocusWidth));
    const double radius = (metrics::kRadiusCard + off) * std::min(1.0, zoom());
    painter.drawRoundedRect(
        m_viewport.toView(card->rect).adjusted(-off, -off, off, off), radius, radius);
}

void CanvasWidget::paintDropped(QPainter &painter)
{
    const auto &dropped = m_state->dropped;
    if (!dropped)
        return;
    const Theme &now = theme();
    if (dropped->wire >= 0) {
        WireLook look;
        look.width = 3;
        look.selected = true;
        paintWire(
            painter, m_scene.wires()[std::size_t(dropped->wire)].curve, look, m_viewport, now);
    }
    m_state->cards.paintGhost(painter, *dropped->descriptor, dropped->topLeft, m_viewport, now);
}

void CanvasWidget::paintBubble(QPainter &painter, const QString &text, QPointF at)
{
    const Theme &now = theme();
    const QFont font = uiFont(metrics::kTextLabel);
    const double widest = std::min(340.0, width() - 40.0);
    QRectF box =
        QFontMetricsF(font).boundingRect(QRectF(0, 0, widest, 400), Qt::TextWordWrap, text);
    box = QRectF(0, 0, box.width() + 20, box.height() + 12);
    box.moveTopLeft(at + QPointF(16, 18));
    if (box.right() > width() - 8)
        box.moveRight(at.x() - 12);
    if (box.bottom() > height() - 8)
        box.moveBottom(at.y() - 12);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(now.error, 1));
    painter.setBrush(now.panel);
    painter.drawRoundedRect(
        box.adjusted(0.5, 0.5, -0.5, -0.5), metrics::kRadiusField, metrics::kRadiusField);
    painter.setFont(font);
    painter.setPen(now.text);
    painter.drawText(box.adjusted(10, 6, -10, -6), Qt::TextWordWrap, text);
}

void CanvasWidget::paintEmpty(QPainter &painter)
{
    const Theme &now = theme();
    const QRectF middle = QRectF(rect()).adjusted(24, 0, -24, -40);
    painter.setFont(uiFont(metrics::kTextTitle, QFont::DemiBold));
    painter.setPen(now.textSecondary);
    painter.drawText(
        middle.translated(0, -14), Qt::AlignCenter, tr("This is where events will flow"));
    painter.setFont(uiFont(metrics::kTextBody));
    painter.setPen(now.textHint);
    painter.drawText(middle.translated(0, 12),
                     Qt::AlignCenter,
                     tr("Drag a source from the left, or double-click."));
}

// Figures change four times a second: only their rectangles are painted, straight into the
// picture. A footer that another card covers goes the long way.
void CanvasWidget::refreshFooters(const std::vector<int> &cards)
{
    State &state = *m_state;
    std::vector<int> inPlace;
    for (const int index : cards) {
        const CardItem &card = m_scene.cards()[std::size_t(index)];
        const auto over = state.index.cardsIn(m_scene, card.rect);
        const bool covered = !over.empty() && over.back() > index;
        if (zoom() < metrics::kTinyZoom || covered || state.zooming)
            state.layer.markDirty(CardPainter::paintedRect(card));
        else if (!state.lifted.contains(card.id()))
            inPlace.push_back(index);
    }
    if (inPlace.empty() || state.layer.isStretched(m_viewport))
        return;
    const CanvasContent shown = content();
    state.layer.paintOver([&](QPainter &painter, const Viewport &viewport, const QRegion &) {
        for (const int index : inPlace) {
            const CardItem &card = m_scene.cards()[std::size_t(index)];
            state.cards.paintFooter(painter, card, shown.cardLook(card), viewport, theme());
        }
    });
}

} // namespace sluice
