#include "ui/inspector/choice_editors.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/query/query_text.h"
#include "ui/query/query_view.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>

namespace sluice {

namespace {

constexpr int kRowHeight = 24;
constexpr int kMostRemembered = 50;
constexpr qsizetype kMenuText = 80;
const QString kHistoryKey = QStringLiteral("query/history");

} // namespace

QWidget *QueryView::makeHead()
{
    auto *head = new QWidget;
    auto *layout = new QHBoxLayout(head);
    layout->setContentsMargins(metrics::kSpaceM, metrics::kSpaceXs, metrics::kSpaceM, 4);
    layout->setSpacing(metrics::kSpaceS);
    m_database = new CalmCombo(head);
    m_database->setAccessibleName(tr("Database"));
    m_database->setMinimumContentsLength(16);
    m_status = new ThemedLabel(TextRole::Secondary, head);
    auto *history = new QPushButton(tr("History"), head);
    m_history = new QMenu(history);
    history->setMenu(m_history);
    m_exportButton = new QPushButton(tr("Export"), head);
    auto *formats = new QMenu(m_exportButton);
    formats->addAction(tr("Rows as CSV…"), this, [this] { exportAs(QStringLiteral("csv")); });
    formats->addAction(tr("Rows as NDJSON…"), this, [this] { exportAs(QStringLiteral("ndjson")); });
    QAction *picture =
        formats->addAction(tr("Picture…"), this, [this] { exportAs(QStringLiteral("png")); });
    m_exportButton->setMenu(formats);
    m_runButton = new QPushButton(head);
    m_runButton->setObjectName(QStringLiteral("runQuery"));
    m_runButton->setProperty("accent", true);
    layout->addWidget(m_database);
    layout->addStretch(1);
    for (QWidget *widget : {static_cast<QWidget *>(m_status),
                            static_cast<QWidget *>(history),
                            static_cast<QWidget *>(m_exportButton),
                            static_cast<QWidget *>(m_runButton)})
        layout->addWidget(widget);
    connect(m_history, &QMenu::aboutToShow, this, &QueryView::fillHistory);
    connect(
        formats, &QMenu::aboutToShow, this, [this, picture] { picture->setEnabled(showsChart()); });
    connect(m_database, &QComboBox::activated, this, [this](int index) {
        if (index == m_database->count() - 1) {
            m_database->setCurrentIndex(std::max(0, m_database->findData(m_chosen)));
            Q_EMIT fileWanted();
            return;
        }
        m_chosen = currentPath();
        lookAtTables();
    });
    connect(m_runButton, &QPushButton::clicked, this, [this] {
        if (m_run.isRunning())
            m_run.cancel();
        else
            runQuery();
    });
    return head;
}

QWidget *QueryView::makeAnswer()
{
    m_model = new QueryModel(this);
    m_table = new QTableView;
    m_table->setModel(m_model);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setAccessibleName(tr("Result"));
    m_chart = new QueryChart;
    m_message =
        new ThemedLabel(tr("Write a query at the left and press Shift+Enter. A double-click "
                           "on a table shows its rows."),
                        TextRole::Secondary);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setContentsMargins(metrics::kSpaceL, 0, metrics::kSpaceL, 0);
    m_pages = new QStackedWidget;
    for (QWidget *page : {static_cast<QWidget *>(m_message),
                          static_cast<QWidget *>(m_table),
                          static_cast<QWidget *>(m_chart)})
        m_pages->addWidget(page);
    m_mode = new QTabBar;
    m_mode->addTab(tr("Chart"));
    m_mode->addTab(tr("Table"));
    m_mode->setDrawBase(false);
    m_mode->setExpanding(false);
    m_mode->hide();
    connect(m_mode, &QTabBar::currentChanged, this, [this](int tab) {
        m_pages->setCurrentIndex(tab == 0 ? ChartPage : TablePage);
    });
    auto *answer = new QWidget;
    auto *layout = new QVBoxLayout(answer);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_mode);
    layout->addWidget(m_pages, 1);
    return answer;
}

void QueryView::remember(const QString &text)
{
    QSettings settings;
    QStringList texts = settings.value(kHistoryKey).toStringList();
    texts.removeAll(text);
    texts.prepend(text);
    settings.setValue(kHistoryKey, QStringList(texts.mid(0, kMostRemembered)));
}

void QueryView::fillHistory()
{
    m_history->clear();
    const QStringList texts = QSettings().value(kHistoryKey).toStringList();
    for (const QString &text : texts) {
        QString line = text.simplified();
        if (line.size() > kMenuText)
            line = line.left(kMenuText - 1) + QStringLiteral("…");
        line.replace(QLatin1Char('&'), QStringLiteral("&&"));
        QAction *action = m_history->addAction(line, this, [this, text] { setText(text); });
        action->setToolTip(text.toHtmlEscaped());
    }
    if (texts.isEmpty())
        m_history->addAction(tr("No queries yet"))->setEnabled(false);
}

void QueryView::exportAs(const QString &ending)
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export the result"), QStringLiteral("result.") + ending);
    if (path.isEmpty())
        return;
    if (ending == QLatin1String("png")) {
        const bool written = m_chart->grab().save(path);
        m_status->setText(written ? tr("Written") : tr("Cannot write %1").arg(path));
        return;
    }
    m_status->setText(tr("Writing…"));
    m_export.start([this, path, table = m_model->table(), csv = ending == QLatin1String("csv")](
                       std::stop_token) -> std::function<void()> {
        const std::string text = csv ? csvText(table) : ndjsonText(table);
        QSaveFile file(path);
        const bool written = file.open(QIODevice::WriteOnly)
                             && file.write(text.data(), qint64(text.size())) == qint64(text.size())
                             && file.commit();
        return [this, path, written] {
            m_status->setText(written ? tr("Written") : tr("Cannot write %1").arg(path));
        };
    });
}

} // namespace sluice
