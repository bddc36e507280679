#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/templates.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/bridge/bottleneck.h"
#include "ui/bridge/engine_monitor.h"
#include "ui/bridge/probe_job.h"
#include "ui/bridge/run_controller.h"
#include "ui/bridge/wire_tap.h"

#include <QSignalSpy>

#include <atomic>

using namespace sluice;
using test::must;

/// With the real engine and the built-in kinds.
class TestRunController : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<RunController> m_controller;

    void prepare() override
    {
        m_controller.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_controller = std::make_unique<RunController>(builtInCatalog(), [this] {
            RunOptions options;
            options.pipelinePath =
                m_folder->filePath(QStringLiteral("test.sluice.json")).toStdString();
            options.values.pipelineDirectory = m_folder->path().toStdString();
            options.values.workingDirectory = m_folder->path().toStdString();
            return options;
        });
    }

    static Pipeline sample()
    {
        const PipelineTemplate *found = findTemplate("watch_a_sample");
        return must(parsePipeline(found->text)).pipeline;
    }

    void run(const Pipeline &pipeline)
    {
        m_controller->start(pipeline);
        QCOMPARE(m_controller->state(), RunState::Starting);
        QTRY_COMPARE_WITH_TIMEOUT(m_controller->state(), RunState::Running, 20000);
    }

private Q_SLOTS:
    void aRunStartsPausesResumesDrainsAndKeepsItsLastFigures()
    {
        QSignalSpy states(m_controller.get(), &RunController::stateChanged);
        run(sample());
        QVERIFY(m_controller->startedPipeline() != nullptr);
        m_controller->pause();
        QTRY_COMPARE(m_controller->state(), RunState::Paused);
        m_controller->resume();
        QTRY_COMPARE(m_controller->state(), RunState::Running);
        m_controller->stop();
        QTRY_VERIFY_WITH_TIMEOUT(!m_controller->isActive(), 20000);
        QVERIFY(m_controller->startedPipeline() == nullptr);
        QVERIFY(m_controller->snapshot().has_value());
        QVERIFY(!m_controller->failure().has_value());
        QVERIFY(states.size() >= 5);
        QCOMPARE(m_controller->state(), RunState::Stopped); // the user wanted it so
        const RunSnapshot last = *m_controller->snapshot();
        for (const auto &[key, wire] : last.wires)
            QCOMPARE(wire.rate, 0.0);
        m_controller->forget();
        QVERIFY(!m_controller->snapshot().has_value());
    }

    void whatWasChangedSinceTheStartIsCountedAndApplied()
    {
        const Pipeline before = sample();
        run(before);
        QCOMPARE(m_controller->pendingChanges(before), std::size_t(0));
        const std::string id = before.nodes[0]->id;
        const Pipeline moved = must(moveNodes(before, {{id, {1, 2}}}));
        QCOMPARE(m_controller->pendingChanges(moved), std::size_t(0));
        const Pipeline named = must(setTitle(before, id, "Other"));
        QCOMPARE(m_controller->pendingChanges(named), std::size_t(0));
        const Pipeline changed = must(setField(before, id, "rate", Value(123)));
        QCOMPARE(m_controller->pendingChanges(changed), std::size_t(1));
        QCOMPARE(m_controller->changedNodes(changed), std::vector<std::string>{id});

        QSignalSpy starts(m_controller.get(), &RunController::runStarted);
        m_controller->apply(changed);
        QTRY_COMPARE_WITH_TIMEOUT(starts.size(), 1, 20000);
        QCOMPARE(m_controller->pendingChanges(changed), std::size_t(0));
        QTRY_COMPARE(m_controller->state(), RunState::Running);
    }

    void whatCannotRunFailsWithAReason()
    {
        QSignalSpy failures(m_controller.get(), &RunController::failed);
        Pipeline broken = sample();
        broken.wires.clear();
        m_controller->start(broken);
        QTRY_COMPARE_WITH_TIMEOUT(failures.size(), 1, 20000);
        QCOMPARE(m_controller->state(), RunState::Failed);
        QVERIFY(!m_controller->failure()->message.empty());
    }

    void stoppingNowDropsAStartThatIsUnderWay()
    {
        m_controller->start(sample());
        m_controller->stopNow();
        QCOMPARE(m_controller->state(), RunState::Stopped);
        QSignalSpy starts(m_controller.get(), &RunController::runStarted);
        run(sample()); // the workspace was let go
        QCOMPARE(starts.size(), 1);
    }

    void monitorAndTapDeliverWhileSomebodyLooks()
    {
        EngineMonitor monitor(*m_controller);
        WireTap tap(*m_controller);
        QSignalSpy snapshots(&monitor, &EngineMonitor::snapshotReady);
        TapContent last;
        connect(&tap, &WireTap::contentReady, this, [&last](const TapContent &content) {
            last = content;
        });
        const Pipeline pipeline = sample();
        tap.setPort(pipeline.wires[0]->from);
        tap.setWatched(true);
        run(pipeline);
        QTRY_VERIFY_WITH_TIMEOUT(last.events.size() > 3, 20000);
        QVERIFY(!last.columns.empty());
        QTRY_VERIFY(snapshots.size() > 4);
        QVERIFY(monitor.latest()->nodes.contains(pipeline.nodes[0]->id));

        tap.setWatched(false);
        QVERIFY(!m_controller->tap().has_value());
    }

    void theNodeThatIsFullInFrontAndFreeBehindIsTheBottleneck()
    {
        const Pipeline pipeline = test::chain();
        RunSnapshot snapshot;
        snapshot.state = RunState::Running;
        for (const NodePtr &node : pipeline.nodes)
            snapshot.nodes[node->id].busy = 0.5;
        QCOMPARE(bottleneckOf(pipeline, snapshot), std::string());
        snapshot.wires[wireKey(*pipeline.wires[0])].pressure = 0.95;
        snapshot.wires[wireKey(*pipeline.wires[1])].pressure = 0.1;
        QCOMPARE(bottleneckOf(pipeline, snapshot), std::string("filter"));
        snapshot.wires[wireKey(*pipeline.wires[1])].pressure = 0.95;
        QCOMPARE(bottleneckOf(pipeline, snapshot), std::string("store"));
    }

    void aProbeThatWasCancelledSaysNothing()
    {
        static std::atomic<bool> s_go = false;
        NodeDescriptor kind = test::uiKind("slow", NodeRole::Source, "Slow", "kafka");
        kind.probe = [](const Config &, const NodeContext &, std::stop_token stop) {
            while (!s_go && !stop.stop_requested())
                std::this_thread::yield();
            ProbeReport report;
            report.ok = true;
            report.summary = "answered";
            return report;
        };
        ProbeJob job;
        QSignalSpy answers(&job, &ProbeJob::finished);
        job.start(kind, {}, {});
        job.cancel();
        QVERIFY(!job.isRunning());
        s_go = true;
        job.start(kind, {}, {});
        QTRY_COMPARE(answers.size(), 1);
        QVERIFY(!job.isRunning());
    }
};

SLUICE_UI_TEST(TestRunController)
#include "tst_run_controller.moc"
