#include "core/pipeline/edits.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_state.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/canvas/move_gesture.h"
#include "ui/canvas/pan_gesture.h"
#include "ui/canvas/select_gesture.h"
#include "ui/canvas/wire_gesture.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>

namespace sluice {

namespace {

constexpr double kWheelZoom = 1.0015; // per eighth of a degree
constexpr double kWheelPan = 0.6;     // view pixels per eighth of a degree

} // namespace

PointerInput CanvasWidget::inputAt(QPointF view, Qt::KeyboardModifiers modifiers) const
{
    return {m_viewport.toScene(view), view, modifiers};
}

void CanvasWidget::mousePressEvent(QMouseEvent *event)
{
    State &state = *m_state;
    const PointerInput input = inputAt(event->position(), event->modifiers());
    state.showFocus = false;
    if (state.gesture)
        return;
    if (event->button() == Qt::MiddleButton
        || (event->button() == Qt::LeftButton && state.spaceHeld)) {
        startPan(input);
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    state.press = input;
    state.pressHit = state.index.at(m_scene, input.scene, slack());
    state.pressWasSelected = false;
    const bool adds = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    if (state.pressHit.kind == HitKind::Card) {
        const std::string &id = m_scene.cards()[std::size_t(state.pressHit.card)].id();
        state.pressWasSelected = m_selectedNodes.contains(id);
        m_focusNode = id;
        if (!state.pressWasSelected) {
            std::set<std::string> nodes = adds ? m_selectedNodes : std::set<std::string>();
            nodes.insert(id);
            setSelection(std::move(nodes), adds ? m_selectedWires : std::set<std::string>());
        }
    } else if (state.pressHit.kind == HitKind::Wire) {
        const std::string &key = m_scene.wires()[std::size_t(state.pressHit.wire)].key;
        std::set<std::string> wires = adds ? m_selectedWires : std::set<std::string>();
        if (adds && m_selectedWires.contains(key))
            wires.erase(key);
        else
            wires.insert(key);
        setSelection(adds ? m_selectedNodes : std::set<std::string>(), std::move(wires));
    }
}

void CanvasWidget::mouseMoveEvent(QMouseEvent *event)
{
    State &state = *m_state;
    const PointerInput input = inputAt(event->position(), event->modifiers());
    if (state.press && !state.gesture) {
        const QPointF off = input.view - state.press->view;
        if (off.manhattanLength() >= QApplication::startDragDistance())
            startGesture(*state.press);
    }
    if (state.gesture) {
        state.gesture->move(input);
        setCursor(state.gesture->cursor());
        update();
        return;
    }
    setHover(state.index.at(m_scene, input.scene, slack()));
}

void CanvasWidget::mouseReleaseEvent(QMouseEvent *event)
{
    State &state = *m_state;
    const PointerInput input = inputAt(event->position(), event->modifiers());
    if (state.gesture)
        endGesture(&input);
    else if (event->button() == Qt::LeftButton && state.press)
        click(input);
    state.press.reset();
}

// A press and release in one place: what a drag would have left alone is decided now.
void CanvasWidget::click(const PointerInput &input)
{
    const State &state = *m_state;
    const bool adds = input.modifiers & (Qt::ShiftModifier | Qt::ControlModifier);
    if (state.pressHit.kind == HitKind::None && !adds)
        clearSelection();
    if (state.pressHit.kind != HitKind::Card || !state.pressWasSelected)
        return;
    const std::string id = m_scene.cards()[std::size_t(state.pressHit.card)].id();
    if (input.modifiers & Qt::ControlModifier) {
        std::set<std::string> nodes = m_selectedNodes;
        nodes.erase(id);
        setSelection(std::move(nodes), m_selectedWires);
    } else if (!adds) {
        setSelection({id}, {});
    }
}

void CanvasWidget::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const QPointF scenePos = m_viewport.toScene(event->position());
    const Hit hit = m_state->index.at(m_scene, scenePos, slack());
    m_state->press.reset();
    if (hit.kind == HitKind::Card)
        Q_EMIT openNode(m_scene.cards()[std::size_t(hit.card)].id());
    else if (hit.kind == HitKind::None)
        Q_EMIT addRequested(scenePos, event->globalPosition().toPoint());
}

void CanvasWidget::startGesture(const PointerInput &input)
{
    setHover({});
    switch (m_state->pressHit.kind) {
    case HitKind::Card:
        startMove(input);
        return;
    case HitKind::Port:
        startWire(input);
        return;
    case HitKind::Wire:
    case HitKind::None:
        startSelect(input);
        return;
    }
}

void CanvasWidget::startMove(const PointerInput &input)
{
    State &state = *m_state;
    const std::string grabbed = m_scene.cards()[std::size_t(state.pressHit.card)].id();
    std::vector<MoveGesture::Card> cards;
    cards.push_back({grabbed, m_scene.findCard(grabbed)->rect});
    for (const std::string &id : m_selectedNodes) {
        if (id != grabbed)
            cards.push_back({id, m_scene.findCard(id)->rect});
    }
    std::vector<QRectF> others;
    for (const CardItem &card : m_scene.cards()) {
        if (!m_selectedNodes.contains(card.id()) && card.id() != grabbed)
            others.push_back(card.rect);
    }
    for (const MoveGesture::Card &card : cards) {
        state.lifted.insert(card.id);
        markCard(card.id);
        for (const int wire : m_scene.wiresOf(m_scene.cardIndex(card.id)))
            state.layer.markDirty(state.index.wireBounds(wire).adjusted(-4, -4, 4, 4));
    }
    const int count = int(cards.size());
    state.gesture = std::make_unique<MoveGesture>(
        input,
        std::move(cards),
        std::move(others),
        [this, count](const MoveGesture::Places &places) {
            report(m_document.apply(tr("Move %n node(s)", nullptr, count),
                                    moveNodes(m_document.pipeline(), places)));
        });
}

void CanvasWidget::startWire(const PointerInput &input)
{
    State &state = *m_state;
    const CardItem &card = m_scene.cards()[std::size_t(state.pressHit.card)];
    const PortItem &port = card.ports[std::size_t(state.pressHit.port)];
    WireEnd anchor{card.id(), port.id};
    bool fromOutput = port.output;
    QPointF anchorPos = card.portPos(port);
    std::optional<Wire> moved;
    // A wired input gives its wire into the hand: dropped elsewhere it is plugged in there.
    if (!port.output && port.wires == 1) {
        for (const int index : m_scene.wiresOf(state.pressHit.card)) {
            const WireItem &wire = m_scene.wires()[std::size_t(index)];
            if (wire.toCard != state.pressHit.card || wire.toPort != port.id)
                continue;
            moved = *wire.wire;
            state.hiddenWire = wire.key;
            state.layer.markDirty(state.index.wireBounds(index).adjusted(-4, -4, 4, 4));
            anchor = {moved->from.node, wire.fromPort};
            anchorPos = wire.curve.points[0];
            fromOutput = true;
            break;
        }
    }
    Pipeline base = m_document.pipeline();
    if (moved) {
        if (auto without = sluice::disconnect(base, *moved))
            base = *std::move(without);
    }
    WireGesture::Actions actions;
    actions.refusal = [this, base](const WireEnd &from, const WireEnd &to) {
        const auto can = canConnect(base, m_document.catalog(), from, to);
        return can ? QString() : errorText(can.error());
    };
    actions.connect = [this, base](const WireEnd &from, const WireEnd &to) {
        report(
            m_document.apply(tr("Connect"), sluice::connect(base, m_document.catalog(), from, to)));
    };
    actions.refused = [this](const QString &reason) { Q_EMIT messageShown(reason); };
    actions.droppedOnEmpty = [this, base, moved, anchor, fromOutput](QPointF scenePos) {
        if (moved) {
            report(m_document.apply(tr("Disconnect"), base));
            return;
        }
        const QPoint global = mapToGlobal(m_viewport.toView(scenePos).toPoint());
        Q_EMIT wireDroppedOnEmpty(anchor, fromOutput, scenePos, global);
    };
    state.gesture = std::make_unique<WireGesture>(
        m_scene, state.index, anchor, fromOutput, anchorPos, std::move(actions));
    (void)input;
}

void CanvasWidget::startSelect(const PointerInput &input)
{
    m_state->gesture = std::make_unique<SelectGesture>(
        input,
        m_selectedNodes,
        [this](const QRectF &area) {
            std::vector<std::string> nodes;
            for (const int card : m_state->index.cardsIn(m_scene, area))
                nodes.push_back(m_scene.cards()[std::size_t(card)].id());
            return nodes;
        },
        [this](const SelectGesture::Nodes &nodes) { setSelection(nodes, {}); });
}

void CanvasWidget::startPan(const PointerInput &input)
{
    m_state->spaceUsed = true;
    m_state->gesture = std::make_unique<PanGesture>(
        input, [this](QPointF by) { setViewport(m_viewport.panned(by)); });
    setCursor(m_state->gesture->cursor());
}

void CanvasWidget::endGesture(const PointerInput *finish)
{
    State &state = *m_state;
    if (!state.gesture)
        return;
    // What the gesture does may change the scene, which ends gestures: it is out of the way first.
    const std::unique_ptr<Gesture> gesture = std::move(state.gesture);
    for (const std::string &node : state.lifted) {
        markCard(node);
        if (const int card = m_scene.cardIndex(node); card >= 0) {
            for (const int wire : m_scene.wiresOf(card))
                state.layer.markDirty(state.index.wireBounds(wire).adjusted(-4, -4, 4, 4));
        }
    }
    state.lifted.clear();
    if (const int wire = m_scene.wireIndex(state.hiddenWire); wire >= 0)
        state.layer.markDirty(state.index.wireBounds(wire).adjusted(-4, -4, 4, 4));
    state.hiddenWire.clear();
    state.press.reset();
    if (finish)
        gesture->finish(*finish);
    else
        gesture->cancel();
    updateCursor();
    update();
}

void CanvasWidget::setHover(const Hit &hit)
{
    if (m_state->hover && *m_state->hover == hit)
        return;
    m_state->hover = hit;
    updateCursor();
    update();
}

void CanvasWidget::updateCursor()
{
    const State &state = *m_state;
    if (state.spaceHeld)
        setCursor(Qt::OpenHandCursor);
    else if (state.hover && state.hover->kind == HitKind::Port)
        setCursor(Qt::CrossCursor);
    else if (state.hover && state.hover->kind == HitKind::Wire)
        setCursor(Qt::PointingHandCursor);
    else
        unsetCursor();
}

void CanvasWidget::leaveEvent(QEvent *event)
{
    setHover({});
    QWidget::leaveEvent(event);
}

// A wheel zooms towards the pointer; two fingers on a pad pan (they report pixels), and zoom with
// Ctrl. Shift turns a wheel sideways.
void CanvasWidget::wheelEvent(QWheelEvent *event)
{
    const bool fingers = !event->pixelDelta().isNull()
                         && event->device()->type() == QInputDevice::DeviceType::TouchPad;
    const bool zooms = (event->modifiers() & Qt::ControlModifier)
                       || (!fingers && !(event->modifiers() & Qt::ShiftModifier));
    if (zooms) {
        const double factor = std::pow(kWheelZoom, event->angleDelta().y());
        setViewport(m_viewport.zoomedAt(event->position(), zoom() * factor));
    } else {
        QPointF by =
            fingers ? QPointF(event->pixelDelta()) : QPointF(event->angleDelta()) * kWheelPan;
        if (!fingers && by.x() == 0)
            by = {by.y(), 0};
        setViewport(m_viewport.panned(by));
    }
    event->accept();
}

void CanvasWidget::contextMenuEvent(QContextMenuEvent *event)
{
    QPointF view = event->pos();
    if (event->reason() == QContextMenuEvent::Keyboard && m_scene.findCard(m_focusNode))
        view = cardViewRect(m_focusNode).center();
    const QPointF scenePos = m_viewport.toScene(view);
    const Hit hit = m_state->index.at(m_scene, scenePos, slack());
    std::string node;
    if (hit.card >= 0) {
        node = m_scene.cards()[std::size_t(hit.card)].id();
        if (!m_selectedNodes.contains(node))
            select({node});
    } else if (hit.kind == HitKind::Wire) {
        const WireItem &wire = m_scene.wires()[std::size_t(hit.wire)];
        if (!m_selectedWires.contains(wire.key))
            select({}, {*wire.wire});
    } else {
        clearSelection();
    }
    Q_EMIT contextMenuRequested(node, scenePos, mapToGlobal(view.toPoint()));
    event->accept();
}

} // namespace sluice
