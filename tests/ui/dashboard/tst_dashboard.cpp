#include "core/pipeline/dashboard_edits.h"
#include "core/pipeline/pipeline_file.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/dashboard/dashboard_grid.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/dashboard/tile_content.h"
#include "ui/document/pipeline_document.h"
#include "ui/query/answer_table.h"
#include "ui/query/query_chart.h"
#include "ui/query/query_model.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QToolButton>

#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace sluice;
using test::must;

namespace {

/// A column of whole numbers from `first` on, beside their names.
QueryTable numbers(std::size_t rows, std::int64_t first)
{
    QueryTable table;
    table.schema.columns = {{"name", ColumnType::String}, {"x", ColumnType::Long}};
    Batch batch;
    batch.rows = rows;
    batch.selection = Selection(rows);
    auto names = takeColumn(ColumnType::String, rows);
    auto values = takeColumn(ColumnType::Long, rows);
    for (std::size_t i = 0; i < rows; ++i) {
        names->valid[i] = values->valid[i] = 1;
        names->texts[i] = names->arena.copy("row " + std::to_string(i));
        values->integers[i] = first + std::int64_t(i);
    }
    batch.columns = {names, values};
    table.setBatches({batch});
    return table;
}

/// Counts what it is asked; "slow" waits until it is let go or stopped.
class TestBackend : public QueryBackend
{
public:
    Result<QueryTable> run(const std::string &text, std::size_t, std::stop_token stop) override
    {
        ++asked;
        if (text == "slow") {
            while (!stop.stop_requested() && !goOn)
                std::this_thread::yield();
            stopped = stop.stop_requested();
        }
        if (text == "bad")
            return fail(ErrorCode::UnknownName, "line 1, column 1: there is no table 'bad'")
                .hint("Did you mean 'band'?");
        QueryTable table = numbers(text == "none" ? 0 : 40, asked);
        if (text.find("render") != std::string::npos)
            table.render = toQString(text.substr(text.rfind(' ') + 1));
        return table;
    }
    std::vector<kql::Problem> check(const std::string &) override { return {}; }
    Result<std::vector<std::string>> tables() override { return std::vector<std::string>{"t"}; }
    Result<Schema> columns(const std::string &) override { return Schema(); }

    std::atomic<int> opened = 0;
    std::atomic<int> asked = 0;
    std::atomic<bool> goOn = false;
    std::atomic<bool> stopped = false;
};

DashboardTile tileFor(const char *query, const char *refresh = "5s")
{
    DashboardTile tile;
    tile.query = query;
    tile.database = "demo.duckdb";
    tile.refresh = refresh;
    return tile;
}

} // namespace

class TestDashboard : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::shared_ptr<TestBackend> m_backend;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<DashboardView> m_view;
    qint64 m_now = 0;

    void prepare() override
    {
        m_view.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_backend = std::make_shared<TestBackend>();
        m_document =
            std::make_unique<PipelineDocument>(test::uiCatalog(), nullptr, m_folder->path());
        m_now = 0;
        m_view = std::make_unique<DashboardView>(
            *m_document,
            // By value: a thread of an earlier view may still come here.
            [backend =
                 m_backend](const std::string &path) -> Result<std::shared_ptr<QueryBackend>> {
                ++backend->opened;
                if (path != "/data/demo.duckdb")
                    return fail(ErrorCode::FileUnreadable, "there is no file '{}'", path);
                return std::shared_ptr<QueryBackend>(backend);
            },
            [](const std::string &database) { return "/data/" + database; },
            [this] { return m_now; });
        m_view->resize(1000, 700);
    }

    void show()
    {
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    std::string pin(const DashboardTile &tile)
    {
        auto added = addTile(m_document->pipeline(), tile);
        const std::string id = added->id;
        must(m_document->apply(QStringLiteral("Pin"), std::move(added->pipeline)));
        return id;
    }

    TileFrame &frame(const std::string &id) { return *m_view->grid().frame(id); }
    TilePlace placeOf(const std::string &id)
    {
        return m_document->pipeline().dashboard.find(id)->place;
    }

    void drag(TileFrame &tile, QPoint from, QPoint by)
    {
        QTest::mousePress(&tile, Qt::LeftButton, {}, from);
        // The tile moves under the pointer: positions are of the tile as it is then.
        const QPoint start = tile.mapToGlobal(from);
        for (int step = 1; step <= 4; ++step)
            QTest::mouseMove(&tile, tile.mapFromGlobal(start + by * step / 4));
        QTest::mouseRelease(&tile, Qt::LeftButton, {}, tile.mapFromGlobal(start + by));
    }

private Q_SLOTS:
    void anEmptyPageSaysHowToPin()
    {
        show();
        auto *open = m_view->findChild<QPushButton *>(QStringLiteral("openQuery"));
        QVERIFY(open->isVisible());
        QSignalSpy wanted(m_view.get(), &DashboardView::pinWanted);
        QTest::mouseClick(open, Qt::LeftButton);
        QCOMPARE(wanted.count(), 1);
        pin(tileFor("t"));
        QVERIFY(!open->isVisible());
    }

    void aTileShowsItsAnswerAsTableOrPicture()
    {
        const std::string table = pin(tileFor("t"));
        const std::string picture = pin(tileFor("t | render barchart"));
        const std::string card = pin(tileFor("t | render card"));
        show();
        QTRY_VERIFY(frame(table).content().showsTable());
        QCOMPARE(frame(table).content().model().rowCount(), 40);
        QTRY_VERIFY(frame(picture).content().showsChart());
        QTRY_VERIFY(frame(card).content().showsChart());
        QCOMPARE(frame(picture).shownTitle(), QStringLiteral("t | render barchart"));
    }

    void aClickAnywhereOnATileChoosesIt()
    {
        const std::string table = pin(tileFor("t"));
        const std::string picture = pin(tileFor("t | render barchart"));
        show();
        QTRY_VERIFY(frame(table).content().showsTable());
        QTRY_VERIFY(frame(picture).content().showsChart());
        QTest::mouseClick(frame(picture).content().chart().viewport(), Qt::LeftButton);
        QCOMPARE(m_view->selected(), picture);
        QTest::mouseClick(frame(table).content().table().viewport(), Qt::LeftButton);
        QCOMPARE(m_view->selected(), table);
        QVERIFY(frame(table).isSelected() && !frame(picture).isSelected());
    }

    void eachTileIsAskedAtItsOwnIntervalAndOnlyWhileSeen()
    {
        pin(tileFor("t", "1s"));
        pin(tileFor("none", "10s"));
        m_view->runner().tick();
        QCOMPARE(m_backend->asked, 0); // not seen yet
        show();
        QTRY_COMPARE(m_backend->asked, 2);
        QTRY_VERIFY(!m_view->runner().isRunning("tile_1") && !m_view->runner().isRunning("tile_2"));
        m_now = 999;
        m_view->runner().tick();
        QCOMPARE(m_backend->asked, 2);
        m_now = 1000;
        m_view->runner().tick();
        QTRY_COMPARE(m_backend->asked, 3);
        QTRY_VERIFY(!m_view->runner().isRunning("tile_1"));
        m_view->hide();
        m_now = 60'000;
        m_view->runner().tick();
        QCOMPARE(m_backend->asked, 3);
        QCOMPARE(m_backend->opened, 1); // the file is opened once while the page is seen
        show();
        QTRY_COMPARE(m_backend->asked, 5);
        QCOMPARE(m_backend->opened, 2);
    }

    void aSlowQueryIsNotAskedTwiceAndStopsWhenThePageGoes()
    {
        pin(tileFor("slow", "1s"));
        show();
        QTRY_COMPARE(m_backend->asked, 1);
        m_now = 10'000;
        m_view->runner().tick();
        QCOMPARE(m_backend->asked, 1);
        m_view->hide();
        QTRY_VERIFY(m_backend->stopped);
        QVERIFY(!m_view->runner().isRunning("tile_1"));
    }

    void aFailureSaysWhatAndWhere()
    {
        const std::string query = pin(tileFor("bad"));
        DashboardTile elsewhere = tileFor("t");
        elsewhere.database = "none.duckdb";
        const std::string file = pin(elsewhere);
        const std::string none = pin(tileFor("none"));
        show();
        QTRY_VERIFY(frame(query).content().message().contains(
            QStringLiteral("Line 1, column 1: there is no table 'bad'. Did you mean")));
        QTRY_VERIFY(frame(file).content().message().contains(QStringLiteral("none.duckdb")));
        QTRY_COMPARE(frame(none).content().message(), QStringLiteral("The query gives no rows."));
    }

    void aTileIsMovedByItsHeaderAndOthersGiveWay()
    {
        const std::string first = pin(tileFor("t"));
        const std::string second = pin(tileFor("t"));
        show();
        QCOMPARE(placeOf(first), (TilePlace{0, 0, 6, 5}));
        QCOMPARE(placeOf(second), (TilePlace{6, 0, 6, 5}));
        const QRect target = m_view->grid().rectOf({6, 0, 6, 5});
        const int before = m_document->undoStack().count();
        drag(frame(first), {60, 12}, QPoint(target.x() - frame(first).x(), 4));
        QCOMPARE(placeOf(first), (TilePlace{6, 0, 6, 5}));
        QCOMPARE(placeOf(second), (TilePlace{6, 5, 6, 5}));
        QCOMPARE(m_document->undoStack().count(), before + 1); // one step a drag
        QCOMPARE(frame(first).geometry(), target);
        m_document->undoStack().undo();
        QCOMPARE(placeOf(first), (TilePlace{0, 0, 6, 5}));
        QCOMPARE(placeOf(second), (TilePlace{6, 0, 6, 5}));
        QCOMPARE(frame(second).geometry(), m_view->grid().rectOf({6, 0, 6, 5}));
        m_document->undoStack().redo();
        QCOMPARE(placeOf(second), (TilePlace{6, 5, 6, 5}));
    }

    void aTileIsSizedByItsCornerAndADragCanBeGivenUp()
    {
        const std::string id = pin(tileFor("t"));
        show();
        const QRect larger = m_view->grid().rectOf({0, 0, 8, 7});
        const QPoint corner(frame(id).width() - 5, frame(id).height() - 5);
        drag(frame(id),
             corner,
             QPoint(larger.width() - frame(id).width(), larger.height() - frame(id).height()));
        QCOMPARE(placeOf(id), (TilePlace{0, 0, 8, 7}));
        QCOMPARE(frame(id).geometry(), larger);
        const QPoint from(60, 12);
        QTest::mousePress(&frame(id), Qt::LeftButton, {}, from);
        QTest::mouseMove(&frame(id), from + QPoint(150, 120));
        QVERIFY(m_view->grid().isDragging());
        QTest::keyClick(&frame(id), Qt::Key_Escape);
        QVERIFY(!m_view->grid().isDragging());
        QTest::mouseRelease(&frame(id), Qt::LeftButton, {}, from);
        QCOMPARE(placeOf(id), (TilePlace{0, 0, 8, 7}));
        QCOMPARE(frame(id).geometry(), larger);
    }

    void keysMoveAndSizeATile()
    {
        const std::string id = pin(tileFor("t"));
        show();
        frame(id).setFocus();
        QTest::keyClick(&frame(id), Qt::Key_Right, Qt::ControlModifier);
        QTest::keyClick(&frame(id), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(placeOf(id), (TilePlace{1, 0, 6, 6}));
        QTest::keyClick(&frame(id), Qt::Key_Up, Qt::ControlModifier); // at the top already
        QCOMPARE(placeOf(id), (TilePlace{1, 0, 6, 6}));
    }

    void aDoubleClickRenames()
    {
        const std::string id = pin(tileFor("t"));
        show();
        QTest::mouseDClick(&frame(id), Qt::LeftButton, {}, QPoint(60, 12));
        auto *field = frame(id).findChild<QLineEdit *>();
        QTRY_VERIFY(field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("Hot machines"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_document->pipeline().dashboard.find(id)->title, std::string("Hot machines"));
        QCOMPARE(frame(id).shownTitle(), QStringLiteral("Hot machines"));
        frame(id).rename();
        QTest::keyClicks(field, QStringLiteral("other"));
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(frame(id).shownTitle(), QStringLiteral("Hot machines"));
        m_document->undoStack().undo();
        QCOMPARE(frame(id).shownTitle(), QStringLiteral("t"));
    }

    void theMenusChangeTheTile()
    {
        const std::string id = pin(tileFor("t"));
        show();
        QTRY_COMPARE(m_backend->asked, 1);
        const QList<QAction *> intervals = frame(id).intervalMenu()->actions();
        QCOMPARE(intervals.first()->data().toString(), QStringLiteral("1s"));
        QCOMPARE(intervals.last()->data().toString(), QStringLiteral("5m"));
        intervals.last()->trigger();
        QCOMPARE(m_document->pipeline().dashboard.find(id)->refresh, std::string("5m"));
        QVERIFY(intervals.last()->isChecked());
        m_now = 60'000;
        m_view->runner().tick();
        QCOMPARE(m_backend->asked, 1);

        QSignalSpy edited(m_view.get(), &DashboardView::editWanted);
        const auto choose = [&](const char *text) {
            for (QAction *action : frame(id).menu()->actions()) {
                if (action->text() == QString::fromUtf8(text))
                    return action->trigger();
            }
            QFAIL(text);
        };
        choose("Ask now");
        QTRY_COMPARE(m_backend->asked, 2);
        choose("Edit the query…");
        QCOMPARE(edited.count(), 1);
        choose("Duplicate");
        QCOMPARE(m_document->pipeline().dashboard.tiles.size(), std::size_t(2));
        QCOMPARE(m_view->selected(), std::string("tile_2"));
        choose("Remove");
        QCOMPARE(m_document->pipeline().dashboard.tiles.size(), std::size_t(1));
        QVERIFY(m_view->grid().frame(id) == nullptr);
        m_document->undoStack().undo();
        QVERIFY(m_view->grid().frame(id) != nullptr);
        QTRY_VERIFY(frame(id).content().showsTable());
    }

    void aTableKeepsItsOrderAndItsPlace()
    {
        const std::string id = pin(tileFor("t", "1s"));
        show();
        QTRY_VERIFY(frame(id).content().showsTable());
        AnswerTable &table = frame(id).content().table();
        table.sortByColumn(1, Qt::DescendingOrder);
        table.verticalScrollBar()->setValue(120);
        const QString top = table.model()->index(0, 0).data().toString();
        QCOMPARE(top, QStringLiteral("row 39"));
        m_now = 1000;
        m_view->runner().tick();
        QTRY_COMPARE(m_backend->asked, 2);
        QTRY_COMPARE(table.model()->index(0, 1).data().toString(), QStringLiteral("41"));
        QCOMPARE(table.verticalScrollBar()->value(), 120);
    }

    void anotherPipelineBringsItsOwnTiles()
    {
        pin(tileFor("t"));
        show();
        QTRY_COMPARE(m_backend->asked, 1);
        m_document->newPipeline();
        QVERIFY(m_view->grid().frames().empty());
        QVERIFY(m_view->findChild<QPushButton *>(QStringLiteral("openQuery"))->isVisible());
    }

    void thePageBecomesAPicture()
    {
        pin(tileFor("t | render barchart"));
        show();
        QTRY_COMPARE(m_backend->asked, 1);
        const QString path = m_folder->filePath(QStringLiteral("page.png"));
        QVERIFY(m_view->writePicture(path));
        QVERIFY(QImage(path).width() > 500);
    }
};

SLUICE_UI_TEST(TestDashboard)
#include "tst_dashboard.moc"
