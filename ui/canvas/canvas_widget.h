#pragma once

#include "core/runtime/figures.h"
#include "ui/canvas/canvas_scene.h"
#include "ui/canvas/viewport.h"
#include "ui/document/pipeline_document.h"

#include <QString>
#include <QWidget>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice {

struct CanvasContent;
struct Hit;
struct PointerInput;

inline constexpr const char *kKindMime = "application/x-sluice-kind";

/// The graph: shows the document's pipeline and turns gestures and keys into its edits.
///
/// Three layers: a cached picture of grid, wires and cards; flow dots and rate pills blitted over
/// it while events flow; what moves drawn live during a gesture.
class CanvasWidget : public QWidget
{
    Q_OBJECT

public:
    explicit CanvasWidget(PipelineDocument &document, QWidget *parent = nullptr);
    ~CanvasWidget() override;

    PipelineDocument &document() { return m_document; }
    const CanvasScene &scene() const { return m_scene; }

    // Selection.
    const std::set<std::string> &selectedNodes() const { return m_selectedNodes; }
    std::vector<Wire> selectedWires() const;
    void select(const std::vector<std::string> &nodes, const std::vector<Wire> &wires = {});
    void selectAll();
    void clearSelection();

    // View.
    const Viewport &viewport() const { return m_viewport; }
    void setViewport(const Viewport &viewport);
    double zoom() const { return m_viewport.zoom; }
    void zoomIn();
    void zoomOut();
    void resetZoom();
    void fitAll();
    void fitSelection();
    void ensureVisible(const std::string &node);
    /// Selects the node and brings it into view: for the problem list.
    void showNode(const std::string &node);

    // Edits of the selection.
    void deleteSelection();
    void deleteAndReconnect();
    void cut();
    void copy();
    void paste();
    void pasteAt(QPointF scenePos);
    void duplicate();
    /// Adds a node and selects it. @param scenePos  where its middle goes, snapped to the grid
    void
    addKind(const std::string &kind, QPointF scenePos, const PipelineDocument::AddOptions &options);
    /// Adds a node at a free place near the middle of the view.
    void addKind(const std::string &kind);

    // What runs.
    /// The figures of a run, about four times a second. Only what shows a figure is repainted.
    void setFigures(const RunSnapshot &snapshot);
    /// No run any more: states and rates go.
    void clearFigures();
    /// Nodes that differ from the running pipeline: marked "changed".
    void setChanged(std::set<std::string> nodes);
    /// The node that limits the flow; empty: none is known.
    void setBottleneck(const std::string &node);
    void setReducedMotion(bool reduced);
    /// Whether events flow, and so the dots move.
    bool isFlowing() const { return m_flowing; }

    // For the accessibility tree and for tests.
    QRectF cardViewRect(const std::string &node) const;
    QPointF portViewPos(const std::string &node, const std::string &port, bool output) const;
    const std::string &focusNode() const { return m_focusNode; }
    void setFocusNode(const std::string &node);
    /// Words for a node: title, kind, state, figures, problems.
    QString describeNode(const std::string &node) const;
    QString describeWire(const Wire &wire) const;
    QSize sizeHint() const override { return {960, 640}; }

Q_SIGNALS:
    void selectionChanged(const std::vector<std::string> &nodes,
                          const std::vector<sluice::Wire> &wires);
    /// Enter or double click on a node: show its form and put the focus into it.
    void openNode(const std::string &node);
    /// Double click on nothing, or Space: offer kinds. The position is where the node goes.
    void addRequested(QPointF scenePos, QPoint globalPos);
    /// A wire was dropped on nothing: offer kinds that fit, joined to `from` (an output or input).
    void wireDroppedOnEmpty(const sluice::WireEnd &from,
                            bool fromOutput,
                            QPointF scenePos,
                            QPoint globalPos);
    /// Right click. Empty node: on the canvas or a wire; the selection is already right.
    void contextMenuRequested(const std::string &node, QPointF scenePos, QPoint globalPos);
    void zoomChanged(double zoom);
    /// Why something was refused, in words, for the status bar.
    void messageShown(const QString &text);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    QSize fitSize() const;
    struct State; // layers, index, gesture, hover: what only the canvas' own files use

    // canvas_widget.cpp
    void connectDocument();
    void sceneChanged();
    void documentReplaced();
    void problemsChanged();
    void markDifferences(const CanvasScene &before);
    void markCard(const std::string &node);
    void setSelection(std::set<std::string> nodes, std::set<std::string> wires);
    void placeZoomControl();
    void updateFlowTimer();
    void flowStep();
    double slack() const { return 1 / m_viewport.zoom; }
    CanvasContent content() const;

    // canvas_paint.cpp
    void paintLifted(QPainter &painter);
    void paintHoveredWire(QPainter &painter);
    void paintHoveredPort(QPainter &painter);
    void paintFocusRing(QPainter &painter);
    void paintDropped(QPainter &painter);
    void paintBubble(QPainter &painter, const QString &text, QPointF at);
    void paintEmpty(QPainter &painter);
    void refreshFooters(const std::vector<int> &cards);

    // canvas_mouse.cpp
    PointerInput inputAt(QPointF view, Qt::KeyboardModifiers modifiers) const;
    void startGesture(const PointerInput &input);
    void startMove(const PointerInput &input);
    void startWire(const PointerInput &input);
    void startSelect(const PointerInput &input);
    void startPan(const PointerInput &input);
    void endGesture(const PointerInput *finish);
    void click(const PointerInput &input);
    void setHover(const Hit &hit);
    void updateCursor();

    // canvas_keyboard.cpp
    void walk(int key, bool extend);
    void nudge(int key, double step);
    int neighbour(int card, int key) const;
    bool viewKey(const QKeyEvent &event);
    bool editKey(const QKeyEvent &event);

    // canvas_actions.cpp
    void report(const Result<void> &done);
    std::vector<std::string> selectedIds() const;
    QPointF freePlace(QPointF near) const;

    // canvas_words.cpp
    QString toolTipFor(const Hit &hit) const;
    QString wireColumnsText(const Wire &wire) const;
    QString schemaText(const std::string &node, const PortItem &port) const;

    PipelineDocument &m_document;
    CanvasScene m_scene;
    Viewport m_viewport;
    std::set<std::string> m_selectedNodes;
    std::set<std::string> m_selectedWires; // wire keys
    std::string m_focusNode;
    bool m_flowing = false;
    std::unique_ptr<State> m_state;
};

} // namespace sluice
