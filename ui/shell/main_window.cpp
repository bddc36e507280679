#include "ui/shell/main_window.h"

#include "core/pipeline/secrets.h"
#include "ui/bridge/engine_monitor.h"
#include "ui/bridge/run_controller.h"
#include "ui/bridge/schema_scout.h"
#include "ui/bridge/secret_keeper.h"
#include "ui/bridge/trial_job.h"
#include "ui/bridge/wire_tap.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/inspector.h"
#include "ui/monitor/monitor_view.h"
#include "ui/palette/add_node_popup.h"
#include "ui/palette/palette.h"
#include "ui/preview/preview_view.h"
#include "ui/preview/trial_view.h"
#include "ui/problems/log_view.h"
#include "ui/problems/problems_view.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/details_panel.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/help_window.h"
#include "ui/shell/main_window_parts.h"
#include "ui/shell/pipeline_templates.h"
#include "ui/shell/run_status_bar.h"
#include "ui/shell/welcome_page.h"
#include "ui/theme/theme_manager.h"
#include "ui/widgets/message_bar.h"

#include <QApplication>
#include <QDockWidget>
#include <QKeyEvent>
#include <QMenuBar>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr int kPaletteWidth = 224;
constexpr int kInspectorWidth = 320;
constexpr int kDetailsHeight = 268;
constexpr int kLayoutVersion = 1;
constexpr QSize kFirstSize{1280, 800};
constexpr int kTitleBarHeight = 40; // about what a desktop adds

const QString kGeometryKey = QStringLiteral("window/geometry");
const QString kStateKey = QStringLiteral("window/state");

/// A dock's title when panels are not being moved: nothing.
class NoTitle : public QWidget
{
public:
    QSize sizeHint() const override { return {0, 0}; }
    QSize minimumSizeHint() const override { return {0, 0}; }
};

} // namespace

MainWindow::MainWindow(const Catalog &catalog, ThemeManager *themes, QWidget *parent)
    : QMainWindow(parent)
    , m_catalog(catalog)
    , m_themes(themes)
    , m_actions(new Actions(this))
    , m_document(new PipelineDocument(catalog, this))
    , m_secrets(new SecretKeeper(commandLineSecrets(), SecretKeeper::Store::Keychain, this))
    , m_controller(new RunController(
          catalog, [this] { return runOptions(); }, this))
    , m_engineMonitor(new EngineMonitor(*m_controller, this))
    , m_tap(new WireTap(*m_controller, this))
    , m_trialJob(new TrialJob(
          *m_document, [this] { return valueSources(true); }, this))
{
    setAcceptDrops(true);
    m_workspace.reset({});
    makeParts();
    makeDocks();
    m_actions->fill(*menuBar());
    connectFileActions();
    connectEditActions();
    connectViewActions();
    connectPipelineActions();
    connectDocument();
    connectCanvas();
    connectRun();
    connectDashboard();
    setAsk([this](const QString &question) { return askSaving(this, question); });
    qApp->installEventFilter(this);
    onReplaced();
    showWelcome();
    readLayout();
    QMetaObject::invokeMethod(
        this, [this] { offerRecovery(); }, Qt::QueuedConnection);
}

MainWindow::~MainWindow()
{
    qApp->removeEventFilter(this);
    // The run asks for secrets and writes its log: it ends while both are there.
    m_controller->disconnect(this);
    m_document->disconnect(this);
    m_document->undoStack().disconnect(this); // it clears itself when the actions are gone
    m_controller->shutDown();
}

void MainWindow::makeParts()
{
    m_messages = new MessageBar;
    m_canvas = new CanvasWidget(*m_document);
    m_work = new QWidget;
    auto *work = new QVBoxLayout(m_work);
    work->setContentsMargins({});
    work->setSpacing(0);
    work->addWidget(m_canvas, 1);
    m_welcome = new WelcomePage(templateCards(m_catalog));
    m_pages = new QStackedWidget;
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_work);
    makeDashboard();
    auto *central = new QWidget;
    auto *layout = new QVBoxLayout(central);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_pages, 1);
    setCentralWidget(central);

    m_header = new HeaderBar(*m_actions, this);
    addToolBar(Qt::TopToolBarArea, m_header);
    m_status = new RunStatusBar(this);
    setStatusBar(m_status);
    m_addPopup = new AddNodePopup(m_catalog, this);
}

void MainWindow::makeDocks()
{
    m_palette = new PalettePanel(m_catalog);
    m_inspector = new Inspector(*m_document, m_secrets);
    m_preview = new PreviewView(*m_tap);
    m_trial = new TrialView(*m_trialJob, *m_document);
    m_preview->setTrial(m_trial);
    m_monitor = new MonitorView;
    m_problems = new ProblemsView(*m_document);
    m_query = new QueryView(openQueryBackend);
    m_log = new LogView;
    m_details = new DetailsPanel;
    m_details->addPage(m_preview, tr("Preview"));
    m_details->addPage(m_monitor, tr("Monitor"), m_monitor->rangeBar());
    m_details->addPage(m_problems, tr("Problems"));
    m_details->addPage(m_query, tr("Query"));
    m_details->addPage(m_log, tr("Log"));
    m_details->showPage(MonitorPage);

    setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_paletteDock = addDock(m_palette,
                            QStringLiteral("palette"),
                            tr("Palette"),
                            Qt::LeftDockWidgetArea,
                            m_actions->palette);
    m_inspectorDock = addDock(m_inspector,
                              QStringLiteral("inspector"),
                              tr("Inspector"),
                              Qt::RightDockWidgetArea,
                              m_actions->inspector);
    m_detailsDock = addDock(m_details,
                            QStringLiteral("details"),
                            tr("Details"),
                            Qt::BottomDockWidgetArea,
                            m_actions->details);
    setPanelsMovable(false);
}

QDockWidget *MainWindow::addDock(QWidget *panel,
                                 const QString &name,
                                 const QString &title,
                                 Qt::DockWidgetArea area,
                                 QAction *toggle)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(panel);
    addDockWidget(area, dock);
    connect(toggle, &QAction::triggered, dock, &QDockWidget::setVisible);
    connect(dock, &QDockWidget::visibilityChanged, toggle, [dock, toggle] {
        toggle->setChecked(!dock->isHidden());
    });
    return dock;
}

void MainWindow::setPanelsMovable(bool movable)
{
    for (QDockWidget *dock : {m_paletteDock, m_inspectorDock, m_detailsDock}) {
        QWidget *before = dock->titleBarWidget();
        dock->setTitleBarWidget(movable ? nullptr : new NoTitle);
        delete before;
        dock->setFeatures(movable
                              ? QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable
                                    | QDockWidget::DockWidgetClosable
                              : QDockWidget::NoDockWidgetFeatures);
    }
}

void MainWindow::enlargeDetails(bool large)
{
    m_detailsDock->show();
    if (large)
        m_detailsHeight = m_detailsDock->height();
    // What does not fit is cut to what the canvas leaves.
    resizeDocks({m_detailsDock}, {large ? height() : m_detailsHeight}, Qt::Vertical);
}

void MainWindow::readLayout()
{
    const QSettings settings;
    resize(kFirstSize);
    if (!restoreGeometry(settings.value(kGeometryKey).toByteArray()))
        resize(kFirstSize);
    // Docks have sizes only while they can be seen.
    showPage(m_work);
    if (!restoreState(settings.value(kStateKey).toByteArray(), kLayoutVersion)) {
        resizeDocks(
            {m_paletteDock, m_inspectorDock}, {kPaletteWidth, kInspectorWidth}, Qt::Horizontal);
        resizeDocks({m_detailsDock}, {kDetailsHeight}, Qt::Vertical);
    }
    m_layoutRead = true;
    showPage(m_welcome);
}

void MainWindow::showOnScreen()
{
    const QSize room = screen()->availableSize() - QSize(0, kTitleBarHeight);
    const bool fits = frameGeometry().width() <= room.width() && height() <= room.height();
    fits ? show() : showMaximized();
}

void MainWindow::writeLayout()
{
    if (!m_layoutRead || m_pages->currentWidget() != m_work)
        return;
    QSettings settings;
    settings.setValue(kGeometryKey, saveGeometry());
    settings.setValue(kStateKey, saveState(kLayoutVersion));
}

void MainWindow::showPage(QWidget *page)
{
    QWidget *before = m_pages->currentWidget();
    if (page != m_work && before == m_work)
        writeLayout();
    m_pages->setCurrentWidget(page);
    refreshTitle();
    m_header->setVisible(page != m_welcome);
    m_status->setVisible(page != m_welcome);
    const auto has = [this](const QWidget *shown, const QDockWidget *dock) {
        return shown == m_work || (shown == m_dashboard && dock == m_detailsDock);
    };
    // A panel that the user has hidden stays hidden: hide() here is not theirs. The dashboard has
    // its page to itself until a query is asked for.
    const auto key = [this](const QWidget *shown) {
        return shown == m_dashboard ? "wantedOnDashboard" : "wanted";
    };
    const std::pair<QDockWidget *, QAction *> docks[] = {{m_paletteDock, m_actions->palette},
                                                         {m_inspectorDock, m_actions->inspector},
                                                         {m_detailsDock, m_actions->details}};
    for (const auto &[dock, toggle] : docks) {
        const bool now = has(page, dock);
        if (has(before, dock))
            toggle->setProperty(key(before), !dock->isHidden());
        const QVariant wanted = toggle->property(key(page));
        dock->setVisible(now && (wanted.isNull() ? page == m_work : wanted.toBool()));
        toggle->setEnabled(now);
    }
    refreshPageActions();
}

/// The canvas with the pipeline that is open, or with a new one.
void MainWindow::showCanvas()
{
    if (onDashboard())
        showPage(m_work);
    else if (m_pages->currentWidget() != m_work)
        newPipeline();
}

void MainWindow::connectEditActions()
{
    QUndoStack &undo = m_document->undoStack();
    connect(m_actions->undo, &QAction::triggered, &undo, &QUndoStack::undo);
    connect(m_actions->redo, &QAction::triggered, &undo, &QUndoStack::redo);
    const auto name = [](QAction *action, const QString &verb, const QString &what) {
        action->setText(what.isEmpty() ? verb : QStringLiteral("%1 “%2”").arg(verb, what));
    };
    const auto refresh = [this, &undo, name] {
        m_actions->undo->setEnabled(undo.canUndo());
        m_actions->redo->setEnabled(undo.canRedo());
        name(m_actions->undo, tr("&Undo"), undo.undoText());
        name(m_actions->redo, tr("&Redo"), undo.redoText());
        m_actions->undo->setToolTip(tooltipOf(*m_actions->undo));
    };
    connect(&undo, &QUndoStack::indexChanged, this, refresh);
    connect(&undo, &QUndoStack::canUndoChanged, this, refresh);
    connect(&undo, &QUndoStack::canRedoChanged, this, refresh);
    refresh();
    connect(m_actions->cut, &QAction::triggered, m_canvas, &CanvasWidget::cut);
    connect(m_actions->copy, &QAction::triggered, m_canvas, &CanvasWidget::copy);
    connect(m_actions->paste, &QAction::triggered, m_canvas, &CanvasWidget::paste);
    connect(m_actions->duplicate, &QAction::triggered, this, [this] {
        onDashboard() ? m_dashboard->duplicateSelected() : m_canvas->duplicate();
    });
    connect(m_actions->remove, &QAction::triggered, this, [this] {
        onDashboard() ? m_dashboard->removeSelected() : m_canvas->deleteSelection();
    });
    connect(m_actions->removeAndReconnect,
            &QAction::triggered,
            m_canvas,
            &CanvasWidget::deleteAndReconnect);
    connect(m_actions->selectAll, &QAction::triggered, m_canvas, &CanvasWidget::selectAll);
    connect(m_actions->find, &QAction::triggered, this, [this] {
        showCanvas();
        m_paletteDock->show();
        m_palette->focusSearch();
    });
}

void MainWindow::connectViewActions()
{
    connect(m_actions->zoomIn, &QAction::triggered, m_canvas, &CanvasWidget::zoomIn);
    connect(m_actions->zoomOut, &QAction::triggered, m_canvas, &CanvasWidget::zoomOut);
    connect(m_actions->zoomReset, &QAction::triggered, m_canvas, &CanvasWidget::resetZoom);
    connect(m_actions->fitAll, &QAction::triggered, m_canvas, &CanvasWidget::fitAll);
    connect(m_actions->fitSelection, &QAction::triggered, m_canvas, &CanvasWidget::fitSelection);
    connect(m_actions->movePanels, &QAction::toggled, this, &MainWindow::setPanelsMovable);
    connect(m_actions->largeDetails, &QAction::toggled, this, &MainWindow::enlargeDetails);
    connect(m_actions->fullScreen, &QAction::toggled, this, [this](bool full) {
        setWindowState(windowState().setFlag(Qt::WindowFullScreen, full));
    });
    const std::pair<QAction *, ThemeChoice> choices[] = {
        {m_actions->themeSystem, ThemeChoice::System},
        {m_actions->themeLight, ThemeChoice::Light},
        {m_actions->themeDark, ThemeChoice::Dark}};
    for (const auto &[action, choice] : choices) {
        action->setEnabled(m_themes != nullptr);
        if (m_themes == nullptr)
            continue;
        action->setChecked(m_themes->choice() == choice);
        connect(action, &QAction::triggered, this, [this, picked = choice] {
            m_themes->setChoice(picked);
        });
    }
    m_actions->reduceMotion->setEnabled(m_themes != nullptr);
    if (m_themes == nullptr)
        return;
    m_actions->reduceMotion->setChecked(m_themes->reducedMotion());
    m_canvas->setReducedMotion(m_themes->reducedMotion());
    connect(
        m_actions->reduceMotion, &QAction::triggered, m_themes, &ThemeManager::setReducedMotion);
    connect(m_themes, &ThemeManager::reducedMotionChanged, this, [this](bool reduced) {
        m_actions->reduceMotion->setChecked(reduced);
        m_canvas->setReducedMotion(reduced);
    });
}

void MainWindow::connectDocument()
{
    new SchemaScout(*m_document, this);
    connect(m_document, &PipelineDocument::replaced, this, &MainWindow::onReplaced);
    connect(m_document, &PipelineDocument::pipelineChanged, this, [this] {
        refreshTitle();
        refreshCounts();
        refreshRunActions();
        refreshPreview();
        loadSecrets();
    });
    connect(m_document, &PipelineDocument::diagnosticsChanged, this, &MainWindow::refreshDatabases);
    connect(m_document, &PipelineDocument::dirtyChanged, this, &MainWindow::refreshTitle);
    connect(m_document, &PipelineDocument::pathChanged, this, &MainWindow::refreshTitle);
    connect(m_document, &PipelineDocument::problemFound, this, [this](const QString &text) {
        m_messages->showMessage(Severity::Warning, text);
    });
    connect(m_problems, &ProblemsView::countChanged, this, [this](int count) {
        m_status->setProblems(count);
        m_details->setTitle(ProblemsPage,
                            count > 0 ? tr("Problems %1").arg(count) : tr("Problems"));
    });
    connect(m_problems, &ProblemsView::problemChosen, this, &MainWindow::showProblem);
    connect(
        m_status, &RunStatusBar::problemsClicked, this, [this] { m_actions->problems->trigger(); });
    connect(m_secrets, &SecretKeeper::loaded, this, [this] {
        m_document->setValueSources(valueSources(false));
        if (std::exchange(m_startWhenLoaded, false))
            run();
    });
    connect(m_secrets, &SecretKeeper::kept, this, [this] {
        m_document->setValueSources(valueSources(false));
    });
}

/// Undo in a field of the form is the document's undo: one history, not one a field.
bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride)
        return QMainWindow::eventFilter(watched, event);
    auto *widget = qobject_cast<QWidget *>(watched);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool undo = key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)
                      || (key->key() == Qt::Key_Y && key->modifiers() == Qt::ControlModifier);
    if (widget == nullptr || !undo || !m_inspector->isAncestorOf(widget))
        return QMainWindow::eventFilter(watched, event);
    event->ignore();
    return true;
}

} // namespace sluice
