// What cards and wires show of a run.
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/run_figures.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_scene.h"
#include "ui/canvas/card_figures.h"
#include "ui/canvas/card_painter.h"
#include "ui/theme/theme.h"

#include <QImage>
#include <QPainter>

#include <cmath>

using namespace sluice;
using test::uiCatalog;

class TestCardFigures : public test::UiTest
{
    Q_OBJECT

private Q_SLOTS:
    void aWireShowsItsRateAndItsPressure()
    {
        WireFigures wire;
        wire.rate = 50;
        QCOMPARE(trafficOf(wire, true).speed, 1);
        wire.rate = 5000;
        QCOMPARE(trafficOf(wire, true).speed, 2);
        wire.rate = 200'000;
        wire.pressure = 0.9;
        QCOMPARE(trafficOf(wire, true).speed, 3);
        QVERIFY(trafficOf(wire, true).pressure);
        QVERIFY(trafficOf(wire, true).width > 2);
        QCOMPARE(trafficOf(wire, false).speed, 0);
        QVERIFY(trafficOf(wire, false).rate.isEmpty());
    }

    void aRateThatTremblesKeepsTheWidthOfItsWire()
    {
        WireFigures wire;
        wire.rate = 3000;
        WireTraffic shown = trafficOf(wire, true);
        const double width = shown.width;
        for (const double rate : {3100.0, 3300.0, 3000.0, 3400.0}) { // the step is at 3,162
            wire.rate = rate;
            shown = trafficOf(wire, true, shown);
            QCOMPARE(shown.width, width);
        }
        wire.rate = 9000;
        QVERIFY(trafficOf(wire, true, shown).width > width);
        wire.rate = 0;
        QCOMPARE(trafficOf(wire, true, shown).width, WireTraffic().width);
    }

    void cardsDoNotAllAddToTheirSparklinesAtOnce()
    {
        const Pipeline pipeline = test::factory();
        FigureHistory history;
        const auto lengths = [&] {
            std::map<std::string, std::size_t> found;
            for (const NodePtr &node : pipeline.nodes)
                found[node->id] = history.card(node->id)->spark.size();
            return found;
        };
        RunSnapshot snapshot = test::runningSnapshot(pipeline, 0, [](auto &) { return 100.0; });
        std::size_t most = 0;
        std::map<std::string, std::size_t> before;
        for (int quarter = 0; quarter < 40; ++quarter) {
            history.add(snapshot, {});
            snapshot.takenAt += kTicksPerSecond / 4;
            const auto now = lengths();
            std::size_t grown = 0;
            for (const auto &[node, length] : now)
                grown += length - before[node];
            if (quarter > 0)
                most = std::max(most, grown);
            before = now;
        }
        QCOMPARE(most, pipeline.nodes.size() / 4);
        for (const auto &[node, length] : before)
            QVERIFY2(length == 9 || length == 10, node.c_str());
    }

    void aSparklineLooksLikeADrawnLine()
    {
        std::vector<float> values;
        for (int i = 0; i < 60; ++i)
            values.push_back(float(50 + 40 * std::sin(i * 0.5) + (i % 7 == 0 ? 9 : 0)));
        for (const double ratio : {1.0, 1.5, 2.0}) {
            const QRectF place(6, 5, 36, 12);
            const auto picture = [&](const auto &draw) {
                QImage image(QSize(48, 22) * ratio, QImage::Format_ARGB32_Premultiplied);
                image.setDevicePixelRatio(ratio);
                image.fill(Qt::white);
                QPainter painter(&image);
                draw(painter);
                return image;
            };
            const QImage own = picture(
                [&](QPainter &painter) { paintSparkline(painter, place, values, Qt::black); });
            const QImage drawn = picture([&](QPainter &painter) {
                const float high = *std::max_element(values.begin(), values.end());
                QPolygonF line;
                for (std::size_t i = 0; i < values.size(); ++i)
                    line << QPointF(place.left() + place.width() * double(i) / 59,
                                    place.bottom() - double(values[i] / high) * place.height());
                painter.setRenderHint(QPainter::Antialiasing);
                painter.setPen(QPen(Qt::black, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
                painter.drawPolyline(line);
            });
            double off = 0;
            double ink = 0;
            for (int y = 0; y < own.height(); ++y) {
                for (int x = 0; x < own.width(); ++x) {
                    off += std::abs(qGray(own.pixel(x, y)) - qGray(drawn.pixel(x, y)));
                    ink += 255 - qGray(drawn.pixel(x, y));
                }
            }
            QVERIFY2(off < 0.12 * ink, qPrintable(QString::number(off / ink)));
        }
    }

    void eachRoleShowsTheFigureThatMatters()
    {
        FigureHistory history;
        RunSnapshot snapshot;
        snapshot.state = RunState::Running;
        snapshot.nodes["source"].source.partitions = {{"t/0", 5, 8, 3, false},
                                                      {"t/1", 5, 9, 4, false}};
        snapshot.nodes["hot"].eventsIn = 1000;
        snapshot.nodes["hot"].passed = 31;
        snapshot.nodes["hot"].filtered = 969;
        snapshot.nodes["store"].latency.p99 = 22 * kTicksPerMillisecond;
        snapshot.nodes["slow"].busy = 0.93;
        snapshot.nodes["away"].state = NodeState::Waiting;
        snapshot.nodes["away"].message = "broker away, trying again";
        history.add(snapshot, {{"source", NodeRole::Source}, {"store", NodeRole::Destination}});
        QCOMPARE(history.card("source")->figure, QStringLiteral("lag 7"));
        QCOMPARE(history.card("hot")->figure, QStringLiteral("keeps 3.1 %"));
        QCOMPARE(history.card("store")->figure, QStringLiteral("22 ms"));
        QCOMPARE(history.card("slow")->figure, QStringLiteral("93 % busy"));
        QCOMPARE(history.card("away")->message, QStringLiteral("broker away, trying again"));
        QVERIFY(!history.card("nobody"));
    }

    void aReducedCardStillShowsItsRate()
    {
        const Pipeline pipeline = test::chain();
        CanvasScene scene;
        scene.update(pipeline, uiCatalog());
        FigureHistory history;
        history.add(test::runningSnapshot(pipeline, 1, [](auto &) { return 100.0; }), {});
        const CardItem &card = *scene.findCard("kafka");
        const Viewport small{0.5, QPointF(20, 20)};
        const QRectF footer = CardPainter::footerRect(card, small);
        QVERIFY(!footer.isEmpty());
        const auto picture = [&](const CardFigures *figures) {
            QImage image(200, 120, QImage::Format_ARGB32_Premultiplied);
            image.fill(theme().panel);
            QPainter painter(&image);
            CardLook look;
            look.figures = figures;
            CardPainter().paintFooter(painter, card, look, small, theme());
            painter.end();
            return image;
        };
        CardFigures faster = *history.card("kafka");
        faster.rate = QStringLiteral("999/s");
        QVERIFY(picture(history.card("kafka")) != picture(&faster));
    }

    void theSparklineHoldsAMinute()
    {
        const Pipeline pipeline = test::chain();
        FigureHistory history;
        for (int second = 0; second < 90; ++second)
            history.add(test::runningSnapshot(pipeline, second, [](auto &) { return 100.0; }), {});
        QCOMPARE(history.card("kafka")->spark.size(), std::size_t(60));
        QVERIFY(history.isFlowing());
        history.clear();
        QVERIFY(!history.isLive());
    }
};

SLUICE_UI_TEST(TestCardFigures)
#include "tst_card_figures.moc"
