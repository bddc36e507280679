#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "tests/ui/support/qt_test_main.h"
#include "ui/bridge/engine_monitor.h"
#include "ui/bridge/run_controller.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/field_editor.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/node_form.h"
#include "ui/palette/palette.h"
#include "ui/query/query_model.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/main_window.h"
#include "ui/shell/run_status_bar.h"
#include "ui/widgets/message_bar.h"

#include <QApplication>
#include <QLineEdit>
#include <QTimer>
#include <QWindow>

using namespace sluice;

/// The main job by mouse and keys, with the program's own kinds and a real drag: offscreen, QDrag
/// returns at once, so this runs under an X server.
class TestPaletteDrag : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<MainWindow> m_window;

    QWindow *handle() const { return m_window->windowHandle(); }
    QPoint inWindow(const QWidget &widget, QPoint at) const
    {
        return widget.mapTo(m_window.get(), at);
    }

    void prepare() override
    {
        m_window.reset();
        m_window = std::make_unique<MainWindow>(builtInCatalog(), nullptr);
        m_window->setAsk([](const QString &) { return MainWindow::Answer::Discard; });
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
        // Shortcuts belong to the active window; without a window manager nobody makes it one.
        QApplication::setActiveWindow(m_window.get());
        m_window->newPipeline();
        QCoreApplication::processEvents();
    }

    /// Presses on a kind and lets go over the canvas. The drag has a loop of its own: what happens
    /// in it comes from timers.
    void drag(const std::string &kind, QPoint canvasPos)
    {
        KindList &list = m_window->palettePanel().list();
        list.selectKind(kind);
        const QRect row = list.visualRect(list.currentIndex());
        const QPoint from = inWindow(*list.viewport(), row.center());
        const QPoint to = inWindow(m_window->canvas(), canvasPos);
        int step = 0;
        QTimer mover;
        mover.setInterval(30);
        connect(&mover, &QTimer::timeout, this, [&] {
            ++step;
            if (step < 6)
                QTest::mouseMove(handle(), from + (to - from) * step / 5);
            else if (step == 6)
                QTest::mouseMove(handle(), to + QPoint(1, 0));
            else {
                mover.stop();
                QTest::mouseRelease(handle(), Qt::LeftButton, {}, to);
            }
        });
        QTest::mousePress(handle(), Qt::LeftButton, {}, from);
        mover.start();
        QTest::mouseMove(handle(), from + QPoint(3, 3));
        QTest::mouseMove(handle(), from + QPoint(24, 12));
        QTRY_VERIFY_WITH_TIMEOUT(!mover.isActive(), 10000);
        QCoreApplication::processEvents();
    }

    void wire(const std::string &from, const std::string &to)
    {
        CanvasWidget &canvas = m_window->canvas();
        const QPoint begin = canvas.portViewPos(from, "out", true).toPoint();
        const QPoint end = canvas.portViewPos(to, "in", false).toPoint();
        QTest::mousePress(&canvas, Qt::LeftButton, {}, begin);
        for (int i = 1; i <= 4; ++i)
            QTest::mouseMove(&canvas, begin + (end - begin) * i / 4);
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, end);
    }

    const Pipeline &pipeline() const { return m_window->document().pipeline(); }

private Q_SLOTS:
    void aKindIsDraggedToWhereItIsDropped()
    {
        drag("sample_data_source", {140, 120});
        QCOMPARE(pipeline().nodes.size(), std::size_t(1));
        QCOMPARE(pipeline().nodes[0]->kind, std::string("sample_data_source"));
        const QRectF card = m_window->canvas().cardViewRect(pipeline().nodes[0]->id);
        QVERIFY2(card.adjusted(-20, -20, 20, 20).contains(QPointF(140, 120)),
                 qPrintable(QStringLiteral("%1 %2").arg(card.x()).arg(card.y())));
        QTest::keyClick(&m_window->canvas(), Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(pipeline().nodes.empty());
    }

    void aPipelineIsDraggedWiredEditedAndRun()
    {
        drag("sample_data_source", {140, 120});
        drag("discard_destination", {500, 120});
        QCOMPARE(pipeline().nodes.size(), std::size_t(2));
        const std::string from = pipeline().nodes[0]->id;
        const std::string to = pipeline().nodes[1]->id;
        wire(from, to);
        QCOMPARE(pipeline().wires.size(), std::size_t(1));

        m_window->canvas().select({from});
        FieldRow *rate = m_window->inspector().form().row("rate");
        QVERIFY(rate != nullptr);
        auto *line = rate->editor()->findChild<QLineEdit *>();
        const QString before = line->text();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("500"));
        const auto rateOf = [&]() -> QString {
            for (const auto &[name, value] : pipeline().findNode(from)->config) {
                if (name == "rate")
                    return valueText(value);
            }
            return {};
        };
        QCOMPARE(rateOf(), QStringLiteral("500"));
        QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(line->text(), before);
        QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(rateOf(), QStringLiteral("500"));

        QTest::keyClick(m_window.get(), Qt::Key_F5);
        QTRY_COMPARE_WITH_TIMEOUT(m_window->controller().state(), RunState::Running, 20000);
        const auto written = [&] {
            const auto snapshot = m_window->controller().snapshot();
            return snapshot ? snapshot->nodes.at(to).eventsIn : 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(written() > 100, 20000);
        QVERIFY(!m_window->statusLine().sumText().isEmpty());
        QVERIFY(m_window->header().stateText().startsWith(QStringLiteral("Running")));
        QTest::keyClick(m_window.get(), Qt::Key_F5, Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->controller().isActive(), 20000);
        QVERIFY(m_window->controller().snapshot()->conserved);
    }

    void theSampleMovesWithinTenSecondsOfTheClick()
    {
        QElapsedTimer clock;
        clock.start();
        m_window->watchSample();
        const auto moving = [&] {
            const auto snapshot = m_window->controller().snapshot();
            if (!snapshot || snapshot->wires.empty())
                return false;
            for (const auto &[key, figures] : snapshot->wires) {
                if (figures.events == 0)
                    return false;
            }
            return true;
        };
        QTRY_VERIFY_WITH_TIMEOUT(moving(), 20000);
        QVERIFY2(clock.elapsed() < 10000, qPrintable(QString::number(clock.elapsed())));
        m_window->controller().stopNow();
    }

    void theTableOfARunIsAskedWhileItRuns()
    {
        m_window->watchSample();
        const auto written = [&] {
            const auto snapshot = m_window->controller().snapshot();
            return snapshot && snapshot->nodes.contains("store")
                       ? snapshot->nodes.at("store").passed
                       : 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(written() > 0, 20000);
        m_window->actions().query->trigger();
        QueryView &query = m_window->query();
        query.setText(QStringLiteral("hot_sensors | summarize rows = count()"));
        query.runQuery();
        QTRY_VERIFY_WITH_TIMEOUT(!query.isRunning(), 20000);
        QCOMPARE(query.model().rowCount(), 1);
        QVERIFY(query.model().index(0, 0).data().toLongLong() > 0);
        m_window->controller().stopNow();
    }

    void aNewPipelineEndsTheRunWithoutAWord()
    {
        m_window->watchSample();
        QTRY_COMPARE_WITH_TIMEOUT(m_window->controller().state(), RunState::Running, 20000);
        m_window->newPipeline();
        QTRY_VERIFY_WITH_TIMEOUT(!m_window->controller().isActive(), 20000);
        QVERIFY2(m_window->messages().isHidden(), qPrintable(m_window->messages().text()));
        QVERIFY(m_window->header().stateText().startsWith(QStringLiteral("Stopped")));
        QVERIFY(m_window->statusLine().sumText().isEmpty());
    }
};

SLUICE_UI_TEST(TestPaletteDrag)
#include "tst_palette_drag.moc"
