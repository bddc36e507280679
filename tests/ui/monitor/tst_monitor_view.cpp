#include "tests/ui/support/qt_test_main.h"
#include "ui/monitor/chart_area.h"
#include "ui/monitor/chart_panel.h"
#include "ui/monitor/monitor_view.h"
#include "ui/monitor/readout_row.h"
#include "ui/monitor/run_history.h"
#include "ui/widgets/figures_text.h"

#include <cmath>

using namespace sluice;

namespace {

constexpr Ticks kStart = 1'700'000'000LL * kTicksPerSecond;

RunSnapshot at(double seconds, double rate)
{
    RunSnapshot snapshot;
    snapshot.state = RunState::Running;
    snapshot.takenAt = kStart + Ticks(seconds * double(kTicksPerSecond));
    for (const char *id : {"in", "in2", "out"}) {
        snapshot.nodes[id].rateOut = rate;
        snapshot.nodes[id].rateIn = rate;
        snapshot.nodes[id].backlogEvents = 5;
    }
    snapshot.nodes["out"].latency = {10 * kTicksPerMillisecond,
                                     20 * kTicksPerMillisecond,
                                     40 * kTicksPerMillisecond,
                                     50 * kTicksPerMillisecond};
    return snapshot;
}

RunHistory history()
{
    RunHistory result;
    result.setEnds({{"in", "in2"}, {"out"}});
    return result;
}

double timeOf(double seconds)
{
    return double(kStart) / double(kTicksPerMillisecond) + seconds * 1000;
}

} // namespace

class TestMonitor : public test::UiTest
{
    Q_OBJECT

private Q_SLOTS:
    void sourcesAreAddedUpAndTheWorstLatencyCounts()
    {
        RunHistory figures = history();
        for (int i = 0; i < 40; ++i)
            figures.add(at(i * 0.25, 100));
        QCOMPARE(figures.latest(RunMetric::EventsIn), 200.0);
        QCOMPARE(figures.latest(RunMetric::EventsOut), 100.0);
        QCOMPARE(figures.latest(RunMetric::Backlog), 15.0);
        QCOMPARE(figures.latest(RunMetric::LatencyP99), 40.0);
        QVERIFY(std::isnan(figures.latest(RunMetric::Lag)));
    }

    void aStopIsAGap()
    {
        RunHistory figures = history();
        for (int i = 0; i < 40; ++i)
            figures.add(at(i * 0.25, 100));
        RunSnapshot stopped = at(10, 0);
        stopped.state = RunState::Stopped;
        figures.add(stopped);
        for (int i = 0; i < 40; ++i)
            figures.add(at(30 + i * 0.25, 50));
        QCOMPARE(figures.segments(RunMetric::EventsIn, 60'000, 1).size(), std::size_t(2));
        QVERIFY(figures.segments(RunMetric::Lag, 60'000, 1).empty());
        QVERIFY(std::isnan(figures.valueAt(RunMetric::EventsIn, timeOf(20))));
        QCOMPARE(figures.valueAt(RunMetric::EventsIn, timeOf(5)), 200.0);
        QCOMPARE(figures.valueAt(RunMetric::EventsIn, timeOf(35)), 100.0);
    }

    void aQuarterOfAnHourIsAtMostSixHundredPoints()
    {
        RunHistory figures = history();
        for (int i = 0; i < 15 * 60; ++i)
            figures.add(at(i, i));
        for (const auto &[range, step] : {std::pair(60'000.0, 1), {300'000.0, 1}, {900'000.0, 2}}) {
            std::size_t points = 0;
            for (const ChartSegment &segment : figures.segments(RunMetric::EventsIn, range, step))
                points += segment.size();
            QVERIFY(points <= 600);
            QVERIFY(points >= std::size_t(range / 1000 / step) - 2);
        }
    }

    void panelsDrawGapsAndShareThePointer()
    {
        MonitorView view;
        view.beginRun({{"in", "in2"}, {"out"}});
        view.setRange(1);
        view.resize(900, 230);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        for (int i = 0; i < 20; ++i)
            view.setSnapshot(at(i * 0.5, 100));
        RunSnapshot stopped = at(10, 0);
        stopped.state = RunState::Stopped;
        view.setSnapshot(stopped);
        for (int i = 0; i < 20; ++i)
            view.setSnapshot(at(30 + i * 0.5, 80));
        QCOMPARE(view.panels().size(), std::size_t(3));
        QCOMPARE(view.panels()[0]->segmentCounts(), (std::vector<int>{2, 2}));

        ChartArea *area = view.panels()[1]->findChild<ChartArea *>();
        QTest::mouseMove(area->viewport(), QPoint(area->width() - 60, area->height() / 2));
        std::set<QString> times;
        for (ChartPanel *panel : view.panels())
            times.insert(panel->pointerText());
        QCOMPARE(times.size(), std::size_t(1)); // one time, in all of them
        QVERIFY(!times.begin()->isEmpty());
    }

    void theAxisEndsOnARoundStepAboveTheLargestValue()
    {
        ChartArea area;
        area.resize(300, 160);
        area.draw({{0, {{{0, 10}, {1000, 98'700}}}}}, 0, 60'000);
        QVERIFY(area.top() >= 98'700);
        QVERIFY(area.top() <= 160'000);
        const double top = area.top();
        area.draw({{0, {{{0, 10}, {1000, 90'000}}}}}, 0, 60'000);
        QCOMPARE(area.top(), top); // it does not jump for a little less
    }

    void aNarrowPanelHasItsValuesBelowTheTitle()
    {
        MonitorView view;
        view.beginRun({{"in", "in2"}, {"out"}});
        view.setSnapshot(at(0, 10));
        view.resize(1500, 260);
        view.show();
        const auto below = [&view] {
            const auto *row = view.findChild<ReadoutRow *>();
            return row->geometry().left() < 20;
        };
        QCoreApplication::processEvents();
        QVERIFY(!below());
        view.resize(736, 260);
        QCoreApplication::processEvents();
        QVERIFY(below());
    }
};

SLUICE_UI_TEST(TestMonitor)
#include "tst_monitor_view.moc"
