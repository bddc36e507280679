#pragma once

#include <QString>

#include <vector>

class QCategoryAxis;

namespace sluice {

/// A place on an axis that has a name.
struct AxisTick
{
    double value = 0;
    QString label; // different from that of every other tick
};

/// What an axis shows.
struct AxisScale
{
    double low = 0;
    double high = 1;
    std::vector<AxisTick> ticks; // ascending, inside
};

/// From zero where the values do not lie on both sides of it, on round steps, with figures as
/// people read them: 0, 50 k, 100 k.
AxisScale valueScale(double low, double high, int mostTicks);
/// The same without zero, and without growing to whole steps: for what lies across.
AxisScale acrossScale(double low, double high, int mostTicks);
/// Moments in local time on round steps. @param low, high  milliseconds since 1970
AxisScale timeScale(double low, double high, int mostTicks);

/// Adds a tick, whose words are made different from those that are there.
void addTick(AxisScale &scale, double value, QString label);

/// An axis that shows a scale. The caller gives it to a chart.
QCategoryAxis *makeAxis(const AxisScale &scale);

} // namespace sluice
