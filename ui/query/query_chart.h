#pragma once

#include "ui/query/chart_series.h"
#include "ui/query/query_table.h"

#include <QtCharts/QChartView>

class QCategoryAxis;
class QLabel;

namespace sluice {

/// The picture of an answer, as `render` asks for it.
class QueryChart : public QChartView
{
    Q_OBJECT

public:
    explicit QueryChart(QWidget *parent = nullptr);

    /// Whether a word of `render` is drawn here.
    static bool canDraw(const QString &kind);
    /// Draws the answer. @return what could not be drawn, in words; empty: all of it was
    QString draw(const QueryTable &table);
    /// Whether the last answer could be drawn at all: it has rows and, but for a card, numbers.
    bool hasPicture() const { return m_hasPicture; }
    /// Names of the series in the order of their colours, for tests.
    QStringList seriesNames() const;

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QString drawLines(const QueryTable &table);
    QString drawBars(const QueryTable &table, bool horizontal);
    QString drawPie(const QueryTable &table);
    QString drawCard(const QueryTable &table);
    void addLine(const ChartSeries::Series &line, std::size_t index, QCategoryAxis *up);
    void dress();
    void fitCard();
    QString property(const char *name) const;

    QueryTable m_table;
    bool m_hasPicture = false;
    QLabel *m_card; // the one figure of `render card`
};

} // namespace sluice
