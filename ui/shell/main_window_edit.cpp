#include "ui/canvas/canvas_widget.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/inspector.h"
#include "ui/palette/add_node_popup.h"
#include "ui/palette/palette.h"
#include "ui/shell/actions.h"
#include "ui/shell/help_window.h"
#include "ui/shell/main_window.h"
#include "ui/shell/main_window_parts.h"
#include "ui/shell/run_status_bar.h"

#include <QApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>

namespace sluice {

void MainWindow::connectCanvas()
{
    connect(m_canvas, &CanvasWidget::selectionChanged, this, &MainWindow::onSelection);
    connect(m_canvas, &CanvasWidget::openNode, this, [this](const std::string &node) {
        m_inspectorDock->show();
        m_inspector->setNode(node);
        m_inspector->editField({});
    });
    connect(m_canvas, &CanvasWidget::addRequested, this, &MainWindow::addNodeAt);
    connect(m_canvas, &CanvasWidget::wireDroppedOnEmpty, this, &MainWindow::addNodeForWire);
    connect(m_canvas, &CanvasWidget::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(m_canvas, &CanvasWidget::messageShown, this, [this](const QString &text) {
        m_status->showMessage(text, 6000);
    });
    connect(m_palette, &PalettePanel::kindChosen, this, [this](const std::string &kind) {
        m_canvas->addKind(kind);
        m_canvas->setFocus();
    });
    connect(&m_palette->search(), &KindSearch::escaped, this, [this] { m_canvas->setFocus(); });
}

void MainWindow::connectPipelineActions()
{
    connect(m_actions->settings, &QAction::triggered, this, [this] {
        if (onDashboard())
            showPage(m_work);
        m_canvas->clearSelection();
        m_inspectorDock->show();
        if (auto *name = m_inspector->findChild<QLineEdit *>(QStringLiteral("pipelineName")))
            name->setFocus();
    });
    connect(m_actions->addNode, &QAction::triggered, this, [this] {
        showCanvas();
        const QPointF middle = QRectF(m_canvas->rect()).center();
        addNodeAt(m_canvas->viewport().toScene(middle),
                  m_canvas->mapToGlobal(middle.toPoint() - QPoint(124, 170)));
    });
    connect(m_actions->rename, &QAction::triggered, this, [this] {
        if (onDashboard())
            return m_dashboard->renameSelected();
        if (m_canvas->selectedNodes().size() != 1)
            return;
        m_inspectorDock->show();
        if (auto *title = m_inspector->findChild<QLineEdit *>(QStringLiteral("nodeTitle"))) {
            title->setFocus();
            title->selectAll();
        }
    });
    connect(m_actions->editNode, &QAction::triggered, this, [this] {
        if (onDashboard())
            return m_dashboard->editSelected();
        if (m_canvas->selectedNodes().size() != 1)
            return;
        m_inspectorDock->show();
        m_inspector->editField({});
    });
    connect(m_actions->nextProblem, &QAction::triggered, this, &MainWindow::nextProblem);
    connect(m_actions->kindHelp, &QAction::triggered, this, &MainWindow::showKindHelp);
    connect(m_inspector, &Inspector::helpRequested, this, &MainWindow::showKindHelp);
    m_help = new HelpWindow(this);
    connect(m_actions->shortcuts, &QAction::triggered, this, [this] {
        m_help->showMarkdown(tr("Keyboard shortcuts"), m_actions->shortcutTable());
    });
    connect(m_actions->about, &QAction::triggered, this, [this] {
        m_help->showMarkdown(
            tr("About Sluice"),
            tr("# Sluice %1\n\nA desktop designer for event streams. Drag sources, transforms and "
               "destinations onto the canvas, wire them, press Run, and watch what flows.\n\n"
               "Licensed under the Apache License 2.0. The file NOTICE names what it is built "
               "with.")
                .arg(QApplication::applicationVersion()));
    });
}

void MainWindow::showKindHelp()
{
    const auto &nodes = m_canvas->selectedNodes();
    const NodePtr node =
        nodes.size() == 1 ? m_document->pipeline().findNode(*nodes.begin()) : nullptr;
    const NodeDescriptor *kind = node ? m_catalog.find(node->kind) : nullptr;
    if (kind != nullptr)
        m_help->showKind(*kind);
    else
        m_help->showMarkdown(tr("Keyboard shortcuts"), m_actions->shortcutTable());
}

void MainWindow::addNodeAt(QPointF scenePos, QPoint globalPos)
{
    m_addPopup->open(globalPos, {}, [this, scenePos](const std::string &kind) {
        m_canvas->addKind(kind, scenePos, {});
        m_canvas->setFocus();
    });
}

void MainWindow::addNodeForWire(const WireEnd &end,
                                bool fromOutput,
                                QPointF scenePos,
                                QPoint globalPos)
{
    m_addPopup->open(
        globalPos,
        [fromOutput](const NodeDescriptor &kind) { return fitsWire(kind, fromOutput); },
        [this, end, fromOutput, scenePos](const std::string &kind) {
            PipelineDocument::AddOptions options;
            (fromOutput ? options.from : options.to) = end;
            m_canvas->addKind(kind, scenePos, options);
            m_canvas->setFocus();
        });
}

void MainWindow::showContextMenu(const std::string &node, QPointF scenePos, QPoint globalPos)
{
    QMenu menu(this);
    if (node.empty()) {
        QAction *add = menu.addAction(m_actions->addNode->icon(), tr("Add a node here…"));
        connect(add, &QAction::triggered, this, [this, scenePos, globalPos] {
            addNodeAt(scenePos, globalPos);
        });
        QAction *paste = menu.addAction(m_actions->paste->icon(), tr("Paste here"));
        paste->setEnabled(m_document->canPaste());
        connect(
            paste, &QAction::triggered, this, [this, scenePos] { m_canvas->pasteAt(scenePos); });
        if (!m_canvas->selectedWires().empty())
            menu.addAction(m_actions->remove);
        menu.addSeparator();
        menu.addActions({m_actions->selectAll, m_actions->fitAll, m_actions->settings});
    } else {
        menu.addActions({m_actions->editNode, m_actions->rename});
        menu.addSeparator();
        menu.addActions({m_actions->cut, m_actions->copy, m_actions->duplicate});
        menu.addSeparator();
        menu.addActions({m_actions->remove, m_actions->removeAndReconnect});
        menu.addSeparator();
        menu.addAction(m_actions->kindHelp);
    }
    menu.exec(globalPos);
}

} // namespace sluice
