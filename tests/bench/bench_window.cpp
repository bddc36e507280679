// What the window costs while a pipeline of 40 nodes runs at 100,000 events/s: CPU of its own
// thread as a share of one core, and how long it takes to answer.
//   bench_window [SECONDS]     under QT_QPA_PLATFORM (offscreen when it is not set)
#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "ui/bridge/run_controller.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/document/pipeline_document.h"
#include "ui/shell/actions.h"
#include "ui/shell/main_window.h"
#include "ui/theme/theme_manager.h"

#include <fmt/format.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <ctime>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr int kChains = 5;
constexpr int kLength = 8; // nodes of a chain: 40 in all
constexpr int kEventsPerSecond = 100'000;
constexpr int kProbeMs = 20;

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

Node makeNode(const std::string &id, const std::string &kind, ValueMap config)
{
    return Node{id, kind, {}, std::move(config), {}};
}

// Five chains: a source, six filters that keep everything, an end.
Pipeline fortyNodes()
{
    Pipeline pipeline;
    for (int chain = 0; chain < kChains; ++chain) {
        std::string before;
        for (int place = 0; place < kLength; ++place) {
            const std::string id = fmt::format("n{}_{}", chain, place);
            Node node =
                place == 0            ? makeNode(id,
                                      "sample_data_source",
                                      {{"data", Value("factory_sensors")},
                                                  {"rate", Value(std::int64_t(kEventsPerSecond / kChains))}})
                : place + 1 < kLength ? makeNode(id, "filter", {{"where", Value("value > -1000")}})
                                      : makeNode(id, "discard_destination", {});
            pipeline.nodes.push_back(std::make_shared<Node>(std::move(node)));
            pipeline.layout[id] = {place * 288.0, chain * 160.0};
            if (!before.empty())
                pipeline.wires.push_back(std::make_shared<Wire>(Wire{{before, {}}, {id, {}}}));
            before = id;
        }
    }
    return pipeline;
}

void spin(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

/// How late a timer comes: how long the thread was busy with something else.
class LatenessProbe : public QObject
{
public:
    LatenessProbe()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            late.push_back(std::max(0.0, double(m_clock.nsecsElapsed()) / 1e6 - kProbeMs));
            m_clock.restart();
        });
        m_clock.start();
        m_timer.start(kProbeMs);
    }
    std::vector<double> late;

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
};

double percentile(std::vector<double> values, double share)
{
    if (values.empty())
        return 0;
    const auto at = std::size_t(share * double(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(at), values.end());
    return values[at];
}

void sendMouse(CanvasWidget &canvas, QEvent::Type type, QPointF at)
{
    QMouseEvent event(type,
                      at,
                      canvas.mapToGlobal(at),
                      type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton,
                      type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton,
                      Qt::NoModifier);
    QApplication::sendEvent(&canvas, &event);
}

/// From a click on a card until the window shows it: form, preview and canvas painted.
std::vector<double> measureClicks(MainWindow &window)
{
    std::vector<double> times;
    for (int round = 0; round < 20; ++round) {
        const std::string id = fmt::format("n{}_{}", round % kChains, round % kLength);
        const QPointF at = window.canvas().cardViewRect(id).center();
        QElapsedTimer clock;
        clock.start();
        sendMouse(window.canvas(), QEvent::MouseButtonPress, at);
        sendMouse(window.canvas(), QEvent::MouseButtonRelease, at);
        QApplication::sendPostedEvents();
        window.repaint();
        window.canvas().repaint();
        times.push_back(double(clock.nsecsElapsed()) / 1e6);
        spin(60);
    }
    window.canvas().clearSelection();
    return times;
}

struct Load
{
    const char *name;
    QAction *shows;
};

int measureAll(int seconds)
{
    ThemeManager themes;
    MainWindow window(builtInCatalog(), &themes);
    window.setAsk([](const QString &) { return MainWindow::Answer::Discard; });
    window.resize(1280, 800);
    window.show();
    window.newPipeline();
    if (!window.document().apply(QStringLiteral("Build"), fortyNodes()))
        return 1;
    spin(300);
    window.canvas().fitAll();
    window.run();
    QElapsedTimer waiting;
    waiting.start();
    while (window.controller().state() != RunState::Running && waiting.elapsed() < 20'000)
        spin(50);
    spin(2000);
    fmt::print("{} nodes in view at {:.0f} %, {} events/s wanted, {} s each\n",
               kChains * kLength,
               window.canvas().zoom() * 100,
               kEventsPerSecond,
               seconds);
    fmt::print("{:<10} {:>10} {:>10} {:>10} {:>10}\n",
               "shown",
               "events/s",
               "core %",
               "late p99",
               "late max");
    const Load loads[] = {{"monitor", window.actions().monitor},
                          {"preview", window.actions().preview},
                          {"log", window.actions().log}};
    bool met = true;
    for (const Load &load : loads) {
        load.shows->trigger();
        if (load.shows == window.actions().preview)
            window.canvas().select({"n0_1"});
        spin(1000);
        const auto eventsNow = [&] {
            std::uint64_t events = 0;
            const auto snapshot = window.controller().snapshot();
            for (int chain = 0; snapshot && chain < kChains; ++chain)
                events += snapshot->nodes.at(fmt::format("n{}_0", chain)).eventsOut;
            return events;
        };
        const LatenessProbe probe;
        QElapsedTimer clock;
        clock.start();
        const double before = threadCpuMs();
        const std::uint64_t first = eventsNow();
        spin(seconds * 1000);
        const double share = (threadCpuMs() - before) / double(clock.elapsed());
        const double rate = double(eventsNow() - first) / (double(clock.elapsed()) / 1000);
        met = met && share < 0.15;
        fmt::print("{:<10} {:>10.0f} {:>10.1f} {:>7.1f} ms {:>7.1f} ms\n",
                   load.name,
                   rate,
                   share * 100,
                   percentile(probe.late, 0.99),
                   percentile(probe.late, 1));
    }
    const std::vector<double> clicks = measureClicks(window);
    fmt::print(
        "a click on a card until all of it is painted: median {:.1f} ms, longest {:.1f} ms\n",
        percentile(clicks, 0.5),
        percentile(clicks, 1));
    window.controller().stopNow();
    fmt::print("under 15 % of a core: {}\n", met ? "yes" : "no");
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const int seconds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 10;
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Sluice"));
    QApplication::setApplicationName(QStringLiteral("sluice-bench"));
    return measureAll(seconds);
}
