#include "ui/query/query_chart.h"

#include "ui/document/qt_text.h"
#include "ui/query/chart_series.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"

#include <QDateTime>
#include <QLabel>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSeries>
#include <QtCharts/QBarSet>
#include <QtCharts/QChart>
#include <QtCharts/QDateTimeAxis>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QLineSeries>
#include <QtCharts/QPieSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr std::size_t kMostSlices = 12;
constexpr std::size_t kMostBars = 40;
constexpr double kLineWidth = 1.6;

QColor seriesColour(std::size_t index)
{
    const Theme &now = theme();
    const QColor colours[] = {now.series[0],
                              now.series[1],
                              now.series[2],
                              now.series[3],
                              now.textSecondary,
                              now.transform};
    return colours[index % std::size(colours)];
}

QString timeFormat(double milliseconds)
{
    if (milliseconds < 10 * 60e3)
        return QStringLiteral("HH:mm:ss");
    if (milliseconds < 36 * 3600e3)
        return QStringLiteral("HH:mm");
    return milliseconds < 90 * 86400e3 ? QStringLiteral("d MMM HH:mm")
                                       : QStringLiteral("d MMM yyyy");
}

/// From zero where the values are not far from it, on round steps.
void fitValues(QValueAxis &axis, double low, double high)
{
    if (!(low <= high)) {
        low = 0;
        high = 1;
    }
    if (low > 0)
        low = 0;
    if (high < 0)
        high = 0;
    if (high - low <= 0)
        high = low + 1;
    axis.setRange(low, high);
    axis.setTickCount(5);
    axis.applyNiceNumbers();
}

QString notDrawn(std::size_t left, const QString &what)
{
    return left == 0 ? QString() : QueryChart::tr("%1 more %2 are not drawn").arg(left).arg(what);
}

} // namespace

QueryChart::QueryChart(QWidget *parent)
    : QChartView(new QChart, parent)
    , m_card(new QLabel(this))
{
    chart()->setBackgroundVisible(false);
    chart()->setPlotAreaBackgroundVisible(false);
    chart()->setMargins(QMargins(0, 0, metrics::kSpaceS, 0));
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->legend()->setAlignment(Qt::AlignTop);
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeRectangle);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Chart of the result"));
    m_card->setAlignment(Qt::AlignCenter);
    m_card->hide();
}

bool QueryChart::canDraw(const QString &kind)
{
    static const QStringList kKinds{QStringLiteral("timechart"),
                                    QStringLiteral("linechart"),
                                    QStringLiteral("areachart"),
                                    QStringLiteral("scatterchart"),
                                    QStringLiteral("barchart"),
                                    QStringLiteral("columnchart"),
                                    QStringLiteral("piechart"),
                                    QStringLiteral("card")};
    return kKinds.contains(kind);
}

QString QueryChart::draw(const QueryTable &table)
{
    m_table = table;
    chart()->removeAllSeries();
    for (QAbstractAxis *axis : chart()->axes()) {
        chart()->removeAxis(axis);
        delete axis;
    }
    m_card->setVisible(table.render == QLatin1String("card"));
    QString left;
    if (table.render == QLatin1String("card"))
        left = drawCard(table);
    else if (table.render == QLatin1String("piechart"))
        left = drawPie(table);
    else if (table.render == QLatin1String("barchart")
             || table.render == QLatin1String("columnchart"))
        left = drawBars(table, table.render == QLatin1String("barchart"));
    else
        left = drawLines(table);
    dress();
    return left;
}

QString QueryChart::drawLines(const QueryTable &table)
{
    const ChartSeries found = chartSeries(table);
    if (found.series.empty())
        return tr("A chart needs a column of numbers");
    const bool time = found.time;
    QAbstractAxis *across = nullptr;
    if (time) {
        auto *axis = new QDateTimeAxis;
        axis->setFormat(timeFormat(found.xHigh - found.xLow));
        axis->setRange(QDateTime::fromMSecsSinceEpoch(qint64(found.xLow)),
                       QDateTime::fromMSecsSinceEpoch(qint64(std::ceil(found.xHigh))));
        axis->setTickCount(std::clamp(width() / 130, 2, 9));
        across = axis;
    } else {
        auto *axis = new QValueAxis;
        axis->setRange(found.xLow, found.xHigh > found.xLow ? found.xHigh : found.xLow + 1);
        axis->setTickCount(std::clamp(width() / 110, 2, 9));
        axis->setLabelFormat(QStringLiteral("%.6g"));
        across = axis;
    }
    auto *up = new QValueAxis;
    fitValues(*up, found.yLow, found.yHigh);
    up->setLabelFormat(QStringLiteral("%.6g"));
    chart()->addAxis(across, Qt::AlignBottom);
    chart()->addAxis(up, Qt::AlignLeft);
    for (std::size_t i = 0; i < found.series.size(); ++i) {
        const QColor colour = seriesColour(i);
        QAbstractSeries *drawn = nullptr;
        if (table.render == QLatin1String("scatterchart")) {
            auto *dots = new QScatterSeries;
            dots->setMarkerSize(7);
            dots->setColor(colour);
            dots->setBorderColor(Qt::transparent);
            dots->replace(found.series[i].points);
            drawn = dots;
        } else {
            auto *line = new QLineSeries;
            line->replace(found.series[i].points);
            line->setPen(QPen(colour, kLineWidth));
            drawn = line;
            if (table.render == QLatin1String("areachart")) {
                auto *area = new QAreaSeries(line);
                line->setParent(area);
                area->setPen(QPen(colour, kLineWidth));
                area->setBrush(faded(colour, 0.18));
                drawn = area;
            }
        }
        drawn->setName(found.series[i].name);
        chart()->addSeries(drawn);
        drawn->attachAxis(across);
        drawn->attachAxis(up);
    }
    return notDrawn(found.left, tr("series"));
}

QString QueryChart::drawBars(const QueryTable &table, bool horizontal)
{
    const ChartBars found = chartBars(table, kMostBars);
    if (found.sets.empty())
        return tr("A chart needs a column of numbers");
    QAbstractBarSeries *bars = nullptr;
    if (horizontal)
        bars = new QHorizontalBarSeries;
    else
        bars = new QBarSeries;
    for (std::size_t i = 0; i < found.sets.size(); ++i) {
        auto *set = new QBarSet(found.sets[i].name);
        set->append(found.sets[i].values);
        set->setColor(seriesColour(i));
        set->setBorderColor(Qt::transparent);
        bars->append(set);
    }
    bars->setBarWidth(0.7);
    chart()->addSeries(bars);
    auto *names = new QBarCategoryAxis;
    names->append(found.names);
    auto *values = new QValueAxis;
    fitValues(*values, found.low, found.high);
    values->setLabelFormat(QStringLiteral("%.6g"));
    chart()->addAxis(names, horizontal ? Qt::AlignLeft : Qt::AlignBottom);
    chart()->addAxis(values, horizontal ? Qt::AlignBottom : Qt::AlignLeft);
    bars->attachAxis(names);
    bars->attachAxis(values);
    return notDrawn(found.left, tr("rows"));
}

QString QueryChart::drawPie(const QueryTable &table)
{
    const ChartBars found = chartBars(table, kMostSlices);
    if (found.sets.empty())
        return tr("A chart needs a column of numbers");
    auto *pie = new QPieSeries;
    pie->setHoleSize(0.45);
    pie->setPieSize(0.8);
    const QList<double> &values = found.sets[0].values;
    for (qsizetype i = 0; i < values.size(); ++i) {
        QPieSlice *slice = pie->append(found.names[i], std::max(0.0, values[i]));
        const double paler = double(i / 6) * 0.35;
        slice->setColor(blended(seriesColour(std::size_t(i)), theme().panel, paler));
        slice->setBorderColor(theme().panel);
    }
    chart()->addSeries(pie);
    return notDrawn(found.left, tr("rows"));
}

QString QueryChart::drawCard(const QueryTable &table)
{
    const bool any = table.rows() > 0 && !table.schema.columns.empty();
    const std::size_t last = table.schema.columns.size() - 1;
    m_card->setText(!any                    ? QStringLiteral("–")
                    : table.isNull(0, last) ? QStringLiteral("null")
                    : table.number(0, last) && isNumberType(table.schema.columns[last].type)
                        ? countText(*table.number(0, last))
                        : table.text(0, last));
    m_card->setToolTip(any ? table.text(0, last).toHtmlEscaped() : QString());
    m_card->setGeometry(rect());
    return {};
}

void QueryChart::dress()
{
    const Theme &now = theme();
    const QFont font = uiFont(metrics::kTextHint);
    for (QAbstractAxis *axis : chart()->axes()) {
        axis->setLabelsFont(font);
        axis->setLabelsColor(now.textHint);
        axis->setLinePen(QPen(now.separator, 1));
        axis->setGridLinePen(QPen(now.separator, 1));
        axis->setGridLineVisible(qobject_cast<QValueAxis *>(axis) != nullptr
                                 && axis->alignment() == Qt::AlignLeft);
        axis->setLineVisible(false);
    }
    QLegend *legend = chart()->legend();
    legend->setFont(uiFont(metrics::kTextLabel));
    legend->setLabelColor(now.textSecondary);
    const bool pie = m_table.render == QLatin1String("piechart");
    legend->setVisible(pie || chart()->series().size() > 1
                       || (chart()->series().size() == 1 && seriesNames().size() > 1));
    m_card->setFont(uiFont(42, QFont::DemiBold));
    QPalette colours = m_card->palette();
    colours.setColor(QPalette::WindowText, now.text);
    m_card->setPalette(colours);
}

QStringList QueryChart::seriesNames() const
{
    QStringList names;
    for (const QAbstractSeries *series : chart()->series()) {
        if (const auto *bars = qobject_cast<const QAbstractBarSeries *>(series)) {
            for (const QBarSet *set : bars->barSets())
                names << set->label();
        } else {
            names << series->name();
        }
    }
    return names;
}

void QueryChart::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_table.render.isEmpty())
        draw(m_table);
}

void QueryChart::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    m_card->setGeometry(rect());
}

} // namespace sluice
