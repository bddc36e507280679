#include "ui/preview/trial_view.h"

#include "ui/document/pipeline_document.h"
#include "ui/preview/event_table.h"
#include "ui/preview/preview_model.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

namespace sluice {

TrialSide::TrialSide(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabBar(this))
    , m_pages(new QStackedWidget(this))
    , m_table(makeEventTable(this))
    , m_empty(new ThemedLabel(tr("No event of the sample came here."), TextRole::Secondary, this))
    , m_model(new PreviewModel(this))
{
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setAccessibleName(name);
    m_table->setModel(m_model);
    m_table->setAccessibleName(name);
    m_empty->setAlignment(Qt::AlignCenter);
    m_pages->addWidget(m_table);
    m_pages->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_tabs, 0, Qt::AlignLeft);
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &TrialSide::showPort);
}

void TrialSide::setPorts(std::vector<TrialPort> ports, const QStringList &titles)
{
    m_ports = std::move(ports);
    const int chosen = std::max(0, m_tabs->currentIndex());
    const QSignalBlocker quiet(m_tabs);
    while (m_tabs->count() > titles.size())
        m_tabs->removeTab(m_tabs->count() - 1);
    for (int i = 0; i < titles.size(); ++i) {
        if (i < m_tabs->count())
            m_tabs->setTabText(i, titles[i]);
        else
            m_tabs->addTab(titles[i]);
    }
    m_tabs->setCurrentIndex(std::min(chosen, m_tabs->count() - 1));
    showPort();
}

void TrialSide::showPort()
{
    const int index = m_tabs->currentIndex();
    const bool any = index >= 0 && std::size_t(index) < m_ports.size()
                     && !m_ports[std::size_t(index)].content.events.empty();
    m_model->setContent(any ? m_ports[std::size_t(index)].content : TapContent());
    if (any)
        fitEventColumns(*m_table);
    m_pages->setCurrentWidget(any ? static_cast<QWidget *>(m_table) : m_empty);
}

TrialView::TrialView(TrialJob &job, const PipelineDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_job(job)
    , m_document(document)
    , m_title(new ElidedLabel(TextRole::Label, this))
    , m_state(new ThemedLabel(TextRole::Secondary, this))
    , m_test(new QPushButton(this))
    , m_anew(new QPushButton(tr("New sample"), this))
    , m_pages(new QStackedWidget(this))
    , m_tables(new QSplitter(Qt::Horizontal, this))
    , m_inputs(new TrialSide(tr("Events in"), this))
    , m_outputs(new TrialSide(tr("Events out"), this))
    , m_message(new ThemedLabel(TextRole::Secondary, this))
{
    m_test->setObjectName(QStringLiteral("testNode"));
    m_test->setIcon(icon(QStringLiteral("sampling")));
    m_anew->setObjectName(QStringLiteral("newSample"));
    m_anew->setIcon(icon(QStringLiteral("refresh")));
    m_anew->setToolTip(tr("Looks at the sources again"));
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(metrics::kSpaceM, metrics::kSpaceXs, metrics::kSpaceM, 0);
    head->setSpacing(metrics::kSpaceM);
    head->addWidget(m_title, 1);
    head->addWidget(m_state);
    head->addWidget(m_anew);
    head->addWidget(m_test);
    m_tables->addWidget(m_inputs);
    m_tables->addWidget(m_outputs);
    m_tables->setChildrenCollapsible(false);
    m_pages->addWidget(m_message);
    m_pages->addWidget(m_tables);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addLayout(head);
    layout->addWidget(m_pages, 1);
    connect(m_test, &QPushButton::clicked, &job, &TrialJob::ask);
    connect(m_anew, &QPushButton::clicked, &job, &TrialJob::askAnew);
    connect(&job, &TrialJob::started, this, [this] {
        m_state->setText(tr("Testing…"));
        m_test->setEnabled(false);
        m_anew->setEnabled(false);
    });
    connect(&job, &TrialJob::finished, this, &TrialView::showOutcome);
    connect(&job, &TrialJob::cleared, this, [this] {
        m_shown = false;
        refresh();
    });
    connect(&document, &PipelineDocument::pipelineChanged, this, &TrialView::refresh);
    refresh();
}

QString TrialView::titleOf(const std::string &id) const
{
    const NodePtr node = m_document.pipeline().findNode(id);
    const NodeDescriptor *kind = node ? m_document.catalog().find(node->kind) : nullptr;
    return toQString(!node                  ? id
                     : !node->title.empty() ? node->title
                     : kind != nullptr      ? kind->title
                                            : node->kind);
}

void TrialView::refresh()
{
    const std::string &node = m_job.node();
    m_title->setFullText(node.empty() ? QString() : tr("Test result of %1").arg(titleOf(node)));
    const std::string caller = node.empty() ? std::string() : m_job.caller();
    const bool follows = m_job.isAsked() && caller.empty();
    m_test->setText(follows ? tr("Test again") : tr("Test"));
    m_test->setEnabled(!node.empty() && !m_job.isRunning());
    m_anew->setEnabled(m_job.isAsked() && !node.empty() && !m_job.isRunning());
    if (m_shown)
        return;
    m_state->setText({});
    if (node.empty())
        showMessage(tr("Select a node to see what it makes of sampled events."), false);
    else if (!caller.empty())
        showMessage(tr("%1 asks a server for each event, so this test runs only when you press "
                       "Test.")
                        .arg(toQString(caller)),
                    false);
    else if (!follows)
        showMessage(tr("Nothing runs. Press F5 to run the pipeline, or Test to see what this node "
                       "makes of the first events of its sources; destinations get nothing."),
                    false);
    else
        showMessage({}, false);
}

void TrialView::showMessage(const QString &text, bool error)
{
    m_message->setRole(error ? TextRole::Error : TextRole::Secondary);
    m_message->setText(text);
    m_pages->setCurrentWidget(m_message);
}

void TrialView::showOutcome(const TrialOutcome &outcome)
{
    m_shown = true;
    refresh();
    if (outcome.error) {
        m_state->setText({});
        const QString where = outcome.error->node.empty() || outcome.error->node == outcome.node
                                  ? QString()
                                  : titleOf(outcome.error->node) + QStringLiteral(": ");
        showMessage(where + errorText(*outcome.error), true);
        return;
    }
    std::size_t sampled = 0;
    for (const auto &[source, records] : outcome.result.samples)
        sampled += records.size();
    m_state->setText(
        tr("%1 sampled events, %2 s").arg(wholeText(sampled)).arg(outcome.seconds, 0, 'f', 2));
    QStringList inputs;
    for (const TrialPort &port : outcome.result.inputs)
        inputs << QStringLiteral("%1  %2").arg(titleOf(port.end.node),
                                               wholeText(port.content.seen));
    QStringList outputs;
    for (const TrialPort &port : outcome.result.outputs)
        outputs << QStringLiteral("%1  %2").arg(toQString(port.end.port),
                                                wholeText(port.content.seen));
    m_inputs->setVisible(!inputs.isEmpty());
    m_outputs->setVisible(!outputs.isEmpty());
    m_inputs->setPorts(outcome.result.inputs, inputs);
    m_outputs->setPorts(outcome.result.outputs, outputs);
    m_pages->setCurrentWidget(m_tables);
}

QString TrialView::messageText() const
{
    return m_pages->currentWidget() == m_message ? m_message->text() : QString();
}

QString TrialView::titleText() const
{
    return m_title->fullText();
}

void TrialView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_job.setWatched(true);
}

void TrialView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_job.setWatched(false);
}

} // namespace sluice
