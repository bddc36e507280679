// geo_distance_2points, geo_point_in_circle, geo_point_in_polygon, geohashes.
#include "core/event/datetime.h"
#include "core/kql/function.h"
#include "core/kql/geo.h"

#include <array>

namespace sluice::kql {

namespace {

using Long = std::int64_t;

std::optional<double>
distance(double longitude1, double latitude1, double longitude2, double latitude2)
{
    const GeoPoint a{longitude1, latitude1};
    const GeoPoint b{longitude2, latitude2};
    if (!a.isValid() || !b.isValid())
        return std::nullopt;
    return geoDistance(a, b);
}

std::optional<bool> isInCircle(
    double longitude, double latitude, double centerLongitude, double centerLatitude, double radius)
{
    const auto metres = distance(longitude, latitude, centerLongitude, centerLatitude);
    if (!metres || !(radius >= 0))
        return std::nullopt;
    return *metres <= radius;
}

std::optional<bool> isInPolygon(double longitude, double latitude, std::string_view polygon)
{
    const GeoPoint point{longitude, latitude};
    return point.isValid() ? geoPolygonContains(polygon, point) : std::nullopt;
}

/// What is no place gives "", and so does a null length.
void toGeohash(Call &call)
{
    forEachRow(call, [&](std::size_t row) {
        std::string hash;
        const bool complete = call.arguments[0].valid(row) && call.arguments[1].valid(row)
                              && call.arguments[2].valid(row);
        if (complete) {
            const GeoPoint point{call.arguments[0].real(row), call.arguments[1].real(row)};
            const Long length = call.arguments[2].integer(row);
            if (point.isValid() && length >= 1 && length <= kMaxGeohashLength)
                hash = geohashOf(point, static_cast<int>(length));
        }
        putValue(call.result, row, call.keep(hash));
    });
}

void appendPosition(double longitude, double latitude, std::string *json)
{
    std::array<char, kValueTextBytes> text{};
    *json += '[';
    json->append(text.data(), formatRealJson(longitude, text.data()));
    *json += ',';
    json->append(text.data(), formatRealJson(latitude, text.data()));
    *json += ']';
}

std::string_view centerOfGeohash(Call &call, std::string_view hash)
{
    const auto cell = cellOfGeohash(hash);
    if (!cell)
        return {};
    std::string &json = call.scratch.text;
    json = R"({"type":"Point","coordinates":)";
    appendPosition((cell->west + cell->east) / 2, (cell->south + cell->north) / 2, &json);
    json += '}';
    return call.keep(json);
}

std::string_view polygonOfGeohash(Call &call, std::string_view hash)
{
    const auto cell = cellOfGeohash(hash);
    if (!cell)
        return {};
    std::string &json = call.scratch.text;
    json = R"({"type":"Polygon","coordinates":[[)";
    const std::array<GeoPoint, 5> corners{{{cell->west, cell->south},
                                           {cell->east, cell->south},
                                           {cell->east, cell->north},
                                           {cell->west, cell->north},
                                           {cell->west, cell->south}}};
    for (const GeoPoint &corner : corners) {
        if (json.back() == ']')
            json += ',';
        appendPosition(corner.longitude, corner.latitude, &json);
    }
    json += "]]}";
    return call.keep(json);
}

} // namespace

std::vector<Function> geoFunctions()
{
    return {
        {.name = "geo_distance_2points",
         .help = "Metres between two places on Earth.",
         .example = "geo_distance_2points(-122.4, 47.6, -118.3, 34.0)",
         .overloads = {{"longitude1: real, latitude1: real, longitude2: real, latitude2: real "
                        "-> real",
                        rows<distance>}}},
        {.name = "geo_point_in_circle",
         .help = "True for a place that is not farther from another than the radius in metres.",
         .example = "geo_point_in_circle(x, y, -122.3, 47.6, 18000)",
         .overloads = {{"longitude: real, latitude: real, center_longitude: real, "
                        "center_latitude: real, radius: real -> bool",
                        rows<isInCircle>}}},
        {.name = "geo_point_in_polygon",
         .help = "True for a place inside of a GeoJSON polygon.",
         .example = "geo_point_in_polygon(x, y, polygon)",
         .overloads = {{"longitude: real, latitude: real, polygon: dynamic -> bool",
                        rows<isInPolygon>}}},
        {.name = "geo_point_to_geohash",
         .help = "The geohash of a place; from 1 to 18 characters long.",
         .example = "geo_point_to_geohash(x, y, 8)",
         .overloads = {{"longitude: real, latitude: real, [length: long = 5] -> string",
                        toGeohash}}},
        {.name = "geo_geohash_to_central_point",
         .help = "The place in the middle of a geohash, as GeoJSON.",
         .example = "geo_geohash_to_central_point('sunny').coordinates",
         .overloads = {{"geohash: string -> dynamic", rows<centerOfGeohash>}}},
        {.name = "geo_geohash_to_polygon",
         .help = "The rectangle of a geohash, as GeoJSON.",
         .example = "geo_geohash_to_polygon('sunny')",
         .overloads = {{"geohash: string -> dynamic", rows<polygonOfGeohash>}}},
    };
}

} // namespace sluice::kql
