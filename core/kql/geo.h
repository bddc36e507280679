#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::kql {

/// A place on Earth in degrees.
struct GeoPoint
{
    double longitude = 0;
    double latitude = 0;

    bool isValid() const;
};

/// Metres along the surface of a sphere of Kusto's (S2's) radius.
double geoDistance(const GeoPoint &a, const GeoPoint &b);

/// Whether a GeoJSON Polygon or MultiPolygon holds the point; edges are great circles. Null for
/// anything else. A polygon is taken to be smaller than a hemisphere.
std::optional<bool> geoPolygonContains(std::string_view json, const GeoPoint &point);

inline constexpr int kMaxGeohashLength = 18;
std::string geohashOf(const GeoPoint &point, int length);

/// The rectangle that a geohash stands for.
struct GeoCell
{
    double west = -180;
    double east = 180;
    double south = -90;
    double north = 90;
};
std::optional<GeoCell> cellOfGeohash(std::string_view hash);

} // namespace sluice::kql
