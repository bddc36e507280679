#include "core/pipeline/edits.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_state.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/canvas/move_gesture.h"

#include <QDragEnterEvent>
#include <QMimeData>

namespace sluice {

namespace {

constexpr double kInsertWithin = 28; // a dropped card this near to a wire is put into it
constexpr double kRowStep = 112;
const QPointF kHalfCard(metrics::kCardWidth / 2, metrics::kCardHeight / 2);

} // namespace

void CanvasWidget::report(const Result<void> &done)
{
    if (!done)
        Q_EMIT messageShown(errorText(done.error()));
}

std::vector<std::string> CanvasWidget::selectedIds() const
{
    return {m_selectedNodes.begin(), m_selectedNodes.end()};
}

void CanvasWidget::deleteSelection()
{
    const std::vector<std::string> nodes = selectedIds();
    const std::vector<Wire> wires = selectedWires();
    if (nodes.empty() && wires.empty())
        return;
    Result<Pipeline> edited = removeNodes(m_document.pipeline(), nodes);
    for (const Wire &wire : wires) {
        if (!edited)
            break;
        const auto &left = edited->wires;
        const bool there = std::any_of(
            left.begin(), left.end(), [&](const WirePtr &other) { return *other == wire; });
        if (there)
            edited = sluice::disconnect(*edited, wire);
    }
    const QString name = nodes.empty() ? tr("Delete %n wire(s)", nullptr, int(wires.size()))
                                       : tr("Delete %n node(s)", nullptr, int(nodes.size()));
    report(m_document.apply(name, std::move(edited)));
}

void CanvasWidget::deleteAndReconnect()
{
    if (m_selectedNodes.empty()) {
        deleteSelection();
        return;
    }
    const std::vector<std::string> nodes = selectedIds();
    report(
        m_document.apply(tr("Take out %n node(s)", nullptr, int(nodes.size())),
                         removeAndReconnect(m_document.pipeline(), m_document.catalog(), nodes)));
}

void CanvasWidget::copy()
{
    m_document.copy(selectedIds());
}

void CanvasWidget::cut()
{
    copy();
    deleteSelection();
}

void CanvasWidget::paste()
{
    const auto pasted = m_document.paste();
    if (!pasted) {
        Q_EMIT messageShown(errorText(pasted.error()));
        return;
    }
    select(*pasted);
    if (!pasted->empty())
        ensureVisible(pasted->front());
}

void CanvasWidget::pasteAt(QPointF scenePos)
{
    const auto pasted = m_document.paste(onGrid(scenePos));
    if (pasted)
        select(*pasted);
    else
        Q_EMIT messageShown(errorText(pasted.error()));
}

void CanvasWidget::duplicate()
{
    if (m_selectedNodes.empty())
        return;
    const auto copies = m_document.duplicate(selectedIds());
    if (copies)
        select(*copies);
    else
        Q_EMIT messageShown(errorText(copies.error()));
}

void CanvasWidget::addKind(const std::string &kind,
                           QPointF scenePos,
                           const PipelineDocument::AddOptions &options)
{
    m_state->fitPending = false; // an empty canvas that gets its first node does not jump
    const QPointF topLeft = onGrid(scenePos - kHalfCard);
    auto added = m_document.addNode(kind, topLeft, options);
    if (!added && (options.onWire || options.from || options.to)) {
        // It stays where it was dropped, unwired, and the reason is told.
        Q_EMIT messageShown(errorText(added.error()));
        added = m_document.addNode(kind, topLeft);
    }
    if (!added) {
        Q_EMIT messageShown(errorText(added.error()));
        return;
    }
    select({*added});
    ensureVisible(*added);
}

// From the palette by keyboard: behind the chosen node and joined to it when that fits.
void CanvasWidget::addKind(const std::string &kind)
{
    const NodeDescriptor *descriptor = m_document.catalog().find(kind);
    const CardItem *chosen =
        m_selectedNodes.size() == 1 ? m_scene.findCard(*m_selectedNodes.begin()) : nullptr;
    PipelineDocument::AddOptions options;
    QPointF at = m_viewport.toScene(QRectF(rect()).center()) - kHalfCard;
    if (chosen && descriptor && !descriptor->inputs.empty()) {
        for (const PortItem &port : chosen->ports) {
            if (port.output && !port.optional) {
                options.from = WireEnd{chosen->id(), port.id};
                at = chosen->rect.topLeft() + QPointF(metrics::kColumnStep, 0);
                break;
            }
        }
    }
    addKind(kind, freePlace(onGrid(at)) + kHalfCard, options);
}

QPointF CanvasWidget::freePlace(QPointF near) const
{
    QRectF place(near, QSizeF(metrics::kCardWidth, metrics::kCardHeight));
    while (!m_state->index.cardsIn(m_scene, place.adjusted(-8, -8, 8, 8)).empty())
        place.translate(0, kRowStep);
    return place.topLeft();
}

// --- Dropping a kind from the palette

void CanvasWidget::dragEnterEvent(QDragEnterEvent *event)
{
    const QByteArray kind = event->mimeData()->data(QLatin1String(kKindMime));
    const NodeDescriptor *descriptor = m_document.catalog().find(kind.toStdString());
    if (!descriptor) {
        event->ignore();
        return;
    }
    m_state->dropped = DroppedKind{descriptor, {}, -1};
    event->acceptProposedAction();
    dragMoveEvent(event);
}

void CanvasWidget::dragMoveEvent(QDragMoveEvent *event)
{
    auto &dropped = m_state->dropped;
    if (!dropped) {
        event->ignore();
        return;
    }
    const QPointF middle = m_viewport.toScene(event->position());
    dropped->topLeft = onGrid(middle - kHalfCard);
    const bool fitsIntoWire =
        !dropped->descriptor->inputs.empty() && !dropped->descriptor->outputs.empty();
    const int wire =
        fitsIntoWire ? m_state->index.wireAt(m_scene, dropped->topLeft + kHalfCard, kInsertWithin)
                     : -1;
    dropped->wire = wire;
    event->acceptProposedAction();
    update();
}

void CanvasWidget::dragLeaveEvent(QDragLeaveEvent *event)
{
    (void)event;
    m_state->dropped.reset();
    update();
}

void CanvasWidget::dropEvent(QDropEvent *event)
{
    if (!m_state->dropped) {
        event->ignore();
        return;
    }
    const DroppedKind dropped = *m_state->dropped;
    m_state->dropped.reset();
    PipelineDocument::AddOptions options;
    if (dropped.wire >= 0)
        options.onWire = *m_scene.wires()[std::size_t(dropped.wire)].wire;
    event->acceptProposedAction();
    addKind(dropped.descriptor->kind, dropped.topLeft + kHalfCard, options);
    setFocus(Qt::OtherFocusReason);
}

} // namespace sluice
