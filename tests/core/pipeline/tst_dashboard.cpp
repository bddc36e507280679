#include "core/pipeline/dashboard_edits.h"
#include "core/pipeline/dashboard_file.h"
#include "core/pipeline/pipeline_file.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

constexpr const char *kFile = R"({
  "sluice": 1,
  "name": "Pinned",
  "settings": {"delivery": "at_least_once", "checkpoint_interval": "1s"},
  "nodes": [],
  "wires": [],
  "dashboard": {"tiles": [
      {"id": "a", "title": "Rows", "database": "demo.duckdb", "refresh": "1s", "place": [0, 0, 3, 2],
       "query": "readings"},
      {"id": "b", "database": "demo.duckdb", "refresh": "5m", "place": [3, 0, 9, 4],
       "query": "readings\n| where temp > 20\n| summarize avg(temp) by bin(timestamp, 10s), line\n| render timechart"}
    ]},
  "layout": {}
}
)";

LoadedPipeline load(std::string_view dashboard)
{
    auto loaded = parsePipeline(
        fmt::format(R"({{"sluice": 1, "nodes": [], "wires": [], "dashboard": {}, "layout": {{}}}})",
                    dashboard));
    REQUIRE(loaded.has_value());
    return std::move(*loaded);
}

TilePlace placeOf(const Pipeline &pipeline, std::string_view id)
{
    const DashboardTilePtr tile = pipeline.dashboard.find(id);
    REQUIRE(tile != nullptr);
    return tile->place;
}

void checkApart(const Pipeline &pipeline)
{
    const auto &tiles = pipeline.dashboard.tiles;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j)
            CHECK_FALSE(overlap(tiles[i]->place, tiles[j]->place));
    }
}

DashboardTile rows(std::string id, TilePlace place)
{
    DashboardTile tile;
    tile.id = std::move(id);
    tile.query = "readings";
    tile.place = place;
    return tile;
}

} // namespace

TEST_CASE("a dashboard is read and written as it was")
{
    const auto loaded = parsePipeline(kFile);
    REQUIRE(loaded.has_value());
    CHECK(loaded->notes.empty());
    REQUIRE(loaded->pipeline.dashboard.tiles.size() == 2);
    const DashboardTile &second = *loaded->pipeline.dashboard.tiles[1];
    CHECK(second.query.find("\n| where temp > 20") != std::string::npos);
    CHECK(second.place == TilePlace{3, 0, 9, 4});
    CHECK(second.refresh == "5m");
    CHECK(pipelineText(loaded->pipeline) == kFile);
}

TEST_CASE("a pipeline without a dashboard says nothing about one")
{
    CHECK(pipelineText(Pipeline()).find("dashboard") == std::string::npos);
    const LoadedPipeline loaded = load(R"({"tiles": []})");
    CHECK(loaded.notes.empty());
    CHECK(pipelineText(loaded.pipeline).find("dashboard") == std::string::npos);
}

TEST_CASE("damaged tiles are told of and kept")
{
    const LoadedPipeline loaded = load(
        R"({"tiles": [7, {"id": "a"}, {"id": "b", "query": "t", "refresh": "1h", "place": [0, 0, 99, 2],
            "title": 3, "colour": "red"}, {"id": "b", "query": "u"}], "columns": 24})");
    CHECK(loaded.notes.size() == 7); // 7, a, refresh, place, title, colour, columns
    REQUIRE(loaded.pipeline.dashboard.tiles.size() == 2);
    const DashboardTile &tile = *loaded.pipeline.dashboard.tiles[0];
    CHECK(tile.refresh == kTileRefresh);
    CHECK(tile.place.width > 0);
    CHECK(loaded.pipeline.dashboard.tiles[1]->id == "b_2");
    const std::string text = pipelineText(loaded.pipeline);
    for (const char *kept : {R"(7)",
                             R"({"id": "a"})",
                             R"("refresh": "1h")",
                             R"("place": [0, 0, 99, 2])",
                             R"("title": 3)",
                             R"("colour": "red")",
                             R"("columns": 24)"})
        CHECK_MESSAGE(text.find(kept) != std::string::npos, kept);
    const auto again = parsePipeline(text);
    REQUIRE(again.has_value());
    CHECK(pipelineText(again->pipeline) == text);
}

TEST_CASE("a dashboard of another shape is kept beside new tiles")
{
    for (const char *strange : {R"("none")", R"([1])", R"({"env": "HOME"})", R"({"tiles": {}})"}) {
        CAPTURE(strange);
        const LoadedPipeline loaded = load(strange);
        CHECK(loaded.notes.size() == 1);
        const auto added = addTile(loaded.pipeline, rows("", {}));
        REQUIRE(added.has_value());
        const std::string text = pipelineText(added->pipeline);
        const auto again = parsePipeline(text);
        REQUIRE(again.has_value());
        CHECK(again->pipeline.dashboard.damaged == loaded.pipeline.dashboard.damaged);
        CHECK(again->pipeline.dashboard.tiles.size() == 1);
    }
}

TEST_CASE("new tiles take the first free place")
{
    auto pipeline = Pipeline();
    for (int i = 0; i < 3; ++i) {
        auto added = addTile(pipeline, rows("", {}));
        REQUIRE(added.has_value());
        CHECK(added->id == "tile_" + std::to_string(i + 1));
        pipeline = std::move(added->pipeline);
    }
    CHECK(placeOf(pipeline, "tile_1") == TilePlace{0, 0, 6, 5});
    CHECK(placeOf(pipeline, "tile_2") == TilePlace{6, 0, 6, 5});
    CHECK(placeOf(pipeline, "tile_3") == TilePlace{0, 5, 6, 5});
    CHECK(addTile(pipeline, rows("tile_1", {})).error().code == ErrorCode::DuplicateId);
}

TEST_CASE("what stands in the way of a tile gives way downwards")
{
    Pipeline pipeline;
    for (const auto &[id, place] : {std::pair{"a", TilePlace{0, 0, 6, 4}},
                                    std::pair{"b", TilePlace{6, 0, 6, 4}},
                                    std::pair{"c", TilePlace{0, 4, 12, 3}}}) {
        auto added = addTile(pipeline, rows(id, place));
        REQUIRE(added.has_value());
        pipeline = std::move(added->pipeline);
    }
    const auto moved = placeTile(pipeline, "a", {3, 0, 6, 5});
    REQUIRE(moved.has_value());
    CHECK(placeOf(*moved, "a") == TilePlace{3, 0, 6, 5});
    CHECK(placeOf(*moved, "b") == TilePlace{6, 5, 6, 4});
    CHECK(placeOf(*moved, "c") == TilePlace{0, 9, 12, 3});
    checkApart(*moved);
    CHECK(placeOf(pipeline, "b") == TilePlace{6, 0, 6, 4}); // the value before is as it was
    CHECK(moved->dashboard.tiles[0] != pipeline.dashboard.tiles[0]);

    CHECK(placeTile(pipeline, "a", {0, 0, 1, 1}).error().code == ErrorCode::InvalidValue);
    CHECK(placeTile(pipeline, "a", {8, 0, 6, 4}).error().code == ErrorCode::InvalidValue);
    CHECK(placeTile(pipeline, "x", {0, 0, 4, 4}).error().code == ErrorCode::UnknownName);
    CHECK(placeInGrid({-4, -1, 99, 0}) == TilePlace{0, 0, 12, 2});
}

TEST_CASE("tiles are changed, doubled and removed")
{
    const Pipeline pipeline = parsePipeline(kFile)->pipeline;
    DashboardTile tile = *pipeline.dashboard.find("a");
    tile.title = "All rows";
    tile.refresh = "30s";
    const auto changed = changeTile(pipeline, tile);
    REQUIRE(changed.has_value());
    CHECK(changed->dashboard.find("a")->title == "All rows");
    CHECK_FALSE(*changed == pipeline);
    CHECK(runsLike(*changed, pipeline));
    tile.refresh = "10m";
    CHECK(changeTile(pipeline, tile).error().code == ErrorCode::InvalidValue);

    const auto twice = duplicateTile(pipeline, "b");
    REQUIRE(twice.has_value());
    CHECK(twice->pipeline.dashboard.find(twice->id)->query == pipeline.dashboard.find("b")->query);
    checkApart(twice->pipeline);

    const auto removed = removeTile(pipeline, "a");
    REQUIRE(removed.has_value());
    CHECK(removed->dashboard.find("a") == nullptr);
    CHECK(removeTile(*removed, "a").error().code == ErrorCode::UnknownName);
}

TEST_CASE("a new time or place takes the one that made no sense out of the file")
{
    const LoadedPipeline loaded =
        load(R"({"tiles": [{"id": "a", "query": "t", "refresh": 5, "place": "left"}]})");
    DashboardTile tile = *loaded.pipeline.dashboard.find("a");
    tile.refresh = "2s";
    const auto changed = changeTile(loaded.pipeline, tile);
    REQUIRE(changed.has_value());
    const auto placed = placeTile(*changed, "a", {0, 0, 4, 4});
    REQUIRE(placed.has_value());
    const std::string text = pipelineText(*placed);
    CHECK(text.find(R"("refresh": "2s", "place": [0, 0, 4, 4])") != std::string::npos);
    CHECK(text.find("left") == std::string::npos);
}
