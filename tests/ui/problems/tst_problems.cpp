#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/document/pipeline_document.h"
#include "ui/problems/log_view.h"
#include "ui/problems/problems_view.h"

#include <QSignalSpy>
#include <QTreeWidget>

using namespace sluice;

class TestProblems : public test::UiTest
{
    Q_OBJECT

    QTemporaryDir m_folder;

private Q_SLOTS:
    void everyDiagnosticIsALineAndErrorsComeFirst()
    {
        PipelineDocument document(test::uiCatalog(), nullptr, m_folder.path());
        ProblemsView view(document);
        QVERIFY(document.apply(QStringLiteral("Build"), test::chain()));
        auto *tree = view.findChild<QTreeWidget *>();
        QCOMPARE(tree->topLevelItemCount(), int(document.diagnostics().size()));
        QVERIFY(tree->topLevelItemCount() > 0); // the source that is wired to nothing
        QVERIFY(view.problemCount() > 0);
    }

    void choosingALineNamesNodeAndField()
    {
        PipelineDocument document(test::uiCatalog(), nullptr, m_folder.path());
        ProblemsView view(document);
        QVERIFY(document.apply(QStringLiteral("Build"), test::chain()));
        QSignalSpy chosen(&view, &ProblemsView::problemChosen);
        view.activate(0);
        QCOMPARE(chosen.size(), 1);
        QVERIFY(!chosen[0][0].value<std::string>().empty());
        view.activate(-1);
        view.activate(1000);
        QCOMPARE(chosen.size(), 1);
    }

    void theLogKeepsTimeAndMakesControlCharactersVisible()
    {
        LogView log;
        log.append({{1'700'000'000LL * kTicksPerSecond, "broker\x1b[31m away\nsecond"}});
        QVERIFY(log.text().contains(QStringLiteral("broker\\u001b[31m away\\nsecond")));
        QCOMPARE(log.text().count(QLatin1Char('\n')), 0);
    }
};

SLUICE_UI_TEST(TestProblems)
#include "tst_problems.moc"
