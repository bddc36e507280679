#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/bridge/run_controller.h"
#include "ui/bridge/wire_tap.h"
#include "ui/preview/json_fields.h"
#include "ui/preview/preview_model.h"
#include "ui/preview/preview_view.h"
#include "ui/widgets/themed_label.h"

#include <QPushButton>
#include <QTabBar>
#include <QTableView>

using namespace sluice;

class TestPreview : public test::UiTest
{
    Q_OBJECT

    static TapContent content(std::vector<std::string> columns, std::vector<std::string> events)
    {
        TapContent result;
        result.columns = std::move(columns);
        for (std::string &json : events)
            result.events.push_back({result.seen++, 0, std::move(json)});
        return result;
    }

private Q_SLOTS:
    void membersAreCutOutOfTheTextAsTheyStand()
    {
        const std::string json = "{\"a\": 1.50, \"b\":\"x,}\\\"y\", \"c\" : "
                                 "{\"d\":[1,2,{\"e\":\"}\"}]}, \"n\":null, \"é\\n\": true}";
        const auto fields = jsonFields(json);
        QCOMPARE(fields.size(), std::size_t(5));
        QCOMPARE(fields[0].second, std::string_view("1.50"));
        QCOMPARE(fields[1].second, std::string_view("\"x,}\\\"y\""));
        QCOMPARE(fields[2].second, std::string_view("{\"d\":[1,2,{\"e\":\"}\"}]}"));
        QCOMPARE(fields[3].second, std::string_view("null"));
        QCOMPARE(fields[4].first, std::string("é\n"));
    }

    void whatIsNoObjectHasNoMembers_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char *json : {"", "[1]", "{", "{\"a\"", "{\"a\":", "{\"a\":\"", "{}", "7"})
            QTest::newRow(json) << QByteArray(json);
    }

    void whatIsNoObjectHasNoMembers()
    {
        QFETCH(QByteArray, json);
        for (const auto &[name, raw] : jsonFields(json.toStdString()))
            QCOMPARE(name, std::string("a")); // a cut text gives at most what was there
    }

    void controlCharactersAreMadeVisible()
    {
        QCOMPARE(visibleText(QStringLiteral("a\nb\tc\x01 d")),
                 QStringLiteral("a\\nb\\tc\\u0001 d"));
        // Right-to-left override: text must not disguise itself.
        QCOMPARE(visibleText(QString(QChar(0x202E))), QStringLiteral("\\u202e"));
        QCOMPARE(jsonCell("\"line\\none\""), QStringLiteral("line\\none"));
        QCOMPARE(jsonCell("12.50"), QStringLiteral("12.50"));
        QVERIFY(jsonCell('"' + std::string(5000, 'x') + '"').size() < 500);
    }

    void theTableShowsTheNewestFirstInColumnOrder()
    {
        PreviewModel model;
        model.setContent(
            content({"temp", "id"},
                    {"{\"id\":\"a\",\"temp\":1.0}", "{\"id\":\"b\",\"temp\":2.0,\"new\":[1]}"}));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("temp"));
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("2.0"));
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("[1]"));
        QCOMPARE(model.index(1, 1).data().toString(), QStringLiteral("a"));
        QCOMPARE(model.index(1, 2).data().toString(), QString());
        QVERIFY(model.index(0, 0).data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
        QVERIFY(model.index(0, 1).data(Qt::TextAlignmentRole).toInt() & Qt::AlignLeft);
    }

    void foreignTextIsPlainTextInBothViews()
    {
        RunController controller(test::uiCatalog(), [] { return RunOptions(); });
        WireTap tap(controller);
        PreviewView view(tap);
        view.setPort(WireEnd{"a", "out"}, QStringLiteral("a"));
        view.setContent(content({"x"}, {"{\"x\":\"<b>bold</b>\"}"}));
        QCOMPARE(view.model().index(0, 0).data().toString(), QStringLiteral("<b>bold</b>"));
        view.findChild<QTabBar *>()->setCurrentIndex(1);
        QCOMPARE(view.rawText(), QStringLiteral("{\"x\":\"<b>bold</b>\"}"));
    }

    void aColumnGrowsWithWhatItHolds()
    {
        RunController controller(test::uiCatalog(), [] { return RunOptions(); });
        WireTap tap(controller);
        PreviewView view(tap);
        view.resize(800, 300);
        view.show();
        view.setPort(WireEnd{"a", "out"}, QStringLiteral("a"));
        view.setContent(content({"sensor"}, {"{\"sensor\":\"p-1\"}"}));
        const auto *table = view.findChild<QTableView *>();
        const int narrow = table->columnWidth(0);
        view.setContent(content({"sensor"}, {"{\"sensor\":\"press-12-temperature\"}"}));
        const int wide = table->columnWidth(0);
        QVERIFY(wide > narrow);
        QVERIFY(table->fontMetrics().horizontalAdvance(QStringLiteral("press-12-temperature"))
                < wide);
        view.setContent(content({"sensor"}, {"{\"sensor\":\"p-1\"}"}));
        QCOMPARE(table->columnWidth(0), wide); // it does not jump back
    }

    void whatIsHeldIsLetGoWhenAnotherWireIsChosen()
    {
        RunController controller(test::uiCatalog(), [] { return RunOptions(); });
        WireTap tap(controller);
        PreviewView view(tap);
        view.setPort(WireEnd{"a", "out"}, QStringLiteral("a"));
        auto *hold = view.findChild<QPushButton *>();
        hold->click();
        QVERIFY(hold->isChecked());
        view.setPort(WireEnd{"a", "out"}, QStringLiteral("a renamed"));
        QVERIFY(hold->isChecked());
        view.setPort(WireEnd{"b", "out"}, QStringLiteral("b"));
        QVERIFY(!hold->isChecked());
    }

    void anEmptyPreviewSaysWhatToDo()
    {
        RunController controller(test::uiCatalog(), [] { return RunOptions(); });
        WireTap tap(controller);
        PreviewView view(tap);
        const QString nothing = view.emptyText();
        view.setPort(WireEnd{"a", "out"}, QStringLiteral("a"));
        const QString stopped = view.emptyText();
        view.setRunning(true);
        QVERIFY(nothing != stopped && stopped != view.emptyText());
        QVERIFY(stopped.contains(QStringLiteral("F5")));
    }
};

SLUICE_UI_TEST(TestPreview)
#include "tst_preview.moc"
