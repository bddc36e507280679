#include "core/monitor/metric_history.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

using namespace sluice;

namespace {

constexpr Ticks kStart = 1'000'000 * kTicksPerSecond;

/// A run of one node, a snapshot at a time.
struct Run
{
    MetricHistory history;
    RunSnapshot snapshot;
    NodeFigures &node = snapshot.nodes["n"];

    Run() { snapshot.state = RunState::Running; }
    void at(double seconds)
    {
        snapshot.takenAt = kStart + static_cast<Ticks>(seconds * kTicksPerSecond);
        history.add(snapshot);
    }
    void stop()
    {
        RunSnapshot stopped = snapshot;
        stopped.state = RunState::Stopped;
        history.add(stopped);
    }
    /// "0:5 1:7 | 9:1": second and value, breaks as a bar.
    std::string line(Metric metric, TickSpan range = 15 * kTicksPerMinute) const
    {
        std::string text;
        for (const MetricPoint &point : history.series(metric, "n", range)) {
            text += text.empty() ? "" : " ";
            text += std::isnan(point.value)
                        ? "|"
                        : fmt::format("{}:{}", (point.at - kStart) / kTicksPerSecond, point.value);
        }
        return text;
    }
};

} // namespace

TEST_CASE("a second has one point: the mean of a rate, the peak of a level")
{
    Run run;
    for (int i = 0; i < 4; ++i) {
        run.node.rateIn = 100 * (i + 1);
        run.node.backlogEvents = i == 1 ? 50 : 10;
        run.node.latency = {10'000, 20'000 * (i + 1), -1, -1};
        run.at(0.25 * i);
    }
    run.node.rateIn = 7;
    run.at(1.0);
    CHECK(run.line(Metric::EventsIn) == "0:250 1:7");
    CHECK(run.line(Metric::Backlog) == "0:50 1:10");
    CHECK(run.line(Metric::LatencyP50) == "0:1 1:1");
    CHECK(run.line(Metric::LatencyP95) == "0:8 1:8");
    CHECK(run.line(Metric::LatencyP99).empty()); // nothing measured
}

TEST_CASE("errors are shown a second, and a new run begins at zero")
{
    Run run;
    run.node.errors = 10;
    run.at(0);
    run.node.errors = 16;
    run.at(2);
    run.stop();
    run.node.errors = 3;
    run.at(4);
    run.node.errors = 4;
    run.at(5);
    CHECK(run.line(Metric::Errors) == "2:3 | 5:1");
}

TEST_CASE("lag adds up partitions, events and bytes apart")
{
    Run run;
    CHECK(run.line(Metric::Lag).empty());
    run.node.source.partitions = {{"t/0", 0, 10, 10, false},
                                  {"t/1", 0, 5, 5, false},
                                  {"t/2", 0, -1, -1, false},
                                  {"file", 0, 900, 900, true}};
    run.at(0);
    CHECK(run.line(Metric::Lag) == "0:15");
    CHECK(run.line(Metric::LagBytes) == "0:900");
}

TEST_CASE("a stop breaks the line, however short it was")
{
    Run run;
    run.node.rateIn = 1;
    run.at(0);
    run.at(1);
    run.stop();
    run.at(1.5); // a new run within the second
    run.at(8);   // nobody looked for a while
    run.at(10);  // one snapshot skipped: no break
    CHECK(run.line(Metric::EventsIn) == "0:1 1:1 | 2:1 | 8:1 10:1");
}

TEST_CASE("a pause goes on, a run that starts or has failed adds nothing")
{
    Run run;
    for (const RunState state : {RunState::Starting, RunState::Failed, RunState::Finished}) {
        run.snapshot.state = state;
        run.at(0);
        CHECK(run.history.latest() == kNoTicks);
    }
    run.snapshot.state = RunState::Running;
    run.at(1);
    run.snapshot.state = RunState::Paused;
    run.at(2);
    CHECK(run.line(Metric::EventsIn) == "1:0 2:0");
}

TEST_CASE("only 15 minutes are kept, and a range shows its end")
{
    Run run;
    for (int second = 0; second < 2000; ++second) {
        run.node.rateIn = second;
        run.at(second);
    }
    const auto points = run.history.series(Metric::EventsIn, "n", kTicksPerDay);
    REQUIRE(points.size() == MetricHistory::kSeconds);
    CHECK(points.front().value == 1100);
    CHECK(points.back().value == 1999);
    CHECK(run.line(Metric::EventsIn, 3 * kTicksPerSecond) == "1997:1997 1998:1998 1999:1999");
}

TEST_CASE("a node that comes later has no points before, one that went keeps its own")
{
    Run run;
    run.at(0);
    run.snapshot.nodes["late"].rateIn = 5;
    run.at(1);
    run.snapshot.nodes.erase("late");
    run.at(2);
    CHECK(run.history.nodes() == std::vector<std::string>{"late", "n"});
    const auto points = run.history.series(Metric::EventsIn, "late", kTicksPerMinute);
    REQUIRE(points.size() == 1);
    CHECK(points[0].at == kStart + kTicksPerSecond);
    CHECK(run.history.series(Metric::EventsIn, "nobody", kTicksPerMinute).empty());
}

TEST_CASE("a clock that is set back starts the history anew")
{
    Run run;
    run.at(100);
    run.at(101);
    run.at(100.5); // a little: the same second goes on
    CHECK(run.line(Metric::EventsIn) == "100:0 101:0");
    run.at(10);
    CHECK(run.line(Metric::EventsIn) == "10:0");
}
