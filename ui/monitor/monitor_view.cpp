#include "ui/monitor/monitor_view.h"

#include "ui/monitor/chart_panel.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/figures_text.h"
#include "ui/widgets/themed_label.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace sluice {

namespace {

constexpr int kOneLinePanel = 400; // narrower panels have their values below the title

QString plainCount(double value)
{
    return countText(std::abs(value) < 0.005 ? 0 : value);
}

QString milliseconds(double value)
{
    return value < 10 ? QString::number(value, 'f', value < 0.05 ? 0 : 1)
                      : countText(std::round(value));
}

QString bytesPerSecond(double value)
{
    QString text = byteRateText(value);
    return text.remove(QStringLiteral("/s"));
}

} // namespace

MonitorView::MonitorView(QWidget *parent)
    : QWidget(parent)
    , m_pages(new QStackedWidget(this))
    , m_charts(new QWidget)
    , m_rangeBar(new QWidget(this))
    , m_ranges(new QButtonGroup(this))
{
    auto *row = new QHBoxLayout(m_charts);
    row->setContentsMargins(
        metrics::kSpaceM, metrics::kSpaceS, metrics::kSpaceM, metrics::kSpaceXs);
    row->setSpacing(metrics::kSpaceL);
    addPanel({{tr("Events/s"),
               {{RunMetric::EventsIn, tr("in"), 0}, {RunMetric::EventsOut, tr("out"), 1}},
               plainCount},
              {tr("Bytes/s"),
               {{RunMetric::BytesIn, tr("in"), 0}, {RunMetric::BytesOut, tr("out"), 1}},
               bytesPerSecond}});
    addPanel({{tr("Lag and backlog, events"),
               {{RunMetric::Backlog, tr("backlog"), 3}, {RunMetric::Lag, tr("lag"), 0}},
               plainCount}});
    addPanel({{tr("Latency, ms"),
               {{RunMetric::LatencyP50, tr("p50"), 0},
                {RunMetric::LatencyP95, tr("p95"), 1},
                {RunMetric::LatencyP99, tr("p99"), 2}},
               milliseconds},
              {tr("Errors/s"), {{RunMetric::Errors, tr("failed"), 2}}, plainCount}});
    auto *empty = new ThemedLabel(tr("Throughput, lag, latency and errors are drawn here while the "
                                     "pipeline runs. Press F5."),
                                  TextRole::Secondary);
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    m_pages->addWidget(empty);
    m_pages->addWidget(m_charts);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_pages);

    auto *bar = new QHBoxLayout(m_rangeBar);
    bar->setContentsMargins(0, 0, metrics::kSpaceS, 0);
    bar->setSpacing(2);
    for (const int minutes : {1, 5, 15}) {
        auto *button = new QToolButton(m_rangeBar);
        button->setText(tr("%1 min").arg(minutes));
        button->setToolTip(tr("Show the last %n minute(s)", nullptr, minutes));
        button->setCheckable(true);
        button->setAutoRaise(true);
        m_ranges->addButton(button, minutes);
        bar->addWidget(button);
    }
    connect(m_ranges, &QButtonGroup::idClicked, this, &MonitorView::setRange);
    setRange(QSettings().value(QStringLiteral("monitor/minutes"), 1).toInt());
}

void MonitorView::addPanel(std::vector<ChartSubject> subjects)
{
    auto *panel = new ChartPanel(m_history, std::move(subjects), m_charts);
    m_charts->layout()->addWidget(panel);
    m_panels.push_back(panel);
    connect(panel, &ChartPanel::pointed, this, [this](double time) {
        for (ChartPanel *each : m_panels)
            each->setPointerTime(time);
    });
}

void MonitorView::beginRun(RunEnds ends)
{
    m_history.setEnds(std::move(ends));
}

void MonitorView::clear()
{
    m_history.clear();
    draw();
}

void MonitorView::setSnapshot(const RunSnapshot &snapshot)
{
    m_history.add(snapshot);
    if (isVisible())
        draw();
}

void MonitorView::setRange(int minutes)
{
    m_minutes = minutes == 5 || minutes == 15 ? minutes : 1;
    m_ranges->button(m_minutes)->setChecked(true);
    QSettings().setValue(QStringLiteral("monitor/minutes"), m_minutes);
    draw();
}

void MonitorView::draw()
{
    const double latest = m_history.latestTime();
    m_pages->setCurrentIndex(latest > 0 ? 1 : 0);
    if (latest <= 0)
        return;
    for (ChartPanel *panel : m_panels)
        panel->draw(latest, m_minutes * 60'000.0);
}

void MonitorView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    draw();
}

void MonitorView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool narrow = width() / int(m_panels.size()) < kOneLinePanel;
    for (ChartPanel *panel : m_panels)
        panel->setReadoutBelow(narrow);
}

void MonitorView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_pages->count() == 2)
        draw();
}

} // namespace sluice
