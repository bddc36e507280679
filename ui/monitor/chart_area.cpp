#include "ui/monitor/chart_area.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QDateTime>
#include <QMouseEvent>
#include <QPainter>
#include <QtCharts/QAreaSeries>
#include <QtCharts/QChart>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

constexpr double kLabelWidth = 46;
constexpr double kLabelHeight = 20;
constexpr double kTopMargin = 6;
constexpr double kRightMargin = 6;
constexpr double kLineWidth = 1.5;
constexpr double kFill = 0.12;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// 1, 2 or 5 times a power of ten, at least `value`.
double roundStep(double value)
{
    if (value <= 0)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * 0.999)
            return factor * power;
    }
    return 10 * power;
}

/// Milliseconds between two time labels that have `width` pixels to stand in.
double labelStep(double range, double width)
{
    constexpr double kNarrowest = 74;
    for (const double step : {10e3, 15e3, 30e3, 60e3, 120e3, 180e3, 300e3}) {
        if (width * step / range >= kNarrowest)
            return step;
    }
    return 600e3;
}

QString timeLabel(double milliseconds, double step)
{
    const auto time = QDateTime::fromMSecsSinceEpoch(qint64(milliseconds));
    return time.toString(step < 60e3 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
}

} // namespace

ChartArea::ChartArea(QWidget *parent)
    : QChartView(new QChart, parent)
    , m_time(new QValueAxis(this))
    , m_value(new QValueAxis(this))
    , m_valueText([](double value) { return QString::number(value); })
    , m_pointer(kNone)
{
    chart()->legend()->hide();
    chart()->setBackgroundVisible(false);
    chart()->setPlotAreaBackgroundVisible(false);
    chart()->setMargins({});
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->addAxis(m_time, Qt::AlignBottom);
    chart()->addAxis(m_value, Qt::AlignLeft);
    m_time->setVisible(false);
    m_value->setVisible(false);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setMouseTracking(true);
    setFocusPolicy(Qt::NoFocus);
    setMinimumSize(120, 80);
    place();
}

void ChartArea::place()
{
    m_plot = QRectF(kLabelWidth,
                    kTopMargin,
                    std::max(10.0, width() - kLabelWidth - kRightMargin),
                    std::max(10.0, height() - kTopMargin - kLabelHeight));
    chart()->setPlotArea(m_plot);
}

void ChartArea::resizeEvent(QResizeEvent *event)
{
    QChartView::resizeEvent(event);
    place();
}

QLineSeries *ChartArea::lineAt(std::size_t index)
{
    if (index >= m_lines.size()) {
        auto *line = new QLineSeries(chart());
        chart()->addSeries(line);
        line->attachAxis(m_time);
        line->attachAxis(m_value);
        m_lines.push_back(line);
    }
    return m_lines[index];
}

QAreaSeries *ChartArea::areaAt(std::size_t index)
{
    if (index >= m_areas.size()) {
        auto *area = new QAreaSeries(new QLineSeries(chart()));
        chart()->addSeries(area);
        area->attachAxis(m_time);
        area->attachAxis(m_value);
        m_areas.push_back(area);
    }
    return m_areas[index];
}

/// The top of the axis, on a round step; it falls only when far too high, so that it does not jump.
void ChartArea::setTop(double largest)
{
    const double step = roundStep(std::max(largest, 1e-9) * 1.05 / 3);
    const double top = std::ceil(std::max(largest, 1e-9) * 1.02 / step) * step;
    const bool fits = largest <= m_top && top > m_top * 0.4;
    if (!fits || largest <= 0) {
        m_step = largest <= 0 ? 1 : step;
        m_top = largest <= 0 ? 3 : top;
    }
    m_value->setRange(0, m_top);
}

void ChartArea::draw(const std::vector<Line> &lines, double from, double to)
{
    m_from = from;
    m_to = to;
    double largest = 0;
    std::size_t usedLines = 0;
    std::size_t usedAreas = 0;
    m_segmentCounts.clear();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const QColor colour = theme().series[std::size_t(lines[i].colour)];
        m_segmentCounts.push_back(int(lines[i].segments.size()));
        for (const ChartSegment &segment : lines[i].segments) {
            QList<QPointF> points;
            points.reserve(qsizetype(segment.size()));
            for (const ChartPoint &point : segment) {
                points << QPointF(point.milliseconds - from, point.value);
                largest = std::max(largest, point.value);
            }
            if (i == 0) {
                QAreaSeries *area = areaAt(usedAreas++);
                area->upperSeries()->replace(points);
                area->setPen(Qt::NoPen);
                area->setBrush(faded(colour, kFill));
                area->setVisible(true);
            }
            QLineSeries *line = lineAt(usedLines++);
            line->replace(points);
            line->setPen(QPen(colour, kLineWidth));
            line->setVisible(true);
        }
    }
    for (std::size_t i = usedLines; i < m_lines.size(); ++i)
        m_lines[i]->setVisible(false);
    for (std::size_t i = usedAreas; i < m_areas.size(); ++i)
        m_areas[i]->setVisible(false);
    setTop(largest);
    m_time->setRange(0, to - from);
    viewport()->update();
}

void ChartArea::setPointerTime(double milliseconds)
{
    if (milliseconds == m_pointer || (std::isnan(milliseconds) && std::isnan(m_pointer)))
        return;
    m_pointer = milliseconds;
    viewport()->update();
}

QString ChartArea::pointerText() const
{
    const bool inside = !std::isnan(m_pointer) && m_pointer >= m_from && m_pointer <= m_to;
    return inside ? timeLabel(m_pointer, 1000) : QString();
}

double ChartArea::xOf(double milliseconds) const
{
    return m_plot.left() + (milliseconds - m_from) / (m_to - m_from) * m_plot.width();
}

double ChartArea::yOf(double value) const
{
    return m_plot.bottom() - value / m_top * m_plot.height();
}

void ChartArea::drawBackground(QPainter *painter, const QRectF &rect)
{
    (void)rect;
    painter->setFont(uiFont(metrics::kTextHint));
    for (double value = 0; value <= m_top * 1.001; value += m_step) {
        const double y = std::round(yOf(value)) + 0.5;
        painter->setPen(QPen(theme().separator, 1));
        painter->drawLine(QPointF(m_plot.left(), y), QPointF(m_plot.right(), y));
        painter->setPen(theme().textHint);
        drawTabular(*painter,
                    QRectF(0, y - 9, kLabelWidth - metrics::kSpaceS, 18),
                    Qt::AlignRight,
                    m_valueText(value));
    }
    const QRectF readout = pointerBox(painter->font());
    const double step = labelStep(m_to - m_from, m_plot.width());
    for (double time = std::ceil(m_from / step) * step; time <= m_to; time += step) {
        const QString label = timeLabel(time, step);
        const double wide = tabularWidth(painter->font(), label);
        const double x = xOf(time) - wide / 2;
        if (x < m_plot.left() - kLabelWidth / 2 || x + wide > width())
            continue;
        // A label that the pointer's time would cover in part is not shown at all.
        if (readout.isValid() && x < readout.right() + 2 && x + wide > readout.left() - 2)
            continue;
        painter->setPen(theme().textHint);
        drawTabular(
            *painter, QRectF(x, m_plot.bottom() + 3, wide, kLabelHeight - 3), Qt::AlignLeft, label);
    }
}

/// Where the pointer's time stands, among the labels of the axis; invalid without a pointer.
QRectF ChartArea::pointerBox(const QFont &font) const
{
    const QString label = pointerText();
    if (label.isEmpty())
        return {};
    const double wide = tabularWidth(font, label) + 8;
    const double left = std::clamp(xOf(m_pointer) - wide / 2, 0.0, std::max(0.0, width() - wide));
    return {left, m_plot.bottom() + 2, wide, kLabelHeight - 3};
}

void ChartArea::drawForeground(QPainter *painter, const QRectF &rect)
{
    (void)rect;
    const QString label = pointerText();
    if (label.isEmpty())
        return;
    const double x = std::round(xOf(m_pointer)) + 0.5;
    painter->setPen(QPen(theme().textSecondary, 1));
    painter->drawLine(QPointF(x, m_plot.top()), QPointF(x, m_plot.bottom()));
    painter->setFont(uiFont(metrics::kTextHint));
    const QRectF box = pointerBox(painter->font());
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme().hover);
    painter->drawRoundedRect(box, 4, 4);
    painter->setPen(theme().text);
    drawTabular(*painter, box.adjusted(4, 0, -4, 0), Qt::AlignLeft, label);
}

void ChartArea::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    if (!m_plot.adjusted(-2, -kTopMargin, 2, kLabelHeight).contains(at)) {
        Q_EMIT pointed(kNone);
        return;
    }
    const double share = std::clamp((at.x() - m_plot.left()) / m_plot.width(), 0.0, 1.0);
    Q_EMIT pointed(m_from + share * (m_to - m_from));
}

void ChartArea::leaveEvent(QEvent *event)
{
    QChartView::leaveEvent(event);
    Q_EMIT pointed(kNone);
}

void ChartArea::changeEvent(QEvent *event)
{
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

} // namespace sluice
