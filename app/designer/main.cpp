#include "core/node/catalog.h"
#include "core/storage/query_server.h"
#include "ui/bridge/run_controller.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme_manager.h"
#include "ui/widgets/english_plurals.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QTimer>

#include <cstdio>

namespace {

constexpr int kPictureMilliseconds = 6000; // so that charts have something to show
constexpr QSize kPictureSize{1280, 800};

struct Options
{
    QString file;
    QString picture;
    QString theme;
    bool sample = false;
};

QString translated(const char *text)
{
    return QCoreApplication::translate("main", text);
}

Options readOptions(const QApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(translated("The designer for event streams."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption sample(QStringLiteral("sample"),
                                    translated("Opens the sample and runs it."));
    const QCommandLineOption picture(
        QStringLiteral("picture"),
        translated("Runs for some seconds without a screen, writes a picture of the window and "
                   "ends."),
        QStringLiteral("FILE.png"));
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   translated("light or dark, for this time only."),
                                   QStringLiteral("light|dark"));
    parser.addOptions({sample, picture, theme});
    parser.addPositionalArgument(
        QStringLiteral("FILE"), translated("A pipeline to open."), QStringLiteral("[FILE]"));
    parser.process(app);
    return {parser.positionalArguments().value(0),
            parser.value(picture),
            parser.value(theme),
            parser.isSet(sample)};
}

void takePicture(sluice::MainWindow &window, const QString &path)
{
    window.resize(kPictureSize);
    QTimer::singleShot(kPictureMilliseconds, &window, [&window, path] {
        const bool written = window.grab().save(path);
        if (!written)
            std::fprintf(stderr, "Cannot write %s.\n", qPrintable(path));
        window.controller().stopNow();
        QCoreApplication::exit(written ? 0 : 1);
    });
}

} // namespace

int main(int argc, char **argv)
{
    // A picture needs no screen; this must be said before the application exists.
    for (int i = 1; i < argc; ++i) {
        if (QByteArray(argv[i]).startsWith("--picture")
            && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
            qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QCoreApplication::setOrganizationName(QStringLiteral("sluice"));
    QCoreApplication::setApplicationName(QStringLiteral("sluice"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SLUICE_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Sluice"));
    QGuiApplication::setDesktopFileName(QStringLiteral("sluice"));
    QApplication app(argc, argv);
    sluice::EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);
    const Options options = readOptions(app);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/sluice/icons/sluice.svg")));
    sluice::ThemeManager themes;
    if (!options.theme.isEmpty())
        themes.setChoiceForNow(options.theme == QLatin1String("dark") ? sluice::ThemeChoice::Dark
                                                                      : sluice::ThemeChoice::Light);
    // `sluice query` asks here about what the window has open.
    const sluice::QueryServer answers(sluice::processDatabases());
    sluice::MainWindow window(sluice::builtInCatalog(), &themes);
    if (options.picture.isEmpty()) {
        window.showOnScreen();
    } else {
        window.show();
        takePicture(window, options.picture);
    }
    bool opened = true;
    if (options.sample)
        window.watchSample();
    else if (!options.file.isEmpty())
        opened = window.openFile(options.file);
    if (!options.picture.isEmpty() && opened && !options.file.isEmpty())
        window.run();
    return QApplication::exec();
}
