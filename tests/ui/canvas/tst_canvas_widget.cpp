// The canvas by mouse and keyboard.
#include "core/pipeline/pipeline_file.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/run_figures.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_widget.h"

#include <QAccessible>
#include <QClipboard>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace sluice;
using test::uiCatalog;
using Ids = std::set<std::string>;

class TestCanvasWidget : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<CanvasWidget> m_canvas;

    std::string text() const { return pipelineText(m_document->pipeline()); }
    int steps() const { return m_document->undoStack().count(); }
    QPoint card(const char *id) const
    {
        return m_canvas->cardViewRect(id).topLeft().toPoint() + QPoint(100, 40);
    }
    QPoint port(const char *id, const char *name, bool output) const
    {
        return m_canvas->portViewPos(id, name, output).toPoint();
    }
    void drag(QPoint from,
              QPoint to,
              Qt::KeyboardModifiers modifiers = Qt::NoModifier,
              Qt::MouseButton button = Qt::LeftButton)
    {
        QTest::mousePress(m_canvas.get(), button, modifiers, from);
        move(from + (to - from) / 2, modifiers, button);
        move(to, modifiers, button);
        QTest::mouseRelease(m_canvas.get(), button, modifiers, to);
    }
    // QTest::mouseMove knows no held button.
    void move(QPoint to, Qt::KeyboardModifiers modifiers, Qt::MouseButton button)
    {
        QMouseEvent event(QEvent::MouseMove,
                          QPointF(to),
                          QPointF(m_canvas->mapToGlobal(to)),
                          Qt::NoButton,
                          button,
                          modifiers);
        QApplication::sendEvent(m_canvas.get(), &event);
    }
    void wheel(QPoint where, int delta)
    {
        QWheelEvent event(QPointF(where),
                          QPointF(m_canvas->mapToGlobal(where)),
                          QPoint(),
                          QPoint(0, delta),
                          Qt::NoButton,
                          Qt::NoModifier,
                          Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(m_canvas.get(), &event);
    }

    void prepare() override
    {
        m_canvas.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_document = std::make_unique<PipelineDocument>(uiCatalog(), nullptr, m_folder->path());
        QVERIFY(m_document->apply(QStringLiteral("Build"), test::chain()));
        m_canvas = std::make_unique<CanvasWidget>(*m_document);
        m_canvas->resize(1100, 640);
        m_canvas->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_canvas.get()));
        m_canvas->activateWindow();
        m_canvas->setFocus();
        m_canvas->setViewport({1, {60, 80}});
    }

private Q_SLOTS:
    void clickingSelectsAndCtrlToggles()
    {
        QSignalSpy changed(m_canvas.get(), &CanvasWidget::selectionChanged);
        QTest::mouseClick(m_canvas.get(), Qt::LeftButton, {}, card("filter"));
        QCOMPARE(m_canvas->selectedNodes(), Ids{"filter"});
        QCOMPARE(changed.count(), 1);
        QTest::mouseClick(m_canvas.get(), Qt::LeftButton, Qt::ShiftModifier, card("store"));
        QCOMPARE(m_canvas->selectedNodes(), (Ids{"filter", "store"}));
        QTest::mouseClick(m_canvas.get(), Qt::LeftButton, Qt::ControlModifier, card("filter"));
        QCOMPARE(m_canvas->selectedNodes(), Ids{"store"});
        QTest::mouseClick(m_canvas.get(), Qt::LeftButton, {}, {900, 500});
        QVERIFY(m_canvas->selectedNodes().empty());
    }

    void draggingACardIsOneStepAndUndoTakesItBack()
    {
        const std::string before = text();
        const int stepsBefore = steps();
        drag(card("filter"), card("filter") + QPoint(70, 130));
        QCOMPARE(steps(), stepsBefore + 1);
        const Position place = m_document->pipeline().layout.at("filter");
        QCOMPARE(place, (Position{352, 128})); // on the grid
        const std::string after = text();
        m_document->undoStack().undo();
        QCOMPARE(text(), before);
        m_document->undoStack().redo();
        QCOMPARE(text(), after);
    }

    void escapeGivesUpADrag()
    {
        const std::string before = text();
        QTest::mousePress(m_canvas.get(), Qt::LeftButton, {}, card("filter"));
        move(card("filter") + QPoint(80, 80), {}, Qt::LeftButton);
        QTest::keyClick(m_canvas.get(), Qt::Key_Escape);
        QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, {}, card("filter") + QPoint(80, 80));
        QCOMPARE(text(), before);
    }

    void aDragMovesAllChosenCards()
    {
        m_canvas->select({"filter", "store"});
        drag(card("filter"), card("filter") + QPoint(0, 160));
        QCOMPARE(m_document->pipeline().layout.at("filter").y, 160.0);
        QCOMPARE(m_document->pipeline().layout.at("store").y, 160.0);
        QCOMPARE(m_document->pipeline().layout.at("kafka").y, 0.0);
    }

    void aWireIsDrawnFromPortToPort()
    {
        QVERIFY(m_document->addNode("union", {576, 240}));
        const std::string before = text();
        drag(port("sample", "out", true), port("union", "in", false) + QPoint(-14, 8));
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(3));
        QCOMPARE(m_document->pipeline().wires.back()->to.node, std::string("union"));
        QCOMPARE(m_document->pipeline().wires.back()->from.node, std::string("sample"));
        m_document->undoStack().undo();
        QCOMPARE(text(), before);
    }

    void aCycleIsRefusedWithItsReason()
    {
        QVERIFY(m_document->addNode("union", {288, 240}));
        QVERIFY(m_document->apply(
            QStringLiteral("Connect"),
            sluice::connect(
                m_document->pipeline(), uiCatalog(), {"filter", "rejected"}, {"union", "in"})));
        QVERIFY(m_document->addNode("filter", {576, 240}));
        QVERIFY(m_document->apply(
            QStringLiteral("Connect"),
            sluice::connect(
                m_document->pipeline(), uiCatalog(), {"union", "out"}, {"filter_2", "in"})));
        const std::string before = text();
        QSignalSpy message(m_canvas.get(), &CanvasWidget::messageShown);
        drag(port("filter_2", "out", true), port("union", "in", false));
        QCOMPARE(text(), before);
        QCOMPARE(message.count(), 1);
        QVERIFY(message[0][0].toString().contains(QLatin1String("circle"))
                || message[0][0].toString().contains(QLatin1String("cycle"))
                || message[0][0].toString().contains(QLatin1String("loop")));
    }

    void aWireDroppedOnNothingAsksForAKind()
    {
        QSignalSpy dropped(m_canvas.get(), &CanvasWidget::wireDroppedOnEmpty);
        drag(port("sample", "out", true), {700, 500});
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped[0][0].value<WireEnd>(), (WireEnd{"sample", "out"}));
        QCOMPARE(dropped[0][2].toPointF(), m_canvas->viewport().toScene(QPointF(700, 500)));
    }

    void aWiredInputGivesItsWireIntoTheHand()
    {
        QVERIFY(m_document->addNode("database", {576, 240}));
        drag(port("store", "in", false), port("database", "in", false));
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(2));
        QCOMPARE(m_document->pipeline().wires.back()->to.node, std::string("database"));
        drag(port("database", "in", false), {800, 560}); // dropped on nothing: taken off
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(1));
    }

    void aBoxChoosesWhatItTouches()
    {
        drag({40, 60}, {60 + 300, 80 + 60});
        QCOMPARE(m_canvas->selectedNodes(), (Ids{"kafka", "filter"}));
    }

    void wiresAreChosenAndDeleted()
    {
        const QPointF middle = m_canvas->scene().wires()[0].curve.middle();
        QTest::mouseClick(
            m_canvas.get(), Qt::LeftButton, {}, m_canvas->viewport().toView(middle).toPoint());
        QCOMPARE(m_canvas->selectedWires().size(), std::size_t(1));
        QTest::keyClick(m_canvas.get(), Qt::Key_Delete);
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(1));
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(4));
        QVERIFY(m_canvas->selectedWires().empty());
    }

    void deletingReconnectsWhenAsked()
    {
        m_canvas->select({"filter"});
        QTest::keyClick(m_canvas.get(), Qt::Key_Delete, Qt::ControlModifier);
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(1));
        QCOMPARE(m_document->pipeline().wires[0]->from.node, std::string("kafka"));
        QCOMPARE(m_document->pipeline().wires[0]->to.node, std::string("store"));
        m_document->undoStack().undo();
        m_canvas->select({"filter"});
        QTest::keyClick(m_canvas.get(), Qt::Key_Backspace);
        QVERIFY(m_document->pipeline().wires.empty());
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(3));
    }

    void copyPasteDuplicateAndAllByKeyboard()
    {
        m_canvas->select({"kafka", "filter"});
        QTest::keySequence(m_canvas.get(), QKeySequence::Copy);
        QTest::keySequence(m_canvas.get(), QKeySequence::Paste);
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(6));
        QCOMPARE(m_canvas->selectedNodes().size(), std::size_t(2));
        QVERIFY(!m_canvas->selectedNodes().contains("kafka"));
        QTest::keyClick(m_canvas.get(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(8));
        QTest::keySequence(m_canvas.get(), QKeySequence::SelectAll);
        QCOMPARE(m_canvas->selectedNodes().size(), std::size_t(8));
    }

    void theWheelZoomsTowardsThePointer()
    {
        const QPoint where(777, 123);
        const QPointF under = m_canvas->viewport().toScene(QPointF(where));
        wheel(where, -360);
        QVERIFY(m_canvas->zoom() < 0.7);
        const QPointF off = m_canvas->viewport().toScene(QPointF(where)) - under;
        QVERIFY(std::abs(off.x()) < 1.1 && std::abs(off.y()) < 1.1); // a pixel of alignment
        QTest::keyClick(m_canvas.get(), Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(m_canvas->zoom(), 1.0);
        for (int i = 0; i < 40; ++i)
            QTest::keyClick(m_canvas.get(), Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(m_canvas->zoom(), metrics::kMinZoom);
        QTest::keyClick(m_canvas.get(), Qt::Key_Home);
        for (const CardItem &one : m_canvas->scene().cards())
            QVERIFY(QRectF(m_canvas->rect()).contains(m_canvas->cardViewRect(one.id())));
    }

    void middleDragAndSpaceDragPan()
    {
        const QPointF before = m_canvas->viewport().shift;
        drag({500, 400}, {560, 440}, {}, Qt::MiddleButton);
        QCOMPARE(m_canvas->viewport().shift, before + QPointF(60, 40));
        QSignalSpy add(m_canvas.get(), &CanvasWidget::addRequested);
        QTest::keyPress(m_canvas.get(), Qt::Key_Space);
        drag(card("filter"), card("filter") + QPoint(-60, -40));
        QTest::keyRelease(m_canvas.get(), Qt::Key_Space);
        QCOMPARE(m_canvas->viewport().shift, before);
        QCOMPARE(add.count(), 0);
        QTest::keyClick(m_canvas.get(), Qt::Key_Space);
        QCOMPARE(add.count(), 1);
    }

    void arrowsWalkExtendAndNudge()
    {
        m_canvas->showNode("kafka");
        QTest::keyClick(m_canvas.get(), Qt::Key_Right);
        QCOMPARE(m_canvas->selectedNodes(), Ids{"filter"});
        QTest::keyClick(m_canvas.get(), Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(m_canvas->selectedNodes(), (Ids{"filter", "store"}));
        m_canvas->showNode("kafka");
        QTest::keyClick(m_canvas.get(), Qt::Key_Down);
        QCOMPARE(m_canvas->focusNode(), std::string("sample"));
        const int before = steps();
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(m_canvas.get(), Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(m_document->pipeline().layout.at("sample").y, 160.0 + 48);
        QCOMPARE(steps(), before + 1);
    }

    void tabVisitsEveryNodeAndEnterOpensIt()
    {
        QSignalSpy opened(m_canvas.get(), &CanvasWidget::openNode);
        std::vector<std::string> visited;
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(m_canvas.get(), Qt::Key_Tab);
            visited.push_back(m_canvas->focusNode());
        }
        QCOMPARE(visited, (std::vector<std::string>{"kafka", "sample", "filter", "store"}));
        QTest::keyClick(m_canvas.get(), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<std::string>(), std::string("store"));
    }

    void doubleClickOpensANodeOrAsksForAKind()
    {
        QSignalSpy opened(m_canvas.get(), &CanvasWidget::openNode);
        QSignalSpy add(m_canvas.get(), &CanvasWidget::addRequested);
        QTest::mouseDClick(m_canvas.get(), Qt::LeftButton, {}, card("filter"));
        QCOMPARE(opened.count(), 1);
        QTest::mouseDClick(m_canvas.get(), Qt::LeftButton, {}, {900, 520});
        QCOMPARE(add.count(), 1);
        QCOMPARE(add[0][0].toPointF(), m_canvas->viewport().toScene(QPointF(900, 520)));
    }

    void aKindFromThePaletteIsDroppedIntoAWire()
    {
        const QPointF middle =
            m_canvas->viewport().toView(m_canvas->scene().wires()[1].curve.middle());
        QMimeData data;
        data.setData(QLatin1String(kKindMime), "group");
        QDragEnterEvent enter(middle.toPoint(), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_canvas.get(), &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(!m_canvas->grab().isNull()); // with the ghost
        QDropEvent drop(middle, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(m_canvas.get(), &drop);
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(5));
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(3));
        QCOMPARE(m_canvas->selectedNodes(), Ids{"group"});
        m_document->undoStack().undo(); // one step
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(4));

        QMimeData foreign;
        foreign.setText(QStringLiteral("hello"));
        QDragEnterEvent other(middle.toPoint(), Qt::CopyAction, &foreign, Qt::LeftButton, {});
        QApplication::sendEvent(m_canvas.get(), &other);
        QVERIFY(!other.isAccepted());
    }

    void aKindAddedByKeyboardJoinsTheChosenNode()
    {
        m_canvas->select({"sample"});
        m_canvas->addKind("database");
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(3));
        QCOMPARE(m_document->pipeline().wires.back()->from.node, std::string("sample"));
        m_canvas->clearSelection();
        m_canvas->addKind("kafka");
        m_canvas->addKind("kafka");
        const auto &layout = m_document->pipeline().layout;
        QVERIFY(layout.at("kafka_2") != layout.at("kafka_3"));
    }

    void figuresAreShownAndTheFlowStopsWithTheRun()
    {
        const QImage before = m_canvas->grab().toImage();
        for (int second = 0; second < 5; ++second) {
            m_canvas->setFigures(test::runningSnapshot(
                m_document->pipeline(), second, [](auto &) { return 98'200.0; }));
        }
        QVERIFY(m_canvas->isFlowing());
        QVERIFY(m_canvas->describeNode("kafka").contains(QLatin1String("running")));
        QVERIFY(m_canvas->describeWire(*m_canvas->scene().wires()[0].wire)
                    .contains(QLatin1String("k/s")));
        QVERIFY(m_canvas->grab().toImage() != before);
        RunSnapshot still =
            test::runningSnapshot(m_document->pipeline(), 6, [](auto &) { return 0.0; });
        m_canvas->setFigures(still);
        QVERIFY(!m_canvas->isFlowing());
        m_canvas->clearFigures();
        QCOMPARE(m_canvas->grab().toImage(), before);
    }

    // The quick way (footer only) must leave the same picture as painting everything.
    void footersPaintedInPlaceEqualAFullRedraw()
    {
        m_canvas->setReducedMotion(true);
        m_canvas->setFigures(
            test::runningSnapshot(m_document->pipeline(), 0, [](auto &) { return 10.0; }));
        (void)m_canvas->grab();
        for (int second = 1; second < 8; ++second) {
            m_canvas->setFigures(test::runningSnapshot(
                m_document->pipeline(), second, [second](auto &) { return second * 1000.0; }));
        }
        const QImage quick = m_canvas->grab().toImage();
        QEvent repaint(QEvent::PaletteChange);
        QApplication::sendEvent(m_canvas.get(), &repaint);
        QCOMPARE(quick, m_canvas->grab().toImage());
    }

    // Painting only what an edit touched must leave the same picture as painting everything.
    void editsRepaintAllThatTheyTouch()
    {
        (void)m_canvas->grab();
        drag(card("filter"), card("filter") + QPoint(90, 150));
        m_canvas->select({"kafka"});
        QTest::keyClick(m_canvas.get(), Qt::Key_Delete);
        m_document->undoStack().undo();
        m_document->undoStack().undo();
        m_canvas->setChanged({"store"});
        m_canvas->setBottleneck("filter");
        const QImage quick = m_canvas->grab().toImage();
        QEvent repaint(QEvent::PaletteChange);
        QApplication::sendEvent(m_canvas.get(), &repaint);
        QCOMPARE(quick, m_canvas->grab().toImage());
    }

    void anEmptyCanvasTeaches()
    {
        m_document->newPipeline();
        QVERIFY(m_canvas->scene().isEmpty());
        const QImage empty = m_canvas->grab().toImage();
        m_canvas->addKind("kafka", {200, 100}, {});
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(1));
        QVERIFY(m_canvas->grab().toImage() != empty);
    }

    void assistiveProgramsSeeNodesPortsAndWires()
    {
        QAccessibleInterface *canvas = QAccessible::queryAccessibleInterface(m_canvas.get());
        QVERIFY(canvas);
        QCOMPARE(canvas->childCount(), 6); // four nodes, two wires
        QAccessibleInterface *filter = canvas->child(1);
        QCOMPARE(filter->text(QAccessible::Name), QStringLiteral("Overheating"));
        QVERIFY(filter->text(QAccessible::Description).contains(QLatin1String("temp > limit")));
        QCOMPARE(canvas->indexOfChild(filter), 1);
        QCOMPARE(filter->parent(), canvas);
        const QRect rect = filter->rect().translated(-m_canvas->mapToGlobal(QPoint(0, 0)));
        QVERIFY(rect.contains(card("filter")));
        QCOMPARE(filter->childCount(), 4); // in, out, rejected, errors
        QCOMPARE(filter->child(0)->text(QAccessible::Name),
                 QStringLiteral("Input in of Overheating"));
        QCOMPARE(filter->child(0)->parent(), filter);
        QCOMPARE(canvas->child(4)->text(QAccessible::Name),
                 QStringLiteral("Wire from Kafka topic to Overheating"));
        QSignalSpy opened(m_canvas.get(), &CanvasWidget::openNode);
        filter->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(m_canvas->selectedNodes(), Ids{"filter"});
        QVERIFY(filter->state().selected);
        m_document->newPipeline();
        QCOMPARE(canvas->childCount(), 0);
        QVERIFY(!filter->isValid());
    }
};

SLUICE_UI_TEST(TestCanvasWidget)
#include "tst_canvas_widget.moc"
