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
class QTableView;
class QTreeWidget;
class QTreeWidgetItem;

namespace sluice {

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
    void setText(const QString &text);
    void runQuery();

    QueryText &text() { return *m_text; }
    const QueryModel &model() const { return *m_model; }
    QueryChart &chart() { return *m_chart; }
    QString statusText() const;
    bool isRunning() const { return m_run.isRunning(); }
    bool showsChart() const;

signals:
    void fileWanted(); // another file shall be chosen

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
    void exportAs(const QString &ending);
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

    QComboBox *m_database = nullptr;
    ThemedLabel *m_status = nullptr;
    QMenu *m_history = nullptr;
    QPushButton *m_exportButton = nullptr;
    QPushButton *m_runButton = nullptr;
    QTreeWidget *m_tables = nullptr;
    QSplitter *m_across = nullptr;
    QSplitter *m_halves = nullptr;
    QueryText *m_text = nullptr;
    QTabBar *m_mode = nullptr;
    QStackedWidget *m_pages = nullptr;
    QueryModel *m_model = nullptr;
    QTableView *m_table = nullptr;
    QueryChart *m_chart = nullptr;
    ThemedLabel *m_message = nullptr;
    ThemedLabel *m_problem = nullptr;
};

} // namespace sluice
