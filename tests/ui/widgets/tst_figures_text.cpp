#include "tests/ui/support/qt_test_main.h"
#include "ui/widgets/figures_text.h"

using namespace sluice;

class TestFiguresText : public test::UiTest
{
    Q_OBJECT

private Q_SLOTS:
    void figuresHaveThreeDigitsAndAUnit()
    {
        QCOMPARE(bytesText(412'300'000), QStringLiteral("412 MB"));
        QCOMPARE(bytesText(999), QStringLiteral("999 B"));
        QCOMPARE(byteRateText(12'400'000), QStringLiteral("12.4 MB/s"));
        QCOMPARE(spanText(-1), QStringLiteral("–"));
        QCOMPARE(spanText(41 * kTicksPerMillisecond), QStringLiteral("41 ms"));
        QCOMPARE(spanText(41 * kTicksPerMicrosecond), QStringLiteral("41 µs"));
        QCOMPARE(clockText(761 * kTicksPerSecond), QStringLiteral("00:12:41"));
        QCOMPARE(shareText(0.931), QStringLiteral("93 %"));
        QCOMPARE(shareText(0.0314), QStringLiteral("3.1 %"));
    }

    void aSlowRateIsCountedByTheMinute()
    {
        QCOMPARE(rateText(98'200), QStringLiteral("98.2 k/s"));
        QCOMPARE(rateText(500), QStringLiteral("500/s"));
        QCOMPARE(rateText(2.0 / 60), QStringLiteral("2/min"));
        QCOMPARE(rateText(0), QStringLiteral("0/s"));
        QCOMPARE(rateText(-1), QStringLiteral("–"));
    }

    void oneThingIsNotSeveral()
    {
        QCOMPARE(QCoreApplication::translate("Any", "%n node(s)", nullptr, 1),
                 QStringLiteral("1 node"));
        QCOMPARE(QCoreApplication::translate("Any", "%n node(s)", nullptr, 3),
                 QStringLiteral("3 nodes"));
        QCOMPARE(QCoreApplication::translate("Any", "as it is(s)"), QStringLiteral("as it is(s)"));
    }

    void whatADestinationTookIsCountedAsWritten()
    {
        RunSnapshot run;
        run.nodes["in"].eventsIn = 10;
        run.nodes["in"].portEvents = {{"out", 10}, {"errors", 0}};
        run.nodes["hot"].filtered = 6;
        run.nodes["hot"].portEvents = {{"out", 4}, {"rejected", 0}, {"errors", 0}};
        run.nodes["table"].passed = 4;
        run.nodes["table"].portEvents = {{"errors", 0}};
        run.wires["in.out>hot.in"].events = 10;
        run.wires["hot.out>table.in"].events = 4;
        QCOMPARE(accountText(run),
                 QStringLiteral("✓ read 10 · written 4 · filtered 6 · dead 0 · in flight 0"));
        run.conserved = false;
        QVERIFY(accountText(run).startsWith(QStringLiteral("▲ ")));
    }
};

SLUICE_UI_TEST(TestFiguresText)
#include "tst_figures_text.moc"
