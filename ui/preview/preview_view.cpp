#include "ui/preview/preview_view.h"

#include "ui/bridge/wire_tap.h"
#include "ui/document/qt_text.h"
#include "ui/preview/event_table.h"
#include "ui/preview/preview_model.h"
#include "ui/preview/trial_view.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>

namespace sluice {

namespace {
constexpr int kCellInset = 6; // of a cell's text
} // namespace

PreviewView::PreviewView(WireTap &tap, QWidget *parent)
    : QWidget(parent)
    , m_tap(tap)
    , m_model(new PreviewModel(this))
    , m_title(new ElidedLabel(TextRole::Label, this))
    , m_count(new ThemedLabel(TextRole::Secondary, this))
    , m_mode(new QTabBar(this))
    , m_pause(new QPushButton(this))
    , m_test(new QPushButton(tr("Test result"), this))
    , m_pages(new QStackedWidget(this))
    , m_table(makeEventTable(this))
    , m_raw(new QPlainTextEdit(this))
    , m_empty(new ThemedLabel(TextRole::Secondary, this))
{
    m_mode->addTab(tr("Table"));
    m_mode->addTab(tr("JSON"));
    m_mode->setDrawBase(false);
    m_pause->setCheckable(true);
    m_pause->setObjectName(QStringLiteral("pausePreview"));
    m_test->setObjectName(QStringLiteral("showTrial"));
    m_test->setToolTip(tr("What this node makes of sampled events, without a run"));
    m_test->hide();
    m_head = new QWidget(this);
    auto *head = new QHBoxLayout(m_head);
    head->setContentsMargins(metrics::kSpaceM, metrics::kSpaceXs, metrics::kSpaceM, 0);
    head->setSpacing(metrics::kSpaceM);
    head->addWidget(m_title, 1);
    head->addWidget(m_count);
    head->addWidget(m_mode);
    head->addWidget(m_pause);
    head->addWidget(m_test);

    m_table->setModel(m_model);
    m_table->setAccessibleName(tr("Latest events"));
    m_raw->setReadOnly(true);
    m_raw->setFrameShape(QFrame::NoFrame);
    m_raw->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_raw->setFont(codeFont());
    m_raw->setAccessibleName(tr("Latest events as JSON"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    for (QWidget *page : {static_cast<QWidget *>(m_table),
                          static_cast<QWidget *>(m_raw),
                          static_cast<QWidget *>(m_empty)})
        m_pages->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_head);
    auto *body = new QHBoxLayout;
    body->setContentsMargins(metrics::kSpaceM - kCellInset, 0, 0, 0);
    body->addWidget(m_pages);
    layout->addLayout(body, 1);
    connect(m_mode, &QTabBar::currentChanged, this, &PreviewView::refresh);
    connect(m_pause, &QPushButton::toggled, this, &PreviewView::setPaused);
    connect(m_test, &QPushButton::clicked, this, [this] {
        m_left = true;
        refresh();
    });
    connect(&tap, &WireTap::contentReady, this, &PreviewView::setContent);
    setPaused(false);
    setPort({}, {});
}

void PreviewView::setPort(const std::optional<WireEnd> &port, const QString &title)
{
    // What was held is of the port that was shown.
    if (port != m_port)
        m_pause->setChecked(false);
    m_port = port;
    m_title->setFullText(title);
    m_tap.setPort(port);
    refresh();
}

void PreviewView::setTrial(TrialView *trial)
{
    m_trial = trial;
    m_pages->addWidget(trial);
    refresh();
}

bool PreviewView::showsTrial() const
{
    return m_trial != nullptr && m_pages->currentWidget() == m_trial;
}

void PreviewView::setRunning(bool running)
{
    m_left = m_left && !running;
    m_running = running;
    refresh();
}

void PreviewView::setPaused(bool paused)
{
    m_pause->setText(paused ? tr("Go on") : tr("Hold"));
    m_pause->setIcon(icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    m_pause->setToolTip(paused ? tr("Show new events again")
                               : tr("Hold what is shown; the run goes on"));
    m_tap.setPaused(paused);
}

void PreviewView::setContent(const TapContent &content)
{
    m_content = content;
    refresh();
}

void PreviewView::refresh()
{
    m_count->setText(m_content.seen > 0 ? tr("%1 events passed").arg(wholeText(m_content.seen))
                                        : QString());
    m_pause->setEnabled(m_port.has_value());
    // What the last run left is shown until it is left for a test.
    const bool idle = m_trial != nullptr && !m_running && m_port.has_value();
    const bool trial = idle && (m_left || m_content.events.empty());
    m_head->setVisible(!trial);
    m_test->setVisible(idle);
    if (trial)
        return m_pages->setCurrentWidget(m_trial);
    if (m_content.events.empty()) {
        m_model->setContent({});
        m_raw->clear();
        m_empty->setText(emptyText());
        m_pages->setCurrentWidget(m_empty);
        return;
    }
    if (m_mode->currentIndex() == 0) {
        m_model->setContent(m_content);
        fitEventColumns(*m_table, &m_fitted);
        m_pages->setCurrentWidget(m_table);
        return;
    }
    QStringList lines;
    for (auto event = m_content.events.rbegin(); event != m_content.events.rend(); ++event)
        lines << visibleText(toQString(event->json));
    const int across = m_raw->horizontalScrollBar()->value();
    const int down = m_raw->verticalScrollBar()->value();
    m_raw->setPlainText(lines.join(QLatin1Char('\n')));
    m_raw->horizontalScrollBar()->setValue(across);
    m_raw->verticalScrollBar()->setValue(down);
    m_pages->setCurrentWidget(m_raw);
}

QString PreviewView::titleText() const
{
    return m_title->fullText();
}

QString PreviewView::rawText() const
{
    return m_raw->toPlainText();
}

QString PreviewView::emptyText() const
{
    if (!m_port)
        return tr("Select a wire or a node to see the latest events that pass there.");
    if (!m_running)
        return tr("Nothing runs. Press F5, and the latest events of this wire appear here.");
    return tr("No event has passed here yet.");
}

void PreviewView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_tap.setWatched(true);
}

void PreviewView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_tap.setWatched(false);
}

} // namespace sluice
