#include "core/pipeline/pipeline_file.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/document/clipboard.h"
#include "ui/document/pipeline_document.h"
#include "ui/document/recent_files.h"

#include <QClipboard>
#include <QFile>
#include <QMimeData>
#include <QSignalSpy>

using namespace sluice;
using test::must;
using test::uiCatalog;

class TestDocument : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;

    QString inFolder(const char *name) const { return m_folder->filePath(QLatin1String(name)); }

    std::unique_ptr<PipelineDocument> newDocument() const
    {
        return std::make_unique<PipelineDocument>(uiCatalog(), nullptr, inFolder("recovery"));
    }

    void write(const QString &path, const QByteArray &text) const
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }

    std::string text() const { return pipelineText(m_document->pipeline()); }

    void prepare() override
    {
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_document = newDocument();
    }

private Q_SLOTS:
    void eachEditUndoesToTheFileBeforeAndRedoesToTheFileAfter()
    {
        PipelineDocument &document = *m_document;
        std::vector<std::string> texts{text()};
        const auto step = [&](Result<Pipeline> edited) {
            QVERIFY(document.apply(QStringLiteral("Edit"), std::move(edited)));
            texts.push_back(text());
        };
        QVERIFY(document.addNode("kafka", {0, 0}));
        texts.push_back(text());
        PipelineDocument::AddOptions options;
        options.from = WireEnd{"kafka", "out"};
        QVERIFY(document.addNode("filter", {288, 0}, options));
        texts.push_back(text());
        step(setField(document.pipeline(), "filter", "text", "temp > 20"));
        step(setTitle(document.pipeline(), "filter", "Hot"));
        step(moveNodes(document.pipeline(), {{"filter", {300, 40}}}));
        step(removeNodes(document.pipeline(), {"kafka"}));
        for (std::size_t i = texts.size() - 1; i > 0; --i) {
            document.undoStack().undo();
            QCOMPARE(text(), texts[i - 1]);
        }
        for (std::size_t i = 1; i < texts.size(); ++i) {
            document.undoStack().redo();
            QCOMPARE(text(), texts[i]);
        }
    }

    void aFailedEditChangesNothing()
    {
        const std::string before = text();
        const auto done = m_document->apply(
            QStringLiteral("Move"), moveNodes(m_document->pipeline(), {{"nobody", {1, 1}}}));
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::UnknownNode);
        QCOMPARE(text(), before);
        QCOMPARE(m_document->undoStack().count(), 0);
    }

    void stepsOfOneGestureMergeAndVanishWhenTheyEndWhereTheyBegan()
    {
        QVERIFY(m_document->addNode("kafka", {0, 0}));
        const auto moveTo = [&](double x) {
            QVERIFY(m_document->apply(QStringLiteral("Move"),
                                      moveNodes(m_document->pipeline(), {{"kafka", {x, 0}}}),
                                      QStringLiteral("move kafka")));
        };
        moveTo(16);
        moveTo(32);
        QCOMPARE(m_document->undoStack().count(), 2);
        moveTo(0);
        QCOMPARE(m_document->undoStack().count(), 1);
        m_document->undoStack().undo();
        QVERIFY(m_document->pipeline().nodes.empty());
    }

    void savingClearsTheMarkAndUndoBringsItBack()
    {
        QSignalSpy dirty(m_document.get(), &PipelineDocument::dirtyChanged);
        QVERIFY(m_document->addNode("kafka", {0, 0}));
        QVERIFY(m_document->isDirty());
        QVERIFY(!m_document->save()); // no path yet
        const QString path = inFolder("a.sluice.json");
        QVERIFY(m_document->saveAs(path));
        QVERIFY(!m_document->isDirty());
        QCOMPARE(m_document->path(), path);
        QCOMPARE(recentFiles().value(0), path);
        m_document->undoStack().undo();
        QVERIFY(m_document->isDirty());
        QCOMPARE(dirty.count(), 3);

        const auto other = newDocument();
        QVERIFY(other->open(path));
        QCOMPARE(other->pipeline().nodes.size(), std::size_t(1));
        QVERIFY(!other->isDirty());
    }

    void aDamagedFileOpensNothing_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("cut off") << QByteArray("{\"sluice\": 1, \"nodes\": [");
        QTest::newRow("no pipeline") << QByteArray("[1, 2, 3]");
        QTest::newRow("from the future") << QByteArray("{\"sluice\": 99, \"nodes\": []}");
        QTest::newRow("a picture") << QByteArray("\x89PNG\r\n\x1a\n", 8);
        QTest::newRow("empty") << QByteArray();
    }

    void aDamagedFileOpensNothing()
    {
        QFETCH(QByteArray, content);
        QVERIFY(m_document->addNode("kafka", {0, 0}));
        const std::string before = text();
        const QString path = inFolder("bad.sluice.json");
        write(path, content);
        QSignalSpy changed(m_document.get(), &PipelineDocument::pipelineChanged);
        const auto opened = m_document->open(path);
        QVERIFY(!opened);
        QVERIFY(!opened.error().message.empty());
        QCOMPARE(changed.count(), 0);
        QCOMPARE(text(), before);
        QCOMPARE(m_document->path(), QString());
        QVERIFY(m_document->isDirty());
        QCOMPARE(m_document->undoStack().count(), 1);
    }

    void unsavedWorkComesBackAfterACrash()
    {
        QVERIFY(m_document->addNode("kafka", {0, 0}));
        const std::string unsaved = text();
        m_document->autosave();
        const QDir folder(inFolder("recovery"));
        // A living program's file is not offered to another.
        QVERIFY(newDocument()->recoverable().empty());
        // What a crash leaves: the text and no living owner.
        const QStringList files = folder.entryList({QStringLiteral("*.sluice.json")});
        QCOMPARE(files.size(), 1);
        QVERIFY(QFile::copy(folder.filePath(files[0]),
                            folder.filePath(QStringLiteral("crashed.sluice.json"))));
        m_document.reset(); // a clean end takes its own file away

        auto next = newDocument();
        const auto found = next->recoverable();
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(next->restore(found[0]));
        QCOMPARE(pipelineText(next->pipeline()), unsaved);
        QVERIFY(next->isDirty());
        QVERIFY(!QFile::exists(found[0].recoveryPath));
        QVERIFY(next->saveAs(inFolder("saved.sluice.json")));
        QVERIFY(folder.entryList({QStringLiteral("*.sluice.json")}).isEmpty());
    }

    void aTimerWritesTheRecoveryFile()
    {
        QVERIFY(m_document->addNode("kafka", {0, 0}));
        const QDir folder(inFolder("recovery"));
        QTRY_COMPARE_WITH_TIMEOUT(
            folder.entryList({QStringLiteral("*.sluice.json")}).size(), 1, 10000);
    }

    void copiedNodesArePastedWithTheirWiresUnderNewNames()
    {
        QVERIFY(m_document->apply(QStringLiteral("Build"), test::chain()));
        m_document->copy({"kafka", "filter"});
        QVERIFY(QGuiApplication::clipboard()->text().contains(QLatin1String("\"kafka\"")));
        QVERIFY(m_document->canPaste());
        const auto ids = must(m_document->paste());
        QCOMPARE(ids.size(), std::size_t(2));
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(6));
        QCOMPARE(m_document->pipeline().wires.size(), std::size_t(3));
        QVERIFY(m_document->pipeline().layout.at(ids[0])
                != m_document->pipeline().layout.at("kafka"));
        m_document->undoStack().undo();
        QCOMPARE(m_document->pipeline().nodes.size(), std::size_t(4));
    }

    void whatIsNoNodeOrOfAForeignKindIsRefused()
    {
        const std::string before = text();
        QGuiApplication::clipboard()->setText(QStringLiteral("hello"));
        QVERIFY(!m_document->canPaste());
        QVERIFY(m_document->paste().error().code == ErrorCode::FileDamaged);
        QGuiApplication::clipboard()->setText(
            QStringLiteral(R"({"sluice": 1, "nodes": [{"id": "x", "kind": "teleporter"}]})"));
        QVERIFY(m_document->canPaste());
        const auto pasted = m_document->paste();
        QVERIFY(!pasted);
        QVERIFY(pasted.error().code == ErrorCode::UnknownKind);
        QVERIFY(pasted.error().message.find("teleporter") != std::string::npos);
        QCOMPARE(text(), before);
    }

    void problemsFollowTheEdits()
    {
        QSignalSpy changed(m_document.get(), &PipelineDocument::diagnosticsChanged);
        QVERIFY(m_document->addNode("filter", {0, 0}));
        QVERIFY(changed.count() > 0);
        QVERIFY(!m_document->diagnosticsOf("filter").empty()); // its input is not wired
        changed.clear();
        QVERIFY(m_document->apply(QStringLiteral("Move"),
                                  moveNodes(m_document->pipeline(), {{"filter", {64, 0}}})));
        QCOMPARE(changed.count(), 0); // a moved node is as right or wrong as before
        QVERIFY(m_document->validated().find("filter") != nullptr);
    }

    void changesSinceTheRunAreCounted()
    {
        QVERIFY(m_document->apply(QStringLiteral("Build"), test::chain()));
        const Pipeline running = m_document->pipeline();
        QVERIFY(
            m_document->apply(QStringLiteral("Move"), moveNodes(running, {{"filter", {64, 0}}})));
        QCOMPARE(m_document->changesSince(running).restarting(), std::size_t(0));
        QVERIFY(m_document->apply(QStringLiteral("Edit"),
                                  setField(m_document->pipeline(), "filter", "text", "temp > 30")));
        const PipelineDiff changes = m_document->changesSince(running);
        QCOMPARE(changes.changed, std::vector<std::string>{"filter"});
        QCOMPARE(changes.restarting(), std::size_t(1));
    }
};

SLUICE_UI_TEST(TestDocument)
#include "tst_document.moc"
