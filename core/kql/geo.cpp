#include "core/kql/geo.h"

#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace sluice::kql {

namespace {

constexpr double kEarthRadius = 6'371'010; // metres
constexpr double kRadian = std::numbers::pi / 180;
constexpr std::string_view kGeohashDigits = "0123456789bcdefghjkmnpqrstuvwxyz";

struct Vector3
{
    double x = 0;
    double y = 0;
    double z = 0;
};

Vector3 onSphere(const GeoPoint &point)
{
    const double latitude = point.latitude * kRadian;
    const double longitude = point.longitude * kRadian;
    return {std::cos(latitude) * std::cos(longitude),
            std::cos(latitude) * std::sin(longitude),
            std::sin(latitude)};
}

double dot(const Vector3 &a, const Vector3 &b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

Vector3 cross(const Vector3 &a, const Vector3 &b)
{
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

using Loop = std::vector<Vector3>;

/// How often a loop goes around a point: the sum of the angles, seen from the point, under which
/// its edges lie. The opposite point of the sphere has the same sum, so the side is looked at too.
bool goesAround(const Loop &loop, const Vector3 &point)
{
    Vector3 middle;
    for (const Vector3 &vertex : loop)
        middle = {middle.x + vertex.x, middle.y + vertex.y, middle.z + vertex.z};
    if (dot(middle, point) <= 0)
        return false;
    double angle = 0;
    for (std::size_t i = 0; i < loop.size(); ++i) {
        const Vector3 from = cross(point, loop[i]);
        const Vector3 to = cross(point, loop[(i + 1) % loop.size()]);
        angle += std::atan2(dot(point, cross(from, to)), dot(from, to));
    }
    return std::fabs(angle) > std::numbers::pi;
}

/// [longitude, latitude]
std::optional<GeoPoint> readPosition(std::string_view json)
{
    JsonArray numbers(jsonTrim(json));
    std::string_view longitude;
    std::string_view latitude;
    if (!numbers.next(&longitude) || !numbers.next(&latitude))
        return std::nullopt;
    const auto x = parseReal(longitude);
    const auto y = parseReal(latitude);
    if (!x || !y || !GeoPoint{*x, *y}.isValid())
        return std::nullopt;
    return GeoPoint{*x, *y};
}

std::optional<Loop> readLoop(std::string_view json)
{
    Loop loop;
    std::string_view element;
    for (JsonArray positions(jsonTrim(json)); positions.next(&element);) {
        const auto position = readPosition(element);
        if (!position)
            return std::nullopt;
        loop.push_back(onSphere(*position));
    }
    constexpr std::size_t kFewest = 4; // the first one again at the end
    if (loop.size() < kFewest)
        return std::nullopt;
    loop.pop_back();
    return loop;
}

/// The first loop is the border, the others are holes in it.
std::optional<bool> insideOfLoops(std::string_view json, const Vector3 &point)
{
    bool inside = false;
    bool first = true;
    std::string_view element;
    for (JsonArray loops(jsonTrim(json)); loops.next(&element); first = false) {
        const auto loop = readLoop(element);
        if (!loop)
            return std::nullopt;
        const bool around = goesAround(*loop, point);
        inside = first ? around : inside && !around;
    }
    return first ? std::nullopt : std::optional(inside);
}

bool isString(std::string_view json, std::string_view text)
{
    return json.size() == text.size() + 2 && json.substr(1, text.size()) == text;
}

} // namespace

bool GeoPoint::isValid() const
{
    return std::fabs(longitude) <= 180 && std::fabs(latitude) <= 90;
}

double geoDistance(const GeoPoint &a, const GeoPoint &b)
{
    const double latitudes = std::sin((b.latitude - a.latitude) * kRadian / 2);
    const double longitudes = std::sin((b.longitude - a.longitude) * kRadian / 2);
    const double h = std::min(1.0,
                              latitudes * latitudes
                                  + std::cos(a.latitude * kRadian) * std::cos(b.latitude * kRadian)
                                        * longitudes * longitudes);
    return kEarthRadius * 2 * std::atan2(std::sqrt(h), std::sqrt(1 - h));
}

std::optional<bool> geoPolygonContains(std::string_view json, const GeoPoint &point)
{
    const std::string_view type = jsonTrim(jsonMember(json, "type"));
    const std::string_view coordinates = jsonMember(json, "coordinates");
    const Vector3 place = onSphere(point);
    if (isString(type, "Polygon"))
        return insideOfLoops(coordinates, place);
    if (!isString(type, "MultiPolygon"))
        return std::nullopt;
    bool any = false;
    std::string_view element;
    for (JsonArray polygons(jsonTrim(coordinates)); polygons.next(&element);) {
        const auto inside = insideOfLoops(element, place);
        if (!inside)
            return std::nullopt;
        any = any || *inside;
    }
    return any;
}

std::string geohashOf(const GeoPoint &point, int length)
{
    GeoCell cell;
    std::string hash;
    unsigned digit = 0;
    for (int bit = 0; bit < length * 5; ++bit) {
        const bool horizontal = bit % 2 == 0;
        double &low = horizontal ? cell.west : cell.south;
        double &high = horizontal ? cell.east : cell.north;
        const double middle = (low + high) / 2;
        const bool upper = (horizontal ? point.longitude : point.latitude) >= middle;
        (upper ? low : high) = middle;
        digit = digit << 1U | (upper ? 1U : 0U);
        if (bit % 5 == 4) {
            hash += kGeohashDigits[digit];
            digit = 0;
        }
    }
    return hash;
}

std::optional<GeoCell> cellOfGeohash(std::string_view hash)
{
    if (hash.empty() || hash.size() > static_cast<std::size_t>(kMaxGeohashLength))
        return std::nullopt;
    GeoCell cell;
    bool horizontal = true;
    for (const char c : hash) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        const std::size_t digit = kGeohashDigits.find(lower);
        if (digit == std::string_view::npos)
            return std::nullopt;
        for (unsigned bit = 16; bit != 0; bit >>= 1U, horizontal = !horizontal) {
            double &low = horizontal ? cell.west : cell.south;
            double &high = horizontal ? cell.east : cell.north;
            ((digit & bit) != 0 ? low : high) = (low + high) / 2;
        }
    }
    return cell;
}

} // namespace sluice::kql
