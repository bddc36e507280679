#include "core/pipeline/pipeline_file.h"
#include "core/storage/database_registry.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/dashboard/dashboard_grid.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/dashboard/tile_content.h"
#include "ui/document/pipeline_document.h"
#include "ui/query/query_model.h"
#include "ui/query/query_text.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/main_window.h"

#include <QDockWidget>
#include <QFile>
#include <QPushButton>

using namespace sluice;
using test::must;

/// The dashboard in the whole window, over a real database file.
class TestDashboardPage : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;

    void prepare() override
    {
        m_window.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        const auto database = must(processDatabases().open(file("demo.duckdb").toStdString()));
        Connection connection = must(database->connect());
        must(connection.exec("CREATE TABLE readings(machine VARCHAR, temp DOUBLE); "
                             "INSERT INTO readings VALUES ('A', 20.5), ('B', 31), ('C', 12)"));
        must(savePipelineFile(test::chain(), file("chain.sluice.json").toStdString()));
        m_window = std::make_unique<MainWindow>(test::uiCatalog(), nullptr);
        m_window->setAsk([](const QString &) { return MainWindow::Answer::Discard; });
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(m_window->openFile(file("chain.sluice.json")));
    }

    QString file(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    const Dashboard &dashboard() { return m_window->document().pipeline().dashboard; }

    void pin(const char *query)
    {
        m_window->actions().query->trigger();
        m_window->query().chooseDatabase(file("demo.duckdb"));
        m_window->query().setText(QString::fromUtf8(query));
        m_window->actions().pinQuery->trigger();
    }

private Q_SLOTS:
    void cleanup() { m_window.reset(); }

    void aPinnedQueryIsATileThatTheFileKeeps()
    {
        const QString path = file("chain.sluice.json");
        QFile before(path);
        QVERIFY(before.open(QIODevice::ReadOnly));
        const QByteArray text = before.readAll();
        pin("readings | summarize max(temp) by machine | render barchart");
        QCOMPARE(dashboard().tiles.size(), std::size_t(1));
        QCOMPARE(dashboard().tiles[0]->database, std::string("demo.duckdb")); // beside the file
        QVERIFY(m_window->document().isDirty());
        QVERIFY(m_window->save());
        const auto loaded = loadPipelineFile(path.toStdString());
        QVERIFY(loaded.has_value());
        QVERIFY(loaded->pipeline.dashboard == dashboard());
        m_window->document().undoStack().undo();
        QVERIFY(dashboard().tiles.empty());
        QVERIFY(m_window->save());
        QFile after(path);
        QVERIFY(after.open(QIODevice::ReadOnly));
        QCOMPARE(after.readAll(), text);
    }

    void thePageShowsTheAnswerAndGoesBackToTheCanvas()
    {
        pin("readings | order by temp desc | render barchart");
        pin("readings | summarize max(temp) | render card");
        m_window->actions().dashboard->trigger();
        DashboardView &page = m_window->dashboard();
        QVERIFY(page.isVisible());
        QVERIFY(!m_window->canvas().isVisible());
        QVERIFY(!m_window->findChild<QDockWidget *>(QStringLiteral("palette"))->isVisible());
        QVERIFY(!m_window->findChild<QDockWidget *>(QStringLiteral("details"))->isVisible());
        for (TileFrame *frame : page.grid().frames())
            QTRY_VERIFY2(frame->content().showsChart(), qPrintable(frame->content().message()));
        QCOMPARE(page.grid().frames()[0]->content().model().rowCount(), 3);
        m_window->actions().dashboard->trigger();
        QVERIFY(m_window->canvas().isVisible());
        QVERIFY(m_window->findChild<QDockWidget *>(QStringLiteral("palette"))->isVisible());
        QVERIFY(m_window->findChild<QDockWidget *>(QStringLiteral("details"))->isVisible());
        QVERIFY(!page.runner().isActive());
    }

    void commandsOnThePageAreForTilesAndNeverForNodes()
    {
        pin("readings");
        m_window->canvas().selectAll();
        const std::size_t nodes = m_window->document().pipeline().nodes.size();
        m_window->actions().dashboard->trigger();
        m_window->dashboard().select("tile_1");
        m_window->actions().duplicate->trigger();
        QCOMPARE(dashboard().tiles.size(), std::size_t(2));
        m_window->actions().remove->trigger();
        QCOMPARE(dashboard().tiles.size(), std::size_t(1));
        QVERIFY(!m_window->actions().cut->isEnabled());
        QVERIFY(!m_window->actions().removeAndReconnect->isEnabled());
        QCOMPARE(m_window->document().pipeline().nodes.size(), nodes);
        m_window->actions().dashboard->trigger();
        QVERIFY(m_window->actions().cut->isEnabled());
    }

    void aTilesQueryIsEditedInTheQueryPanel()
    {
        pin("readings | count");
        m_window->actions().dashboard->trigger();
        m_window->dashboard().select("tile_1");
        m_window->actions().editNode->trigger();
        QueryView &query = m_window->query();
        QVERIFY(query.isVisible());
        QCOMPARE(query.text().toPlainText(), QStringLiteral("readings | count"));
        QCOMPARE(query.editedTile(), QStringLiteral("tile_1"));
        query.setText(QStringLiteral("readings | take 1"));
        QTest::mouseClick(query.findChild<QPushButton *>(QStringLiteral("pinQuery")),
                          Qt::LeftButton);
        QCOMPARE(dashboard().tiles.size(), std::size_t(1));
        QCOMPARE(dashboard().tiles[0]->query, std::string("readings | take 1"));
        TileFrame *frame = m_window->dashboard().grid().frame("tile_1");
        QTRY_COMPARE(frame->content().model().rowCount(), 1);
        m_window->document().undoStack().undo();
        QCOMPARE(dashboard().tiles[0]->query, std::string("readings | count"));
    }

    void openingAFileWithTilesAsksNothingUntilThePageIsSeen()
    {
        pin("readings");
        QVERIFY(m_window->save());
        QVERIFY(m_window->openFile(file("chain.sluice.json")));
        QCOMPARE(dashboard().tiles.size(), std::size_t(1));
        QVERIFY(!m_window->dashboard().isVisible());
        QVERIFY(!m_window->dashboard().runner().isActive());
        QVERIFY(!m_window->dashboard().runner().isRunning("tile_1"));
    }
};

SLUICE_UI_TEST(TestDashboardPage)
#include "tst_dashboard_page.moc"
