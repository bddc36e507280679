// Scene, hit tests, painters and gestures as functions: no widget.
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/run_figures.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/content_painter.h"
#include "ui/canvas/flow_layer.h"
#include "ui/canvas/move_gesture.h"
#include "ui/canvas/pan_gesture.h"
#include "ui/canvas/select_gesture.h"
#include "ui/canvas/static_layer.h"
#include "ui/canvas/wire_gesture.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QPainter>

#include <cmath>

using namespace sluice;
using test::uiCatalog;

namespace {

PointerInput at(double x, double y, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
{
    return {QPointF(x, y), QPointF(x, y), modifiers};
}

double distance(QPointF a, QPointF b)
{
    return std::hypot(a.x() - b.x(), a.y() - b.y());
}

} // namespace

class TestCanvasParts : public test::UiTest
{
    Q_OBJECT

    CanvasScene m_scene;
    HitIndex m_index;

    void show(const Pipeline &pipeline)
    {
        m_scene.update(pipeline, uiCatalog());
        m_index.rebuild(m_scene);
    }

    void prepare() override
    {
        m_scene = {};
        show(test::chain());
    }

private Q_SLOTS:
    void zoomingKeepsThePointUnderTheCursor()
    {
        const Viewport before{1.0, {40, 30}};
        const QPointF cursor(333, 222);
        const QPointF under = before.toScene(cursor);
        for (const double zoom : {0.35, 0.7, 2.5, 99.0, 0.001}) {
            const Viewport after = before.zoomedAt(cursor, zoom);
            QVERIFY(distance(after.toScene(cursor), under) < 1e-6);
            QVERIFY(after.zoom >= metrics::kMinZoom && after.zoom <= metrics::kMaxZoom);
        }
    }

    void fittingShowsTheWholeScene()
    {
        const QRectF scene(-500, 200, 3000, 900);
        const Viewport fit = Viewport::fitting(scene, QSizeF(800, 600), 40, 1);
        const QRectF seen = fit.toView(scene);
        QVERIFY(QRectF(39.9, 39.9, 720.2, 520.2).contains(seen));
        QVERIFY(std::abs(seen.width() - 720) < 1 || std::abs(seen.height() - 520) < 1);
        QCOMPARE(Viewport::fitting(QRectF(0, 0, 10, 10), QSizeF(800, 600), 40, 1).zoom, 1.0);
    }

    void cardsAndPortsAreWhereTheLayoutSays()
    {
        const CardItem *filter = m_scene.findCard("filter");
        QVERIFY(filter);
        QCOMPARE(filter->rect, QRectF(288, 0, metrics::kCardWidth, metrics::kCardHeight));
        QCOMPARE(filter->title, QStringLiteral("Overheating"));
        QCOMPARE(filter->kindTitle, QStringLiteral("Filter"));
        QCOMPARE(filter->summary, QStringLiteral("temp > limit"));
        // Plain chains are straight: in and out at half height, the others beside.
        const QPointF in = filter->portPos(*filter->findPort("in", false));
        const QPointF out = filter->portPos(*filter->findPort("out", true));
        QCOMPARE(in, QPointF(288, 46));
        QCOMPARE(out, QPointF(288 + metrics::kCardWidth, 46));
        QVERIFY(filter->portPos(*filter->findPort("errors", true)).y() != out.y());
        QCOMPARE(m_scene.wires().size(), std::size_t(2));
        QCOMPARE(m_scene.wires()[0].curve.points[3], in);
        QCOMPARE(filter->findPort("in", false)->wires, 1);
    }

    void aCardGrowsWithItsPorts()
    {
        show(test::withNode(test::chain(), "fan", "fan", 288, 300));
        const CardItem *fan = m_scene.findCard("fan");
        QVERIFY(fan);
        QVERIFY(fan->rect.height() > metrics::kCardHeight);
        QCOMPARE(fan->portPos(*fan->findPort("in", false)), QPointF(288, 346)); // straight chains
        std::vector<QPointF> places;
        for (const char *id : {"one", "two", "three", "four", "five", "six"}) {
            const PortItem *port = fan->findPort(id, true);
            QVERIFY(port && port->named);
            places.push_back(fan->portPos(*port));
        }
        const double footer = fan->rect.bottom() - metrics::kCardFooter;
        for (std::size_t i = 0; i < places.size(); ++i) {
            QVERIFY(places[i].y() > fan->rect.top() + 56); // below tile and title
            QVERIFY(places[i].y() + metrics::kPortSize / 2 < footer);
            if (i > 0)
                QVERIFY(places[i].y() - places[i - 1].y() > metrics::kPortSize + 4);
            const Hit hit = m_index.at(m_scene, places[i] + QPointF(0, 6));
            QVERIFY(hit.kind == HitKind::Port);
            QCOMPARE(m_scene.cards()[std::size_t(hit.card)].ports[std::size_t(hit.port)].title,
                     QString::fromStdString(fan->ports[i + 1].id));
        }
        QCOMPARE(m_scene.findCard("filter")->rect.height(), metrics::kCardHeight);
        // Moved, it stays as high as it is.
        const Pipeline moved = test::must(moveNodes(
            test::withNode(test::chain(), "fan", "fan", 288, 300), {{"fan", Position{0, 600}}}));
        const double height = fan->rect.height();
        show(moved);
        QCOMPARE(m_scene.findCard("fan")->rect.height(), height);
        QCOMPARE(CardPainter::footerRect(*m_scene.findCard("fan"), Viewport()).bottom(),
                 600 + height - 2);
    }

    void aNodeWithoutPlaceOrKindIsStillShown()
    {
        Pipeline pipeline = test::chain();
        pipeline.layout.erase("store");
        pipeline.nodes.push_back(std::make_shared<Node>(Node{"odd", "teleporter", {}, {}, {}}));
        pipeline.wires.push_back(
            std::make_shared<Wire>(Wire{{"sample", "out"}, {"odd", "somewhere"}}));
        show(pipeline);
        QCOMPARE(m_scene.cards().size(), std::size_t(5));
        const CardItem *odd = m_scene.findCard("odd");
        QVERIFY(odd && !odd->descriptor);
        QVERIFY(odd->findPort("somewhere", false));
        QCOMPARE(m_scene.wires().size(), std::size_t(3));
    }

    void anUpdateKeepsWhatDidNotChange()
    {
        const Pipeline moved =
            test::must(moveNodes(test::chain(), {{"store", Position{600, 300}}}));
        show(moved);
        QCOMPARE(m_scene.findCard("store")->rect.topLeft(), QPointF(600, 300));
        QCOMPARE(m_scene.findCard("filter")->findPort("in", false)->wires, 1);
        QCOMPARE(m_scene.wires()[1].curve.points[3].y(), 346.0);
    }

    void hitsPreferPortsThenCardsThenWires()
    {
        const Hit port = m_index.at(m_scene, QPointF(288 + 5, 46 + 5));
        QVERIFY(port.kind == HitKind::Port);
        QCOMPARE(m_scene.cards()[std::size_t(port.card)].id(), std::string("filter"));
        const Hit card = m_index.at(m_scene, QPointF(288 + 90, 40));
        QVERIFY(card.kind == HitKind::Card);
        const QPointF middle = m_scene.wires()[0].curve.middle();
        const Hit wire = m_index.at(m_scene, middle + QPointF(0, 4));
        QVERIFY(wire.kind == HitKind::Wire);
        QCOMPARE(wire.wire, 0);
        QVERIFY(m_index.at(m_scene, middle + QPointF(0, 30)).kind == HitKind::None);
        // Seen from afar, a wire can be hit from farther away.
        QVERIFY(m_index.at(m_scene, middle + QPointF(0, 30), 6).kind == HitKind::Wire);
    }

    void theIndexFindsWhatAPlainSearchFinds()
    {
        Pipeline pipeline;
        for (int i = 0; i < 60; ++i) {
            const std::string id = "n" + std::to_string(i);
            pipeline = test::must(addNode(pipeline,
                                          uiCatalog(),
                                          "union",
                                          {(i * 733) % 4000 - 1500.0, (i * 397) % 2600 - 900.0},
                                          id))
                           .pipeline;
            if (i > 0) {
                pipeline = test::must(sluice::connect(
                    pipeline, uiCatalog(), {"n" + std::to_string(i / 2), "out"}, {id, "in"}));
            }
        }
        show(pipeline);
        for (int x = -1600; x < 2600; x += 170) {
            for (int y = -1000; y < 1800; y += 130) {
                const QPointF point(x, y);
                int expected = -1;
                for (std::size_t i = 0; i < m_scene.cards().size(); ++i) {
                    if (m_scene.cards()[i].rect.contains(point))
                        expected = int(i);
                }
                QCOMPARE(m_index.cardAt(m_scene, point), expected);
                double nearest = 20;
                for (const WireItem &wire : m_scene.wires())
                    nearest = std::min(nearest, wire.curve.distanceTo(point));
                const int wire = m_index.wireAt(m_scene, point, 20);
                QCOMPARE(wire >= 0, nearest < 20);
                if (wire >= 0)
                    QCOMPARE(m_scene.wires()[std::size_t(wire)].curve.distanceTo(point), nearest);
            }
        }
    }

    void dotsAreEvenlySpacedAlongAWire()
    {
        const WireCurve curve = WireCurve::between({0, 0}, {300, 180});
        const auto places = curve.spaced(20, 5);
        QVERIFY(places.size() > 15);
        for (std::size_t i = 1; i < places.size(); ++i)
            QVERIFY(std::abs(distance(places[i - 1], places[i]) - 20) < 2);
        QVERIFY(curve.bounds().contains(curve.middle()));
    }

    void aBoxSelectsAddsAndToggles()
    {
        SelectGesture::Nodes chosen;
        const auto inside = [this](const QRectF &area) {
            std::vector<std::string> ids;
            for (const int card : m_index.cardsIn(m_scene, area))
                ids.push_back(m_scene.cards()[std::size_t(card)].id());
            return ids;
        };
        const auto choose = [&](const SelectGesture::Nodes &nodes) { chosen = nodes; };
        SelectGesture plain(at(-20, -20), {"store"}, inside, choose);
        plain.finish(at(500, 60));
        QCOMPARE(chosen, (SelectGesture::Nodes{"kafka", "filter"}));
        SelectGesture adding(at(-20, -20), {"store"}, inside, choose);
        adding.finish(at(100, 60, Qt::ShiftModifier));
        QCOMPARE(chosen, (SelectGesture::Nodes{"kafka", "store"}));
        SelectGesture toggling(at(-20, -20), {"store", "kafka"}, inside, choose);
        toggling.finish(at(500, 60, Qt::ControlModifier));
        QCOMPARE(chosen, (SelectGesture::Nodes{"filter", "store"}));
        toggling.cancel();
        QCOMPARE(chosen, (SelectGesture::Nodes{"store", "kafka"}));
    }

    void movingSnapsToTheGridAndAltSuspendsIt()
    {
        MoveGesture::Places places;
        const auto place = [&](const MoveGesture::Places &to) { places = to; };
        const std::vector<MoveGesture::Card> cards{{"a", QRectF(0, 0, 198, 92)},
                                                   {"b", QRectF(5, 200, 198, 92)}};
        MoveGesture snapping(at(50, 50), cards, {}, place);
        snapping.finish(at(50 + 37, 50 + 70));
        QCOMPARE(places[0].second, (Position{32, 64}));
        QCOMPARE(places[1].second, (Position{37, 264})); // keeps its distance
        MoveGesture free(at(50, 50), cards, {}, place);
        free.finish(at(50 + 37, 50 + 70, Qt::AltModifier));
        QCOMPARE(places[0].second, (Position{37, 70}));
        // In line with a neighbour that is off the grid.
        MoveGesture aligning(at(50, 50), cards, {QRectF(400, 21, 198, 92)}, place);
        aligning.finish(at(50 + 5, 50 + 24));
        QCOMPARE(places[0].second, (Position{0, 21}));
        places.clear();
        MoveGesture nowhere(at(50, 50), cards, {}, place);
        nowhere.move(at(90, 90));
        nowhere.finish(at(51, 51));
        QVERIFY(places.empty());
    }

    void aWireSnapsConnectsAndTellsWhyNot()
    {
        const Pipeline pipeline = test::chain();
        std::vector<std::string> log;
        WireGesture::Actions actions;
        actions.refusal = [&](const WireEnd &from, const WireEnd &to) {
            const auto can = canConnect(pipeline, uiCatalog(), from, to);
            return can ? QString() : QString::fromStdString(can.error().message);
        };
        actions.connect = [&](const WireEnd &from, const WireEnd &to) {
            log.push_back(from.node + "." + from.port + ">" + to.node + "." + to.port);
        };
        actions.droppedOnEmpty = [&](QPointF) { log.push_back("empty"); };
        actions.refused = [&](const QString &reason) { log.push_back(reason.toStdString()); };
        const auto gesture = [&](const char *node, const char *port, bool output) {
            const CardItem *card = m_scene.findCard(node);
            return WireGesture(m_scene,
                               m_index,
                               {node, port},
                               output,
                               card->portPos(*card->findPort(port, output)),
                               actions);
        };
        WireGesture cycle = gesture("filter", "rejected", true);
        cycle.move(at(288 + 10, 46 + 10)); // its own input
        QVERIFY(!cycle.target());
        QVERIFY(!cycle.bubble().isEmpty());
        cycle.finish(at(288 + 10, 46 + 10));
        QCOMPARE(log.size(), std::size_t(1));
        QVERIFY(log[0] != "empty");

        show(test::withNode(pipeline, "all", "union", 576, 300));
        const Pipeline wider = test::withNode(pipeline, "all", "union", 576, 300);
        actions.refusal = [&](const WireEnd &from, const WireEnd &to) {
            const auto can = canConnect(wider, uiCatalog(), from, to);
            return can ? QString() : QString::fromStdString(can.error().message);
        };
        log.clear();
        WireGesture snapping = gesture("sample", "out", true);
        snapping.move(at(576 - 15, 346 + 12));
        QVERIFY(snapping.target());
        snapping.finish(at(576 - 15, 346 + 12));
        WireGesture onCard = gesture("sample", "out", true);
        onCard.finish(at(576 + 100, 340)); // anywhere on the card
        WireGesture empty = gesture("sample", "out", true);
        empty.finish(at(1500, 900));
        WireGesture backwards = gesture("all", "in", false);
        backwards.finish(at(198, 206)); // from an input to an output
        QCOMPARE(log,
                 (std::vector<std::string>{
                     "sample.out>all.in", "sample.out>all.in", "empty", "sample.out>all.in"}));
    }

    void panningReportsEachStep()
    {
        QPointF moved;
        PanGesture pan(at(10, 10), [&](QPointF by) { moved += by; });
        pan.move(at(15, 12));
        pan.finish(at(40, 5));
        QCOMPARE(moved, QPointF(30, -5));
    }

    void everyLevelOfDetailPaintsAtBothScales()
    {
        const Pipeline pipeline = test::factory();
        show(pipeline);
        FigureHistory figures;
        figures.add(test::runningSnapshot(pipeline, 1, [](auto &) { return 5000.0; }), {});
        const std::set<std::string> chosen{"all"};
        const std::set<std::string> none;
        const std::string nothing;
        const std::map<std::string, std::pair<int, int>> problems{{"hot", {2, 0}}};
        const CanvasContent content{
            m_scene, m_index, figures, chosen, none, chosen, "all", problems, none, nothing};
        for (const Theme *one : {&lightTheme(), &darkTheme()}) {
            for (const double ratio : {1.0, 2.0}) {
                for (const double zoom : {0.1, 0.25, 0.45, 1.0, 4.0}) {
                    QPixmap pixmap(int(600 * ratio), int(400 * ratio));
                    pixmap.setDevicePixelRatio(ratio);
                    pixmap.fill(Qt::magenta);
                    QPainter painter(&pixmap);
                    CardPainter cards;
                    const Viewport viewport{zoom, {20, 20}};
                    paintContent(painter, content, cards, viewport, QRect(0, 0, 600, 400), *one);
                    FlowLayer flow;
                    flow.advance(0.1);
                    flow.paint(painter,
                               m_scene,
                               m_index,
                               figures,
                               none,
                               viewport,
                               QSizeF(600, 400),
                               true,
                               *one);
                    painter.end();
                    const QImage image = pixmap.toImage();
                    // Everything is covered, and the first card is not canvas.
                    QVERIFY(image.pixelColor(image.width() - 1, image.height() - 1)
                            != QColor(Qt::magenta));
                    const QPointF inCard = viewport.toView(QPointF(20, 32 + 12)) * ratio;
                    if (inCard.x() < image.width() && inCard.y() < image.height())
                        QVERIFY(image.pixelColor(inCard.toPoint()) != one->canvas);
                }
            }
        }
    }

    void aPannedPictureEqualsAFreshOne()
    {
        show(test::factory());
        const FigureHistory figures;
        const std::set<std::string> none;
        const std::string nothing;
        const std::map<std::string, std::pair<int, int>> problems;
        const CanvasContent content{
            m_scene, m_index, figures, none, none, none, nothing, problems, none, nothing};
        CardPainter cards;
        const auto paint = [&](QPainter &painter, const Viewport &viewport, const QRegion &region) {
            paintContent(painter, content, cards, viewport, region, lightTheme());
        };
        const auto picture = [](StaticLayer &layer, const Viewport &viewport) {
            QPixmap pixmap(500, 400);
            QPainter painter(&pixmap);
            layer.draw(painter, viewport);
            painter.end();
            return pixmap.toImage();
        };
        StaticLayer panned;
        panned.resize({500, 400}, 1);
        Viewport viewport{1, {0, 0}};
        panned.update(viewport, false, paint);
        for (const QPointF by :
             {QPointF(-90, 10), QPointF(-100, 40), QPointF(-60, -190), QPointF(30, 77)}) {
            viewport = viewport.panned(by);
            panned.update(viewport, false, paint);
        }
        StaticLayer fresh;
        fresh.resize({500, 400}, 1);
        fresh.update(viewport, false, paint);
        QCOMPARE(picture(panned, viewport), picture(fresh, viewport));
    }
};

SLUICE_UI_TEST(TestCanvasParts)
#include "tst_canvas_parts.moc"
