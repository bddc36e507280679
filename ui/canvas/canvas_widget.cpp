#include "ui/canvas/canvas_widget.h"

#include "ui/canvas/canvas_accessible.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_state.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QResizeEvent>

namespace sluice {

namespace {

constexpr int kFlowMs = 60;    // 16 frames a second are enough for dots
constexpr int kRestMs = 110;   // a zoom rests when nothing came for so long
constexpr double kQuickMs = 7; // a full redraw this quick needs no stretching
constexpr double kFitMargin = 28;
constexpr int kZoomControlRoom = 44; // at the lower edge, where nothing shall lie
constexpr double kZoomStep = 1.2;
constexpr int kControlMargin = 12;
const QPointF kFirstShift(96, 120);

} // namespace

CanvasWidget::CanvasWidget(PipelineDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_state(std::make_unique<State>())
{
    installCanvasAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Canvas"));
    m_viewport.shift = kFirstShift;

    auto *control = new ZoomControl(this);
    m_state->zoomControl = control;
    connect(control, &ZoomControl::zoomInRequested, this, &CanvasWidget::zoomIn);
    connect(control, &ZoomControl::zoomOutRequested, this, &CanvasWidget::zoomOut);
    connect(control, &ZoomControl::resetRequested, this, &CanvasWidget::resetZoom);
    connect(control, &ZoomControl::fitRequested, this, &CanvasWidget::fitAll);

    m_state->flowTimer.setInterval(kFlowMs);
    m_state->flowTimer.setTimerType(Qt::PreciseTimer);
    connect(&m_state->flowTimer, &QTimer::timeout, this, &CanvasWidget::flowStep);
    m_state->restTimer.setInterval(kRestMs);
    m_state->restTimer.setSingleShot(true);
    connect(&m_state->restTimer, &QTimer::timeout, this, [this] {
        m_state->zooming = false;
        update();
    });
    connectDocument();
    sceneChanged();
    problemsChanged();
}

CanvasWidget::~CanvasWidget() = default;

void CanvasWidget::connectDocument()
{
    connect(&m_document, &PipelineDocument::replaced, this, &CanvasWidget::documentReplaced);
    connect(&m_document, &PipelineDocument::pipelineChanged, this, &CanvasWidget::sceneChanged);
    connect(
        &m_document, &PipelineDocument::diagnosticsChanged, this, &CanvasWidget::problemsChanged);
}

CanvasContent CanvasWidget::content() const
{
    const State &state = *m_state;
    return {m_scene,
            state.index,
            state.figures,
            m_selectedNodes,
            m_selectedWires,
            state.changed,
            state.bottleneck,
            state.problems,
            state.lifted,
            state.hiddenWire};
}

void CanvasWidget::documentReplaced()
{
    endGesture(nullptr);
    m_state->fitPending = true;
    m_focusNode.clear();
    m_state->changed.clear();
    m_state->bottleneck.clear();
    clearFigures();
}

void CanvasWidget::sceneChanged()
{
    endGesture(nullptr);
    const CanvasScene before = m_scene;
    m_scene.update(m_document.pipeline(), m_document.catalog());
    m_state->index.rebuild(m_scene);
    m_state->flow.sceneChanged();
    m_state->hover.reset();
    m_state->roles.clear();
    for (const CardItem &card : m_scene.cards())
        m_state->roles.emplace(card.id(), card.role);
    markDifferences(before);

    std::set<std::string> nodes = m_selectedNodes;
    std::erase_if(nodes, [this](const std::string &id) { return m_scene.cardIndex(id) < 0; });
    std::set<std::string> wires = m_selectedWires;
    std::erase_if(wires, [this](const std::string &key) { return m_scene.wireIndex(key) < 0; });
    setSelection(std::move(nodes), std::move(wires));
    if (!m_focusNode.empty() && m_scene.cardIndex(m_focusNode) < 0)
        m_focusNode.clear();
    if (m_state->fitPending && isVisible() && !m_scene.isEmpty())
        fitAll();
    if (QAccessible::isActive()) {
        QAccessibleEvent changed(this, QAccessible::ObjectReorder);
        QAccessible::updateAccessibility(&changed);
    }
    update();
}

// Only what differs is painted anew: a moved card does not redraw five hundred others.
void CanvasWidget::markDifferences(const CanvasScene &before)
{
    StaticLayer &layer = m_state->layer;
    for (const CardItem &card : m_scene.cards()) {
        const CardItem *old = before.findCard(card.id());
        bool same = old && old->node == card.node && old->rect == card.rect
                    && old->ports.size() == card.ports.size();
        for (std::size_t i = 0; same && i < card.ports.size(); ++i)
            same = (old->ports[i].wires > 0) == (card.ports[i].wires > 0);
        if (same)
            continue;
        layer.markDirty(CardPainter::paintedRect(card));
        if (old)
            layer.markDirty(CardPainter::paintedRect(*old));
    }
    for (const CardItem &old : before.cards()) {
        if (!m_scene.findCard(old.id()))
            layer.markDirty(CardPainter::paintedRect(old));
    }
    for (const WireItem &wire : m_scene.wires()) {
        const WireItem *old = before.findWire(wire.key);
        if (old && old->curve.points == wire.curve.points)
            continue;
        layer.markDirty(wire.curve.bounds().adjusted(-4, -4, 4, 4));
        if (old)
            layer.markDirty(old->curve.bounds().adjusted(-4, -4, 4, 4));
    }
    for (const WireItem &old : before.wires()) {
        if (!m_scene.findWire(old.key))
            layer.markDirty(old.curve.bounds().adjusted(-4, -4, 4, 4));
    }
}

void CanvasWidget::markCard(const std::string &node)
{
    if (const CardItem *card = m_scene.findCard(node))
        m_state->layer.markDirty(CardPainter::paintedRect(*card));
}

void CanvasWidget::problemsChanged()
{
    std::map<std::string, std::pair<int, int>> problems;
    for (const Diagnostic &diagnostic : m_document.diagnostics()) {
        if (diagnostic.node.empty() || diagnostic.severity == Severity::Note)
            continue;
        auto &[errors, warnings] = problems[diagnostic.node];
        ++(diagnostic.severity == Severity::Error ? errors : warnings);
    }
    problems.swap(m_state->problems);
    for (const auto *side : {&problems, &m_state->problems}) {
        for (const auto &[node, counts] : *side)
            markCard(node);
    }
    update();
}

// --- Selection

std::vector<Wire> CanvasWidget::selectedWires() const
{
    std::vector<Wire> wires;
    for (const std::string &key : m_selectedWires) {
        if (const WireItem *wire = m_scene.findWire(key))
            wires.push_back(*wire->wire);
    }
    return wires;
}

void CanvasWidget::setSelection(std::set<std::string> nodes, std::set<std::string> wires)
{
    if (nodes == m_selectedNodes && wires == m_selectedWires)
        return;
    const auto mark = [this] {
        for (const std::string &node : m_selectedNodes)
            markCard(node);
        for (const std::string &key : m_selectedWires) {
            if (const WireItem *wire = m_scene.findWire(key))
                m_state->layer.markDirty(wire->curve.bounds().adjusted(-4, -4, 4, 4));
        }
    };
    mark();
    m_selectedNodes = std::move(nodes);
    m_selectedWires = std::move(wires);
    mark();
    update();
    Q_EMIT selectionChanged({m_selectedNodes.begin(), m_selectedNodes.end()}, selectedWires());
}

void CanvasWidget::select(const std::vector<std::string> &nodes, const std::vector<Wire> &wires)
{
    std::set<std::string> keys;
    for (const WireItem &item : m_scene.wires()) {
        if (std::find(wires.begin(), wires.end(), *item.wire) != wires.end())
            keys.insert(item.key);
    }
    std::set<std::string> ids;
    for (const std::string &node : nodes) {
        if (m_scene.cardIndex(node) >= 0)
            ids.insert(node);
    }
    if (ids.size() == 1)
        m_focusNode = *ids.begin();
    setSelection(std::move(ids), std::move(keys));
}

void CanvasWidget::selectAll()
{
    std::set<std::string> nodes;
    for (const CardItem &card : m_scene.cards())
        nodes.insert(card.id());
    setSelection(std::move(nodes), {});
}

void CanvasWidget::clearSelection()
{
    setSelection({}, {});
}

void CanvasWidget::setFocusNode(const std::string &node)
{
    m_focusNode = node;
    if (QAccessible::isActive() && m_scene.cardIndex(node) >= 0) {
        QAccessibleEvent focus(this, QAccessible::Focus);
        focus.setChild(m_scene.cardIndex(node));
        QAccessible::updateAccessibility(&focus);
    }
    update();
}

// --- View

void CanvasWidget::setViewport(const Viewport &viewport)
{
    const Viewport wanted = viewport.aligned(devicePixelRatioF());
    if (wanted == m_viewport)
        return;
    const bool zoomed = wanted.zoom != m_viewport.zoom;
    m_viewport = wanted;
    m_state->fitPending = false;
    if (zoomed) {
        m_state->zooming = m_state->layer.lastFullMs() > kQuickMs;
        m_state->restTimer.start();
        m_state->zoomControl->setZoom(wanted.zoom);
        Q_EMIT zoomChanged(wanted.zoom);
    }
    update();
}

void CanvasWidget::zoomIn()
{
    setViewport(m_viewport.zoomedAt(QRectF(rect()).center(), zoom() * kZoomStep));
}

void CanvasWidget::zoomOut()
{
    setViewport(m_viewport.zoomedAt(QRectF(rect()).center(), zoom() / kZoomStep));
}

void CanvasWidget::resetZoom()
{
    setViewport(m_viewport.zoomedAt(QRectF(rect()).center(), 1));
}

QSize CanvasWidget::fitSize() const
{
    return {width(), std::max(1, height() - kZoomControlRoom)};
}

void CanvasWidget::fitAll()
{
    if (m_scene.isEmpty())
        setViewport({1, kFirstShift});
    else
        setViewport(Viewport::fitting(m_scene.bounds(), fitSize(), kFitMargin, 1));
    m_state->fitPending = false;
}

void CanvasWidget::fitSelection()
{
    QRectF bounds;
    for (const std::string &node : m_selectedNodes) {
        if (const CardItem *card = m_scene.findCard(node))
            bounds |= card->rect;
    }
    if (bounds.isEmpty())
        fitAll();
    else
        setViewport(Viewport::fitting(bounds, fitSize(), kFitMargin, 1));
}

void CanvasWidget::ensureVisible(const std::string &node)
{
    const CardItem *card = m_scene.findCard(node);
    if (!card)
        return;
    const QRectF seen = m_viewport.toView(card->rect).adjusted(-24, -24, 24, 24);
    QPointF by;
    if (seen.left() < 0)
        by.setX(-seen.left());
    else if (seen.right() > width())
        by.setX(width() - seen.right());
    if (seen.top() < 0)
        by.setY(-seen.top());
    else if (seen.bottom() > height())
        by.setY(height() - seen.bottom());
    if (!by.isNull())
        setViewport(m_viewport.panned(by));
}

void CanvasWidget::showNode(const std::string &node)
{
    select({node});
    setFocusNode(node);
    ensureVisible(node);
}

void CanvasWidget::placeZoomControl()
{
    ZoomControl *control = m_state->zoomControl;
    control->adjustSize();
    control->move(kControlMargin, height() - control->height() - kControlMargin);
}

void CanvasWidget::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    placeZoomControl();
    if (m_state->fitPending && !m_scene.isEmpty() && isVisible())
        fitAll();
}

void CanvasWidget::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange
        || event->type() == QEvent::FontChange) {
        m_state->layer.invalidate();
        m_state->flow.looksChanged();
        m_state->cards.clear();
        update();
    }
    QWidget::changeEvent(event);
}

void CanvasWidget::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_state->fitPending && !m_scene.isEmpty())
        fitAll();
    updateFlowTimer();
}

void CanvasWidget::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    updateFlowTimer();
}

// --- What runs

void CanvasWidget::setFigures(const RunSnapshot &snapshot)
{
    State &state = *m_state;
    const auto area = m_viewport.toScene(QRectF(rect()));
    const std::vector<int> cards = state.index.cardsIn(m_scene, area);
    const std::vector<int> wires = state.index.wiresIn(m_scene, area);
    std::vector<CardFigures> cardsBefore;
    for (const int card : cards) {
        const CardFigures *known = state.figures.card(m_scene.cards()[std::size_t(card)].id());
        cardsBefore.push_back(known ? *known : CardFigures());
    }
    std::vector<WireTraffic> wiresBefore;
    for (const int wire : wires) {
        const WireTraffic *known = state.figures.wire(m_scene.wires()[std::size_t(wire)].key);
        wiresBefore.push_back(known ? *known : WireTraffic());
    }
    const bool wasLive = state.figures.isLive();
    state.figures.add(snapshot, state.roles);
    if (!wasLive)
        state.layer.invalidate();

    std::vector<int> changed;
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const CardFigures *now = state.figures.card(m_scene.cards()[std::size_t(cards[i])].id());
        if (now && *now != cardsBefore[i])
            changed.push_back(cards[i]);
    }
    refreshFooters(changed);
    for (std::size_t i = 0; i < wires.size(); ++i) {
        const WireItem &wire = m_scene.wires()[std::size_t(wires[i])];
        const WireTraffic *now = state.figures.wire(wire.key);
        if (now && (now->width != wiresBefore[i].width || now->pressure != wiresBefore[i].pressure))
            state.layer.markDirty(state.index.wireBounds(wires[i]).adjusted(-4, -4, 4, 4));
    }
    m_flowing = state.figures.isFlowing();
    updateFlowTimer();
    update();
}

void CanvasWidget::clearFigures()
{
    m_state->figures.clear();
    m_state->layer.invalidate();
    m_flowing = false;
    updateFlowTimer();
    update();
}

void CanvasWidget::setChanged(std::set<std::string> nodes)
{
    nodes.swap(m_state->changed);
    for (const auto *side : {&nodes, &m_state->changed}) {
        for (const std::string &node : *side)
            markCard(node);
    }
    update();
}

void CanvasWidget::setBottleneck(const std::string &node)
{
    if (node == m_state->bottleneck)
        return;
    markCard(m_state->bottleneck);
    m_state->bottleneck = node;
    markCard(node);
    update();
}

void CanvasWidget::setReducedMotion(bool reduced)
{
    m_state->reducedMotion = reduced;
    updateFlowTimer();
    update();
}

void CanvasWidget::updateFlowTimer()
{
    const bool wanted = m_flowing && !m_state->reducedMotion && isVisible();
    if (wanted == m_state->flowTimer.isActive())
        return;
    if (wanted) {
        m_state->flowClock.start();
        m_state->flowTimer.start();
    } else {
        m_state->flowTimer.stop();
    }
}

void CanvasWidget::flowStep()
{
    m_state->flow.advance(std::min(double(m_state->flowClock.restart()) / 1000, 0.25));
    update();
}

QRectF CanvasWidget::cardViewRect(const std::string &node) const
{
    const CardItem *card = m_scene.findCard(node);
    return card ? m_viewport.toView(card->rect) : QRectF();
}

QPointF
CanvasWidget::portViewPos(const std::string &node, const std::string &port, bool output) const
{
    const CardItem *card = m_scene.findCard(node);
    const PortItem *item = card ? card->findPort(port, output) : nullptr;
    return item ? m_viewport.toView(card->portPos(*item)) : QPointF();
}

} // namespace sluice
