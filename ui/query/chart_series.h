#pragma once

#include "ui/query/query_table.h"

#include <QList>
#include <QPointF>
#include <QString>
#include <QStringList>

#include <vector>

namespace sluice {

/// An answer as lines: the first column of moments or numbers is across, each further column of
/// numbers is a line; a column of texts splits them.
struct ChartSeries
{
    struct Series
    {
        QString name;
        QList<QPointF> points; // ascending
        /// Places in `points` before which a value is missing: a line has a gap there.
        std::vector<qsizetype> gaps;
    };
    std::vector<Series> series; // six at most
    std::size_t left = 0;       // that there were beyond them
    bool time = false;          // across are milliseconds since 1970
    double xLow = 0;
    double xHigh = 0;
    double yLow = 0;
    double yHigh = 0;
};
ChartSeries chartSeries(const QueryTable &table);

/// An answer as bars: the first column that is no number, or the first, names them; each column of
/// numbers is a set.
struct ChartBars
{
    struct Set
    {
        QString name;
        QList<double> values;
    };
    QStringList names; // all different
    std::vector<Set> sets;
    std::size_t left = 0; // rows beyond the limit
    double low = 0;
    double high = 0;
};
ChartBars chartBars(const QueryTable &table, std::size_t mostRows);

} // namespace sluice
