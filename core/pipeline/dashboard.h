#pragma once

#include "core/base/value.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Where a tile lies, in cells of a grid that is kDashboardColumns wide and as tall as it needs.
struct TilePlace
{
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    friend bool operator==(const TilePlace &, const TilePlace &) = default;
};

inline constexpr int kDashboardColumns = 12;
inline constexpr int kLeastTileWidth = 2;
inline constexpr int kLeastTileHeight = 2;
inline constexpr int kMostTileHeight = 40;
inline constexpr int kMostTileRow = 10'000; // a place beyond is a slip of the pen

/// How often a tile may ask: from a second to five minutes.
inline constexpr std::string_view kTileRefresh = "10s";

/// A query that is pinned to the pipeline's dashboard page. Immutable once it is in a Dashboard.
struct DashboardTile
{
    std::string id;
    std::string title;                 // empty: the query's first line
    std::string database;              // file; relative to the pipeline's folder
    std::string query;                 // KQL; its `render` says how the answer is drawn
    std::string refresh{kTileRefresh}; // duration text
    TilePlace place;                   // no width: not placed yet
    ValueMap unknown = {};             // also a known field with a value that makes no sense
    friend bool operator==(const DashboardTile &, const DashboardTile &) = default;
};

using DashboardTilePtr =
    std::shared_ptr<const DashboardTile>; // shared by the pipelines of the undo stack

/// The tiles of a pipeline, in the order of the file.
struct Dashboard
{
    std::vector<DashboardTilePtr> tiles;
    ValueList damaged; // entries that are no tiles; kept on save
    ValueMap unknown;

    bool empty() const { return tiles.empty() && damaged.empty() && unknown.empty(); }
    DashboardTilePtr find(std::string_view id) const;
};
bool operator==(const Dashboard &a, const Dashboard &b);

/// Whether two places have a cell in common.
bool overlap(const TilePlace &a, const TilePlace &b);

} // namespace sluice
