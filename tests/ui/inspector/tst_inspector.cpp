#include "core/pipeline/secrets.h"
#include "core/runtime/engine.h"
#include "tests/ui/inspector/all_fields.h"
#include "tests/ui/support/qt_test_main.h"
#include "ui/bridge/secret_keeper.h"
#include "ui/document/column_origin.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/completion_box.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/mappings_editor.h"
#include "ui/inspector/node_form.h"
#include "ui/inspector/rows_editor.h"
#include "ui/inspector/wire_view.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QToolButton>
#include <QTreeWidget>

using namespace sluice;
using test::must;

namespace {

Value mapOf(std::initializer_list<std::pair<const char *, const char *>> entries)
{
    Value map;
    for (const auto &[key, value] : entries)
        map.set(key, Value(value));
    return map;
}

template<typename Widget>
Widget *child(QWidget *parent, int index = 0)
{
    const auto all = parent->findChildren<Widget *>();
    return index < all.size() ? all[index] : nullptr;
}

} // namespace

class TestInspector : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<SecretKeeper> m_keeper;
    std::unique_ptr<Inspector> m_inspector;

    void prepare() override
    {
        m_inspector.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_document = std::make_unique<PipelineDocument>(
            test::allFieldsCatalog(), nullptr, m_folder->filePath(QStringLiteral("recovery")));
        m_keeper = std::make_unique<SecretKeeper>(fileSecretStore(toStdString(secretFile())),
                                                  SecretKeeper::Store::File);
        const auto &catalog = test::allFieldsCatalog();
        Pipeline pipeline = must(addNode({}, catalog, "sample", {0, 0}, "in")).pipeline;
        pipeline = must(addNode(pipeline, catalog, "everything", {288, 0}, "all")).pipeline;
        pipeline = must(sluice::connect(pipeline, catalog, {"in", "out"}, {"all", "in"}));
        QVERIFY(m_document->apply(QStringLiteral("Build"), pipeline));
        m_inspector = std::make_unique<Inspector>(*m_document, m_keeper.get());
        m_inspector->setNode("all");
        m_inspector->resize(320, 700);
        m_inspector->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_inspector.get()));
    }

    QString secretFile() const { return m_folder->filePath(QStringLiteral("secrets.json")); }
    FieldRow *row(const char *field) { return m_inspector->form().row(field); }
    FieldEditor *editor(const char *field) { return row(field)->editor(); }
    void set(const char *field, Value value)
    {
        QVERIFY(
            m_document->apply(QStringLiteral("Set"),
                              setField(m_document->pipeline(), "all", field, std::move(value))));
    }
    Value value(const char *field) const
    {
        const NodePtr node = m_document->pipeline().findNode("all");
        for (const auto &[name, known] : node->config) {
            if (name == field)
                return known;
        }
        return {};
    }
    void type(QWidget *widget, const char *text)
    {
        widget->setFocus();
        QTest::keyClicks(widget, QString::fromUtf8(text));
    }

private Q_SLOTS:
    void everyFieldTypeHasAnEditorThatShowsWhatTheConfigHas()
    {
        for (const FieldSpec &spec : test::allFieldsKind().fields)
            QVERIFY2(row(spec.name.c_str()) != nullptr, spec.name.c_str());

        set("text", Value("hello"));
        set("notes", Value("one\ntwo"));
        set("eager", Value(true));
        set("count", Value(25));
        set("share", Value(0.5));
        set("wait", Value("10s"));
        set("size", Value("64MB"));
        set("mode", Value("safe"));
        set("path", Value("data/in.ndjson"));
        set("where", Value("temp > 20"));
        set("key", Value("device_id"));
        set("topics", Value(ValueList{Value("a"), Value("b")}));
        QCOMPARE(child<QLineEdit>(editor("text"))->text(), QStringLiteral("hello"));
        QCOMPARE(child<QPlainTextEdit>(editor("notes"))->toPlainText(), QStringLiteral("one\ntwo"));
        QVERIFY(child<QCheckBox>(editor("eager"))->isChecked());
        QCOMPARE(child<QLineEdit>(editor("count"))->text(), QStringLiteral("25"));
        QCOMPARE(child<QLineEdit>(editor("share"))->text(), QStringLiteral("0.5"));
        QCOMPARE(child<QLineEdit>(editor("wait"))->text(), QStringLiteral("10s"));
        QCOMPARE(child<QLineEdit>(editor("size"))->text(), QStringLiteral("64MB"));
        QCOMPARE(child<QComboBox>(editor("mode"))->currentText(), QStringLiteral("Safe"));
        QCOMPARE(child<QLineEdit>(editor("path"))->text(), QStringLiteral("data/in.ndjson"));
        QCOMPARE(child<QPlainTextEdit>(editor("where"))->toPlainText(),
                 QStringLiteral("temp > 20"));
        QCOMPARE(child<QComboBox>(editor("key"))->currentText(), QStringLiteral("device_id"));
        QCOMPARE(static_cast<RowsEditor *>(editor("topics"))->rowCount(), 2);
    }

    void lineEditorsWriteTheTypeOfTheirField()
    {
        type(child<QLineEdit>(editor("text")), "20");
        QCOMPARE(value("text"), Value("20"));
        child<QLineEdit>(editor("count"))->selectAll();
        type(child<QLineEdit>(editor("count")), "7");
        QCOMPARE(value("count"), Value(7));
        type(child<QLineEdit>(editor("share")), "0.25");
        QCOMPARE(value("share"), Value(0.25));
        type(child<QLineEdit>(editor("wait")), "5m");
        QCOMPARE(value("wait"), Value("5m"));
        type(child<QLineEdit>(editor("size")), "4096");
        QCOMPARE(value("size"), Value(4096));
        child<QLineEdit>(editor("text"))->selectAll();
        QTest::keyClick(child<QLineEdit>(editor("text")), Qt::Key_Backspace);
        QVERIFY(value("text").isNull());
    }

    void whatDoesNotFitIsKeptAsTypedForTheDiagnosticToName()
    {
        child<QLineEdit>(editor("count"))->selectAll();
        type(child<QLineEdit>(editor("count")), "many");
        QCOMPARE(value("count"), Value("many"));
        QVERIFY(row("count")->hasProblem());
        QVERIFY(row("count")->lowerText().contains(QStringLiteral("many")));
    }

    void clicksWriteBooleansAndChoices()
    {
        QCheckBox *box = child<QCheckBox>(editor("eager"));
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
        QCOMPARE(value("eager"), Value(true));
        QVERIFY(row("hidden")->isHidden());
        QComboBox *mode = child<QComboBox>(editor("mode"));
        mode->setFocus();
        QTest::keyClick(mode, Qt::Key_Down);
        QCOMPARE(value("mode"), Value("safe"));
        QVERIFY(!row("hidden")->isHidden());
    }

    void multilineExpressionAndJsonWriteWhatIsTyped()
    {
        type(child<QPlainTextEdit>(editor("notes")), "note");
        QCOMPARE(value("notes"), Value("note"));
        type(child<QPlainTextEdit>(editor("where")), "1 > 0");
        QCOMPARE(value("where"), Value("1 > 0"));
        QPlainTextEdit *json = child<QPlainTextEdit>(editor("extra"));
        type(json, "{\"a\": ");
        QVERIFY(value("extra").isNull());
        QVERIFY(json->property("invalid").toBool());
        type(json, "1}");
        QCOMPARE(*value("extra").find("a"), Value(1));
        QVERIFY(!json->property("invalid").toBool());
    }

    void anExpressionGrowsFromOneLineToSix()
    {
        QPlainTextEdit *text = child<QPlainTextEdit>(editor("where"));
        const int one = text->height();
        text->setPlainText(QStringLiteral("a\nb\nc"));
        const int three = text->height();
        QVERIFY(three > one);
        text->setPlainText(QStringLiteral("1\n2\n3\n4\n5\n6\n7\n8\n9"));
        const int most = text->height();
        QVERIFY(most > three);
        QVERIFY(most < one * 6 + 10);
    }

    void listsWriteTheirRowsAndLeaveEmptyOnesOut()
    {
        auto *topics = static_cast<RowsEditor *>(editor("topics"));
        QTest::mouseClick(topics->findChild<QPushButton *>(QStringLiteral("add")), Qt::LeftButton);
        QCOMPARE(topics->rowCount(), 1);
        QVERIFY(value("topics").isNull());
        type(child<QLineEdit>(topics), "alpha");
        QCOMPARE(value("topics"), Value(ValueList{Value("alpha")}));
        topics->removeRow(0);
        QVERIFY(value("topics").isNull());
    }

    void aRowMovesAndStaysInsideTheList()
    {
        const Value before = must(valueFromJson(R"([{"name":"temp"},{"name":"device_id"}])"));
        set("fields", before);
        auto *rows = static_cast<RowsEditor *>(editor("fields"));
        rows->moveRow(0, 1);
        QCOMPARE(value("fields"), must(valueFromJson(R"([{"name":"device_id"},{"name":"temp"}])")));
        rows->moveRow(1, 1); // it is the last
        rows->moveRow(1, -1);
        QCOMPARE(value("fields"), before);
    }

    void completionsStandUnderTheWordAndFunctionsBringTheirParentheses()
    {
        QPlainTextEdit *text = child<QPlainTextEdit>(editor("where"));
        type(text, "isem");
        QListView *list = text->findChild<CompletionBox *>()->findChild<QListView *>();
        if (list == nullptr) { // a window of its own
            for (QWidget *window : QApplication::topLevelWidgets()) {
                if (window->isVisible() && qobject_cast<QListView *>(window))
                    list = qobject_cast<QListView *>(window);
            }
        }
        QVERIFY(list != nullptr && list->isVisible());
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(text->toPlainText(), QStringLiteral("isempty()"));
        QCOMPARE(text->textCursor().position(), 8);
        type(text, "dev");
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(text->toPlainText(), QStringLiteral("isempty(device_id)"));
    }

    void aWireShowsItsColumnsAndWhereTheyComeFrom()
    {
        const Wire wire = *m_document->pipeline().wires.front();
        m_inspector->setWire(wire);
        const auto *view = m_inspector->findChild<WireView *>();
        QVERIFY(view->isVisible());
        const auto trees = view->findChildren<QTreeWidget *>();
        const QTreeWidget *columns = trees.last();
        QCOMPARE(columns->topLevelItemCount(), 2);
        QCOMPARE(columns->topLevelItem(1)->text(0), QStringLiteral("temp"));
        QCOMPARE(columns->topLevelItem(1)->text(1), QStringLiteral("real"));
        QCOMPARE(columns->topLevelItem(1)->text(2), QStringLiteral("Sample data"));
        QCOMPARE(originOf(*m_document, "all", "temp"), std::string("in"));

        RunSnapshot snapshot;
        snapshot.wires[wireKey(wire)].rate = 98'200;
        m_inspector->setSnapshot(snapshot);
        QCOMPARE(trees.first()->topLevelItem(0)->text(1), QStringLiteral("98.2 k/s"));
        m_inspector->setNode("all");
        QVERIFY(!view->isVisible());
    }

    void columnTablesRoundTrip_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("schema") << QByteArray("schema")
                                << QByteArray(R"([{"name":"temp","type":"real"}])");
        QTest::newRow("mapping") << QByteArray("fields")
                                 << QByteArray(R"([{"name":"t","from":"temp","type":"long",)"
                                               R"("on_error":"drop"},)"
                                               R"({"name":"f","expression":"temp * 1.8 + 32"}])");
        QTest::newRow("conditions")
            << QByteArray("conditions")
            << QByteArray(R"({"all":[{"field":"temp","operator":"greater_than","value":20},)"
                          R"({"any":[{"field":"device_id","operator":"is_null"}]}]})");
        QTest::newRow("columns") << QByteArray("drop") << QByteArray(R"(["temp","device_id"])");
        QTest::newRow("properties")
            << QByteArray("properties") << QByteArray(R"({"linger.ms":5,"acks":"all"})");
        QTest::newRow("keys") << QByteArray("by")
                              << QByteArray(R"(["temp",{"name":"t","from":"site.floor"}])");
        QTest::newRow("aggregates") << QByteArray("aggregates")
                                    << QByteArray(R"-([{"name":"a","expression":"avg(temp)"}])-");
        QTest::newRow("event time")
            << QByteArray("event_time")
            << QByteArray(R"({"field":"timestamp","max_out_of_orderness":"2s"})");
    }

    void columnTablesRoundTrip()
    {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, json);
        const Value before = must(valueFromJson(json.toStdString()));
        set(field.constData(), before);
        auto *line = child<QLineEdit>(editor(field.constData()));
        QVERIFY(line != nullptr);
        // A character typed and taken away again: the editor writes all it shows, and nothing else.
        line->setFocus();
        line->end(false);
        QTest::keyClick(line, Qt::Key_X);
        QVERIFY(!(value(field.constData()) == before));
        QTest::keyClick(line, Qt::Key_Backspace);
        QCOMPARE(QString::fromStdString(value(field.constData()).toJson()),
                 QString::fromStdString(before.toJson()));
    }

    void addAllListsEveryColumnOfTheInputOnce()
    {
        Value listed;
        listed.set("name", Value("temp"));
        set("fields", Value(ValueList{listed}));
        static_cast<MappingsEditor *>(editor("fields"))->addAll();
        const Value all = value("fields");
        QCOMPARE(all.asList()->size(), std::size_t(2));
        QCOMPARE((*all.asList())[1], mapOf({{"name", "device_id"}}));
    }

    void typingInAFieldIsOneUndoStep()
    {
        const int before = m_document->undoStack().index();
        QLineEdit *line = child<QLineEdit>(editor("text"));
        type(line, "several letters");
        QCOMPARE(m_document->undoStack().index(), before + 1);
        m_document->undoStack().undo();
        QVERIFY(value("text").isNull());
        QCOMPARE(line->text(), QString());
        m_document->undoStack().redo();
        QCOMPARE(line->text(), QStringLiteral("several letters"));
    }

    void leavingAFieldBeginsAnotherUndoStep()
    {
        const int before = m_document->undoStack().index();
        type(child<QLineEdit>(editor("text")), "ab");
        QTest::keyClick(child<QLineEdit>(editor("text")), Qt::Key_Return);
        type(child<QLineEdit>(editor("text")), "cd");
        QCOMPARE(m_document->undoStack().index(), before + 2);
    }

    void aProblemReplacesTheHelpAndItsLinkMendsIt()
    {
        QCOMPARE(row("text")->lowerText(), QStringLiteral("A line of text"));
        type(child<QLineEdit>(editor("text")), "tmp");
        QVERIFY(row("text")->lowerText().contains(QStringLiteral("tmp")));
        QVERIFY(child<QLineEdit>(editor("text"))->property("invalid").toBool());

        Diagnostic problem;
        problem.node = "all";
        problem.field = "text";
        problem.message = "no column 'tmp'";
        problem.fixes = {{"Use temp", "text", Value("temp")}};
        row("text")->setProblems({problem});
        QVERIFY(row("text")->lowerText().endsWith(QStringLiteral("Use temp")));
        row("text")->applyFix(0);
        QCOMPARE(value("text"), Value("temp"));
        QCOMPARE(row("text")->lowerText(), QStringLiteral("A line of text"));
        QVERIFY(!child<QLineEdit>(editor("text"))->property("invalid").toBool());
    }

    void textOfOthersIsNeverTakenForMarkup()
    {
        Diagnostic problem;
        problem.message = "no column '<b>x</b>'";
        row("text")->setProblems({problem});
        auto *label = row("text")->findChildren<QLabel *>().last();
        bool escaped = false;
        for (const QLabel *each : row("text")->findChildren<QLabel *>())
            escaped |= each->text().contains(QStringLiteral("&lt;b&gt;x"));
        QVERIFY(escaped);
        QVERIFY(label != nullptr);
    }

    void aParameterStandsInPlaceOfTheEditor()
    {
        QVERIFY(m_document->apply(
            QStringLiteral("Parameter"),
            setParameters(m_document->pipeline(), {{"limit", ColumnType::Long, Value(3)}})));
        set("count", Value(Reference{ReferenceKind::Parameter, "limit"}));
        QVERIFY(editor("count")->isHidden());
        set("count", Value(4));
        QVERIFY(!editor("count")->isHidden());
        QCOMPARE(child<QLineEdit>(editor("count"))->text(), QStringLiteral("4"));
    }

    void aSecretGoesToTheKeeperAndNeverIntoThePipeline()
    {
        QLineEdit *line = child<QLineEdit>(editor("password"));
        type(line, "hunter2");
        QTest::keyClick(line, Qt::Key_Return);
        const Value kept = value("password");
        QVERIFY(kept.asReference() != nullptr);
        QCOMPARE(kept.asReference()->kind, ReferenceKind::Secret);
        QCOMPARE(pipelineText(m_document->pipeline()).find("hunter2"), std::string::npos);
        QCOMPARE(m_keeper->lookup(kept.asReference()->name), std::optional<std::string>("hunter2"));
        QCOMPARE(line->text(), QStringLiteral("••••••••"));
        const auto rights = QFile::permissions(secretFile());
        QVERIFY(!(rights & (QFile::ReadGroup | QFile::ReadOther)));

        SecretKeeper later(fileSecretStore(toStdString(secretFile())), SecretKeeper::Store::File);
        later.load({toQString(kept.asReference()->name)});
        QCOMPARE(later.lookup(kept.asReference()->name), std::optional<std::string>("hunter2"));
    }

    void anExpressionThatGrowsShowsAllItsLines()
    {
        auto *text = child<QPlainTextEdit>(editor("where"));
        const int before = text->height();
        type(text, "temp > 20 and device_id == 'press-1' and temp < 75 and temp != 30");
        QTRY_VERIFY(text->height() > before);
        QTRY_COMPARE(text->verticalScrollBar()->value(), 0);
        QVERIFY(text->viewport()->rect().contains(text->cursorRect()));
    }

    void aSecretIsKeptWhenItsFieldIsLeft()
    {
        QLineEdit *line = child<QLineEdit>(editor("password"));
        type(line, "hunter2");
        QVERIFY(value("password").isNull());
        QTest::keyClick(line, Qt::Key_Tab);
        const Value kept = value("password");
        QVERIFY(kept.asReference() != nullptr);
        QCOMPARE(m_keeper->lookup(kept.asReference()->name), std::optional<std::string>("hunter2"));
        // A pipeline without a name has a secret of its own all the same.
        QVERIFY(kept.asReference()->name != "all_password");
        child<QPushButton>(editor("password"))->click();
        QVERIFY(!line->isReadOnly());
    }

    void theTitleIsEditedInPlaceAsOneStep()
    {
        auto *title = m_inspector->findChild<QLineEdit *>(QStringLiteral("nodeTitle"));
        QCOMPARE(title->text(), QStringLiteral("Everything"));
        const int before = m_document->undoStack().index();
        title->setFocus();
        title->selectAll();
        QTest::keyClicks(title, QStringLiteral("Per machine"));
        QCOMPARE(m_document->pipeline().findNode("all")->title, std::string("Per machine"));
        QCOMPARE(m_document->undoStack().index(), before + 1);
    }

    void withoutANodeThePipelineItselfIsSet()
    {
        m_inspector->setNode({});
        auto *name = m_inspector->findChild<QLineEdit *>(QStringLiteral("pipelineName"));
        QVERIFY(name->isVisible());
        type(name, "Hot sensors");
        QCOMPARE(m_document->pipeline().name, std::string("Hot sensors"));
        auto *keys = m_inspector->findChild<QLineEdit *>(QStringLiteral("stateKeys"));
        QCOMPARE(keys->text(), QStringLiteral("10000000"));
        keys->selectAll();
        type(keys, "5000");
        QCOMPARE(m_document->pipeline().settings.stateKeys, std::int64_t(5000));
        auto *bytes = m_inspector->findChild<QLineEdit *>(QStringLiteral("stateBytes"));
        QCOMPARE(bytes->text(), QStringLiteral("1GiB"));
        bytes->selectAll();
        type(bytes, "512MiB");
        QCOMPARE(m_document->pipeline().settings.stateBytes, std::string("512MiB"));
        QTest::mouseClick(m_inspector->findChild<QPushButton *>(QStringLiteral("addParameter")),
                          Qt::LeftButton);
        QCOMPARE(m_document->pipeline().parameters.size(), std::size_t(1));
    }
};

SLUICE_UI_TEST(TestInspector)
#include "tst_inspector.moc"
