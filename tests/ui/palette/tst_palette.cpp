#include "tests/ui/support/qt_test_main.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/palette/add_node_popup.h"
#include "ui/palette/kind_model.h"
#include "ui/palette/palette.h"

#include <QLabel>
#include <QMimeData>
#include <QSignalSpy>

using namespace sluice;
using test::uiCatalog;

class TestPalette : public test::UiTest
{
    Q_OBJECT

    std::unique_ptr<PalettePanel> m_palette;

    void prepare() override
    {
        m_palette = std::make_unique<PalettePanel>(uiCatalog());
        m_palette->resize(224, 600);
        m_palette->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_palette.get()));
    }

private Q_SLOTS:
    void kindsStandUnderTheirRolesInThirtyPixels()
    {
        const KindModel model(uiCatalog());
        QCOMPARE(model.index(0).data().toString(), QStringLiteral("Sources"));
        QCOMPARE(model.rowCount(), int(uiCatalog().all().size()) + 3);
        QVERIFY(!(model.flags(model.index(0)) & Qt::ItemIsSelectable));
        QCOMPARE(m_palette->list().sizeHintForRow(1), 30);
    }

    void aSearchNarrowsTheListAndEnterTakesTheFirst()
    {
        QSignalSpy chosen(m_palette.get(), &PalettePanel::kindChosen);
        m_palette->focusSearch();
        QTest::keyClicks(&m_palette->search(), QStringLiteral("jo"));
        QCOMPARE(m_palette->list().shownKinds(), std::vector<std::string>{"join"});
        QTest::keyClick(&m_palette->search(), Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].value<std::string>(), std::string("join"));
        QTest::keyClick(&m_palette->search(), Qt::Key_Escape);
        QCOMPARE(m_palette->list().shownKinds().size(), uiCatalog().all().size());
    }

    void whatNothingIsCalledSaysSo()
    {
        m_palette->search().setText(QStringLiteral("zzz"));
        QVERIFY(m_palette->list().shownKinds().empty());
        bool told = false;
        for (const QLabel *label : m_palette->findChildren<QLabel *>())
            told |= label->isVisible() && label->text().contains(QStringLiteral("zzz"));
        QVERIFY(told);
    }

    void titlesThatBeginWithTheWordComeFirst()
    {
        NodeDescriptor begins;
        begins.title = "Filter";
        NodeDescriptor contains;
        contains.title = "Bloom filter";
        NodeDescriptor keyword;
        keyword.title = "Where";
        keyword.keywords = {"filter"};
        const QString word = QStringLiteral("filt");
        QVERIFY(matchQuality(begins, word) > matchQuality(contains, word));
        QVERIFY(matchQuality(contains, word) > matchQuality(keyword, word));
        QCOMPARE(matchQuality(begins, QStringLiteral("filt zz")), 0);
    }

    void aKindIsDraggedAsItsName()
    {
        const KindModel model(uiCatalog());
        const std::unique_ptr<QMimeData> data(model.mimeData({model.index(1)}));
        QCOMPARE(data->data(QLatin1String(kKindMime)),
                 model.index(1).data(KindModel::KindRole).toByteArray());
        QVERIFY(!data->data(QLatin1String(kKindMime)).isEmpty());
    }

    void aWireDroppedOnNothingIsOfferedKindsThatFit()
    {
        AddNodePopup popup(uiCatalog());
        std::string picked;
        popup.open(
            {0, 0},
            [](const NodeDescriptor &kind) { return fitsWire(kind, true); },
            [&picked](const std::string &kind) { picked = kind; });
        for (const std::string &kind : popup.list().shownKinds())
            QVERIFY(!uiCatalog().find(kind)->inputs.empty());
        QTest::keyClicks(&popup.search(), QStringLiteral("kql"));
        QTest::keyClick(&popup.search(), Qt::Key_Return);
        QCOMPARE(picked, std::string("database"));
        QVERIFY(!popup.isVisible());
    }
};

SLUICE_UI_TEST(TestPalette)
#include "tst_palette.moc"
