#include "core/pipeline/dashboard_edits.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/dashboard/dashboard_grid.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/dashboard/tile_frame.h"
#include "ui/document/pipeline_document.h"
#include "ui/query/query_text.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/details_panel.h"
#include "ui/shell/main_window.h"
#include "ui/shell/main_window_parts.h"
#include "ui/shell/run_status_bar.h"
#include "ui/shell/welcome_page.h"
#include "ui/widgets/message_bar.h"

#include <QDir>
#include <QDockWidget>
#include <QRegularExpression>
#include <QStackedWidget>

namespace sluice {

namespace {

constexpr int kMessageMs = 6000;

/// A figure needs less room than a picture.
QSize cellsFor(const QString &query)
{
    static const QRegularExpression kRender(QStringLiteral("\\|\\s*render\\s+(\\w+)"));
    QString kind;
    for (auto match = kRender.globalMatch(query); match.hasNext();)
        kind = match.next().captured(1);
    return kind == QLatin1String("card") ? QSize(3, 3) : QSize(6, 6);
}

/// Beside or below the pipeline's file: the path from there, which holds when both are moved.
std::string asFileWrites(const QString &path, const std::string &folder)
{
    const QString relative = QDir(toQString(folder)).relativeFilePath(path);
    return toStdString(relative.startsWith(QLatin1String("..")) ? path : relative);
}

} // namespace

void MainWindow::makeDashboard()
{
    m_dashboard =
        new DashboardView(*m_document, openQueryBackend, [this](const std::string &database) {
            return databasePath(database);
        });
    m_pages->addWidget(m_dashboard);
}

void MainWindow::connectDashboard()
{
    connect(m_actions->dashboard, &QAction::triggered, this, [this](bool wanted) {
        if (m_pages->currentWidget() == m_welcome)
            newPipeline();
        showPage(wanted ? static_cast<QWidget *>(m_dashboard) : m_work);
        onDashboard() ? m_dashboard->setFocus() : m_canvas->setFocus();
    });
    connect(m_actions->pinQuery, &QAction::triggered, this, [this] {
        showQueryPanel();
        m_query->pin();
    });
    connect(m_actions->askTiles, &QAction::triggered, m_dashboard, &DashboardView::refreshAll);
    connect(m_dashboard, &DashboardView::pinWanted, this, [this] {
        m_query->leaveTile();
        showQueryPanel();
    });
    connect(m_dashboard, &DashboardView::editWanted, this, &MainWindow::editTile);
    connect(m_query, &QueryView::pinWanted, this, &MainWindow::pinQuery);
    const auto tell = [this](const QString &text) { m_status->showMessage(text, kMessageMs); };
    connect(m_dashboard, &DashboardView::messageShown, this, tell);
    connect(m_query, &QueryView::messageShown, this, tell);
    connect(m_document, &PipelineDocument::pipelineChanged, this, [this] {
        const QString edited = m_query->editedTile();
        if (!edited.isEmpty() && !m_document->pipeline().dashboard.find(toStdString(edited)))
            m_query->leaveTile();
    });
    refreshPageActions();
}

bool MainWindow::onDashboard() const
{
    return m_dashboard != nullptr && m_pages->currentWidget() == m_dashboard;
}

/// What belongs to nodes has nothing to do while they are not seen; what tiles have too is theirs.
void MainWindow::refreshPageActions()
{
    const bool board = onDashboard();
    m_actions->dashboard->setChecked(board);
    m_actions->askTiles->setEnabled(board);
    for (QAction *action : {m_actions->cut,
                            m_actions->copy,
                            m_actions->paste,
                            m_actions->removeAndReconnect,
                            m_actions->selectAll,
                            m_actions->zoomIn,
                            m_actions->zoomOut,
                            m_actions->zoomReset,
                            m_actions->fitAll,
                            m_actions->fitSelection})
        action->setEnabled(!board);
    m_actions->rename->setText(board ? tr("&Rename the tile") : tr("&Rename the node"));
    m_actions->editNode->setText(board ? tr("&Edit the tile's query") : tr("&Edit the node"));
}

std::string MainWindow::databasePath(const std::string &database) const
{
    if (database.empty())
        return {};
    return toStdString(
        QDir(toQString(m_workspace.directory())).absoluteFilePath(toQString(database)));
}

void MainWindow::showQueryPanel()
{
    if (m_pages->currentWidget() == m_welcome)
        newPipeline();
    m_detailsDock->show();
    m_details->showPage(QueryPage);
    m_query->text().setFocus();
}

void MainWindow::pinQuery(const QString &text, const QString &path, const QString &id)
{
    const Pipeline &pipeline = m_document->pipeline();
    const DashboardTilePtr held = pipeline.dashboard.find(toStdString(id));
    DashboardTile tile = held ? *held : DashboardTile();
    tile.query = toStdString(text);
    tile.database = asFileWrites(path, m_workspace.directory());
    if (held) {
        const auto changed =
            m_document->apply(tr("Edit a tile"), changeTile(pipeline, std::move(tile)));
        m_status->showMessage(changed ? tr("The tile asks this from now on.")
                                      : errorText(changed.error()),
                              kMessageMs);
        return;
    }
    const QSize cells = cellsFor(text);
    tile.place = freePlace(pipeline.dashboard, cells.width(), cells.height());
    auto added = addTile(pipeline, std::move(tile));
    if (!added) {
        showError(added.error());
        return;
    }
    const std::string made = added->id;
    if (const auto done = m_document->apply(tr("Pin a query"), std::move(added->pipeline)); !done) {
        showError(done.error());
        return;
    }
    if (onDashboard()) {
        m_dashboard->select(made);
        return;
    }
    m_messages->showMessage(Severity::Note,
                            tr("The query is on the dashboard."),
                            {{tr("Show the dashboard"), [this, made] {
                                  showPage(m_dashboard);
                                  m_dashboard->select(made);
                              }}});
}

void MainWindow::editTile(const std::string &id)
{
    const DashboardTilePtr tile = m_document->pipeline().dashboard.find(id);
    if (!tile)
        return;
    const TileFrame *frame = m_dashboard->grid().frame(id);
    showQueryPanel();
    m_query->editTile(toQString(id),
                      frame != nullptr ? frame->shownTitle() : QString(),
                      toQString(tile->query),
                      toQString(databasePath(tile->database)));
}

} // namespace sluice
