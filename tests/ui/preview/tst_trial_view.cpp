#include "core/base/value_json.h"
#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/document/pipeline_document.h"
#include "ui/preview/preview_model.h"
#include "ui/preview/trial_view.h"

#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>

using namespace sluice;
using test::must;

/// The test result beside an edited pipeline, with the kinds that are built in.
class TestTrialView : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<TrialJob> m_job;
    std::unique_ptr<TrialView> m_view;

    void prepare() override
    {
        m_view.reset();
        m_job.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        write("in.ndjson",
              "{\"id\":1,\"temp\":10}\n{\"id\":2,\"temp\":30}\n{\"id\":3,\"temp\":40}\n");
        m_document = std::make_unique<PipelineDocument>(
            builtInCatalog(), nullptr, m_folder->filePath(QStringLiteral("recovery")));
        const Catalog &catalog = builtInCatalog();
        Pipeline pipeline = must(addNode({}, catalog, "file_source", {0, 0}, "in")).pipeline;
        pipeline = must(setField(
            pipeline, "in", "path", m_folder->filePath(QStringLiteral("in.ndjson")).toStdString()));
        pipeline = must(addNode(pipeline, catalog, "filter", {288, 0}, "hot")).pipeline;
        pipeline = must(setField(pipeline, "hot", "where", "temp > 20"));
        pipeline = must(addNode(pipeline, catalog, "kql_database_destination", {576, 0}, "store"))
                       .pipeline;
        pipeline = must(setField(pipeline,
                                 "store",
                                 "database",
                                 m_folder->filePath(QStringLiteral("x.duckdb")).toStdString()));
        pipeline = must(setField(pipeline, "store", "table", "t"));
        pipeline = must(sluice::connect(pipeline, catalog, {"in", "out"}, {"hot", "in"}));
        pipeline = must(sluice::connect(pipeline, catalog, {"hot", "out"}, {"store", "in"}));
        QVERIFY(m_document->apply(QStringLiteral("Build"), pipeline));
        m_job = std::make_unique<TrialJob>(*m_document, [] { return ValueSources(); });
        m_view = std::make_unique<TrialView>(*m_job, *m_document);
        m_view->resize(900, 260);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }

    void write(const char *name, const char *text) const
    {
        QFile file(m_folder->filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    QPushButton *button(const char *name) const
    {
        return m_view->findChild<QPushButton *>(QLatin1String(name));
    }
    void set(const char *node, const char *field, Value value)
    {
        QVERIFY(m_document->apply(QStringLiteral("Set"),
                                  setField(m_document->pipeline(), node, field, std::move(value))));
    }
    int in() const { return m_view->inputs().model().rowCount(); }
    int out() const { return m_view->outputs().model().rowCount(); }

private Q_SLOTS:
    void nothingRunsBeforeSomebodyAsks()
    {
        const QSignalSpy started(m_job.get(), &TrialJob::started);
        m_job->setNode("hot");
        set("hot", "where", "temp > 5");
        QTest::qWait(600); // longer than the pause after an edit
        QCOMPARE(started.count(), 0);
        QVERIFY(m_view->messageText().contains(QStringLiteral("Nothing runs")));
    }

    void aClickShowsWhatComesInAndGoesOutAndEditsAreFollowed()
    {
        m_job->setNode("hot");
        QTest::mouseClick(button("testNode"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(out(), 2, 20000);
        QCOMPARE(in(), 3);
        QVERIFY(m_view->outputs().tabs().tabText(0).startsWith(QStringLiteral("out")));
        QVERIFY(m_view->outputs().tabs().tabText(1).startsWith(QStringLiteral("rejected  1")));
        set("hot", "where", "temp > 35");
        QTRY_COMPARE_WITH_TIMEOUT(out(), 1, 20000);
        // The other port, by a click on its tab.
        QTabBar &tabs = m_view->outputs().tabs();
        QTest::mouseClick(&tabs, Qt::LeftButton, {}, tabs.tabRect(1).center());
        QCOMPARE(out(), 2);
        // The destination gets nothing, and shows what it would get.
        m_job->setNode("store");
        QTRY_COMPARE_WITH_TIMEOUT(in(), 1, 20000);
        QVERIFY(!m_view->outputs().isVisible());
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("x.duckdb"))));
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral(".sluice"))));
    }

    void aMistakeIsSaidInPlaceOfTheTablesAndGoesWhenItIsMended()
    {
        m_job->setNode("hot");
        set("hot", "where", "temp >");
        QTest::mouseClick(button("testNode"), Qt::LeftButton);
        QTRY_VERIFY(!m_view->messageText().isEmpty()
                    && !m_view->messageText().contains(QStringLiteral("Nothing runs")));
        set("hot", "where", "temp > 20");
        QTRY_COMPARE_WITH_TIMEOUT(out(), 2, 20000);
        QVERIFY(m_view->messageText().isEmpty());
    }

    void theSampleStaysUntilANewOneIsWanted()
    {
        m_job->setNode("hot");
        QTest::mouseClick(button("testNode"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(in(), 3, 20000);
        write("in.ndjson", "{\"id\":9,\"temp\":99}\n");
        set("hot", "where", "temp > 1");
        QTRY_COMPARE_WITH_TIMEOUT(out(), 3, 20000);
        QTest::mouseClick(button("newSample"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(in(), 1, 20000);
        QCOMPARE(out(), 1);
    }

    void whatAsksAServerRunsOnlyWhenTold()
    {
        const Catalog &catalog = builtInCatalog();
        Pipeline pipeline =
            must(addNode(m_document->pipeline(), catalog, "score", {288, 200}, "model")).pipeline;
        pipeline = must(sluice::connect(pipeline, catalog, {"in", "out"}, {"model", "in"}));
        QVERIFY(m_document->apply(QStringLiteral("Add"), pipeline));
        m_job->setNode("hot");
        QTest::mouseClick(button("testNode"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(out(), 2, 20000);
        const QSignalSpy started(m_job.get(), &TrialJob::started);
        m_job->setNode("model");
        QTest::qWait(600);
        QCOMPARE(started.count(), 0);
        QVERIFY(m_view->messageText().contains(QStringLiteral("asks a server")));
    }
};

SLUICE_UI_TEST(TestTrialView)
#include "tst_trial_view.moc"
