#include "ui/query/query_view.h"

#include "ui/document/pipeline_document.h"
#include "ui/inspector/choice_editors.h"
#include "ui/query/answer_table.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/query/query_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/themed_label.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <mutex>

namespace sluice {

namespace {

constexpr int kCheckMs = 250;
constexpr int kTablesWidth = 170;
constexpr int kTallEnough = 420; // from here on the answer stands below the text
constexpr std::size_t kMostRows = 1'000'000;
const QString kTextKey = QStringLiteral("query/text");

} // namespace

/// Kept between queries while the panel is seen.
struct QueryView::Held
{
    std::mutex mutex;
    std::string path;   // GUARDED_BY(mutex)
    BackendPtr backend; // GUARDED_BY(mutex)
};

QueryView::QueryView(Open open, QWidget *parent)
    : QWidget(parent)
    , m_open(std::move(open))
    , m_held(std::make_shared<Held>())
{
    m_text =
        new QueryText([this](const QString &before) { return queryCompletions(before, m_known); });
    m_text->setHelp([this](const QString &word) { return queryHelp(word, m_known); });
    m_text->setPlaceholderText(
        tr("readings\n| where temp > 20\n| summarize avg(temp) by device_id"));
    m_text->setPlainText(QSettings().value(kTextKey).toString());
    m_problem = new ThemedLabel(TextRole::Error);
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(metrics::kSpaceM, 2, metrics::kSpaceS, metrics::kSpaceXs);
    m_problem->hide();
    auto *question = new QWidget;
    auto *column = new QVBoxLayout(question);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_text, 1);
    column->addWidget(m_problem);
    m_tables = new QTreeWidget;
    m_tables->setColumnCount(2);
    m_tables->setHeaderHidden(true);
    m_tables->setFrameShape(QFrame::NoFrame);
    m_tables->setAccessibleName(tr("Tables of the database"));
    m_tables->header()->setStretchLastSection(false);
    m_tables->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tables->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tables->setIndentation(metrics::kSpaceM);
    m_halves = new QSplitter(Qt::Horizontal);
    m_halves->addWidget(question);
    m_halves->addWidget(makeAnswer());
    m_halves->setStretchFactor(0, 2);
    m_halves->setStretchFactor(1, 3);
    m_halves->setChildrenCollapsible(false);
    m_across = new QSplitter(Qt::Horizontal);
    m_across->addWidget(m_tables);
    m_across->addWidget(m_halves);
    m_across->setSizes({kTablesWidth, 1000});
    m_across->setStretchFactor(1, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(m_across, 1);

    m_checkTimer.setSingleShot(true);
    m_checkTimer.setInterval(kCheckMs);
    connect(&m_checkTimer, &QTimer::timeout, this, &QueryView::checkText);
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        m_text->setProblems({});
        m_problem->hide();
        m_checkTimer.start();
    });
    connect(m_text, &QueryText::runWanted, this, &QueryView::runQuery);
    connect(&m_run, &QueryJob::runningChanged, this, &QueryView::refreshRunButton);
    connect(m_tables, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        useItem(item, item->parent() == nullptr);
    });
    refreshRunButton();
    showPage(MessagePage);
}

QueryView::~QueryView()
{
    QSettings().setValue(kTextKey, m_text->toPlainText());
}

void QueryView::setDatabases(const std::vector<Database> &databases)
{
    std::vector<Database> all = databases;
    const QString chosen = currentPath();
    for (const Database &own : m_chosenByHand) {
        if (std::find(all.begin(), all.end(), own) == all.end())
            all.push_back(own);
    }
    if (all == m_databases && m_database->count() > 0)
        return;
    m_databases = all;
    m_database->clear();
    for (const Database &known : all) {
        m_database->addItem(known.label, known.path);
        m_database->setItemData(m_database->count() - 1, known.path, Qt::ToolTipRole);
    }
    m_database->addItem(tr("Another file…"));
    const int at = m_database->findData(chosen);
    m_database->setCurrentIndex(at >= 0 ? at : 0);
    m_chosen = currentPath();
    if (isVisible())
        lookAtTables();
}

void QueryView::chooseDatabase(const QString &path)
{
    if (m_database->findData(path) < 0) {
        m_databases.push_back({QFileInfo(path).fileName(), path});
        m_chosenByHand.push_back(m_databases.back());
        m_database->insertItem(
            std::max(0, m_database->count() - 1), m_databases.back().label, path);
    }
    m_database->setCurrentIndex(m_database->findData(path));
    m_chosen = path;
    lookAtTables();
}

QString QueryView::currentPath() const
{
    return m_database->currentData().toString();
}

std::function<Result<QueryView::BackendPtr>()> QueryView::backendSource() const
{
    return
        [held = m_held, open = m_open, path = toStdString(currentPath())]() -> Result<BackendPtr> {
            if (path.empty())
                return fail(ErrorCode::FileUnreadable, "no database is chosen")
                    .hint("Run a pipeline that writes to one, or choose a file.");
            const std::lock_guard lock(held->mutex);
            if (held->backend == nullptr || held->path != path) {
                held->backend = nullptr;
                TRY_ASSIGN(held->backend, open(path));
                held->path = path;
            }
            return held->backend;
        };
}

void QueryView::lookAtTables()
{
    m_look.start([this, source = backendSource()](std::stop_token stop) -> std::function<void()> {
        const auto look = [&]() -> Result<KnownTables> {
            TRY_ASSIGN(const BackendPtr backend, source());
            TRY_ASSIGN(const std::vector<std::string> names, backend->tables());
            KnownTables tables;
            for (const std::string &name : names) {
                if (stop.stop_requested())
                    break;
                if (auto columns = backend->columns(name))
                    tables.emplace(name, *std::move(columns));
            }
            return tables;
        };
        return [this, tables = look()] { showTables(tables); };
    });
}

void QueryView::showTables(const Result<KnownTables> &tables)
{
    m_tables->clear();
    m_known = tables ? *tables : KnownTables();
    for (const auto &[name, schema] : m_known) {
        auto *table = new QTreeWidgetItem(m_tables, {visibleText(toQString(name)), QString()});
        table->setData(0, Qt::UserRole, toQString(name));
        for (const SchemaColumn &column : schema.columns) {
            auto *item = new QTreeWidgetItem(
                table, {visibleText(toQString(column.name)), toQString(typeName(column.type))});
            item->setData(0, Qt::UserRole, toQString(column.name));
            item->setForeground(1, theme().textHint);
        }
    }
    if (m_known.size() == 1)
        m_tables->expandAll();
    if (!tables && m_model->rowCount() == 0) {
        m_message->setText(errorText(tables.error()));
        showPage(MessagePage);
    }
    checkText();
}

void QueryView::useItem(QTreeWidgetItem *item, bool whole)
{
    const QString name = queryName(toStdString(item->data(0, Qt::UserRole).toString()));
    if (!whole) {
        m_text->insertPlainText(name);
        m_text->setFocus();
        return;
    }
    setText(name + QStringLiteral("\n| take 100"));
    runQuery();
}

void QueryView::setText(const QString &text)
{
    m_text->selectAll();
    m_text->insertPlainText(text); // can be undone
}

void QueryView::checkText()
{
    const QString text = m_text->toPlainText();
    if (text.trimmed().isEmpty() || currentPath().isEmpty() || !isVisible())
        return;
    m_check.start([this, source = backendSource(), text = toStdString(text)](
                      std::stop_token) -> std::function<void()> {
        const auto backend = source();
        std::vector<kql::Problem> problems;
        if (backend)
            problems = (*backend)->check(text);
        return [this, problems = std::move(problems)] { showProblems(problems); };
    });
}

void QueryView::showProblems(const std::vector<kql::Problem> &problems)
{
    m_text->setProblems(problems);
    m_problem->setVisible(!problems.empty());
    if (problems.empty())
        return;
    const kql::Problem &first = problems.front();
    m_problem->setText(tr("Line %1, column %2: %3")
                           .arg(first.at.line)
                           .arg(first.at.column)
                           .arg(toQString(first.hint.empty() ? first.message
                                                             : first.message + ". " + first.hint)));
}

void QueryView::runQuery()
{
    const QString text = m_text->toPlainText().trimmed();
    if (text.isEmpty()) {
        m_text->setFocus();
        return;
    }
    remember(text);
    m_status->setText(tr("Running…"));
    m_run.start([this, source = backendSource(), query = toStdString(text)](
                    std::stop_token stop) -> std::function<void()> {
        const auto answer = [&]() -> Result<QueryTable> {
            TRY_ASSIGN(const BackendPtr backend, source());
            return backend->run(query, kMostRows, stop);
        };
        return [this, table = answer()] { showAnswer(table); };
    });
}

void QueryView::showAnswer(const Result<QueryTable> &answer)
{
    if (!answer) {
        m_status->setText({});
        m_message->setRole(TextRole::Error);
        m_message->setText(errorText(answer.error()));
        m_model->setTable({});
        showPage(MessagePage);
        return;
    }
    m_message->setRole(TextRole::Secondary);
    m_table->forgetOrder();
    m_model->setTable(*answer);
    m_table->fitColumns();
    QStringList words{tr("%n row(s)", nullptr, int(answer->rows())),
                      spanText(TickSpan(answer->milliseconds * double(kTicksPerMillisecond)))};
    if (answer->truncated)
        words << tr("cut off");
    const bool drawable = QueryChart::canDraw(answer->render) && answer->rows() > 0;
    const QString left = drawable ? m_chart->draw(*answer) : QString();
    if (!left.isEmpty())
        words << left;
    if (drawable && m_chart->hasPicture()) {
        m_mode->setCurrentIndex(0);
        showPage(ChartPage);
    } else if (drawable) {
        showPage(TablePage);
    } else {
        if (answer->rows() > 0 && !answer->render.isEmpty()
            && answer->render != QLatin1String("table"))
            words << tr("%1 is not drawn").arg(answer->render);
        showPage(answer->rows() == 0 ? MessagePage : TablePage);
        m_message->setText(tr("The query gives no rows."));
    }
    m_status->setText(words.join(QStringLiteral(" · ")));
}

void QueryView::showPage(int page)
{
    m_pages->setCurrentIndex(page);
    m_mode->setVisible(page == ChartPage);
    m_exportButton->setEnabled(m_model->rowCount() > 0);
}

bool QueryView::showsChart() const
{
    return m_mode->isVisibleTo(this);
}

QString QueryView::statusText() const
{
    return m_status->text();
}

void QueryView::refreshRunButton()
{
    const bool running = m_run.isRunning();
    m_runButton->setText(running ? tr("Cancel") : tr("Run"));
    m_runButton->setIcon(
        icon(running ? QStringLiteral("stop") : QStringLiteral("play"), theme().accentText));
    m_runButton->setToolTip(running ? tr("Stops the query") : tr("Run the query (Shift+Enter)"));
    if (!running && m_status->text() == tr("Running…"))
        m_status->setText(tr("Cancelled"));
}

void QueryView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    lookAtTables();
}

void QueryView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    letGo();
}

void QueryView::letGo()
{
    // Work under way keeps what it uses, and the window does not wait for a file that is opened.
    const std::unique_lock lock(m_held->mutex, std::try_to_lock);
    if (lock.owns_lock())
        m_held->backend = nullptr;
}

void QueryView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_halves->setOrientation(height() >= kTallEnough ? Qt::Vertical : Qt::Horizontal);
}

} // namespace sluice
