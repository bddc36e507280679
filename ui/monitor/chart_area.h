#pragma once

#include "ui/monitor/run_history.h"

#include <QtCharts/QChartView>

#include <functional>
#include <vector>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace sluice {

/// The drawing of one chart: lines with gaps, the first filled, over a hairline grid that is
/// labelled in the theme's type. Lines are QtCharts'; grid, labels and pointer are drawn here.
class ChartArea : public QChartView
{
    Q_OBJECT

public:
    struct Line
    {
        int colour = 0;
        std::vector<ChartSegment> segments;
    };

    explicit ChartArea(QWidget *parent = nullptr);

    void setValueText(std::function<QString(double)> text) { m_valueText = std::move(text); }
    void draw(const std::vector<Line> &lines, double from, double to);
    void setPointerTime(double milliseconds);
    std::vector<int> segmentCounts() const { return m_segmentCounts; }
    double top() const { return m_top; }
    QString pointerText() const;

signals:
    void pointed(double milliseconds); // NaN: the pointer has left

protected:
    void drawBackground(QPainter *painter, const QRectF &rect) override;
    void drawForeground(QPainter *painter, const QRectF &rect) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void place();
    void setTop(double largest);
    QLineSeries *lineAt(std::size_t index);
    QAreaSeries *areaAt(std::size_t index);
    double xOf(double milliseconds) const;
    QRectF pointerBox(const QFont &font) const;
    double yOf(double value) const;

    QRectF m_plot;
    QValueAxis *m_time;
    QValueAxis *m_value;
    // Pools: a gap needs a series of its own on each side. Owned by the chart.
    std::vector<QLineSeries *> m_lines;
    std::vector<QAreaSeries *> m_areas;
    std::vector<int> m_segmentCounts;
    std::function<QString(double)> m_valueText;
    double m_from = 0;
    double m_to = 60'000;
    double m_top = 1;
    double m_step = 0.5;
    double m_pointer;
};

} // namespace sluice
