#pragma once

#include "core/base/result.h"
#include "core/pipeline/pipeline.h"

#include <string>
#include <string_view>

namespace sluice {

/// Edits of the dashboard: pure functions, as those in edits.h.
/// Errors: UnknownName for a tile that is not there, InvalidValue for a place or time outside the
/// limits

struct AddedTile
{
    Pipeline pipeline;
    std::string id;
};
/// Pins a tile. An empty id is made; a place without a width is the first that is free.
Result<AddedTile> addTile(const Pipeline &pipeline, DashboardTile tile);
/// The same tile once more, beside or below it.
Result<AddedTile> duplicateTile(const Pipeline &pipeline, std::string_view id);
Result<Pipeline> removeTile(const Pipeline &pipeline, std::string_view id);
/// Puts `tile` where the one with its id is.
Result<Pipeline> changeTile(const Pipeline &pipeline, DashboardTile tile);
/// Moves and resizes; what stands there gives way downwards.
Result<Pipeline> placeTile(const Pipeline &pipeline, std::string_view id, TilePlace place);

/// The first place of that size that is free, row by row.
TilePlace freePlace(const Dashboard &dashboard, int width, int height);
/// The nearest place that the grid has.
TilePlace placeInGrid(TilePlace place);

} // namespace sluice
