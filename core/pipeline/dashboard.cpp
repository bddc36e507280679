#include "core/pipeline/dashboard.h"

#include <algorithm>

namespace sluice {

DashboardTilePtr Dashboard::find(std::string_view id) const
{
    const auto found = std::find_if(
        tiles.begin(), tiles.end(), [id](const DashboardTilePtr &tile) { return tile->id == id; });
    return found == tiles.end() ? nullptr : *found;
}

bool operator==(const Dashboard &a, const Dashboard &b)
{
    return a.damaged == b.damaged && a.unknown == b.unknown
           && std::equal(a.tiles.begin(),
                         a.tiles.end(),
                         b.tiles.begin(),
                         b.tiles.end(),
                         [](const DashboardTilePtr &x, const DashboardTilePtr &y) {
                             return x == y || *x == *y;
                         });
}

bool overlap(const TilePlace &a, const TilePlace &b)
{
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height
           && b.y < a.y + a.height;
}

} // namespace sluice
