#include "core/pipeline/dashboard_edits.h"

#include "core/base/units.h"
#include "core/pipeline/dashboard_file.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr int kUsualWidth = 6;
constexpr int kUsualHeight = 5;

Failure noTile(std::string_view id)
{
    return fail(ErrorCode::UnknownName, "there is no tile '{}' on the dashboard", id);
}

std::string freeTileId(const Dashboard &dashboard)
{
    for (std::size_t number = dashboard.tiles.size() + 1;; ++number) {
        std::string id = "tile_" + std::to_string(number);
        if (!dashboard.find(id))
            return id;
    }
}

Result<void> check(const DashboardTile &tile)
{
    if (!isTileRefresh(tile.refresh))
        return fail(ErrorCode::InvalidValue, "a tile cannot refresh every '{}'", tile.refresh)
            .hint("From 1s to 5m.");
    if (!(placeInGrid(tile.place) == tile.place))
        return fail(ErrorCode::InvalidValue,
                    "the grid has no place {},{} of {} × {} cells",
                    tile.place.x,
                    tile.place.y,
                    tile.place.width,
                    tile.place.height);
    return {};
}

/// Below `fixed` with each tile that it lies on, and below those with the ones they then lie on.
void makeRoom(Dashboard &dashboard, const DashboardTilePtr &fixed)
{
    std::vector<DashboardTilePtr> settled{fixed};
    std::vector<std::size_t> order(dashboard.tiles.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return dashboard.tiles[a]->place.y < dashboard.tiles[b]->place.y;
    });
    for (const std::size_t at : order) {
        const DashboardTilePtr &tile = dashboard.tiles[at];
        if (tile == fixed)
            continue;
        TilePlace place = tile->place;
        for (bool moved = true; moved;) {
            moved = false;
            for (const DashboardTilePtr &other : settled) {
                if (overlap(place, other->place)) {
                    place.y = other->place.y + other->place.height;
                    moved = true;
                }
            }
        }
        if (!(place == tile->place)) {
            DashboardTile copy = *tile;
            copy.place = place;
            dashboard.tiles[at] = std::make_shared<const DashboardTile>(std::move(copy));
        }
        settled.push_back(dashboard.tiles[at]);
    }
}

/// A new value takes the one of the file that made no sense out of it.
void settle(DashboardTile &tile, const DashboardTile &before)
{
    const auto forget = [&tile](std::string_view key, bool changed) {
        if (changed)
            std::erase_if(tile.unknown, [key](const auto &entry) { return entry.first == key; });
    };
    forget("title", tile.title != before.title);
    forget("database", tile.database != before.database);
    forget("refresh", tile.refresh != before.refresh);
    forget("place", !(tile.place == before.place));
}

Result<Pipeline> replaced(const Pipeline &pipeline, DashboardTile tile)
{
    TRY(check(tile));
    Pipeline result = pipeline;
    for (DashboardTilePtr &held : result.dashboard.tiles) {
        if (held->id != tile.id)
            continue;
        const bool moved = !(held->place == tile.place);
        settle(tile, *held);
        held = std::make_shared<const DashboardTile>(std::move(tile));
        if (moved)
            makeRoom(result.dashboard, DashboardTilePtr(held));
        return result;
    }
    return noTile(tile.id);
}

} // namespace

TilePlace placeInGrid(TilePlace place)
{
    place.width = std::clamp(place.width, kLeastTileWidth, kDashboardColumns);
    place.height = std::clamp(place.height, kLeastTileHeight, kMostTileHeight);
    place.x = std::clamp(place.x, 0, kDashboardColumns - place.width);
    place.y = std::clamp(place.y, 0, kMostTileRow);
    return place;
}

TilePlace freePlace(const Dashboard &dashboard, int width, int height)
{
    TilePlace place = placeInGrid({0, 0, width, height});
    for (;; ++place.y) {
        for (place.x = 0; place.x + place.width <= kDashboardColumns; ++place.x) {
            if (std::none_of(
                    dashboard.tiles.begin(),
                    dashboard.tiles.end(),
                    [&](const DashboardTilePtr &tile) { return overlap(tile->place, place); }))
                return place;
        }
    }
}

Result<AddedTile> addTile(const Pipeline &pipeline, DashboardTile tile)
{
    if (tile.id.empty())
        tile.id = freeTileId(pipeline.dashboard);
    if (pipeline.dashboard.find(tile.id))
        return fail(ErrorCode::DuplicateId, "there is a tile '{}' already", tile.id);
    if (tile.place.width == 0)
        tile.place = freePlace(pipeline.dashboard, kUsualWidth, kUsualHeight);
    TRY(check(tile));
    AddedTile added{pipeline, tile.id};
    added.pipeline.dashboard.tiles.push_back(
        std::make_shared<const DashboardTile>(std::move(tile)));
    makeRoom(added.pipeline.dashboard, DashboardTilePtr(added.pipeline.dashboard.tiles.back()));
    return added;
}

Result<AddedTile> duplicateTile(const Pipeline &pipeline, std::string_view id)
{
    const DashboardTilePtr tile = pipeline.dashboard.find(id);
    if (!tile)
        return noTile(id);
    DashboardTile copy = *tile;
    copy.id.clear();
    copy.place = freePlace(pipeline.dashboard, tile->place.width, tile->place.height);
    return addTile(pipeline, std::move(copy));
}

Result<Pipeline> removeTile(const Pipeline &pipeline, std::string_view id)
{
    Pipeline result = pipeline;
    if (std::erase_if(result.dashboard.tiles,
                      [id](const DashboardTilePtr &tile) { return tile->id == id; })
        == 0)
        return noTile(id);
    return result;
}

Result<Pipeline> changeTile(const Pipeline &pipeline, DashboardTile tile)
{
    return replaced(pipeline, std::move(tile));
}

Result<Pipeline> placeTile(const Pipeline &pipeline, std::string_view id, TilePlace place)
{
    const DashboardTilePtr tile = pipeline.dashboard.find(id);
    if (!tile)
        return noTile(id);
    DashboardTile moved = *tile;
    moved.place = place;
    return replaced(pipeline, std::move(moved));
}

} // namespace sluice
