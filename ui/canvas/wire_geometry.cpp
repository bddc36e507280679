#include "ui/canvas/wire_geometry.h"

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr double kShortestTangent = 40;
constexpr int kSegments = 24; // enough for hit tests and lengths at any zoom the canvas has

double distanceToSegment(QPointF point, QPointF a, QPointF b)
{
    const QPointF along = b - a;
    const double squared = QPointF::dotProduct(along, along);
    double t = squared > 0 ? QPointF::dotProduct(point - a, along) / squared : 0;
    t = std::clamp(t, 0.0, 1.0);
    const QPointF off = point - (a + along * t);
    return std::hypot(off.x(), off.y());
}

double distance(QPointF a, QPointF b)
{
    return std::hypot(b.x() - a.x(), b.y() - a.y());
}

} // namespace

WireCurve WireCurve::between(QPointF from, QPointF to)
{
    const double tangent = std::max(kShortestTangent, distance(from, to) / 2);
    // A wire between neighbours must not swing past its own ends.
    const double forward = to.x() - from.x();
    const double reach =
        forward > 0 ? std::min(tangent, std::max(kShortestTangent, forward * 0.6)) : tangent;
    return {{from, from + QPointF(reach, 0), to - QPointF(reach, 0), to}};
}

QPointF WireCurve::at(double t) const
{
    const double u = 1 - t;
    return points[0] * (u * u * u) + points[1] * (3 * u * u * t) + points[2] * (3 * u * t * t)
           + points[3] * (t * t * t);
}

QPainterPath WireCurve::path() const
{
    QPainterPath path(points[0]);
    path.cubicTo(points[1], points[2], points[3]);
    return path;
}

QRectF WireCurve::bounds() const
{
    QPointF low = points[0];
    QPointF high = points[0];
    for (int i = 1; i <= kSegments; ++i) {
        const QPointF point = at(double(i) / kSegments);
        low = {std::min(low.x(), point.x()), std::min(low.y(), point.y())};
        high = {std::max(high.x(), point.x()), std::max(high.y(), point.y())};
    }
    return QRectF(low, high).adjusted(-1, -1, 1, 1);
}

double WireCurve::distanceTo(QPointF point) const
{
    double nearest = distance(point, points[0]);
    QPointF last = points[0];
    for (int i = 1; i <= kSegments; ++i) {
        const QPointF next = at(double(i) / kSegments);
        nearest = std::min(nearest, distanceToSegment(point, last, next));
        last = next;
    }
    return nearest;
}

std::vector<QPointF> WireCurve::spaced(double step, double offset) const
{
    std::vector<QPointF> result;
    double next = offset;
    double walked = 0;
    QPointF last = points[0];
    for (int i = 1; i <= kSegments; ++i) {
        const QPointF end = at(double(i) / kSegments);
        const double piece = distance(last, end);
        while (next <= walked + piece && piece > 0) {
            result.push_back(last + (end - last) * ((next - walked) / piece));
            next += step;
        }
        walked += piece;
        last = end;
    }
    return result;
}

double WireCurve::length() const
{
    double length = 0;
    QPointF last = points[0];
    for (int i = 1; i <= kSegments; ++i) {
        const QPointF next = at(double(i) / kSegments);
        length += distance(last, next);
        last = next;
    }
    return length;
}

WireCurve WireCurve::translated(QPointF by) const
{
    WireCurve curve = *this;
    for (QPointF &point : curve.points)
        point += by;
    return curve;
}

} // namespace sluice
