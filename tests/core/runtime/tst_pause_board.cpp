#include "core/runtime/pause_board.h"

#include <doctest/doctest.h>

using namespace sluice;

TEST_CASE("a partition waits while one stage asks for it")
{
    int changes = 0;
    PauseBoard board([&changes] { ++changes; });
    board.hold(7, {{0, 2}, {1, 0}});
    board.hold(8, {{0, 2}, {0, 1}});
    CHECK(board.heldOf(0) == std::vector<std::int32_t>{1, 2});
    CHECK(board.heldOf(1) == std::vector<std::int32_t>{0});
    const auto version = board.version();
    board.hold(7, {{0, 2}, {1, 0}}); // as before
    CHECK(board.version() == version);
    board.hold(7, {});
    CHECK(board.heldOf(0) == std::vector<std::int32_t>{1, 2});
    CHECK(board.heldOf(1).empty());
    board.hold(8, {});
    CHECK(board.heldOf(0).empty());
    CHECK(board.version() != version);
    CHECK(changes == 4);
}
