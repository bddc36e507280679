#include "core/pipeline/edits.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_state.h"
#include "ui/canvas/canvas_widget.h"

#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

bool isArrow(int key)
{
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

QPointF directionOf(int key)
{
    switch (key) {
    case Qt::Key_Left:
        return {-1, 0};
    case Qt::Key_Right:
        return {1, 0};
    case Qt::Key_Up:
        return {0, -1};
    default:
        return {0, 1};
    }
}

} // namespace

void CanvasWidget::keyPressEvent(QKeyEvent *event)
{
    State &state = *m_state;
    const Qt::KeyboardModifiers modifiers = event->modifiers() & ~Qt::KeypadModifier;
    if (event->key() == Qt::Key_Escape) {
        if (state.gesture)
            endGesture(nullptr);
        else
            clearSelection();
        return;
    }
    if (event->key() == Qt::Key_Space && modifiers == Qt::NoModifier) {
        if (!event->isAutoRepeat()) {
            state.spaceHeld = true;
            state.spaceUsed = false;
            updateCursor();
        }
        return;
    }
    if (isArrow(event->key())) {
        state.showFocus = true;
        if (modifiers == Qt::AltModifier)
            nudge(event->key(), 1);
        else if (modifiers == Qt::ControlModifier)
            nudge(event->key(), metrics::kGrid);
        else
            walk(event->key(), modifiers.testFlag(Qt::ShiftModifier));
        return;
    }
    if (!viewKey(*event) && !editKey(*event))
        QWidget::keyPressEvent(event);
}

void CanvasWidget::keyReleaseEvent(QKeyEvent *event)
{
    State &state = *m_state;
    if (event->key() != Qt::Key_Space || event->isAutoRepeat() || !state.spaceHeld) {
        QWidget::keyReleaseEvent(event);
        return;
    }
    state.spaceHeld = false;
    updateCursor();
    if (state.spaceUsed)
        return;
    const QPoint middle = rect().center();
    Q_EMIT addRequested(m_viewport.toScene(QPointF(middle)), mapToGlobal(middle));
}

bool CanvasWidget::viewKey(const QKeyEvent &event)
{
    const bool control = event.modifiers() & Qt::ControlModifier;
    switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        if (control)
            zoomIn();
        return control;
    case Qt::Key_Minus:
        if (control)
            zoomOut();
        return control;
    case Qt::Key_0:
        if (control)
            resetZoom();
        return control;
    case Qt::Key_1:
        if (control)
            fitAll();
        return control;
    case Qt::Key_Home:
        fitAll();
        return true;
    case Qt::Key_F:
    case Qt::Key_Period:
        if (!control)
            fitSelection();
        return !control;
    default:
        return false;
    }
}

bool CanvasWidget::editKey(const QKeyEvent &event)
{
    const bool control = event.modifiers() & Qt::ControlModifier;
    if (event.key() == Qt::Key_Delete || event.key() == Qt::Key_Backspace) {
        control ? deleteAndReconnect() : deleteSelection();
        return true;
    }
    if (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter) {
        const std::string node =
            m_selectedNodes.size() == 1 ? *m_selectedNodes.begin() : m_focusNode;
        if (!node.empty())
            Q_EMIT openNode(node);
        return true;
    }
    if (event.matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event.matches(QKeySequence::Copy)) {
        copy();
    } else if (event.matches(QKeySequence::Cut)) {
        cut();
    } else if (event.matches(QKeySequence::Paste)) {
        paste();
    } else if (control && event.key() == Qt::Key_D) {
        duplicate();
    } else {
        return false;
    }
    return true;
}

// The nearest card in a direction; what lies aside counts double.
int CanvasWidget::neighbour(int card, int key) const
{
    const QPointF direction = directionOf(key);
    const QPointF from = m_scene.cards()[std::size_t(card)].rect.center();
    int best = -1;
    double bestCost = 0;
    for (std::size_t i = 0; i < m_scene.cards().size(); ++i) {
        const QPointF off = m_scene.cards()[i].rect.center() - from;
        const double along = QPointF::dotProduct(off, direction);
        const double aside = std::abs(off.x() * direction.y()) + std::abs(off.y() * direction.x());
        if (int(i) == card || along < 8 || aside > 3 * along)
            continue;
        const double cost = along + 2 * aside;
        if (best < 0 || cost < bestCost) {
            best = int(i);
            bestCost = cost;
        }
    }
    return best;
}

void CanvasWidget::walk(int key, bool extend)
{
    int card = m_scene.cardIndex(m_focusNode);
    if (card < 0 && !m_selectedNodes.empty())
        card = m_scene.cardIndex(*m_selectedNodes.begin());
    const int next = card < 0 ? (m_scene.isEmpty() ? -1 : 0) : neighbour(card, key);
    if (next < 0)
        return;
    const std::string id = m_scene.cards()[std::size_t(next)].id();
    std::set<std::string> nodes = extend ? m_selectedNodes : std::set<std::string>();
    if (extend && card >= 0)
        nodes.insert(m_scene.cards()[std::size_t(card)].id());
    nodes.insert(id);
    setSelection(std::move(nodes), {});
    setFocusNode(id);
    ensureVisible(id);
}

void CanvasWidget::nudge(int key, double step)
{
    std::vector<std::pair<std::string, Position>> places;
    for (const std::string &node : m_selectedNodes) {
        const QPointF to = m_scene.findCard(node)->rect.topLeft() + directionOf(key) * step;
        places.emplace_back(node, Position{to.x(), to.y()});
    }
    if (places.empty())
        return;
    QString mergeId = QStringLiteral("nudge");
    for (const auto &[node, place] : places)
        mergeId += QLatin1Char(' ') + toQString(node);
    report(m_document.apply(tr("Move %n node(s)", nullptr, int(places.size())),
                            moveNodes(m_document.pipeline(), places),
                            mergeId));
}

// Tab goes through the nodes in reading order and leaves the canvas behind the last one.
bool CanvasWidget::focusNextPrevChild(bool next)
{
    if (m_scene.isEmpty() || !hasFocus())
        return QWidget::focusNextPrevChild(next);
    std::vector<int> order;
    for (std::size_t i = 0; i < m_scene.cards().size(); ++i)
        order.push_back(int(i));
    std::sort(order.begin(), order.end(), [this](int a, int b) {
        const QPointF first = m_scene.cards()[std::size_t(a)].rect.topLeft();
        const QPointF second = m_scene.cards()[std::size_t(b)].rect.topLeft();
        return std::pair(first.x(), first.y()) < std::pair(second.x(), second.y());
    });
    const auto now = std::find(order.begin(), order.end(), m_scene.cardIndex(m_focusNode));
    int target = -1;
    if (now == order.end())
        target = next ? order.front() : order.back();
    else if (next && now + 1 != order.end())
        target = *(now + 1);
    else if (!next && now != order.begin())
        target = *(now - 1);
    if (target < 0) {
        m_focusNode.clear();
        return QWidget::focusNextPrevChild(next);
    }
    const std::string id = m_scene.cards()[std::size_t(target)].id();
    m_state->showFocus = true;
    setSelection({id}, {});
    setFocusNode(id);
    ensureVisible(id);
    return true;
}

void CanvasWidget::focusInEvent(QFocusEvent *event)
{
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        m_state->showFocus = true;
    QWidget::focusInEvent(event);
    update();
}

void CanvasWidget::focusOutEvent(QFocusEvent *event)
{
    m_state->spaceHeld = false;
    updateCursor();
    QWidget::focusOutEvent(event);
    update();
}

} // namespace sluice
