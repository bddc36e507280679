#include "ui/shell/run_status_bar.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/state_mark.h"
#include "ui/widgets/themed_label.h"

#include <QPainter>

namespace sluice {

namespace {
constexpr int kBarHeight = 26;
}

RunStatusBar::RunStatusBar(QWidget *parent)
    : QStatusBar(parent)
    , m_counts(new ThemedLabel(TextRole::Hint, this))
    , m_problems(new ThemedLabel(TextRole::Hint, this))
    , m_sum(new ThemedLabel(TextRole::Hint, this))
    , m_cpu(new ThemedLabel(TextRole::Hint, this))
    , m_memory(new ThemedLabel(TextRole::Hint, this))
{
    setFixedHeight(kBarHeight);
    setSizeGripEnabled(false);
    setContentsMargins(metrics::kSpaceS, 0, metrics::kSpaceS, 0);
    m_problems->setTextFormat(Qt::RichText);
    m_problems->setTextInteractionFlags(Qt::TextBrowserInteraction);
    connect(m_problems, &QLabel::linkActivated, this, &RunStatusBar::problemsClicked);
    addWidget(m_counts);
    addWidget(m_problems);
    for (ThemedLabel *label : {m_sum, m_cpu, m_memory}) {
        addPermanentWidget(label);
        label->setContentsMargins(metrics::kSpaceM, 0, 0, 0);
    }
    m_sum->setToolTip(tr("✓ At every node, what came in is passed on, filtered, dead-lettered "
                         "or still in flight: no event is lost on the way"));
}

void RunStatusBar::setCounts(std::size_t nodes, std::size_t wires)
{
    m_counts->setText(tr("%n node(s)", nullptr, int(nodes)) + QStringLiteral(", ")
                      + tr("%n wire(s)", nullptr, int(wires)));
}

void RunStatusBar::setProblems(int count)
{
    m_problems->setRole(count > 0 ? TextRole::Error : TextRole::Hint);
    m_problems->setText(count == 0 ? QString()
                                   : QStringLiteral("<a href=\"problems\" "
                                                    "style=\"text-decoration:none\">%1</a>")
                                         .arg(tr("%n problem(s)", nullptr, count)));
}

void RunStatusBar::setFigures(const RunSnapshot &snapshot)
{
    m_sum->setRole(snapshot.conserved ? TextRole::Hint : TextRole::Error);
    m_sum->setText(accountText(snapshot));
    const bool over = markOf(snapshot.state) == Mark::Stopped || snapshot.state == RunState::Failed;
    m_cpu->setText(over ? QString()
                        : tr("engine %1 cores").arg(QString::number(snapshot.processCpu, 'f', 2)));
    m_memory->setText(over ? QString() : bytesText(snapshot.residentBytes));
}

void RunStatusBar::clearFigures()
{
    for (ThemedLabel *label : {m_sum, m_cpu, m_memory})
        label->clear();
}

QString RunStatusBar::sumText() const
{
    return m_sum->text();
}

void RunStatusBar::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    painter.fillRect(rect(), theme().panel);
    painter.fillRect(QRect(0, 0, width(), 1), theme().separator);
    if (currentMessage().isEmpty())
        return;
    painter.setPen(theme().textSecondary);
    painter.setFont(uiFont(metrics::kTextHint));
    painter.drawText(rect().adjusted(metrics::kSpaceM, 0, -metrics::kSpaceM, 0),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     currentMessage());
}

} // namespace sluice
