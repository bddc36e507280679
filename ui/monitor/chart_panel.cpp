#include "ui/monitor/chart_panel.h"

#include "ui/monitor/chart_area.h"
#include "ui/monitor/readout_row.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>
#include <limits>

namespace sluice {

namespace {
constexpr int kMostPoints = 600;
constexpr int kHeadHeight = 26;
constexpr double kNotPointed = std::numeric_limits<double>::quiet_NaN();

/// Seconds of a point: at most 600 points in a line.
int stepFor(double range)
{
    const double seconds = range / 1000;
    return seconds <= kMostPoints ? 1 : int(std::ceil(seconds / kMostPoints));
}
} // namespace

ChartPanel::ChartPanel(const RunHistory &history,
                       std::vector<ChartSubject> subjects,
                       QWidget *parent)
    : QWidget(parent)
    , m_history(history)
    , m_subjects(std::move(subjects))
    , m_pointer(kNotPointed)
    , m_title(new ThemedLabel(TextRole::Label, this))
    , m_head(new QHBoxLayout)
    , m_layout(new QVBoxLayout(this))
    , m_readout(new ReadoutRow(this))
    , m_area(new ChartArea(this))
{
    m_head->setSpacing(metrics::kSpaceXs);
    m_head->addWidget(m_title);
    m_title->setMinimumHeight(kHeadHeight); // so that all charts begin at one height
    if (m_subjects.size() > 1) {
        m_switch = new QButtonGroup(this);
        for (std::size_t i = 0; i < m_subjects.size(); ++i) {
            auto *button = new QToolButton(this);
            button->setText(m_subjects[i].title);
            button->setAutoRaise(true);
            button->setCheckable(true);
            button->setChecked(i == 0);
            m_switch->addButton(button, int(i));
            button->setFixedHeight(kHeadHeight);
            m_head->addWidget(button);
        }
        m_title->hide();
        connect(m_switch, &QButtonGroup::idClicked, this, &ChartPanel::setSubject);
    }
    m_head->addStretch(1);
    m_head->addWidget(m_readout, 100);
    m_layout->setContentsMargins({});
    m_layout->setSpacing(2);
    m_layout->addLayout(m_head);
    m_layout->addWidget(m_area, 1);
    connect(m_area, &ChartArea::pointed, this, &ChartPanel::pointed);
    setSubject(0);
}

void ChartPanel::setReadoutBelow(bool below)
{
    if (below == (m_layout->indexOf(m_readout) >= 0))
        return;
    m_head->removeWidget(m_readout);
    m_layout->removeWidget(m_readout);
    if (below)
        m_layout->insertWidget(1, m_readout);
    else
        m_head->addWidget(m_readout, 100);
    m_readout->setAlignment(below ? Qt::AlignLeft : Qt::AlignRight);
}

void ChartPanel::setSubject(int index)
{
    m_subject = index;
    const ChartSubject &subject = m_subjects[std::size_t(index)];
    if (m_switch != nullptr)
        m_switch->button(index)->setChecked(true);
    m_title->setText(subject.title);
    m_area->setAccessibleName(subject.title);
    m_area->setValueText(subject.text);
    draw(m_end, m_range);
}

void ChartPanel::draw(double end, double range)
{
    m_end = end;
    m_range = range;
    std::vector<ChartArea::Line> lines;
    for (const ChartLine &line : m_subjects[std::size_t(m_subject)].lines)
        lines.push_back({line.colour, m_history.segments(line.metric, range, stepFor(range))});
    m_area->draw(lines, end - range, end);
    refreshReadout();
}

void ChartPanel::setPointerTime(double milliseconds)
{
    m_pointer = milliseconds;
    m_area->setPointerTime(milliseconds);
    refreshReadout();
}

void ChartPanel::refreshReadout()
{
    const ChartSubject &subject = m_subjects[std::size_t(m_subject)];
    std::vector<ReadoutRow::Entry> entries;
    for (const ChartLine &line : subject.lines) {
        const double value = std::isnan(m_pointer) ? m_history.latest(line.metric)
                                                   : m_history.valueAt(line.metric, m_pointer);
        entries.push_back({line.colour,
                           line.name,
                           std::isnan(value) ? QStringLiteral("–") : subject.text(value)});
    }
    m_readout->setEntries(entries);
}

QString ChartPanel::pointerText() const
{
    return m_area->pointerText();
}

std::vector<int> ChartPanel::segmentCounts() const
{
    return m_area->segmentCounts();
}

} // namespace sluice
