#include "ui/query/chart_axes.h"

#include <QDateTime>
#include <QSet>
#include <QtCharts/QCategoryAxis>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;

/// The smallest of 1, 2, 5, 10 … that makes at most so many steps.
double roundStep(double span, int most)
{
    const double least = span / std::max(1, most);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= least * 0.999)
            return factor * power;
    }
    return 10 * power;
}

double timeStep(double span, int most)
{
    static constexpr double kSteps[] = {1,
                                        2,
                                        5,
                                        10,
                                        20,
                                        50,
                                        100,
                                        200,
                                        500,
                                        kSecond,
                                        2 * kSecond,
                                        5 * kSecond,
                                        10 * kSecond,
                                        15 * kSecond,
                                        30 * kSecond,
                                        kMinute,
                                        2 * kMinute,
                                        5 * kMinute,
                                        10 * kMinute,
                                        15 * kMinute,
                                        30 * kMinute,
                                        kHour,
                                        2 * kHour,
                                        3 * kHour,
                                        6 * kHour,
                                        12 * kHour,
                                        kDay,
                                        2 * kDay,
                                        7 * kDay,
                                        14 * kDay,
                                        30 * kDay,
                                        90 * kDay,
                                        365 * kDay};
    for (const double step : kSteps) {
        if (span / step <= most)
            return step;
    }
    return roundStep(span / (365 * kDay), most) * 365 * kDay;
}

QString timeFormat(double step, double span)
{
    if (step < kSecond)
        return QStringLiteral("HH:mm:ss.zzz");
    if (step >= 365 * kDay)
        return QStringLiteral("yyyy");
    if (step >= kDay)
        return span > 300 * kDay ? QStringLiteral("d MMM yyyy") : QStringLiteral("d MMM");
    if (span > kDay)
        return QStringLiteral("d MMM HH:mm");
    return step < kMinute ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
}

/// As many digits as tell one step from the next, with k, M and G.
QString figure(double value, double step, double largest)
{
    static constexpr std::pair<double, const char *> kUnits[] = {
        {1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e4, " k"}};
    double unit = 1;
    QString word;
    for (const auto &[size, name] : kUnits) {
        if (largest < size)
            continue;
        unit = size == 1e4 ? 1e3 : size;
        word = QLatin1String(name);
        break;
    }
    if (value == 0)
        return QStringLiteral("0");
    if (largest < 1e-4)
        return QString::number(value, 'g', 3);
    const int digits = std::clamp(int(std::ceil(-std::log10(step / unit) - 1e-9)), 0, 9);
    return QString::number(value / unit, 'f', digits) + word;
}

void addFigures(AxisScale &scale, double step)
{
    const double largest = std::max(std::fabs(scale.low), std::fabs(scale.high));
    for (double value = std::ceil(scale.low / step - 1e-9) * step;
         value <= scale.high + step * 1e-9;
         value += step) {
        const double exact = std::fabs(value) < step * 1e-9 ? 0 : value;
        addTick(scale, exact, figure(exact, step, largest));
    }
}

} // namespace

void addTick(AxisScale &scale, double value, QString label)
{
    // An axis knows its places by their words.
    for (const AxisTick &tick : scale.ticks) {
        if (tick.label == label)
            label += QChar(0x200B);
    }
    scale.ticks.push_back({value, std::move(label)});
}

AxisScale valueScale(double low, double high, int mostTicks)
{
    if (!(low <= high) || !std::isfinite(high - low)) {
        low = 0;
        high = 1;
    }
    low = std::min(low, 0.0);
    high = std::max(high, 0.0);
    if (high - low <= 0)
        high = low + 1;
    const double step = roundStep(high - low, mostTicks);
    AxisScale scale;
    scale.low = std::floor(low / step + 1e-9) * step;
    scale.high = std::ceil(high / step - 1e-9) * step;
    addFigures(scale, step);
    return scale;
}

AxisScale acrossScale(double low, double high, int mostTicks)
{
    AxisScale scale;
    const double room = high > low ? 0 : std::max(std::fabs(low) * 0.01, 1.0);
    scale.low = low - room;
    scale.high = high + room;
    addFigures(scale, roundStep(scale.high - scale.low, mostTicks));
    return scale;
}

AxisScale timeScale(double low, double high, int mostTicks)
{
    AxisScale scale;
    const double room = high > low ? 0 : 30 * kSecond;
    scale.low = low - room;
    scale.high = high + room;
    const double span = scale.high - scale.low;
    const double step = timeStep(span, mostTicks);
    const QString format = timeFormat(step, span);
    // Round hours and days are those of the wall clock here.
    const double offset =
        1000.0 * QDateTime::fromMSecsSinceEpoch(qint64(scale.low)).offsetFromUtc();
    for (double local = std::ceil((scale.low + offset) / step) * step; local - offset <= scale.high;
         local += step) {
        const double moment = local - offset;
        addTick(scale,
                moment,
                QLocale().toString(QDateTime::fromMSecsSinceEpoch(qint64(moment)), format));
    }
    return scale;
}

QCategoryAxis *makeAxis(const AxisScale &scale)
{
    auto *axis = new QCategoryAxis;
    axis->setRange(scale.low, scale.high);
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis->setStartValue(scale.ticks.empty() ? scale.low : scale.ticks.front().value);
    for (const AxisTick &tick : scale.ticks)
        axis->append(tick.label, tick.value);
    return axis;
}

} // namespace sluice
