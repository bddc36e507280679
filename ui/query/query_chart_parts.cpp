// What `render` draws: lines, areas and dots; bars; pies.
#include "ui/query/chart_axes.h"
#include "ui/query/query_chart.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/figures_text.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QBarSeries>
#include <QtCharts/QBarSet>
#include <QtCharts/QCategoryAxis>
#include <QtCharts/QHorizontalBarSeries>
#include <QtCharts/QHorizontalStackedBarSeries>
#include <QtCharts/QLegendMarker>
#include <QtCharts/QLineSeries>
#include <QtCharts/QPieSeries>
#include <QtCharts/QScatterSeries>
#include <QtCharts/QStackedBarSeries>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t kMostSlices = 9;
constexpr std::size_t kMostBars = 40;
constexpr std::size_t kMostRows = 100'000; // that a pie sums up
constexpr qsizetype kMostWithFigures = 15; // more bars have no figures of their own
constexpr double kLineWidth = 1.6;
constexpr int kTickRoom = 110;
constexpr int kTickRise = 46;
constexpr qsizetype kLongestName = 18;
constexpr int kNameGap = 10;
constexpr int kValuesWidth = 60; // beside the bars
constexpr int kNameRise = 22;    // of the list beside a pie

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

QString notDrawn(std::size_t left, const QString &what)
{
    return left == 0 ? QString() : QueryChart::tr("%1 more %2 are not drawn").arg(left).arg(what);
}

QString needsNumbers()
{
    return QueryChart::tr("A chart needs a column of numbers");
}

/// Names below their bars, as many as there is room for.
AxisScale nameScale(const QStringList &names, int width)
{
    const QFontMetrics letters(uiFont(metrics::kTextHint));
    const auto shortened = [](const QString &name) {
        return name.size() <= kLongestName ? name
                                           : name.left(kLongestName - 1) + QStringLiteral("…");
    };
    int widest = 0;
    for (const QString &name : names)
        widest = std::max(widest, letters.horizontalAdvance(shortened(name)));
    const int each = std::max(1, (width - kValuesWidth) / int(names.size()));
    const int step = std::max(1, (widest + kNameGap + each - 1) / each);
    AxisScale scale{-0.5, double(names.size()) - 0.5, {}};
    for (qsizetype i = 0; i < names.size(); i += step)
        addTick(scale, double(i), shortened(names[i]));
    return scale;
}

} // namespace

void QueryChart::addLine(const ChartSeries::Series &line, std::size_t index, QCategoryAxis *up)
{
    const QColor colour = seriesColour(index);
    QAbstractAxis *across = chart()->axes(Qt::Horizontal).constFirst();
    const auto add = [&](QAbstractSeries *series, bool named) {
        series->setName(line.name);
        chart()->addSeries(series);
        series->attachAxis(across);
        series->attachAxis(up);
        for (QLegendMarker *marker : chart()->legend()->markers(series)) {
            marker->setVisible(named);
            marker->setPen(QPen(colour)); // a marker without one has a black line
            marker->setBrush(colour);
        }
    };
    if (m_table.render == QLatin1String("scatterchart")) {
        auto *dots = new QScatterSeries;
        dots->setMarkerSize(7);
        dots->setColor(colour);
        dots->setBorderColor(Qt::transparent);
        dots->replace(line.points);
        add(dots, true);
        return;
    }
    const bool area = m_table.render == QLatin1String("areachart");
    std::vector<qsizetype> ends = line.gaps;
    ends.push_back(line.points.size());
    qsizetype from = 0;
    for (const qsizetype end : ends) {
        const QList<QPointF> part = line.points.mid(from, end - from);
        const bool first = from == 0;
        from = end;
        auto *drawn = new QLineSeries;
        drawn->replace(part);
        drawn->setPen(QPen(colour, kLineWidth));
        if (part.size() == 1) { // nothing to join it to
            drawn->setPointsVisible(true);
            drawn->setMarkerSize(5);
        }
        // The first line stands on a tint of itself.
        const bool tinted = area || (index == 0 && m_table.render != QLatin1String("linechart"));
        if (tinted) {
            auto *filled = new QAreaSeries(area ? drawn : new QLineSeries(drawn));
            if (!area)
                filled->upperSeries()->replace(part);
            filled->upperSeries()->setParent(filled);
            filled->setPen(area ? QPen(colour, kLineWidth) : QPen(Qt::NoPen));
            filled->setBrush(faded(colour, area ? 0.22 : 0.12));
            add(filled, area && first);
            if (area)
                continue;
        }
        add(drawn, first);
    }
}

QString QueryChart::drawLines(const QueryTable &table)
{
    const ChartSeries found = chartSeries(table);
    if (found.series.empty())
        return needsNumbers();
    const int ticks = std::clamp(width() / kTickRoom, 2, 10);
    QCategoryAxis *across = makeAxis(found.time ? timeScale(found.xLow, found.xHigh, ticks)
                                                : acrossScale(found.xLow, found.xHigh, ticks));
    double low = found.yLow;
    double high = found.yHigh;
    bool fits = false;
    if (const double wanted = property("ymin").toDouble(&fits); fits)
        low = wanted;
    if (const double wanted = property("ymax").toDouble(&fits); fits)
        high = wanted;
    QCategoryAxis *up = makeAxis(valueScale(low, high, std::clamp(height() / kTickRise, 2, 6)));
    chart()->addAxis(across, Qt::AlignBottom);
    chart()->addAxis(up, Qt::AlignLeft);
    for (std::size_t i = 0; i < found.series.size(); ++i)
        addLine(found.series[i], i, up);
    return notDrawn(found.left, tr("series"));
}

QString QueryChart::drawBars(const QueryTable &table, bool horizontal)
{
    ChartBars found = chartBars(table, kMostBars);
    if (found.sets.empty() || found.names.isEmpty())
        return needsNumbers();
    const bool stacked = property("kind").startsWith(QLatin1String("stacked"));
    if (horizontal) // the first row on top
        std::reverse(found.names.begin(), found.names.end());
    QAbstractBarSeries *bars = nullptr;
    if (stacked)
        bars = horizontal ? static_cast<QAbstractBarSeries *>(new QHorizontalStackedBarSeries)
                          : new QStackedBarSeries;
    else
        bars = horizontal ? static_cast<QAbstractBarSeries *>(new QHorizontalBarSeries)
                          : new QBarSeries;
    for (std::size_t i = 0; i < found.sets.size(); ++i) {
        QList<double> values = found.sets[i].values;
        if (horizontal)
            std::reverse(values.begin(), values.end());
        auto *set = new QBarSet(found.sets[i].name);
        set->append(values);
        set->setColor(seriesColour(i));
        set->setBorderColor(Qt::transparent);
        set->setLabelColor(theme().textSecondary);
        set->setLabelFont(uiFont(metrics::kTextHint));
        bars->append(set);
    }
    bars->setBarWidth(0.7);
    double high = found.high;
    double low = found.low;
    if (stacked) {
        for (qsizetype row = 0; row < found.names.size(); ++row) {
            double sum = 0;
            for (const ChartBars::Set &set : found.sets)
                sum += std::max(0.0, set.values[row]);
            high = std::max(high, sum);
        }
    }
    const bool figures = !stacked && high < 1e6 && low > -1e6
                         && found.names.size() * qsizetype(found.sets.size()) <= kMostWithFigures;
    bars->setLabelsVisible(figures);
    bars->setLabelsPrecision(4);
    bars->setLabelsPosition(QAbstractBarSeries::LabelsOutsideEnd);
    chart()->addSeries(bars);
    QAbstractAxis *names = nullptr;
    if (horizontal) {
        auto *all = new QBarCategoryAxis;
        all->append(found.names);
        names = all;
    } else {
        names = makeAxis(nameScale(found.names, width()));
    }
    const double room = figures ? (high - std::min(low, 0.0)) * 0.06 : 0;
    const int ticks = horizontal ? width() / kTickRoom : height() / kTickRise;
    QCategoryAxis *values =
        makeAxis(valueScale(low < 0 ? low - room : low, high + room, std::clamp(ticks, 2, 8)));
    chart()->addAxis(names, horizontal ? Qt::AlignLeft : Qt::AlignBottom);
    chart()->addAxis(values, horizontal ? Qt::AlignBottom : Qt::AlignLeft);
    bars->attachAxis(names);
    bars->attachAxis(values);
    return notDrawn(found.left, tr("rows"));
}

QString QueryChart::drawPie(const QueryTable &table)
{
    const ChartBars found = chartBars(table, kMostRows);
    if (found.sets.empty() || found.names.isEmpty())
        return needsNumbers();
    const QList<double> &values = found.sets[0].values;
    const qsizetype most =
        values.size() > qsizetype(kMostSlices) ? qsizetype(kMostSlices) - 1 : values.size();
    double sum = 0;
    double others = 0;
    std::size_t left = found.left;
    for (qsizetype i = 0; i < values.size(); ++i) {
        sum += std::max(0.0, values[i]);
        others += i < most ? 0 : std::max(0.0, values[i]);
        left += values[i] < 0 ? 1 : 0;
    }
    auto *pie = new QPieSeries;
    pie->setHoleSize(0.45);
    pie->setPieSize(0.9);
    const auto add = [&](const QString &name, double value, const QColor &colour) {
        const QString share = sum > 0 ? shareText(value / sum) : QString();
        QPieSlice *slice = pie->append(share + QStringLiteral("  ") + name, value);
        slice->setColor(colour);
        slice->setBorderColor(theme().panel);
    };
    for (qsizetype i = 0; i < most; ++i) {
        const double paler = double(i / 6) * 0.45;
        add(found.names[i],
            std::max(0.0, values[i]),
            blended(seriesColour(std::size_t(i)), theme().panel, paler));
    }
    if (most < values.size())
        add(tr("others"), others, theme().separator);
    chart()->addSeries(pie);
    return notDrawn(left, tr("rows"));
}

} // namespace sluice
