#include "tests/ui/support/qt_test_main.h"
#include "ui/query/answer_file.h"
#include "ui/query/chart_axes.h"
#include "ui/query/chart_series.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"
#include "ui/query/query_text.h"
#include "ui/query/query_view.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeWidget>

#include <atomic>
#include <thread>

using namespace sluice;

namespace {

ColumnPtr texts(std::vector<const char *> values)
{
    auto column = takeColumn(ColumnType::String, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] == nullptr)
            continue;
        column->valid[i] = 1;
        column->texts[i] = values[i];
    }
    return column;
}

ColumnPtr integers(ColumnType type, std::vector<std::int64_t> values)
{
    auto column = takeColumn(type, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        column->valid[i] = 1;
        column->integers[i] = values[i];
    }
    return column;
}

ColumnPtr reals(std::vector<double> values)
{
    auto column = takeColumn(ColumnType::Real, values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        column->valid[i] = 1;
        column->floats[i] = values[i];
    }
    return column;
}

/// Two machines, a row a minute each, in two batches.
QueryTable machines()
{
    QueryTable table;
    table.schema.columns = {{"timestamp", ColumnType::Datetime},
                            {"machine", ColumnType::String},
                            {"temp", ColumnType::Real},
                            {"events", ColumnType::Long}};
    const auto schema = std::make_shared<Schema>(table.schema);
    const auto batch = [&](std::int64_t minute, const char *machine, double temp) {
        Batch made;
        made.schema = schema;
        made.rows = 2;
        made.selection = Selection(2);
        made.columns = {integers(ColumnType::Datetime,
                                 {minute * kTicksPerMinute, (minute + 1) * kTicksPerMinute}),
                        texts({machine, machine}),
                        reals({temp, temp + 1}),
                        integers(ColumnType::Long, {7, 12})};
        return made;
    };
    table.setBatches({batch(10, "press, \"A\"", 30), batch(10, "B", 20)});
    return table;
}

/// A database that answers what it is told to.
class TestBackend : public QueryBackend
{
public:
    Result<QueryTable> run(const std::string &text, std::size_t, std::stop_token stop) override
    {
        asked = text;
        if (text == "wait") {
            while (!stop.stop_requested())
                std::this_thread::yield();
            stopped = true;
            return fail(ErrorCode::Cancelled, "cancelled");
        }
        if (text == "bad")
            return fail(ErrorCode::SyntaxError, "line 1, column 1: no").hint("Write it well.");
        QueryTable table = machines();
        if (text.ends_with("timechart"))
            table.render = QStringLiteral("timechart");
        return table;
    }
    std::vector<kql::Problem> check(const std::string &text) override
    {
        if (text.find("tmp") == std::string::npos)
            return {};
        kql::Problem problem;
        problem.message = "there is no column 'tmp'";
        problem.at = {text.find("tmp"), 3, 2, 9};
        return {problem};
    }
    Result<std::vector<std::string>> tables() override
    {
        return std::vector<std::string>{"odd name", "readings"};
    }
    Result<Schema> columns(const std::string &) override { return machines().schema; }

    std::string asked;
    std::atomic<bool> stopped = false;
};

} // namespace

class TestQuery : public test::UiTest
{
    Q_OBJECT

    std::shared_ptr<TestBackend> m_backend;
    std::unique_ptr<QueryView> m_view;

    void prepare() override
    {
        m_view.reset();
        QSettings().clear();
        m_backend = std::make_shared<TestBackend>();
        m_view = std::make_unique<QueryView>(
            [backend = m_backend](const std::string &) -> Result<std::shared_ptr<QueryBackend>> {
                return std::shared_ptr<QueryBackend>(backend);
            });
        m_view->setDatabases({{QStringLiteral("demo"), QStringLiteral("/tmp/demo.duckdb")}});
        m_view->resize(900, 500);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    void ask(const char *text)
    {
        m_view->setText(QString::fromUtf8(text));
        m_view->runQuery();
        QTRY_VERIFY(!m_view->isRunning());
    }

private Q_SLOTS:
    void valuesAreFoundOverBatchesAndWrittenForPeopleAndFiles()
    {
        const QueryTable table = machines();
        QCOMPARE(table.rows(), std::size_t(4));
        QCOMPARE(table.text(2, 1), QStringLiteral("B"));
        QCOMPARE(table.text(0, 0), QStringLiteral("1970-01-01T00:10:00Z"));
        QCOMPARE(*table.number(3, 2), 21.0);
        QCOMPARE(*table.number(1, 0), 11 * 60e3);
        QVERIFY(table.compare(0, 2, 2) > 0);
        const QString csv = QString::fromStdString(csvText(table));
        QCOMPARE(csv.section(QStringLiteral("\r\n"), 0, 1),
                 QStringLiteral("timestamp,machine,temp,events\r\n"
                                "1970-01-01T00:10:00Z,\"press, \"\"A\"\"\",30.0,7"));
        const QString json = QString::fromStdString(ndjsonText(table));
        QCOMPARE(json.section(QLatin1Char('\n'), 2, 2),
                 QStringLiteral("{\"timestamp\":\"1970-01-01T00:10:00Z\",\"machine\":\"B\","
                                "\"temp\":20.0,\"events\":7}"));
    }

    void aClickOnANameSortsTheRows()
    {
        QueryModel model;
        model.setTable(machines());
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("30.0"));
        model.sort(2, Qt::AscendingOrder);
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("20.0"));
        QCOMPARE(model.index(3, 2).data().toString(), QStringLiteral("31.0"));
        model.sort(3, Qt::DescendingOrder);
        QCOMPARE(model.index(0, 3).data().toString(), QStringLiteral("12"));
        model.sort(-1);
        QCOMPARE(model.index(0, 2).data().toString(), QStringLiteral("30.0"));
    }

    void linesAreSplitByTheTextColumn()
    {
        const ChartSeries lines = chartSeries(machines());
        QVERIFY(lines.time);
        QCOMPARE(lines.series.size(), std::size_t(4)); // two machines, two columns of numbers
        QCOMPARE(lines.series[0].name, QStringLiteral("press, \"A\" temp"));
        QCOMPARE(lines.series[0].points[1], QPointF(11 * 60e3, 31));
        QCOMPARE(lines.left, std::size_t(0));
        const ChartBars bars = chartBars(machines(), 3);
        QCOMPARE(bars.left, std::size_t(1));
        QCOMPARE(bars.sets.size(), std::size_t(2));
        QCOMPARE(QSet<QString>(bars.names.begin(), bars.names.end()).size(), 3);
    }

    void everyPictureIsDrawn_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"timechart",
                                 "linechart",
                                 "areachart",
                                 "scatterchart",
                                 "barchart",
                                 "columnchart",
                                 "piechart",
                                 "card"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }

    void everyPictureIsDrawn()
    {
        QFETCH(QString, kind);
        QueryChart chart;
        chart.resize(500, 300);
        chart.show();
        const QImage empty = chart.grab().toImage();
        QueryTable table = machines();
        table.render = kind;
        QVERIFY(QueryChart::canDraw(kind));
        QCOMPARE(chart.draw(table), QString());
        QVERIFY(chart.grab().toImage() != empty);
        table.schema.columns.resize(2);
        if (kind != QLatin1String("card"))
            QVERIFY(!chart.draw(table).isEmpty()); // no numbers: it says so
    }

    void anAnswerIsATableOrThePictureItAsksFor()
    {
        ask("readings");
        QCOMPARE(m_view->model().rowCount(), 4);
        QVERIFY(!m_view->showsChart());
        QVERIFY(m_view->statusText().startsWith(QStringLiteral("4 rows")));
        ask("readings | render timechart");
        QVERIFY(m_view->showsChart());
        QCOMPARE(m_view->chart().seriesNames().size(), 4);
    }

    void anErrorSaysWhatAndWhatNow()
    {
        ask("bad");
        QCOMPARE(m_view->model().rowCount(), 0);
        bool said = false;
        for (const QLabel *label : m_view->findChildren<QLabel *>())
            said |= label->isVisible() && label->text().contains(QStringLiteral("Write it well"));
        QVERIFY(said);
    }

    void aQueryIsRunByKeysAndCancelledByTheButton()
    {
        m_view->setText(QStringLiteral("wait"));
        m_view->text().setFocus();
        QTest::keyClick(&m_view->text(), Qt::Key_Return, Qt::ShiftModifier);
        QVERIFY(m_view->isRunning());
        QTest::mouseClick(m_view->findChild<QPushButton *>(QStringLiteral("runQuery")),
                          Qt::LeftButton);
        QVERIFY(!m_view->isRunning());
        QTRY_VERIFY(m_backend->stopped);
    }

    void whatIsWrongIsUnderlinedWhileTyping()
    {
        m_view->text().setFocus();
        QTest::keyClicks(&m_view->text(), QStringLiteral("readings | where tmp > 3"));
        QTRY_COMPARE(m_view->text().problems().size(), std::size_t(1));
        const auto marks = m_view->text().extraSelections();
        QCOMPARE(marks.size(), 1);
        QCOMPARE(marks[0].cursor.selectedText(), QStringLiteral("tmp"));
        QTest::keyClick(&m_view->text(), Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(&m_view->text(), QStringLiteral("readings"));
        QTRY_VERIFY(m_view->text().problems().empty());
    }

    void tablesAreListedAndShownByADoubleClick()
    {
        auto *tree = m_view->findChild<QTreeWidget *>();
        QTRY_COMPARE(tree->topLevelItemCount(), 2);
        QCOMPARE(tree->topLevelItem(1)->childCount(), 4);
        Q_EMIT tree->itemActivated(tree->topLevelItem(0), 0);
        QTRY_VERIFY(!m_view->isRunning());
        QCOMPARE(m_backend->asked, std::string("['odd name']\n| take 100"));
    }

    void completionsFitTheirPlace()
    {
        const KnownTables tables{{"readings", machines().schema}};
        const auto has = [&tables](const char *before, const char *word) {
            for (const Completion &completion :
                 queryCompletions(QString::fromUtf8(before), tables)) {
                if (completion.word == QLatin1String(word))
                    return true;
            }
            return false;
        };
        QVERIFY(has("", "readings"));
        QVERIFY(has("rea", "readings"));
        QVERIFY(!has("rea", "temp"));
        QVERIFY(has("readings | wh", "where"));
        QVERIFY(!has("readings | wh", "temp"));
        QVERIFY(has("readings | where te", "temp"));
        QVERIFY(has("readings | summarize av", "avg"));
        QVERIFY(!has("readings | where av", "avg")); // no aggregate fits there
        QVERIFY(has("readings | where te", "tolower"));
        QVERIFY(has("readings | render ti", "timechart"));
        QVERIFY(!has("readings | render ti", "temp"));
    }

    void aWordIsExplainedAtThePointer()
    {
        QTRY_VERIFY(m_view->findChild<QTreeWidget *>()->topLevelItemCount() == 2);
        m_view->setText(QStringLiteral("readings | where strlen(machine) > 3 and temp > 1"));
        const auto help = [this](const char *word) {
            return m_view->text().helpAt(
                int(m_view->text().toPlainText().indexOf(QLatin1String(word))) + 1);
        };
        QVERIFY2(help("strlen").startsWith(QStringLiteral("strlen(")), qPrintable(help("strlen")));
        QVERIFY(help("strlen").contains(QStringLiteral("Example")));
        QVERIFY(help("temp").contains(QStringLiteral("temp: real")));
        QVERIFY(help("readings").contains(QStringLiteral("4 columns")));
        m_view->setText(QStringLiteral("readings | where tmp > 3"));
        QTRY_VERIFY(help("tmp").contains(QStringLiteral("no column 'tmp'")));
    }

    void pinningSaysWhatIsPinned()
    {
        QSignalSpy pinned(m_view.get(), &QueryView::pinWanted);
        auto *pin = m_view->findChild<QPushButton *>(QStringLiteral("pinQuery"));
        QTest::mouseClick(pin, Qt::LeftButton);
        QCOMPARE(pinned.count(), 0); // nothing to pin
        m_view->setText(QStringLiteral("readings | count"));
        QTest::mouseClick(pin, Qt::LeftButton);
        QCOMPARE(pinned.count(), 1);
        QCOMPARE(pinned[0][0].toString(), QStringLiteral("readings | count"));
        QCOMPARE(pinned[0][1].toString(), QStringLiteral("/tmp/demo.duckdb"));
        QCOMPARE(pinned[0][2].toString(), QString());
        m_view->editTile(QStringLiteral("tile_1"),
                         QStringLiteral("Count"),
                         QStringLiteral("readings | take 1"),
                         QStringLiteral("/tmp/other.duckdb"));
        QCOMPARE(m_view->text().toPlainText(), QStringLiteral("readings | take 1"));
        QTest::mouseClick(pin, Qt::LeftButton);
        QCOMPARE(pinned[1][1].toString(), QStringLiteral("/tmp/other.duckdb"));
        QCOMPARE(pinned[1][2].toString(), QStringLiteral("tile_1"));
        QVERIFY(m_view->editedTile().isEmpty());
    }

    void anAnswerIsWrittenInTheFormOfItsName()
    {
        const QTemporaryDir folder;
        for (const char *name : {"a.csv", "a.ndjson", "a.parquet"}) {
            const QString path = folder.filePath(QLatin1String(name));
            QVERIFY(writeAnswerFile(machines(), path).has_value());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            if (path.endsWith(QLatin1String("parquet")))
                QVERIFY(bytes.startsWith("PAR1") && bytes.endsWith("PAR1"));
            else
                QCOMPARE(bytes.count('\n'), path.endsWith(QLatin1String("csv")) ? 5 : 4);
        }
        QVERIFY(!writeAnswerFile(machines(), QStringLiteral("/nonexistent/a.csv")).has_value());
    }

    void ticksAreRoundAndReadable()
    {
        const auto labels = [](const AxisScale &scale) {
            QStringList texts;
            for (const AxisTick &tick : scale.ticks)
                texts << tick.label;
            return texts.join(QLatin1Char(' '));
        };
        QCOMPARE(labels(valueScale(0, 83, 5)), QStringLiteral("0 20 40 60 80 100"));
        QCOMPARE(labels(valueScale(-3, 4, 5)), QStringLiteral("-4 -2 0 2 4"));
        QCOMPARE(labels(valueScale(120'000, 1'400'000, 4)), QStringLiteral("0 0.5 M 1.0 M 1.5 M"));
        QCOMPARE(labels(valueScale(0, 0.0031, 4)), QStringLiteral("0 0.001 0.002 0.003 0.004"));
        QCOMPARE(labels(valueScale(7, 7, 4)), QStringLiteral("0 2 4 6 8"));
        QCOMPARE(labels(valueScale(HUGE_VAL, -HUGE_VAL, 2)), QStringLiteral("0 0.5 1.0"));
        const QDateTime noon(QDate(2026, 3, 1), QTime(11, 52, 7));
        const double low = double(noon.toMSecsSinceEpoch());
        QCOMPARE(labels(timeScale(low, low + 15 * 60e3, 4)), QStringLiteral("11:55 12:00 12:05"));
        QVERIFY(timeScale(low, low, 4).high > low);
    }

    void aMissingValueIsAGapAndNoRowsAreNoPicture()
    {
        QueryTable table = machines();
        auto holed = takeColumn(ColumnType::Real, 2);
        holed->valid = {1, 0};
        holed->floats = {30, 0};
        std::vector<Batch> batches = table.batches();
        batches[0].columns[1] = texts({"A", "A"});
        batches[1].columns[1] = texts({"A", "A"});
        batches[0].columns[2] = holed;
        batches[1].columns[0] =
            integers(ColumnType::Datetime, {12 * kTicksPerMinute, 13 * kTicksPerMinute});
        table.schema.columns.resize(3);
        for (Batch &batch : batches)
            batch.columns.resize(3);
        table.setBatches(batches);
        table.render = QStringLiteral("timechart");
        const ChartSeries lines = chartSeries(table);
        QCOMPARE(lines.series.size(), std::size_t(1));
        QCOMPARE(lines.series[0].points.size(), 3);
        QCOMPARE(lines.series[0].gaps, std::vector<qsizetype>{1});
        QueryChart chart;
        chart.draw(table);
        QVERIFY(chart.hasPicture());
        QCOMPARE(chart.seriesNames(), QStringList{QStringLiteral("A")});
        QueryTable empty;
        empty.schema = table.schema;
        empty.render = table.render;
        chart.draw(empty);
        QVERIFY(!chart.hasPicture());
    }
};

SLUICE_UI_TEST(TestQuery)
#include "tst_query.moc"
