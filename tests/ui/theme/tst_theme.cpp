#include "tests/ui/support/qt_test_main.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QVBoxLayout>

#include <cmath>

using namespace sluice;

namespace {

double luminance(const QColor &colour)
{
    const auto linear = [](double part) {
        return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF())
           + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

} // namespace

class TestTheme : public test::UiTest
{
    Q_OBJECT

private Q_SLOTS:
    void textCanBeReadOnPanelsOfBothThemes()
    {
        for (const Theme *one : {&lightTheme(), &darkTheme()}) {
            for (const QColor &text : {one->text, one->textSecondary, one->textHint})
                QVERIFY(contrast(text, one->panel) >= 4.5);
            for (const QColor &mark : {one->wire, one->source, one->transform, one->destination})
                QVERIFY(contrast(mark, one->panel) >= 3.0);
            QVERIFY(contrast(one->accentText, one->accent) >= 4.5);
        }
    }

    void aMissingColourIsNamed()
    {
        const auto read = readTheme("{\"light\": {\"window\": \"#fff\"}}", false);
        QVERIFY(!read);
        QVERIFY(read.error().message.find("canvas") != std::string::npos);
        QVERIFY(!readTheme("nonsense", true));
    }

    void theChoiceChangesThePaletteAndIsKept()
    {
        ThemeManager manager;
        QSignalSpy changed(&manager, &ThemeManager::themeChanged);
        manager.setChoice(ThemeChoice::Dark);
        QCOMPARE(changed.count(), 1);
        QVERIFY(theme().dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkTheme().panel);
        const ThemeManager later;
        QVERIFY(later.choice() == ThemeChoice::Dark);
        manager.setChoice(ThemeChoice::Light);
        QVERIFY(!theme().dark);
    }

    void everyIconOfTheFolderIsInTheProgramAndDrawsSomething()
    {
        const QDir folder(QStringLiteral(SLUICE_SOURCE_DIR "/resources/icons"));
        const QStringList files = folder.entryList({QStringLiteral("*.svg")});
        QVERIFY(files.size() > 30);
        for (const QString &file : files) {
            const QString name = file.chopped(4);
            QVERIFY2(hasIcon(name), qPrintable(name));
            const QImage image = iconPixmap(name, Qt::red, 24, 2).toImage();
            QCOMPARE(image.size(), QSize(48, 48)); // crisp at scale 2
            bool painted = false;
            for (int y = 0; y < image.height() && !painted; ++y) {
                for (int x = 0; x < image.width() && !painted; ++x)
                    painted = qAlpha(image.pixel(x, y)) > 128;
            }
            QVERIFY2(painted, qPrintable(name));
        }
    }

    void anIconTakesItsColour()
    {
        const QImage image = iconPixmap(QStringLiteral("stop"), Qt::red, 24, 1).toImage();
        bool red = false;
        for (int x = 0; x < 24; ++x)
            red = red || QColor(image.pixel(x, 12)).red() > 200;
        QVERIFY(red);
        QVERIFY(!hasIcon(QStringLiteral("no such icon")));
    }

    void figuresOfEqualLengthAreEquallyWide()
    {
        QVERIFY(!QFontInfo(uiFont(12)).family().isEmpty());
        const QFont font = uiFont(12);
        QCOMPARE(tabularWidth(font, QStringLiteral("111.1 k/s")),
                 tabularWidth(font, QStringLiteral("888.8 k/s")));
    }

    void standardWidgetsCanBePaintedInBothThemes()
    {
        ThemeManager manager;
        QWidget form;
        auto *column = new QVBoxLayout(&form);
        auto *button = new QPushButton(QStringLiteral("Apply 1 change"));
        button->setDefault(true);
        auto *combo = new QComboBox;
        combo->addItem(QStringLiteral("Tumbling"));
        auto *tabs = new QTabBar;
        tabs->addTab(QStringLiteral("Configure"));
        tabs->addTab(QStringLiteral("Schema"));
        auto *invalid = new QLineEdit(QStringLiteral("max(tmp)"));
        invalid->setProperty("invalid", true);
        column->addWidget(button);
        column->addWidget(combo);
        column->addWidget(tabs);
        column->addWidget(invalid);
        column->addWidget(new QSpinBox);
        column->addWidget(new QCheckBox(QStringLiteral("Follow")));
        for (const ThemeChoice choice : {ThemeChoice::Dark, ThemeChoice::Light}) {
            manager.setChoice(choice);
            const QImage image = form.grab().toImage();
            const QPoint border = invalid->geometry().topLeft() + QPoint(invalid->width() / 2, 0);
            QCOMPARE(QColor(image.pixel(border)).name(), theme().error.name());
        }
        QCOMPARE(invalid->sizeHint().height(), combo->sizeHint().height());
    }
};

SLUICE_UI_TEST(TestTheme)
#include "tst_theme.moc"
