#include "core/base/value_json.h"
#include "core/operators/window_spec.h"
#include "tests/core/operators/window_harness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace sluice;

namespace {

using Rows = std::vector<std::string>;

/// fixtures/pipelines/transforms/events.ndjson
std::vector<TestEvent> events()
{
    return {{"a", 1, 10.5},
            {"b", 2, 20},
            {"a", 4, 30},
            {"a", 9, 40},
            {"a", 10, 50},
            {"b", 12, 5},
            {"a", 13, 60},
            {"b", 25, 7},
            {"a", 30, 70},
            {"a", 30, 80}};
}

/// fixtures/pipelines/transforms/late_events.ndjson
std::vector<TestEvent> lateEvents()
{
    return {{"a", 1, 1},
            {"a", 11, 2},
            {"a", 5, 4},
            {"a", 12, 8},
            {"a", 17, 16},
            {"a", 16, 32},
            {"a", 9, 64},
            {"a", 31, 128}};
}

std::string problemOf(std::string_view window)
{
    const auto spec = readWindowSpec(valueFromJson(window).value());
    return spec ? "ok" : spec.error().message + "|" + spec.error().hint;
}

/// Events whose order within `disorder` seconds is mixed.
std::vector<TestEvent> mixed(std::size_t count, unsigned seed, double disorder)
{
    std::mt19937 random(seed);
    std::vector<std::pair<double, TestEvent>> list;
    for (std::size_t i = 0; i < count; ++i) {
        const double time = static_cast<double>(random() % 6000) / 100;
        const double delay = disorder * static_cast<double>(random() % 1000) / 1000;
        list.emplace_back(time + delay,
                          TestEvent{std::string(1, static_cast<char>('a' + random() % 3)),
                                    time,
                                    static_cast<double>(random() % 100)});
    }
    std::stable_sort(
        list.begin(), list.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    std::vector<TestEvent> events;
    for (auto &[arrival, event] : list)
        events.push_back(std::move(event));
    return events;
}

Rows sorted(Rows rows)
{
    std::sort(rows.begin(), rows.end());
    return rows;
}

} // namespace

TEST_CASE("tumbling windows hold what lies between their borders")
{
    CHECK(rowsOfAllCuts(R"({"type": "tumbling", "size": "10s"})", events())
          == Rows{"a 0..10 3 80.5",
                  "b 0..10 1 20",
                  "a 10..20 2 110",
                  "b 10..20 1 5",
                  "b 20..30 1 7",
                  "a 30..40 2 150"});
}

TEST_CASE("a window that is closed at its end includes it, and not its start")
{
    CHECK(rowsOfAllCuts(R"({"type": "tumbling", "size": "10s", "offset": "5s", "closed": "end"})",
                        events())
          == Rows{"a -5..5 2 40.5",
                  "b -5..5 1 20",
                  "a 5..15 3 150",
                  "b 5..15 1 5",
                  "b 15..25 1 7",
                  "a 25..35 2 150"});
}

TEST_CASE("hopping windows share their panes")
{
    CHECK(rowsOfAllCuts(R"({"type": "hopping", "size": "20s", "hop": "10s"})", events())
          == Rows{"a -10..10 3 80.5",
                  "b -10..10 1 20",
                  "a 0..20 5 190.5",
                  "b 0..20 2 25",
                  "a 10..30 2 110",
                  "b 10..30 2 12",
                  "b 20..40 1 7",
                  "a 20..40 2 150",
                  "a 30..50 2 150"});
}

TEST_CASE("the hop need not divide the size")
{
    // Starts at …, -4, 0, 4, 8; panes of 2 s.
    CHECK(rowsOfAllCuts(R"({"type": "hopping", "size": "6s", "hop": "4s"})",
                        {{"a", 1, 1}, {"a", 3, 2}, {"a", 5, 4}, {"a", 9, 8}})
          == Rows{"a -4..2 1 1", "a 0..6 3 7", "a 4..10 2 12", "a 8..14 1 8"});
}

TEST_CASE("sliding windows tell of every change")
{
    CHECK(rowsOfAllCuts(R"({"type": "sliding", "size": "10s"})", events())
          == Rows{"a -9..1 1 10.5",
                  "b -8..2 1 20",
                  "a -6..4 2 40.5",
                  "a -1..9 3 80.5",
                  "a 0..10 4 130.5",
                  "a 1..11 3 120",
                  "b 2..12 1 5",
                  "a 3..13 4 180",
                  "a 4..14 3 150",
                  "a 9..19 2 110",
                  "a 10..20 1 60",
                  "b 15..25 1 7",
                  "a 20..30 2 150"});
}

TEST_CASE("sessions end after a gap")
{
    CHECK(rowsOfAllCuts(R"({"type": "session", "gap": "5s", "max_size": "1h"})", events())
          == Rows{"b 2..7 1 20",
                  "a 1..9 2 40.5",
                  "b 12..17 1 5",
                  "a 9..18 3 150",
                  "b 25..30 1 7",
                  "a 30..35 2 150"});
}

TEST_CASE("an event between two sessions makes them one")
{
    HarnessOptions options;
    options.disorder = 20;
    CHECK(rowsOfAllCuts(R"({"type": "session", "gap": "5s"})",
                        {{"a", 0, 1}, {"a", 8, 2}, {"a", 4, 4}, {"a", 20, 8}},
                        options)
          == Rows{"a 0..13 3 7", "a 20..25 1 8"});
}

TEST_CASE("a session is cut at its longest")
{
    CHECK(rowsOfAllCuts(R"({"type": "session", "gap": "5s", "max_size": "10s"})",
                        {{"a", 0, 1}, {"a", 4, 2}, {"a", 8, 4}, {"a", 12, 8}, {"a", 14, 16}})
          == Rows{"a 0..10 3 7", "a 12..19 2 24"});
}

TEST_CASE("snapshots gather events of one time")
{
    CHECK(rowsOfAllCuts(R"({"type": "snapshot"})", events())
          == Rows{"a 1..1 1 10.5",
                  "b 2..2 1 20",
                  "a 4..4 1 30",
                  "a 9..9 1 40",
                  "a 10..10 1 50",
                  "b 12..12 1 5",
                  "a 13..13 1 60",
                  "b 25..25 1 7",
                  "a 30..30 2 150"});
}

TEST_CASE("an event whose window has closed is late, whatever the batches")
{
    CHECK(rowsOfAllCuts(R"({"type": "tumbling", "size": "10s"})", lateEvents())
          == Rows{"a 0..10 1 1", "a 10..20 4 58", "a 30..40 1 128"});
    CHECK(runWindows(R"({"type": "tumbling", "size": "10s"})", lateEvents()).late
          == std::vector<double>{5, 9});
}

TEST_CASE("a late event within the allowance corrects its window")
{
    HarnessOptions options;
    options.allowedLateness = "5s";
    CHECK(rowsOfAllCuts(R"({"type": "tumbling", "size": "10s"})", lateEvents(), options)
          == Rows{"a 0..10 1 1 on_time",
                  "a 0..10 2 5 late",
                  "a 10..20 4 58 on_time",
                  "a 30..40 1 128 on_time"});
    CHECK(runWindows(R"({"type": "tumbling", "size": "10s"})", lateEvents(), options).late
          == std::vector<double>{9});
    // The watermark 17 has passed 13 + 5 - 4: the session of 9 is beyond its end at 10, not beyond
    // its allowance.
    CHECK(rowsOfAllCuts(R"({"type": "session", "gap": "1s"})",
                        {{"a", 9, 1}, {"a", 13, 2}, {"a", 9.5, 4}, {"a", 20, 8}},
                        options)
          == Rows{"a 9..10 1 1 on_time",
                  "a 9..10.5 2 5 late",
                  "a 13..14 1 2 on_time",
                  "a 20..21 1 8 on_time"});
}

TEST_CASE("early rows come at every boundary that the watermark passes, where something changed")
{
    HarnessOptions options;
    options.earlyEvery = "2s";
    const std::vector<TestEvent> few{
        {"a", 1, 1}, {"b", 1.5, 2}, {"a", 2.5, 4}, {"a", 3, 8}, {"b", 7, 16}, {"a", 11, 32}};
    CHECK(rowsOfAllCuts(R"({"type": "tumbling", "size": "10s"})", few, options)
          == Rows{"a 0..10 2 5 early",
                  "b 0..10 1 2 early",
                  "a 0..10 3 13 early",
                  "b 0..10 2 18 early",
                  "a 0..10 3 13 on_time",
                  "b 0..10 2 18 on_time",
                  "a 10..20 1 32 on_time"});
    CHECK(rowsOfAllCuts(R"({"type": "session", "gap": "3s"})",
                        {{"a", 0, 1}, {"a", 2, 2}, {"a", 4, 4}, {"a", 9, 8}},
                        options)
          == Rows{
              "a 0..5 2 3 early", "a 0..7 3 7 early", "a 0..7 3 7 on_time", "a 9..12 1 8 on_time"});
}

TEST_CASE("an event that is late for one hopping window still counts for the next")
{
    const Rows rows = rowsOfAllCuts(R"({"type": "hopping", "size": "20s", "hop": "10s"})",
                                    {{"a", 1, 1}, {"a", 12, 2}, {"a", 5, 4}, {"a", 40, 8}});
    CHECK(rows
          == Rows{"a -10..10 1 1", "a 0..20 3 7", "a 10..30 1 2", "a 30..50 1 8", "a 40..60 1 8"});
}

TEST_CASE("what a window holds does not depend on how far other partitions are")
{
    // The event of 5 s is late for [-10, 10) by its own partition, whether or not partition 1 has
    // let that window close.
    std::vector<TestEvent> first{
        {"a", 1, 1, 0}, {"a", 12, 2, 0}, {"a", 5, 4, 0}, {"a", 40, 8, 0}, {"b", 60, 1, 1}};
    std::vector<TestEvent> second{
        {"b", 60, 1, 1}, {"a", 1, 1, 0}, {"a", 12, 2, 0}, {"a", 5, 4, 0}, {"a", 40, 8, 0}};
    const std::string_view window = R"({"type": "hopping", "size": "20s", "hop": "10s"})";
    CHECK(sorted(runWindows(window, first).rows) == sorted(runWindows(window, second).rows));
    CHECK(sorted(rowsOfAllCuts(window, first)) == sorted(rowsOfAllCuts(window, second)));
}

TEST_CASE("events in another order within the bound give the same windows")
{
    for (const std::string_view window :
         {R"({"type": "tumbling", "size": "7s"})",
          R"({"type": "hopping", "size": "10s", "hop": "2500ms", "offset": "1s"})",
          R"({"type": "hopping", "size": "9s", "hop": "6s", "closed": "end"})",
          R"({"type": "session", "gap": "300ms"})",
          R"({"type": "sliding", "size": "2s"})",
          R"({"type": "snapshot"})"}) {
        CAPTURE(window);
        const auto late = mixed(400, 7, 3);
        auto ordered = late;
        std::stable_sort(ordered.begin(), ordered.end(), [](const auto &a, const auto &b) {
            return a.time < b.time;
        });
        HarnessOptions options;
        options.disorder = 3;
        options.aggregates = "count();sum(temp);max(temp)";
        const HarnessResult in = runWindows(window, late, options);
        CHECK(in.late.empty());
        options.disorder = 0;
        CHECK(sorted(in.rows) == sorted(runWindows(window, ordered, options).rows));
        options.disorder = 3;
        rowsOfAllCuts(window, late, options);
        options.disorder = 1; // now some are late
        rowsOfAllCuts(window, late, options);
        if (window.find("sliding") == std::string_view::npos) {
            options.allowedLateness = "1s";
            options.earlyEvery = window.find("snapshot") == std::string_view::npos ? "700ms" : "0s";
            rowsOfAllCuts(window, late, options);
        }
    }
}

TEST_CASE("a window's config says what is wrong with it")
{
    CHECK(problemOf(R"({"type": "tumbling", "size": "10s"})") == "ok");
    CHECK(problemOf(R"({"type": "tumblin", "size": "10s"})")
          == "there is no window of type \"tumblin\"|Did you mean 'tumbling'?");
    CHECK(problemOf(R"({"type": "tumbling"})").starts_with("a tumbling window needs a size|"));
    CHECK(problemOf(R"({"type": "tumbling", "size": "ten"})")
              .starts_with("the window's size \"ten\" is not a duration|"));
    CHECK(
        problemOf(R"({"type": "tumbling", "size": "0s"})").starts_with("the window's size is 0|"));
    CHECK(problemOf(R"({"type": "tumbling", "size": "10s", "gap": "soon"})") == "ok");
    CHECK(problemOf(R"({"type": "tumbling", "size": "10s", "ofset": "1s"})")
          == "a window has no 'ofset'|Did you mean 'offset'?");
    CHECK(problemOf(R"({"type": "hopping", "size": "10s", "hop": "20s"})")
              .starts_with("the hop of 20s is longer than the window of 10s|"));
    CHECK(problemOf(R"({"type": "tumbling", "size": "10s", "closed": "both"})")
              .starts_with("the window is closed at \"both\"|"));
    CHECK(problemOf(R"("10s")").starts_with("\"10s\" is not a window|"));
}
