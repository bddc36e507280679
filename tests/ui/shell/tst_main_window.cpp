#include "core/pipeline/pipeline_file.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/bridge/run_controller.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/field_editor.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/node_form.h"
#include "ui/palette/palette.h"
#include "ui/preview/preview_view.h"
#include "ui/problems/problems_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/main_window.h"
#include "ui/shell/pipeline_templates.h"
#include "ui/shell/run_workspace.h"
#include "ui/shell/welcome_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/message_bar.h"

#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QStandardPaths>
#include <QToolButton>

using namespace sluice;
using test::must;

namespace {

void collect(const QMenu *menu, std::set<const QAction *> &found)
{
    for (const QAction *action : menu->actions()) {
        if (action->menu() != nullptr)
            collect(action->menu(), found);
        else
            found.insert(action);
    }
}

} // namespace

class TestMainWindow : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<MainWindow> m_window;
    std::optional<MainWindow::Answer> m_answer;
    int m_asked = 0;
    QString m_question;

    void prepare() override
    {
        m_window.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_window = newWindow();
        m_answer.reset();
        m_asked = 0;
    }

    std::unique_ptr<MainWindow> newWindow()
    {
        auto window = std::make_unique<MainWindow>(test::uiCatalog(), nullptr);
        window->setAsk([this](const QString &question) {
            ++m_asked;
            m_question = question;
            return m_answer.value_or(MainWindow::Answer::Cancel);
        });
        window->resize(1280, 800);
        window->show();
        return window;
    }

    QString file(const char *name) const { return m_folder->filePath(QLatin1String(name)); }
    QString savedChain() const
    {
        const QString path = file("chain.sluice.json");
        const auto saved = savePipelineFile(test::chain(), path.toStdString());
        return saved ? path : QString();
    }

private Q_SLOTS:
    void everyCommandStandsInAMenuWithItsOwnShortcut()
    {
        std::set<const QAction *> inMenus;
        for (const QAction *menu : m_window->menuBar()->actions())
            collect(menu->menu(), inMenus);
        std::map<QString, QString> keys;
        for (const QAction *action : m_window->actions().all()) {
            QVERIFY2(inMenus.contains(action), qPrintable(action->text()));
            QVERIFY2(!action->shortcut().isEmpty(), qPrintable(action->text()));
            for (const QKeySequence &sequence : action->shortcuts()) {
                const QString text = sequence.toString();
                QVERIFY2(!keys.contains(text), qPrintable(text));
                keys[text] = action->text();
                QVERIFY(m_window->actions().shortcutTable().contains(
                    sequence.toString(QKeySequence::NativeText)));
            }
        }
        QCOMPARE(m_window->actions().run->shortcut(), QKeySequence(Qt::Key_F5));
        QCOMPARE(m_window->actions().stop->shortcut(), QKeySequence(QStringLiteral("Shift+F5")));
    }

    void iconOnlyButtonsSayWhatTheyDo()
    {
        m_window->newPipeline();
        for (const QToolButton *button : m_window->findChildren<QToolButton *>()) {
            const bool named = !button->text().isEmpty() || !button->toolTip().isEmpty();
            // Buttons that Qt's own widgets make, such as the picture in a search field.
            const QByteArray parent = button->parentWidget()->metaObject()->className();
            const bool ofQt = button->objectName().startsWith(QLatin1String("qt_"))
                              || (parent.startsWith('Q') && parent != "QWidget")
                              || button->parentWidget()->inherits("QLineEdit");
            QVERIFY2(named || ofQt, qPrintable(QString::fromLatin1(parent)));
        }
    }

    void theWelcomePageHasNoPanelsAndAnOpenPipelineHasThem()
    {
        for (const QDockWidget *dock : m_window->findChildren<QDockWidget *>())
            QVERIFY(!dock->isVisible());
        m_window->newPipeline();
        for (const QDockWidget *dock : m_window->findChildren<QDockWidget *>())
            QVERIFY(dock->isVisible());
        QCOMPARE(m_window->findChild<QDockWidget *>(QStringLiteral("palette"))->width(), 224);
        QCOMPARE(m_window->findChild<QDockWidget *>(QStringLiteral("inspector"))->width(), 320);
        QCOMPARE(m_window->findChild<QDockWidget *>(QStringLiteral("details"))->height(), 268);
    }

    void theWindowCanBeAsSmallAsASmallScreen()
    {
        m_window->newPipeline();
        QVERIFY2(m_window->minimumSizeHint().width() <= 1024,
                 qPrintable(QString::number(m_window->minimumSizeHint().width())));
        QVERIFY(m_window->minimumSizeHint().height() <= 700);
    }

    void theWelcomePageShowsEverySummaryWhole()
    {
        WelcomePage page(templateCards(builtInCatalog()));
        page.resize(1024, 700);
        page.show();
        QCoreApplication::processEvents();
        const auto cards = page.findChildren<TemplateButton *>();
        QVERIFY(!cards.isEmpty());
        for (const TemplateButton *card : cards)
            QVERIFY2(card->height() >= card->heightForWidth(card->width()),
                     qPrintable(card->accessibleName()));
        QVERIFY(!m_window->windowTitle().contains(QStringLiteral("Untitled")));
    }

    void theWelcomePageStandsOnTheWindowsColour()
    {
        WelcomePage page(templateCards(builtInCatalog()));
        page.resize(1024, 700);
        page.show();
        QCoreApplication::processEvents();
        QCOMPARE(page.grab().toImage().pixelColor(8, 600), theme().window);
    }

    void aNewPipelineIsSeenAtFullSize()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().zoomOut();
        m_window->newPipeline();
        QCOMPARE(m_window->canvas().zoom(), 1.0);
    }

    void aDestinationPreviewsWhatComesIn()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().select({"store"});
        QCOMPARE(m_window->preview().titleText(), QStringLiteral("Into KQL database"));
        m_window->canvas().select({"filter"});
        QCOMPARE(m_window->preview().titleText(), QStringLiteral("Out of Overheating"));
    }

    void aMessageWaitsForTheOneThatIsThere()
    {
        MessageBar bar;
        bar.showMessage(Severity::Error, QStringLiteral("damaged"));
        bar.queueMessage(Severity::Warning, QStringLiteral("not saved"));
        QCOMPARE(bar.text(), QStringLiteral("damaged"));
        bar.dismiss();
        QVERIFY(!bar.isHidden());
        QCOMPARE(bar.text(), QStringLiteral("not saved"));
        bar.dismiss();
        QVERIFY(bar.isHidden());
    }

    void theRunOfAClosedPipelineKeepsItsFolderUntilItEnds()
    {
        RunWorkspace workspace;
        workspace.reset({});
        const QString first = QString::fromStdString(workspace.directory());
        workspace.reset({});
        QVERIFY(QDir(first).exists());
        workspace.runEnded();
        QVERIFY(!QDir(first).exists());
    }

    void aPanelThatWasClosedStaysClosedOverTheWelcomePage()
    {
        m_window->newPipeline();
        auto *palette = m_window->findChild<QDockWidget *>(QStringLiteral("palette"));
        m_window->actions().palette->trigger();
        QVERIFY(!palette->isVisible());
        m_window->showWelcome();
        m_window->newPipeline();
        QVERIFY(!palette->isVisible());
        m_window->actions().palette->trigger();
        QVERIFY(palette->isVisible());
    }

    void openingAFileShowsItAndADamagedOneChangesNothing()
    {
        QVERIFY(m_window->openFile(savedChain()));
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(4));
        QFile damaged(file("damaged.sluice.json"));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("{ no");
        damaged.close();
        QVERIFY(!m_window->openFile(damaged.fileName()));
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(4));
        QVERIFY(m_window->messages().isVisible());
        QVERIFY(!m_window->messages().text().isEmpty());
    }

    void aDroppedFileOpens()
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(savedChain())});
        QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(m_window.get(), &drop);
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(4));
    }

    void restoringLostWorkAsksForWhatIsOpen()
    {
        const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)
                          + QStringLiteral("/recovery"));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        const QString lost = folder.filePath(QStringLiteral("crashed.sluice.json"));
        QVERIFY(savePipelineFile(test::chain(), lost.toStdString()));
        m_window = newWindow();
        MessageBar &messages = m_window->messages();
        QTRY_VERIFY(messages.isVisible());
        m_window->canvas().addKind("filter");
        const auto restore = [&] {
            for (QPushButton *button : messages.findChildren<QPushButton *>()) {
                if (button->isVisible() && button->text() == MainWindow::tr("Restore it"))
                    return QTest::mouseClick(button, Qt::LeftButton);
            }
            QFAIL("no button to restore with");
        };
        m_answer = MainWindow::Answer::Cancel;
        restore();
        QCOMPARE(m_asked, 1);
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(1));
        QTRY_VERIFY(messages.isVisible()); // the offer stands
        m_answer = MainWindow::Answer::Discard;
        restore();
        QCOMPARE(m_asked, 2);
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(4));
        QVERIFY(!QFile::exists(lost));
    }

    void closingWithUnsavedChangesAsks()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().addKind("filter");
        QVERIFY(m_window->isWindowModified());
        m_answer = MainWindow::Answer::Cancel;
        QVERIFY(!m_window->close());
        QCOMPARE(m_asked, 1);
        m_answer = MainWindow::Answer::Save;
        QVERIFY(m_window->close());
        QCOMPARE(must(loadPipelineFile(savedAgain())).pipeline.nodes.size(), std::size_t(5));
    }

    void discardingLeavesTheFileAlone()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().addKind("filter");
        m_answer = MainWindow::Answer::Discard;
        QVERIFY(m_window->close());
        QCOMPARE(must(loadPipelineFile(savedAgain())).pipeline.nodes.size(), std::size_t(4));
    }

    void undoInAFieldIsTheUndoOfTheDocument()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().select({"filter"});
        QWidget *editor = m_window->inspector().form().row("text")->editor();
        auto *line = editor->findChild<QLineEdit *>();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, QStringLiteral("temp > 99"));
        QCOMPARE(line->text(), QStringLiteral("temp > 99"));
        QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(line->text(), QStringLiteral("temp > limit"));
        QVERIFY(!m_window->document().isDirty());
        QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(line->text(), QStringLiteral("temp > 99"));
    }

    void theInspectorFollowsTheSelection()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->canvas().select({"filter"});
        QCOMPARE(m_window->inspector().node(), std::string("filter"));
        m_window->canvas().clearSelection();
        QCOMPARE(m_window->inspector().node(), std::string());
    }

    void choosingAProblemShowsItsNode()
    {
        QVERIFY(m_window->openFile(savedChain()));
        m_window->problems().activate(0);
        const auto &selected = m_window->canvas().selectedNodes();
        QCOMPARE(selected.size(), std::size_t(1));
        QCOMPARE(m_window->inspector().node(), *selected.begin());
    }

    void doubleClickInThePaletteAddsANode()
    {
        m_window->newPipeline();
        m_window->palettePanel().list().selectKind("filter");
        m_window->palettePanel().list().chooseCurrent();
        QCOMPARE(m_window->document().pipeline().nodes.size(), std::size_t(1));
        QCOMPARE(m_window->canvas().selectedNodes().size(), std::size_t(1));
    }

    void aPipelineWithErrorsSaysSoAndRunsNothing()
    {
        m_window->newPipeline();
        m_window->canvas().addKind("join");
        m_window->run();
        QVERIFY(m_window->messages().isVisible());
        QVERIFY(!m_window->controller().isActive());
    }

    void progressOfAnUnsavedPipelineMovesBesideItsFile()
    {
        RunWorkspace workspace;
        workspace.reset({});
        const QString temporary = QString::fromStdString(workspace.directory());
        QVERIFY(QDir(temporary).exists());
        QVERIFY(QDir(temporary).mkpath(QStringLiteral(".sluice/untitled.sluice.json")));
        QVERIFY(workspace.moveTo(file("mine.sluice.json")));
        QVERIFY(QDir(m_folder->path()).exists(QStringLiteral(".sluice/mine.sluice.json")));
        QVERIFY(!QDir(temporary).exists());
        QCOMPARE(workspace.pipelinePath(), file("mine.sluice.json").toStdString());
    }

    void tablesOfAnUnsavedPipelineMoveBesideItsFile()
    {
        RunWorkspace workspace;
        workspace.reset({});
        const QDir temporary(QString::fromStdString(workspace.directory()));
        QVERIFY(temporary.mkpath(QStringLiteral(".sluice/untitled.sluice.json")));
        QFile table(temporary.filePath(QStringLiteral("demo.duckdb")));
        QVERIFY(table.open(QIODevice::WriteOnly) && table.write("rows") == 4);
        table.close();
        QVERIFY(temporary.mkpath(QStringLiteral("out")));
        QCOMPARE(workspace.temporaryFiles(),
                 QStringList({QStringLiteral("demo.duckdb"), QStringLiteral("out")}));
        QVERIFY(workspace.moveTo(file("mine.sluice.json")));
        QFile moved(m_folder->filePath(QStringLiteral("demo.duckdb")));
        QVERIFY(moved.open(QIODevice::ReadOnly));
        QCOMPARE(moved.readAll(), QByteArray("rows"));
        QVERIFY(QDir(m_folder->filePath(QStringLiteral("out"))).exists());
        QVERIFY(!workspace.isTemporary());
        QVERIFY(!temporary.exists());
    }

    void aTableThatIsThereAlreadyIsNotOverwritten()
    {
        for (const char *content : {"old", "new"}) {
            RunWorkspace workspace;
            workspace.reset({});
            const QDir temporary(QString::fromStdString(workspace.directory()));
            QFile table(temporary.filePath(QStringLiteral("demo.duckdb")));
            QVERIFY(table.open(QIODevice::WriteOnly) && table.write(content) == 3);
            table.close();
            const auto moved = workspace.moveTo(file("mine.sluice.json"));
            QCOMPARE(bool(moved), content == QByteArray("old"));
            if (moved)
                continue;
            QVERIFY(moved.error().message.find(temporary.path().toStdString())
                    != std::string::npos);
            QVERIFY(table.exists()); // nothing is lost
            QVERIFY(QDir(temporary.path()).removeRecursively());
        }
        QFile kept(m_folder->filePath(QStringLiteral("demo.duckdb")));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("old"));
    }

    void whatTheRunsOfAnUnsavedPipelineWroteIsNotThrownAwayUnasked()
    {
        m_window->newPipeline();
        const QDir temporary(
            QFileInfo(QString::fromStdString(m_window->runOptions().pipelinePath)).absolutePath());
        QFile table(temporary.filePath(QStringLiteral("demo.duckdb")));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.close();
        m_answer = MainWindow::Answer::Cancel;
        QVERIFY(!m_window->close());
        QCOMPARE(m_asked, 1);
        QVERIFY(m_question.contains(QStringLiteral("demo.duckdb")));
        QVERIFY(m_window->saveAs(file("kept.sluice.json")));
        QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("demo.duckdb"))));
        QVERIFY(m_window->close());
        QCOMPARE(m_asked, 1);
    }

    void anEmptyPipelineIsNoMistake()
    {
        m_window->newPipeline();
        QVERIFY(m_window->document().diagnostics().empty());
    }

    void aNodeThatIsWiredWhileItIsChosenPreviewsWhatComesIn()
    {
        QVERIFY(m_window->openFile(savedChain()));
        PipelineDocument &document = m_window->document();
        const Wire wire = *document.pipeline().wires.back();
        QVERIFY(
            document.apply(QStringLiteral("Cut"), sluice::disconnect(document.pipeline(), wire)));
        m_window->canvas().select({"store"});
        QCOMPARE(m_window->preview().titleText(), QString());
        QVERIFY(document.apply(
            QStringLiteral("Wire"),
            sluice::connect(document.pipeline(), test::uiCatalog(), wire.from, wire.to)));
        QCOMPARE(m_window->preview().titleText(), QStringLiteral("Into KQL database"));
    }

private:
    std::string savedAgain() const { return file("chain.sluice.json").toStdString(); }
};

SLUICE_UI_TEST(TestMainWindow)
#include "tst_main_window.moc"
