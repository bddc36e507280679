#pragma once

#include "ui/dashboard/dashboard_runner.h"

#include <QElapsedTimer>
#include <QWidget>

#include <functional>
#include <map>
#include <optional>
#include <string>

class QPushButton;
class QScrollArea;
class QStackedWidget;

namespace sluice {

class DashboardGrid;
class PipelineDocument;
class ThemedLabel;
class TileFrame;

/// The pipeline's dashboard page: its pinned queries as tiles that refresh by themselves while the
/// page is seen. Every change is an edit of the document.
class DashboardView : public QWidget
{
    Q_OBJECT

public:
    /// @param pathOf  the file that a tile's database means
    DashboardView(PipelineDocument &document,
                  DashboardRunner::Open open,
                  std::function<std::string(const std::string &database)> pathOf,
                  DashboardRunner::Now now = {},
                  QWidget *parent = nullptr);
    ~DashboardView() override;

    /// Paths may mean other files now: the pipeline was saved elsewhere.
    void refreshPaths();

    DashboardGrid &grid() { return *m_grid; }
    DashboardRunner &runner() { return m_runner; }
    /// The tile that commands are for; empty: none.
    std::string selected() const;
    void select(const std::string &id);
    bool writePicture(const QString &path);

public slots:
    void removeSelected();
    void duplicateSelected();
    void renameSelected();
    void editSelected();
    void refreshAll();
    void choosePicture();

signals:
    /// The query of a tile shall be shown and changed.
    void editWanted(const std::string &id);
    /// How a query is pinned shall be shown.
    void pinWanted();
    void messageShown(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *makeHead();
    QWidget *makeEmpty();
    void refresh();
    void refreshActive();
    void connectFrame(TileFrame *frame);
    void showAnswer(const std::string &id, const Result<QueryTable> &answer);
    void showAges();
    void exportAnswer(TileFrame *frame);
    void remove(const std::string &id);
    void duplicate(const std::string &id);

    PipelineDocument &m_document;
    std::function<std::string(const std::string &)> m_pathOf;
    QElapsedTimer m_clock;
    DashboardRunner::Now m_now;
    DashboardRunner m_runner;
    QTimer m_ages;
    std::map<std::string, qint64> m_answeredAt;
    std::string m_selected;
    QStackedWidget *m_pages = nullptr;
    QScrollArea *m_scroll = nullptr;
    DashboardGrid *m_grid = nullptr;
    QPushButton *m_picture = nullptr;
    QPushButton *m_refresh = nullptr;
    ThemedLabel *m_count = nullptr;
    QWidget *m_watched = nullptr; // the window, whose minimizing hides this too
};

} // namespace sluice
