#pragma once

#include "core/base/result.h"
#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/validation.h"
#include "core/runtime/engine.h"
#include "ui/shell/run_workspace.h"

#include <QMainWindow>

#include <functional>
#include <memory>
#include <optional>

class QDockWidget;
class QStackedWidget;

namespace sluice {

class Actions;
class AddNodePopup;
class CanvasWidget;
class DashboardView;
class DetailsPanel;
class EngineMonitor;
class HeaderBar;
class HelpWindow;
class Inspector;
class LogView;
class MessageBar;
class MonitorView;
class PalettePanel;
class PipelineDocument;
class PreviewView;
class ProblemsView;
class QueryView;
class RunController;
class RunStatusBar;
class SecretKeeper;
class ThemeManager;
class TrialJob;
class TrialView;
struct TrialOutcome;
class WelcomePage;
class WireTap;
struct RecoverableFile;

/// The window: one document, its panels, and one run.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    enum class Answer { Save, Discard, Cancel };

    /// @param themes  null: the appearance cannot be changed (tests)
    MainWindow(const Catalog &catalog, ThemeManager *themes, QWidget *parent = nullptr);
    ~MainWindow() override;

    /// Shows it with nothing outside the screen: as large as the screen where that is small.
    void showOnScreen();

    // Files
    bool openFile(const QString &path);
    void newPipeline();
    bool save();
    bool saveAs(const QString &path);
    /// Opens a template as a pipeline that was never saved. Errors: shown in the message bar
    bool openTemplate(const std::string &name);
    /// Opens the sample and runs it at once.
    void watchSample();
    void showWelcome();

    // Run
    void run();
    /// What a run of the open pipeline is told: where it stands and what its references are.
    RunOptions runOptions() const;
    RunController &controller() { return *m_controller; }

    PipelineDocument &document() { return *m_document; }
    Actions &actions() { return *m_actions; }
    CanvasWidget &canvas() { return *m_canvas; }
    Inspector &inspector() { return *m_inspector; }
    PalettePanel &palettePanel() { return *m_palette; }
    PreviewView &preview() { return *m_preview; }
    TrialView &trial() { return *m_trial; }
    MonitorView &monitor() { return *m_monitor; }
    ProblemsView &problems() { return *m_problems; }
    QueryView &query() { return *m_query; }
    DashboardView &dashboard() { return *m_dashboard; }
    MessageBar &messages() { return *m_messages; }
    HeaderBar &header() { return *m_header; }
    RunStatusBar &statusLine() { return *m_status; }
    AddNodePopup &addPopup() { return *m_addPopup; }

    /// How unsaved changes are asked about; a test answers by itself.
    void setAsk(std::function<Answer(const QString &question)> ask) { m_ask = std::move(ask); }

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    // main_window.cpp: parts and how they are joined
    void makeParts();
    void makeDocks();
    void enlargeDetails(bool large);
    QDockWidget *addDock(QWidget *panel,
                         const QString &name,
                         const QString &title,
                         Qt::DockWidgetArea area,
                         QAction *toggle);
    void connectFileActions();
    void connectEditActions();
    void connectViewActions();
    void connectPipelineActions();
    void connectDocument();
    void connectCanvas();
    void connectRun();
    void readLayout();
    void writeLayout();
    void setPanelsMovable(bool movable);
    void showPage(QWidget *page);
    void showCanvas();

    // main_window_files.cpp
    bool mayDiscard();
    void settleWorkspace();
    void chooseFile();
    bool chooseSavePlace();
    void fillRecentMenu();
    void offerRecovery();
    void offerRecovery(const RecoverableFile &file);
    void onReplaced();
    void showError(const Error &error);
    ValueSources valueSources(bool forRun) const;
    void loadSecrets();

    // main_window_run.cpp
    void onRunState(RunState state);
    void onRunFailed(const Error &error);
    void onRunStarted();
    void onSnapshot(const RunSnapshot &snapshot);
    void refreshRunActions();
    void refreshTitle();
    void refreshDatabases();
    void refreshCounts();
    void onSelection();
    void refreshPreview();
    void learnFromTrial(const TrialOutcome &outcome);
    void showProblem(const std::string &node, const std::string &field);
    void nextProblem();
    void addNodeAt(QPointF scenePos, QPoint globalPos);
    void addNodeForWire(const WireEnd &end, bool fromOutput, QPointF scenePos, QPoint globalPos);
    void showContextMenu(const std::string &node, QPointF scenePos, QPoint globalPos);
    void showKindHelp();

    // main_window_dashboard.cpp
    void makeDashboard();
    void connectDashboard();
    bool onDashboard() const;
    void refreshPageActions();
    void pinQuery(const QString &text, const QString &path, const QString &tile);
    void editTile(const std::string &id);
    void showQueryPanel();
    std::string databasePath(const std::string &database) const;

    const Catalog &m_catalog;
    ThemeManager *m_themes;
    Actions *m_actions;
    PipelineDocument *m_document;
    SecretKeeper *m_secrets;
    RunController *m_controller;
    EngineMonitor *m_engineMonitor;
    WireTap *m_tap;
    TrialJob *m_trialJob;
    RunWorkspace m_workspace;

    QStackedWidget *m_pages = nullptr;
    WelcomePage *m_welcome = nullptr;
    QWidget *m_work = nullptr;
    DashboardView *m_dashboard = nullptr;
    MessageBar *m_messages = nullptr;
    CanvasWidget *m_canvas = nullptr;
    HeaderBar *m_header = nullptr;
    RunStatusBar *m_status = nullptr;
    PalettePanel *m_palette = nullptr;
    Inspector *m_inspector = nullptr;
    DetailsPanel *m_details = nullptr;
    PreviewView *m_preview = nullptr;
    TrialView *m_trial = nullptr;
    MonitorView *m_monitor = nullptr;
    ProblemsView *m_problems = nullptr;
    QueryView *m_query = nullptr;
    LogView *m_log = nullptr;
    AddNodePopup *m_addPopup = nullptr;
    HelpWindow *m_help = nullptr;
    QDockWidget *m_paletteDock = nullptr;
    QDockWidget *m_inspectorDock = nullptr;
    QDockWidget *m_detailsDock = nullptr;

    std::function<Answer(const QString &)> m_ask;
    std::string m_bottleneck;
    int m_problemAt = -1;
    int m_detailsHeight = 0;        // before it was enlarged
    bool m_isSample = false;        // what the window itself opened, to be watched
    bool m_foreignRun = false;      // what drains belongs to a pipeline that is closed
    bool m_closing = false;         // close when the run is over
    bool m_startWhenLoaded = false; // when the secrets are there
    bool m_layoutRead = false;
};

} // namespace sluice
