#include "ui/query/chart_series.h"

#include "ui/document/qt_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace sluice {

namespace {

constexpr std::size_t kMostSeries = 6;

bool isText(ColumnType type)
{
    return type == ColumnType::String || type == ColumnType::Guid || type == ColumnType::Bool
           || type == ColumnType::Dynamic;
}

/// Which column does what; -1: none.
struct Places
{
    int across = -1;
    int split = -1;
    std::vector<std::size_t> values;
};

Places placesOf(const Schema &schema)
{
    Places places;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        if (places.across < 0 && schema.columns[i].type == ColumnType::Datetime)
            places.across = int(i);
    }
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const ColumnType type = schema.columns[i].type;
        const bool number = isNumberType(type) || type == ColumnType::Timespan;
        if (int(i) == places.across)
            continue;
        if (places.across < 0 && number)
            places.across = int(i);
        else if (number)
            places.values.push_back(i);
        else if (places.split < 0 && isText(type))
            places.split = int(i);
    }
    return places;
}

void widen(double &low, double &high, double value)
{
    low = std::min(low, value);
    high = std::max(high, value);
}

void sortPoints(ChartSeries::Series &series, std::vector<double> missing)
{
    std::stable_sort(series.points.begin(), series.points.end(), [](const auto &a, const auto &b) {
        return a.x() < b.x();
    });
    std::sort(missing.begin(), missing.end());
    for (const double x : missing) {
        const auto after =
            std::upper_bound(series.points.begin(), series.points.end(), x, [](double at, auto &p) {
                return at < p.x();
            });
        const auto place = after - series.points.begin();
        const bool inside = place > 0 && place < series.points.size();
        if (inside && (series.gaps.empty() || series.gaps.back() != place))
            series.gaps.push_back(place);
    }
}

} // namespace

ChartSeries chartSeries(const QueryTable &table)
{
    ChartSeries result;
    const Places places = placesOf(table.schema);
    if (places.across < 0 || places.values.empty())
        return result;
    const auto across = std::size_t(places.across);
    result.time = table.schema.columns[across].type == ColumnType::Datetime;
    result.xLow = result.yLow = HUGE_VAL;
    result.xHigh = result.yHigh = -HUGE_VAL;
    std::map<QString, std::size_t> known;
    std::set<QString> beyond;
    std::vector<std::vector<double>> missing; // of each series, where it has no value
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto x = table.number(row, across);
        if (!x)
            continue;
        const QString part =
            places.split < 0 ? QString() : table.text(row, std::size_t(places.split));
        for (const std::size_t column : places.values) {
            const QString value = toQString(table.schema.columns[column].name);
            const QString name = places.split < 0            ? value
                                 : places.values.size() == 1 ? part
                                                             : part + QLatin1Char(' ') + value;
            auto at = known.find(name);
            if (at == known.end() && result.series.size() == kMostSeries) {
                beyond.insert(name);
                continue;
            }
            if (at == known.end()) {
                at = known.emplace(name, result.series.size()).first;
                result.series.push_back({name, {}, {}});
                missing.emplace_back();
            }
            const auto y = table.number(row, column);
            if (!y || !std::isfinite(*y)) {
                missing[at->second].push_back(*x);
                continue;
            }
            result.series[at->second].points << QPointF(*x, *y);
            widen(result.xLow, result.xHigh, *x);
            widen(result.yLow, result.yHigh, *y);
        }
    }
    result.left = beyond.size();
    for (std::size_t i = 0; i < result.series.size(); ++i)
        sortPoints(result.series[i], std::move(missing[i]));
    std::erase_if(result.series, [](const auto &series) { return series.points.isEmpty(); });
    return result;
}

ChartBars chartBars(const QueryTable &table, std::size_t mostRows)
{
    ChartBars result;
    const auto &columns = table.schema.columns;
    int names = columns.empty() ? -1 : 0;
    for (std::size_t i = columns.size(); i-- > 0;) {
        if (!isNumberType(columns[i].type))
            names = int(i);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (int(i) != names && isNumberType(columns[i].type))
            result.sets.push_back({toQString(columns[i].name), {}});
    }
    if (result.sets.empty())
        return result;
    const std::size_t rows = std::min(table.rows(), mostRows);
    result.left = table.rows() - rows;
    std::set<QString> taken;
    for (std::size_t row = 0; row < rows; ++row) {
        QString name = table.text(row, std::size_t(names));
        if (table.isNull(row, std::size_t(names)))
            name = QStringLiteral("null");
        if (name.isEmpty())
            name = QStringLiteral("(empty)");
        // An axis has each name once; further rows of the same name are still rows.
        QString unique = name;
        for (int i = 2; !taken.insert(unique).second; ++i)
            unique = QStringLiteral("%1 (%2)").arg(name).arg(i);
        result.names << unique;
        std::size_t set = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (int(i) == names || !isNumberType(columns[i].type))
                continue;
            const double value = table.number(row, i).value_or(0);
            result.sets[set++].values << value;
            widen(result.low, result.high, value);
        }
    }
    return result;
}

} // namespace sluice
