#pragma once

#include "ui/theme/theme_manager.h"
#include "ui/widgets/english_plurals.h"

#include <QApplication>
#include <QRegularExpression>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace sluice::test {

/// Base of every window test: a warning of Qt fails the test in which it comes.
class UiTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        // What the offscreen platform says of its own limits is no fault of ours.
        QTest::failOnWarning(
            QRegularExpression(QStringLiteral("^(?!This plugin does not support )")));
        prepare();
    }

protected:
    /// Before each test function.
    virtual void prepare() {}
};

/// Runs a test class offscreen in the program's own style, with settings and data of its own.
template<typename Test>
int runUiTest(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication application(argc, argv);
    EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);
    QApplication::setOrganizationName(QStringLiteral("Sluice"));
    QApplication::setApplicationName(QStringLiteral("sluice-test"));
    const ThemeManager themes;
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace sluice::test

#define SLUICE_UI_TEST(Class)                                                                      \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        return sluice::test::runUiTest<Class>(argc, argv);                                         \
    }
