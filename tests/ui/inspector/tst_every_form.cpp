// The form of every kind that Sluice has, in a panel of its usual width.
#include "core/pipeline/edits.h"
#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/bridge/secret_keeper.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/inspector.h"
#include "ui/inspector/node_form.h"
#include "ui/widgets/folding_section.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

using namespace sluice;
using test::must;

namespace {

constexpr int kPanelWidth = 320;

QString nameOf(const QWidget *widget)
{
    QStringList names;
    for (const QWidget *up = widget; up != nullptr && names.size() < 6; up = up->parentWidget()) {
        if (!up->objectName().isEmpty())
            names.prepend(up->objectName());
    }
    return names.join(QLatin1Char('/'));
}

} // namespace

class TestEveryForm : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<PipelineDocument> m_document;
    std::unique_ptr<SecretKeeper> m_keeper;
    std::unique_ptr<Inspector> m_inspector;

    void show(const std::string &kind)
    {
        const Catalog &catalog = builtInCatalog();
        m_inspector.reset();
        m_document.reset();
        m_folder = std::make_unique<QTemporaryDir>();
        m_document = std::make_unique<PipelineDocument>(
            catalog, nullptr, m_folder->filePath(QStringLiteral("recovery")));
        m_keeper = std::make_unique<SecretKeeper>(
            fileSecretStore(m_folder->filePath(QStringLiteral("secrets.json")).toStdString()),
            SecretKeeper::Store::File);
        Pipeline pipeline =
            must(addNode({}, catalog, "sample_data_source", {0, 0}, "events")).pipeline;
        pipeline = must(addNode(pipeline, catalog, kind, {288, 0}, "it")).pipeline;
        const auto wired = sluice::connect(pipeline, catalog, {"events", ""}, {"it", ""});
        QVERIFY(m_document->apply(QStringLiteral("Build"), wired ? *wired : pipeline));
        m_inspector = std::make_unique<Inspector>(*m_document, m_keeper.get());
        m_inspector->setNode("it");
        m_inspector->resize(kPanelWidth, 700);
        m_inspector->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_inspector.get()));
        for (FoldingSection *section : m_inspector->findChildren<FoldingSection *>())
            section->setOpen(true);
    }

    /// A row in every list, also in those that stand in a row.
    void fillLists()
    {
        for (int depth = 0; depth < 2; ++depth) {
            for (QPushButton *button : m_inspector->form().findChildren<QPushButton *>()) {
                const bool adds = button->objectName() == QLatin1String("add")
                                  && button->property("pressed").isNull();
                if (!adds || !button->isVisible())
                    continue;
                button->setProperty("pressed", true);
                button->click();
            }
            QCoreApplication::sendPostedEvents();
            QCoreApplication::processEvents();
        }
    }

    void checkNothingIsCut()
    {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents(); // a scroll bar that came has taken its room
        const auto *area = m_inspector->form().parentWidget()->parentWidget();
        const int room =
            area->width() - m_inspector->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
        const QWidget *content = m_inspector->form().parentWidget();
        if (content->minimumSizeHint().width() > room) {
            for (const QWidget *part : content->findChildren<QWidget *>()) {
                if (part->isVisible() && part->minimumSizeHint().width() > room - 24)
                    qInfo("%s wants %d", qPrintable(nameOf(part)), part->minimumSizeHint().width());
            }
        }
        QVERIFY2(content->minimumSizeHint().width() <= room,
                 qPrintable(QString::number(content->minimumSizeHint().width())));
        for (const QLabel *label : content->findChildren<QLabel *>()) {
            if (label->isVisible() && !label->wordWrap())
                QVERIFY2(label->width() >= label->sizeHint().width(),
                         qPrintable(nameOf(label) + label->text()));
            if (label->isVisible() && label->wordWrap())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()),
                         qPrintable(nameOf(label) + label->text()));
        }
        for (const QAbstractButton *button : content->findChildren<QAbstractButton *>()) {
            const bool text = !button->text().isEmpty() && button->isVisible();
            QVERIFY2(!text || button->width() >= button->sizeHint().width(),
                     qPrintable(nameOf(button) + button->text()));
        }
    }

private Q_SLOTS:
    void nothingIsCut_data()
    {
        QTest::addColumn<QByteArray>("kind");
        for (const NodeDescriptor *kind : builtInCatalog().all())
            QTest::newRow(kind->kind.c_str()) << QByteArray::fromStdString(kind->kind);
    }

    void nothingIsCut()
    {
        QFETCH(QByteArray, kind);
        show(kind.toStdString());
        checkNothingIsCut();
        fillLists();
        checkNothingIsCut();
    }

    void anOpenListShowsItsEntriesWhole()
    {
        CalmCombo combo;
        combo.addItem(QStringLiteral("equals"));
        combo.addItem(QStringLiteral("does not start with a rather long text"));
        combo.resize(90, 30);
        combo.show();
        QVERIFY(QTest::qWaitForWindowExposed(&combo));
        combo.showPopup();
        QTRY_VERIFY(combo.view()->isVisible());
        QVERIFY(combo.view()->viewport()->width() >= combo.view()->sizeHintForColumn(0));
        combo.hidePopup();
    }
};

SLUICE_UI_TEST(TestEveryForm)
#include "tst_every_form.moc"
