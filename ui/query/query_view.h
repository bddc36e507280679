#pragma once

#include "ui/query/query_backend.h"
#include "ui/query/query_job.h"
#include "ui/query/query_words.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <memory>
#include <string>
#include <vector>

class QComboBox;
class QMenu;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTabBar;
class QTreeWidget;
class QTreeWidgetItem;

namespace sluice {

class AnswerTable;
class QueryChart;
class QueryModel;
class QueryText;
class ThemedLabel;

/// Asks database files in KQL: the text at the left, its answer as a table or a picture beside it.
/// Opens a file only while it is seen, so that other programs can have it the rest of the time.
class QueryView : public QWidget
{
    Q_OBJECT

public:
    struct Database
    {
        QString label;
        QString path;
        friend bool operator==(const Database &, const Database &) = default;
    };
    using Open = std::function<Result<std::shared_ptr<QueryBackend>>(const std::string &path)>;

    explicit QueryView(Open open, QWidget *parent = nullptr);
    ~QueryView() override;

    /// What the pipeline writes to; one that was chosen by hand stays in the list.
    void setDatabases(const std::vector<Database> &databases);
    void chooseDatabase(const QString &path);
    /// Closes the file that is kept open between queries, unless one is under way.
    void letGo();
    void setText(const QString &text);
    void runQuery();
    /// The query of a tile is here to be changed: pinning puts it back into that tile.
    void
    editTile(const QString &id, const QString &title, const QString &text, const QString &path);
    /// No tile is edited any more. @param id  only if it is that one; empty: whichever
    void leaveTile(const QString &id = {});
    const QString &editedTile() const { return m_tile; }
    /// What is written, for the dashboard. Does nothing without a query or a database.
    void pin();

    QueryText &text() { return *m_text; }
    const QueryModel &model() const { return *m_model; }
    QueryChart &chart() { return *m_chart; }
    QString statusText() const;
    bool isRunning() const { return m_run.isRunning(); }
    bool showsChart() const;

signals:
    void fileWanted(); // another file shall be chosen
    /// A query shall be on the dashboard. @param tile  the one it shall replace; empty: a new one
    void pinWanted(const QString &text, const QString &path, const QString &tile);
    void messageShown(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    enum Page { MessagePage, TablePage, ChartPage };
    using BackendPtr = std::shared_ptr<QueryBackend>;

    QWidget *makeHead();
    QWidget *makeAnswer();
    void lookAtTables();
    void showTables(const Result<KnownTables> &tables);
    void checkText();
    void showProblems(const std::vector<kql::Problem> &problems);
    void showAnswer(const Result<QueryTable> &answer);
    void showPage(int page);
    void useItem(QTreeWidgetItem *item, bool whole);
    void fillHistory();
    void remember(const QString &text);
    void exportAnswer();
    void refreshPinButton();
    void refreshRunButton();
    QString currentPath() const;
    /// The file's backend, opened when first needed. Thread: any.
    std::function<Result<BackendPtr>()> backendSource() const;

    struct Held; // the open backend, shared with the jobs that use it

    Open m_open;
    std::shared_ptr<Held> m_held;
    QueryJob m_run;
    QueryJob m_check;
    QueryJob m_look;
    QueryJob m_export;
    QTimer m_checkTimer;
    KnownTables m_known;
    std::vector<Database> m_databases;
    std::vector<Database> m_chosenByHand; // not written by the pipeline
    QString m_chosen;                     // the path of the database that was shown last
    QString m_tile;                       // the tile whose query is edited here; empty: none

    QComboBox *m_database = nullptr;
    ThemedLabel *m_status = nullptr;
    QMenu *m_history = nullptr;
    QPushButton *m_exportButton = nullptr;
    QPushButton *m_pinButton = nullptr;
    QPushButton *m_leaveButton = nullptr;
    QPushButton *m_runButton = nullptr;
    QTreeWidget *m_tables = nullptr;
    QSplitter *m_across = nullptr;
    QSplitter *m_halves = nullptr;
    QueryText *m_text = nullptr;
    QTabBar *m_mode = nullptr;
    QStackedWidget *m_pages = nullptr;
    QueryModel *m_model = nullptr;
    AnswerTable *m_table = nullptr;
    QueryChart *m_chart = nullptr;
    ThemedLabel *m_message = nullptr;
    ThemedLabel *m_problem = nullptr;
};

} // namespace sluice
