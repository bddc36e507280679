#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"
#include "ui/bridge/bottleneck.h"
#include "ui/bridge/engine_monitor.h"
#include "ui/bridge/run_controller.h"
#include "ui/bridge/secret_keeper.h"
#include "ui/bridge/trial_job.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/inspector.h"
#include "ui/monitor/monitor_view.h"
#include "ui/preview/preview_view.h"
#include "ui/problems/log_view.h"
#include "ui/problems/problems_view.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/details_panel.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/main_window.h"
#include "ui/shell/main_window_parts.h"
#include "ui/shell/run_status_bar.h"
#include "ui/shell/welcome_page.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/state_mark.h"

#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QStackedWidget>

namespace sluice {

namespace {

Ticks wallNow()
{
    return systemClock().now();
}

} // namespace

void MainWindow::connectRun()
{
    connect(m_actions->run, &QAction::triggered, this, &MainWindow::run);
    connect(m_actions->pause, &QAction::triggered, this, [this] {
        if (m_controller->state() == RunState::Paused)
            m_controller->resume();
        else
            m_controller->pause();
    });
    connect(m_actions->stop, &QAction::triggered, m_controller, &RunController::stop);
    connect(m_actions->stopNow, &QAction::triggered, m_controller, &RunController::stopNow);
    const std::pair<QAction *, int> pages[] = {{m_actions->preview, PreviewPage},
                                               {m_actions->monitor, MonitorPage},
                                               {m_actions->problems, ProblemsPage},
                                               {m_actions->query, QueryPage},
                                               {m_actions->log, LogPage}};
    for (const auto &[action, page] : pages) {
        connect(action, &QAction::triggered, this, [this, shown = page] {
            m_detailsDock->show();
            m_details->showPage(shown);
        });
    }
    connect(m_query, &QueryView::fileWanted, this, [this] {
        const QString path =
            QFileDialog::getOpenFileName(this,
                                         tr("Choose a database"),
                                         {},
                                         tr("DuckDB databases (*.duckdb *.db);;All files (*)"));
        if (!path.isEmpty())
            m_query->chooseDatabase(path);
    });
    connect(m_controller, &RunController::stateChanged, this, &MainWindow::onRunState);
    connect(m_controller, &RunController::failed, this, &MainWindow::onRunFailed);
    connect(m_controller, &RunController::runStarted, this, &MainWindow::onRunStarted);
    connect(m_engineMonitor, &EngineMonitor::snapshotReady, this, &MainWindow::onSnapshot);
    connect(m_trialJob, &TrialJob::finished, this, &MainWindow::learnFromTrial);
    refreshRunActions();
}

/// What the samples of a trial had is known from then on.
void MainWindow::learnFromTrial(const TrialOutcome &outcome)
{
    for (const auto &[source, records] : outcome.result.samples)
        m_document->setSampledFields(source, inferFields(records));
    auto schemas = m_document->inferredSchemas();
    for (const auto &[source, schema] : outcome.result.inferred)
        schemas.insert({source, schema});
    m_document->setInferredSchemas(std::move(schemas));
}

RunOptions MainWindow::runOptions() const
{
    RunOptions options;
    options.pipelinePath = m_workspace.pipelinePath();
    options.values = valueSources(true);
    return options;
}

void MainWindow::run()
{
    if (m_document->pipeline().nodes.empty()) {
        m_messages->showMessage(Severity::Note,
                                tr("There is nothing to run yet. Drag a source from the palette."));
        return;
    }
    if (m_secrets->isLoading()) {
        m_startWhenLoaded = true;
        return;
    }
    if (hasErrors(m_document->diagnostics())) {
        m_messages->showMessage(Severity::Error,
                                tr("The pipeline has problems that keep it from running."),
                                {{tr("Show the first"), [this] {
                                      m_problemAt = -1;
                                      nextProblem();
                                  }}});
        m_actions->problems->trigger();
        return;
    }
    m_messages->dismiss();
    if (m_controller->isActive() && m_controller->pendingChanges(m_document->pipeline()) == 0)
        return;
    m_controller->apply(m_document->pipeline());
}

void MainWindow::onRunStarted()
{
    m_document->setInferredSchemas(m_controller->inferredSchemas());
    RunEnds ends;
    if (const Pipeline *started = m_controller->startedPipeline()) {
        for (const NodePtr &node : started->nodes) {
            const NodeDescriptor *kind = m_catalog.find(node->kind);
            if (kind != nullptr && kind->role == NodeRole::Source)
                ends.sources.insert(node->id);
            if (kind != nullptr && kind->role == NodeRole::Destination)
                ends.destinations.insert(node->id);
        }
    }
    m_monitor->beginRun(std::move(ends));
}

void MainWindow::onRunState(RunState state)
{
    m_log->append(wallNow(), wordFor(state));
    m_log->append(m_controller->log().take());
    if (state == RunState::Starting)
        m_foreignRun = false;
    m_preview->setRunning(m_controller->isActive() && !m_foreignRun);
    refreshRunActions();
    if (!m_controller->isActive()) {
        m_workspace.runEnded();
        settleWorkspace();
        m_canvas->setBottleneck({});
        m_bottleneck.clear();
        if (m_closing)
            close();
    }
}

void MainWindow::onRunFailed(const Error &error)
{
    m_log->append(wallNow(), errorText(error));
    if (m_foreignRun)
        return; // the log has it; the pipeline that is open has not failed
    std::vector<MessageBar::Action> actions;
    if (!error.node.empty() && m_document->pipeline().findNode(error.node))
        actions.push_back(
            {tr("Show the node"), [this, error] { showProblem(error.node, error.field); }});
    m_messages->showMessage(Severity::Error, errorText(error), std::move(actions));
}

void MainWindow::onSnapshot(const RunSnapshot &snapshot)
{
    m_log->append(m_controller->log().take());
    if (m_foreignRun)
        return;
    m_canvas->setFigures(snapshot);
    m_monitor->setSnapshot(snapshot);
    m_inspector->setSnapshot(snapshot);
    m_header->setFigures(snapshot);
    m_status->setFigures(snapshot);
    const Pipeline *started = m_controller->startedPipeline();
    const std::string limiting =
        started != nullptr ? bottleneckOf(*started, snapshot) : std::string();
    if (limiting != m_bottleneck) {
        m_bottleneck = limiting;
        m_canvas->setBottleneck(limiting);
    }
}

void MainWindow::refreshRunActions()
{
    // A run of a pipeline that is closed has no state here, but for the time it takes to drain.
    const bool active = m_controller->isActive();
    const RunState state = m_foreignRun && !active ? RunState::Stopped : m_controller->state();
    const Pipeline &pipeline = m_document->pipeline();
    const std::size_t changes = m_foreignRun ? 0 : m_controller->pendingChanges(pipeline);
    const auto changed =
        m_foreignRun ? std::vector<std::string>() : m_controller->changedNodes(pipeline);
    m_canvas->setChanged({changed.begin(), changed.end()});
    m_header->setRun(state, changes);
    m_actions->run->setEnabled(state != RunState::Draining && (!active || changes > 0));
    m_actions->run->setText(active ? tr("Apply %n change(s)", nullptr, int(changes)) : tr("&Run"));
    m_actions->pause->setEnabled(state == RunState::Running || state == RunState::Paused);
    m_actions->pause->setText(state == RunState::Paused ? tr("&Resume") : tr("&Pause"));
    m_actions->stop->setEnabled(active);
    m_actions->stopNow->setEnabled(active);
}

void MainWindow::refreshTitle()
{
    const bool edited = m_document->isDirty();
    m_header->setDocument(m_document->displayName(), edited);
    m_header->setDelivery(m_document->pipeline().settings.delivery);
    const bool shown = m_pages->currentWidget() != m_welcome;
    setWindowTitle(shown ? tr("%1[*] – Sluice").arg(m_document->displayName()) : tr("Sluice[*]"));
    setWindowModified(edited && shown);
}

/// The database files that the pipeline writes to, as its fields name them.
void MainWindow::refreshDatabases()
{
    std::vector<QueryView::Database> found;
    const auto add = [&found](const std::string &path) {
        const QString text = toQString(path);
        const bool known = std::any_of(found.begin(), found.end(), [&text](const auto &database) {
            return database.path == text;
        });
        if (!known)
            found.push_back({QFileInfo(text).fileName(), text});
    };
    for (const ResolvedNode &node : m_document->validated().nodes) {
        if (node.descriptor == nullptr)
            continue;
        for (const FieldSpec &field : node.descriptor->fields) {
            // As a run resolves it: beside the file, or in the workspace of what was never saved.
            std::string path = node.config.text(field.name);
            for (const auto &[name, value] : node.node->config) {
                const QDir folder(toQString(m_workspace.directory()));
                if (name == field.name && value.asString() != nullptr)
                    path = toStdString(folder.absoluteFilePath(toQString(*value.asString())));
            }
            if (field.type == FieldType::Path && path.ends_with(".duckdb"))
                add(path);
        }
    }
    m_query->setDatabases(found);
}

void MainWindow::refreshCounts()
{
    m_status->setCounts(m_document->pipeline().nodes.size(), m_document->pipeline().wires.size());
}

void MainWindow::onSelection()
{
    const auto &nodes = m_canvas->selectedNodes();
    const auto wires = m_canvas->selectedWires();
    if (nodes.size() > 1)
        m_inspector->setManySelected(int(nodes.size()));
    else if (nodes.empty() && wires.size() == 1)
        m_inspector->setWire(wires[0]);
    else
        m_inspector->setNode(nodes.empty() ? std::string() : *nodes.begin());

    const bool wire = nodes.empty() && wires.size() == 1;
    m_trialJob->setNode(nodes.size() == 1 ? *nodes.begin()
                        : wire            ? wires[0].from.node
                                          : std::string());
    if (wire && !m_detailsDock->isHidden())
        m_details->showPage(PreviewPage);
    refreshPreview();
}

/// Shows the events of the wire or the node that is chosen: what leaves it, or what comes in where
/// nothing does.
void MainWindow::refreshPreview()
{
    const auto &nodes = m_canvas->selectedNodes();
    const auto wires = m_canvas->selectedWires();
    const Pipeline &pipeline = m_document->pipeline();
    const auto titleOf = [&](const std::string &id) {
        const NodePtr node = pipeline.findNode(id);
        const NodeDescriptor *kind = node ? m_catalog.find(node->kind) : nullptr;
        return toQString(!node                  ? id
                         : !node->title.empty() ? node->title
                         : kind != nullptr      ? kind->title
                                                : node->kind);
    };
    if (wires.size() == 1 && nodes.empty()) {
        m_preview->setPort(wires[0].from,
                           titleOf(wires[0].from.node) + QStringLiteral(" → ")
                               + titleOf(wires[0].to.node));
        return;
    }
    if (nodes.size() == 1) {
        const std::string &id = *nodes.begin();
        const NodePtr node = pipeline.findNode(id);
        const NodeDescriptor *kind = node ? m_catalog.find(node->kind) : nullptr;
        const std::vector<PortSpec> ports =
            kind != nullptr ? outputPortsOf(*kind, node->config) : std::vector<PortSpec>();
        if (const auto port = portIndex(ports, {})) {
            m_preview->setPort(WireEnd{id, ports[*port].id}, tr("Out of %1").arg(titleOf(id)));
            return;
        }
        for (const WirePtr &other : pipeline.wires) {
            if (other->to.node == id) {
                m_preview->setPort(other->from, tr("Into %1").arg(titleOf(id)));
                return;
            }
        }
    }
    m_preview->setPort({}, {});
}

void MainWindow::showProblem(const std::string &node, const std::string &field)
{
    if (onDashboard())
        showPage(m_work);
    if (node.empty()) {
        m_canvas->clearSelection();
        m_inspectorDock->show();
        return;
    }
    m_canvas->showNode(node);
    m_inspectorDock->show();
    m_inspector->setNode(node);
    if (!field.empty())
        m_inspector->editField(field);
}

void MainWindow::nextProblem()
{
    const int count = int(m_document->diagnostics().size());
    if (count == 0)
        return;
    m_problemAt = (m_problemAt + 1) % count;
    m_problems->activate(m_problemAt);
}

} // namespace sluice
