#pragma once

#include <QPainterPath>
#include <QPointF>
#include <QRectF>

#include <array>
#include <vector>

namespace sluice {

/// A wire's shape: one cubic with horizontal tangents of half the distance, at least 40.
struct WireCurve
{
    std::array<QPointF, 4> points;

    static WireCurve between(QPointF from, QPointF to);
    QPointF at(double t) const;
    QPointF middle() const { return at(0.5); }
    QPainterPath path() const;
    /// Around the curve itself, without the pen's width.
    QRectF bounds() const;
    double distanceTo(QPointF point) const;
    /// Points every `step` of its length, the first at `offset`.
    std::vector<QPointF> spaced(double step, double offset = 0) const;
    double length() const;
    WireCurve translated(QPointF by) const;
};

} // namespace sluice
