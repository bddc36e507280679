#include "ui/document/pipeline_document.h"
#include "ui/inspector/choice_editors.h"
#include "ui/query/answer_file.h"
#include "ui/query/answer_table.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/query/query_text.h"
#include "ui/query/query_view.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTabBar>

namespace sluice {

namespace {

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
    m_exportButton = new QPushButton(tr("Export…"), head);
    m_exportButton->setToolTip(tr("Write the answer as CSV, NDJSON, Parquet or a picture"));
    m_pinButton = new QPushButton(icon(QStringLiteral("pin")), tr("Pin"), head);
    m_pinButton->setObjectName(QStringLiteral("pinQuery"));
    m_leaveButton = new QPushButton(tr("Leave the tile"), head);
    m_leaveButton->setToolTip(tr("The tile stays as it was; the query stays here"));
    m_runButton = new QPushButton(head);
    m_runButton->setObjectName(QStringLiteral("runQuery"));
    m_runButton->setProperty("accent", true);
    layout->addWidget(m_database);
    layout->addStretch(1);
    for (QWidget *widget : {static_cast<QWidget *>(m_status),
                            static_cast<QWidget *>(history),
                            static_cast<QWidget *>(m_exportButton),
                            static_cast<QWidget *>(m_leaveButton),
                            static_cast<QWidget *>(m_pinButton),
                            static_cast<QWidget *>(m_runButton)})
        layout->addWidget(widget);
    connect(m_exportButton, &QPushButton::clicked, this, &QueryView::exportAnswer);
    connect(m_pinButton, &QPushButton::clicked, this, &QueryView::pin);
    connect(m_leaveButton, &QPushButton::clicked, this, [this] { leaveTile(); });
    refreshPinButton();
    connect(m_history, &QMenu::aboutToShow, this, &QueryView::fillHistory);
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
    m_table = new AnswerTable(m_model);
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

void QueryView::exportAnswer()
{
    const QString path = chooseAnswerFile(this, QStringLiteral("result"), showsChart());
    if (path.isEmpty())
        return;
    const auto tell = [this, path](const Result<void> &written) {
        m_status->setText(written ? tr("Written") : errorText(written.error()));
    };
    if (path.endsWith(QLatin1String(".png"))) {
        tell(writePictureFile(*m_chart, path));
        return;
    }
    m_status->setText(tr("Writing…"));
    m_export.start(
        [path, tell, table = m_model->table()](std::stop_token) -> std::function<void()> {
            return [tell, written = writeAnswerFile(table, path)] { tell(written); };
        });
}

void QueryView::editTile(const QString &id,
                         const QString &title,
                         const QString &text,
                         const QString &path)
{
    m_tile = id;
    if (!path.isEmpty())
        chooseDatabase(path);
    setText(text);
    m_pinButton->setToolTip(tr("Puts this query into the tile “%1”").arg(title));
    refreshPinButton();
    m_text->setFocus();
}

void QueryView::leaveTile(const QString &id)
{
    if (!id.isEmpty() && id != m_tile)
        return;
    m_tile.clear();
    refreshPinButton();
}

void QueryView::refreshPinButton()
{
    const bool editing = !m_tile.isEmpty();
    m_leaveButton->setVisible(editing);
    m_pinButton->setText(editing ? tr("Update the tile") : tr("Pin"));
    if (!editing)
        m_pinButton->setToolTip(tr("Put this query on the pipeline's dashboard"));
}

void QueryView::pin()
{
    const QString text = m_text->toPlainText().trimmed();
    if (text.isEmpty() || currentPath().isEmpty()) {
        Q_EMIT messageShown(text.isEmpty() ? tr("There is no query to pin yet.")
                                           : tr("Choose a database before pinning a query."));
        m_text->setFocus();
        return;
    }
    Q_EMIT pinWanted(text, currentPath(), m_tile);
    leaveTile();
}

} // namespace sluice
