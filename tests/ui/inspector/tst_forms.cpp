#include "core/base/value_json.h"
#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/alternatives_bar.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/expression_editor.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/function_picker.h"
#include "ui/inspector/group_editor.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/node_form.h"
#include "ui/inspector/rows_editor.h"

#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTabBar>
#include <QToolButton>
#include <QTreeWidget>

#include <memory>

using namespace sluice;
using test::must;

/// The forms of the kinds that are built in, filled in as a person does.
class TestForms : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<Inspector> m_inspector;

    void prepare() override
    {
        m_inspector.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_document = std::make_unique<PipelineDocument>(
            builtInCatalog(), nullptr, m_folder->filePath(QStringLiteral("recovery")));
    }

    static const Catalog &catalog() { return builtInCatalog(); }

    /// in → node, with the node selected.
    void show(const char *kind, const char *config = "{}")
    {
        const Value schema = must(valueFromJson(
            R"([{"name":"device_id","type":"string"},{"name":"temp","type":"real"},)"
            R"({"name":"site","type":"dynamic"},{"name":"timestamp","type":"datetime"}])"));
        Pipeline pipeline =
            must(addNode({}, catalog(), "sample_data_source", {0, 0}, "in")).pipeline;
        pipeline = must(setField(pipeline, "in", "schema", schema));
        pipeline = must(
            setField(pipeline,
                     "in",
                     "event_time",
                     must(valueFromJson(R"({"field":"timestamp","max_out_of_orderness":"5s"})"))));
        pipeline = must(addNode(pipeline, catalog(), kind, {288, 0}, "node")).pipeline;
        const Value settings = must(valueFromJson(config));
        for (const auto &[name, value] : *settings.asMap())
            pipeline = must(setField(pipeline, "node", name, value));
        const auto ports = inputPortsOf(*catalog().find(kind), pipeline.findNode("node")->config);
        for (const PortSpec &port : ports)
            pipeline = must(sluice::connect(pipeline, catalog(), {"in", "out"}, {"node", port.id}));
        open(pipeline, "node");
    }
    void open(const Pipeline &pipeline, const char *node)
    {
        QVERIFY(m_document->apply(QStringLiteral("Build"), pipeline));
        m_inspector = std::make_unique<Inspector>(*m_document, nullptr);
        m_inspector->setNode(node);
        m_inspector->resize(340, 900);
        m_inspector->show();
        QVERIFY(QTest::qWaitForWindowActive(m_inspector.get()));
    }

    FieldRow *row(const char *field) { return m_inspector->form().row(field); }
    FieldEditor *editor(const char *field) { return row(field)->editor(); }
    RowsEditor *rows(const char *field) { return static_cast<RowsEditor *>(editor(field)); }
    MemberForm *members(const char *field)
    {
        return static_cast<GroupEditor *>(editor(field))->form();
    }
    Value value(const char *field) const
    {
        const NodePtr node = m_document->pipeline().findNode("node");
        for (const auto &[name, known] : node->config) {
            if (name == field)
                return known;
        }
        return {};
    }
    QByteArray json(const char *field) const
    {
        return QByteArray::fromStdString(value(field).toJson());
    }
    /// As json() writes it.
    static QByteArray text(const QByteArray &json)
    {
        return QByteArray::fromStdString(must(valueFromJson(json.toStdString())).toJson());
    }
    static void click(QWidget *widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    static void add(RowsEditor *rows)
    {
        click(rows->findChild<QPushButton *>(QStringLiteral("add")));
    }
    template<typename Widget>
    static Widget *named(QWidget *parent, const QString &name)
    {
        for (Widget *child : parent->findChildren<Widget *>()) {
            if (child->accessibleName() == name)
                return child;
        }
        return nullptr;
    }
    static void choose(QComboBox *combo, const QString &text)
    {
        combo->setFocus();
        combo->showPopup();
        QTRY_VERIFY(combo->view()->isVisible());
        combo->view()->setCurrentIndex(combo->model()->index(combo->findText(text), 0));
        QTest::keyClick(combo->view(), Qt::Key_Return);
        QTRY_VERIFY(!combo->view()->isVisible());
        QCOMPARE(combo->currentText(), text);
    }
    static void typeInto(QWidget *widget, const char *text)
    {
        widget->setFocus();
        QTest::keyClicks(widget, QString::fromUtf8(text));
    }

private Q_SLOTS:
    void aGroupByIsMadeByMouseAndKeyboardWithoutKql()
    {
        show("group_by");
        // The window: only the fields of its type are there.
        QVERIFY(members("window")->editor("size")->isVisible());
        QVERIFY(!members("window")->editor("hop")->isVisible());
        QVERIFY(!members("window")->editor("gap")->isVisible());
        typeInto(members("window")->editor("size")->findChild<QLineEdit *>(), "10s");
        QCOMPARE(json("window"), text(R"({"size":"10s"})"));
        QComboBox *type = members("window")->editor("type")->findChild<QComboBox *>();
        choose(type, type->itemText(1));
        QVERIFY(members("window")->editor("hop")->isVisible());
        typeInto(members("window")->editor("hop")->findChild<QLineEdit *>(), "5s");
        QCOMPARE(json("window"), text(R"({"size":"10s","type":"hopping","hop":"5s"})"));
        choose(type, type->itemText(3));
        QVERIFY(members("window")->editor("gap")->isVisible());
        QVERIFY(!members("window")->editor("size")->isVisible());
        choose(type, type->itemText(0));

        add(rows("by"));
        auto *key = rows("by")->findChild<ColumnCombo *>();
        QVERIFY(key->findText(QStringLiteral("device_id")) >= 0);
        typeInto(key->lineEdit(), "device_id");
        QCOMPARE(json("by"), text(R"([{"name":"device_id"}])"));

        add(rows("aggregates"));
        QVERIFY(value("aggregates").isNull());
        QWidget *first = rows("aggregates")->rowWidget(0);
        choose(named<QComboBox>(first, QStringLiteral("Function")), QStringLiteral("avg"));
        auto *column = named<ColumnCombo>(first, QStringLiteral("Column"));
        QVERIFY(column->isVisible());
        typeInto(column->lineEdit(), "temp");
        QCOMPARE(json("aggregates"), text(R"-([{"expression":"avg(temp)"}])-"));
        typeInto(named<QLineEdit>(first, QStringLiteral("Name of the column that it makes")),
                 "mean");
        QCOMPARE(json("aggregates"), text(R"-([{"name":"mean","expression":"avg(temp)"}])-"));

        add(rows("aggregates"));
        QWidget *second = rows("aggregates")->rowWidget(1);
        choose(named<QComboBox>(second, QStringLiteral("Function")), QStringLiteral("percentile"));
        typeInto(named<ColumnCombo>(second, QStringLiteral("Column"))->lineEdit(), "temp");
        typeInto(named<ExpressionText>(second, QStringLiteral("percentage")), "95");
        QCOMPARE(json("aggregates"),
                 text(R"-([{"name":"mean","expression":"avg(temp)"},)-"
                      R"-({"expression":"percentile(temp, 95)"}])-"));
        QVERIFY(m_document->diagnosticsOf("node").empty()
                || !hasErrors(m_document->diagnosticsOf("node")));
        const ResolvedNode *resolved = m_document->validated().find("node");
        QVERIFY(resolved != nullptr && resolved->outputSchemas[0].find("mean").has_value());
    }

    void everyAggregateOfAFileIsShownAndStaysAsItIsWritten_data()
    {
        QTest::addColumn<QByteArray>("entry");
        for (const char *entry : {R"-({"name":"n","expression":"count()"})-",
                                  R"-({"name":"a","expression":"avg( temp )"})-",
                                  R"-({"expression":"percentiles(temp, 5, 95)"})-",
                                  R"-({"name":"r","expression":"round(avg(temp), 1)"})-",
                                  R"-({"name":"c","expression":"countif(temp > 20)"})-",
                                  R"-({"name":"x","expression":"count(temp)"})-",
                                  R"-({"name":"w","expression":"agv(temp)"})-",
                                  R"-({"name":"later","expression":"sum(temp)","note":"kept"})-"})
            QTest::newRow(entry) << QByteArray(entry);
    }

    void everyAggregateOfAFileIsShownAndStaysAsItIsWritten()
    {
        QFETCH(QByteArray, entry);
        const QByteArray config = R"({"aggregates":[)" + entry + "]}";
        show("aggregate", config.constData());
        auto *name = named<QLineEdit>(rows("aggregates")->rowWidget(0),
                                      QStringLiteral("Name of the column that it makes"));
        const QString before = name->text();
        name->setFocus();
        name->end(false);
        QTest::keyClick(name, Qt::Key_X);
        QVERIFY(json("aggregates") != text('[' + entry + ']'));
        QTest::keyClick(name, Qt::Key_Backspace);
        QCOMPARE(name->text(), before);
        QCOMPARE(json("aggregates"), text('[' + entry + ']'));
    }

    void keysOfAFileStayAsTheyAreWritten()
    {
        show(
            "deduplicate",
            R"-({"by":["device_id","site.floor",{"name":"temp"},{"name":"f","from":"site.floor"},)-"
            R"-({"name":"l","expression":"tolower(device_id)"},{"from":"device_id"}]})-");
        const QByteArray before = json("by");
        QCOMPARE(rows("by")->rowCount(), 6);
        auto *last = rows("by")->rowWidget(4);
        auto *text = last->findChild<ExpressionText *>();
        QVERIFY(text->isVisible());
        text->setFocus();
        text->moveCursor(QTextCursor::End);
        QTest::keyClick(text, Qt::Key_Space);
        QVERIFY(json("by") != before);
        QTest::keyClick(text, Qt::Key_Backspace);
        QCOMPARE(json("by"), before);
    }

    void aWrongPartOfARowIsMarkedThereAndTheLinkMendsIt()
    {
        show(
            "group_by",
            R"-({"window":{"type":"tumbling","size":"10s"},"by":["device_id"],)-"
            R"-("aggregates":[{"name":"n","expression":"count()"},{"name":"a","expression":"avg(tmp)"}]})-");
        QVERIFY(row("aggregates")->hasProblem());
        auto *good = rows("aggregates")->rowWidget(0);
        auto *bad = rows("aggregates")->rowWidget(1);
        QVERIFY(named<ColumnCombo>(bad, QStringLiteral("Column"))->property("invalid").toBool());
        for (QWidget *widget : good->findChildren<QWidget *>())
            QVERIFY(!widget->property("invalid").toBool());
        row("aggregates")->applyFix(0);
        QCOMPARE(json("aggregates"),
                 text(R"-([{"name":"n","expression":"count()"},)-"
                      R"-({"name":"a","expression":"avg(temp)"}])-"));
        QVERIFY(!row("aggregates")->hasProblem());
    }

    void joinKeysNameTheColumnsOfTheirOwnSide()
    {
        show("join", R"({"on":[{"left":"device_id","right":"device_id"}]})");
        const NodePtr node = m_document->pipeline().findNode("node");
        QVERIFY(node != nullptr);
        AlternativesBar *choice = m_inspector->form().alternatives("within");
        QVERIFY(choice != nullptr);
        QVERIFY(row("within")->isVisible());
        QVERIFY(!row("reference")->isVisible());
        typeInto(members("within")->editor("after")->findChild<QLineEdit *>(), "10s");
        QCOMPARE(json("within"), text(R"({"after":"10s"})"));
        // A table instead of the second stream.
        QFile table(m_folder->filePath(QStringLiteral("devices.csv")));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("device,place\na,hall\n");
        table.close();
        QTabBar *tabs = choice->findChild<QTabBar *>();
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
        QVERIFY(value("within").isNull());
        QVERIFY(row("reference")->isVisible());
        typeInto(members("reference")->editor("path")->findChild<QLineEdit *>(),
                 qPrintable(table.fileName()));
        auto *right = rows("on")->rowWidget(0)->findChildren<ColumnCombo *>().at(1);
        right->showPopup();
        QStringList names;
        for (int i = 0; i < right->count(); ++i)
            names << right->itemText(i);
        right->hidePopup();
        QCOMPARE(names, QStringList({QStringLiteral("device"), QStringLiteral("place")}));
        m_document->undoStack().undo();
        m_document->undoStack().undo();
        QCOMPARE(json("within"), text(R"({"after":"10s"})"));
        QCOMPARE(choice->chosen(), std::string("within"));
    }

    void conditionsAndTheirTextAreOneNode()
    {
        show("filter", R"-({"where":"temp > 20 and (site.floor == 1 or isnull(device_id))"})-");
        AlternativesBar *choice = m_inspector->form().alternatives("where");
        QTabBar *tabs = choice->findChild<QTabBar *>();
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
        QVERIFY(value("where").isNull());
        QCOMPARE(json("conditions"),
                 text(R"({"all":[{"field":"temp","operator":"greater_than","value":20},)"
                      R"({"any":[{"field":"site.floor","operator":"equals","value":1},)"
                      R"({"field":"device_id","operator":"is_null"}]}]})"));
        QVERIFY(editor("conditions")->isVisible());
        auto *limit = named<QLineEdit>(rows("conditions")->rowWidget(0), QStringLiteral("Value"));
        limit->selectAll();
        typeInto(limit, "30");
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(0).center());
        QCOMPARE(value("where"), Value("temp > 30 and (site.floor == 1 or isnull(device_id))"));
        QVERIFY(value("conditions").isNull());
        m_document->undoStack().undo();
        QVERIFY(value("where").isNull());
        QCOMPARE(choice->chosen(), std::string("conditions"));
    }

    void anExpressionThatRowsCannotShowStaysAndSaysSo()
    {
        show("filter", R"({"where":"temp * 2 > 20"})");
        AlternativesBar *choice = m_inspector->form().alternatives("where");
        QTabBar *tabs = choice->findChild<QTabBar *>();
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
        QCOMPARE(value("where"), Value("temp * 2 > 20"));
        QCOMPARE(choice->chosen(), std::string("where"));
        QVERIFY(!choice->note().isEmpty());
    }

    void rowsMoveByKeysAndByPullingAndOneUndoTakesItBack()
    {
        show("manage_fields",
             R"({"fields":[{"name":"device_id"},{"name":"temp"},{"name":"timestamp"}]})");
        const QByteArray before = json("fields");
        auto *name =
            named<QLineEdit>(rows("fields")->rowWidget(0), QStringLiteral("Name of the field"));
        name->setFocus();
        QTest::keyClick(name, Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
        QTest::keyClick(name, Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(json("fields"),
                 text(R"([{"name":"temp"},{"name":"timestamp"},{"name":"device_id"}])"));
        QVERIFY(name->hasFocus());
        m_document->undoStack().undo();
        QCOMPARE(json("fields"), before);
        // The focus stands where it was: the keys go on working.
        auto *focused = QApplication::focusWidget();
        QVERIFY(focused != nullptr && rows("fields")->isAncestorOf(focused));

        // Pulled by its grip from the first place to the last, once the new rows have their places.
        QCoreApplication::processEvents();
        auto *grip =
            rows("fields")->rowWidget(0)->findChild<QToolButton *>(QStringLiteral("rowGrip"));
        const QWidget *third = rows("fields")->rowWidget(2);
        const QPoint end = third->mapToGlobal(QPoint(4, third->height() / 2));
        QTest::mousePress(grip, Qt::LeftButton, {}, grip->rect().center());
        // The row comes along, so that the place in it is asked for anew at each step.
        for (int step = 0; step < 4; ++step)
            QTest::mouseMove(grip, grip->mapFromGlobal(end));
        QTest::mouseRelease(grip, Qt::LeftButton, {}, grip->mapFromGlobal(end));
        QCOMPARE(json("fields"),
                 text(R"([{"name":"temp"},{"name":"timestamp"},{"name":"device_id"}])"));
        m_document->undoStack().undo();
        QCOMPARE(json("fields"), before);
    }

    void rowsOfEveryEditorMove_data()
    {
        QTest::addColumn<QByteArray>("kind");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("config");
        QTest::newRow("fields") << QByteArray("manage_fields") << QByteArray("fields")
                                << text(R"({"fields":[{"name":"temp"},{"name":"site"}]})");
        QTest::newRow("conditions")
            << QByteArray("filter") << QByteArray("conditions")
            << text(R"({"conditions":{"all":[{"field":"temp","operator":"is_null"},)"
                    R"({"field":"site","operator":"is_null"}]}})");
        QTest::newRow("route")
            << QByteArray("route") << QByteArray("routes")
            << text(
                   R"({"routes":[{"name":"a","where":"temp > 1"},{"name":"b","where":"temp > 2"}]})");
        QTest::newRow("keys") << QByteArray("deduplicate") << QByteArray("by")
                              << text(R"({"by":["temp","device_id"]})");
        QTest::newRow("aggregates")
            << QByteArray("aggregate") << QByteArray("aggregates")
            << text(
                   R"-({"over":"1m","aggregates":[{"expression":"count()"},{"expression":"sum(temp)"}]})-");
    }

    void rowsOfEveryEditorMove()
    {
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, config);
        show(kind.constData(), config.constData());
        const QByteArray before = json(field.constData());
        RowsEditor *editor = rows(field.constData());
        const auto lines = editor->rowWidget(1)->findChildren<QLineEdit *>();
        auto *line = *std::find_if(
            lines.begin(), lines.end(), [](QLineEdit *one) { return one->isVisible(); });
        line->setFocus();
        QVERIFY(editor->isAncestorOf(QApplication::focusWidget()));
        QTest::keyClick(line, Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(json(field.constData()) != before);
        QTest::keyClick(line, Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(json(field.constData()), before); // and the step is gone altogether
        QCOMPARE(m_document->undoStack().count(), 1);
    }

    void aFunctionIsFoundByItsNameElsewhereAndTabGoesThroughItsArguments()
    {
        show("filter");
        auto *text = editor("where")->findChild<ExpressionText *>();
        click(text->findChild<QToolButton *>(QStringLiteral("pickFunction")));
        auto *picker = m_inspector->findChild<FunctionPicker *>();
        QVERIFY(picker != nullptr && picker->isVisible());
        QVERIFY(picker->listed().size() > 200);
        auto *search = picker->findChild<QLineEdit *>();
        QTest::keyClicks(search, QStringLiteral("SUBSTRING"));
        QVERIFY(picker->listed().contains(QStringLiteral("substring")));
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(text->toPlainText(), QStringLiteral("substring(text, start)"));
        QCOMPARE(text->textCursor().selectedText(), QStringLiteral("text"));
        QTest::keyClicks(text, QStringLiteral("device_id"));
        QTest::keyClick(text, Qt::Key_Escape); // the list of columns
        QCOMPARE(value("where"), Value("substring(device_id, start)"));
    }

    void everyFunctionOfFabricIsListed()
    {
        FunctionPicker picker(false);
        auto *search = picker.findChild<QLineEdit *>();
        for (const char *name : {"CHARINDEX", "CONCAT",     "CONCAT_WS", "LEFT",
                                 "LEN",       "LOWER",      "LTRIM",     "NCHAR",
                                 "PATINDEX",  "REGEXMATCH", "REPLACE",   "REPLICATE",
                                 "REVERSE",   "RIGHT",      "RTRIM",     "SPACE",
                                 "STUFF",     "SUBSTRING",  "TRANSLATE", "TRIM",
                                 "UNICODE",   "UPPER",      "DATENAME",  "DATEPART",
                                 "DAY",       "MONTH",      "YEAR",      "DATETIMEFROMPARTS",
                                 "DATEDIFF",  "DATEADD",    "ABS",       "CEILING",
                                 "EXP",       "FLOOR",      "POWER",     "SIGN",
                                 "SQUARE",    "SQRT",       "ROUND"}) {
            search->setText(QLatin1String(name));
            QVERIFY2(picker.listed().contains(QLatin1String(name)), name);
        }
        search->setText(QStringLiteral("no such thing at all"));
        QVERIFY(picker.listed().isEmpty());
    }

    void anEventTimeIsSetWithFormatAndZone()
    {
        show("filter", R"({"where":"temp > 1"})");
        m_inspector->setNode("in");
        m_inspector->form().focusField("event_time");
        MemberForm *form = members("event_time");
        const auto now = [this] {
            for (const auto &[name, known] : m_document->pipeline().findNode("in")->config) {
                if (name == "event_time")
                    return QByteArray::fromStdString(known.toJson());
            }
            return QByteArray();
        };
        QComboBox *format = form->editor("format")->findChild<QComboBox *>();
        choose(format, QStringLiteral("milliseconds since 1970"));
        auto *zone = form->editor("time_zone")->findChild<QLineEdit *>();
        typeInto(zone, "Europe/Pris");
        QVERIFY(row("event_time")->hasProblem());
        QVERIFY(zone->property("invalid").toBool());
        row("event_time")->applyFix(0);
        typeInto(form->editor("idle_timeout")->findChild<QLineEdit *>(), "30s");
        QCOMPARE(now(),
                 text(R"({"field":"timestamp","max_out_of_orderness":"5s","format":"unix_ms",)"
                      R"("time_zone":"Europe/Paris","idle_timeout":"30s"})"));
        QVERIFY(!row("event_time")->hasProblem());
    }

    void addAllAndPathsInsideColumnsAreOffered()
    {
        show("manage_fields");
        m_document->setSampledFields(
            "in", inferFields({R"({"device_id":"a","site":{"floor":3,"name":"x"},"temp":1})"}));
        click(rows("fields")->findChild<QPushButton *>(QStringLiteral("addAll")));
        QCOMPARE(rows("fields")->rowCount(), 4);
        add(rows("fields"));
        auto *column = rows("fields")->rowWidget(4)->findChild<ColumnCombo *>();
        QVERIFY(column->findText(QStringLiteral("site.floor")) >= 0);
        typeInto(column->lineEdit(), "site.floor");
        QCOMPARE(value("fields").asList()->back(),
                 must(valueFromJson(R"({"name":"floor","from":"site.floor"})")));
    }
};

SLUICE_UI_TEST(TestForms)
#include "tst_forms.moc"
