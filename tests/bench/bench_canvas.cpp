// What a frame of the canvas costs: CPU time with 500 nodes and 1,000 wires that all flow.
//   bench_canvas                 both scales, as a table
//   bench_canvas --scale 2       one scale
//   bench_canvas --pictures DIR  pictures of a small pipeline instead, with invented figures
#include "tests/ui/support/run_figures.h"
#include "tests/ui/support/ui_kinds.h"
#include "ui/canvas/canvas_metrics.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/theme/theme_manager.h"

#include <fmt/format.h>

#include <QApplication>
#include <QEventLoop>
#include <QMouseEvent>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>
#include <QWindow>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr int kNodes = 500;
constexpr int kWires = 1000;
constexpr int kColumns = 25;
constexpr int kFrames = 40;

double cpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

// A grid of unions; each feeds two of the next column.
Pipeline largePipeline()
{
    Pipeline pipeline;
    const int rows = kNodes / kColumns;
    for (int i = 0; i < kNodes; ++i) {
        Node node{"n" + std::to_string(i), "union", {}, {{"text", Value("every event")}}, {}};
        pipeline.layout[node.id] = {(i / rows) * metrics::kColumnStep, (i % rows) * 140.0};
        pipeline.nodes.push_back(std::make_shared<Node>(std::move(node)));
    }
    for (int i = 0; int(pipeline.wires.size()) < kWires; ++i) {
        const int from = i % kNodes;
        const int step = i < kNodes ? 0 : 1 + i % 3;
        const int column = from / rows;
        const int to =
            column + 1 < kColumns ? (column + 1) * rows + (from + step) % rows : from - rows;
        pipeline.wires.push_back(std::make_shared<Wire>(
            Wire{{"n" + std::to_string(from), "out"}, {"n" + std::to_string(to), "in"}}));
    }
    return pipeline;
}

/// A zoom has come to rest: until then the canvas paints figures the long way.
void rest()
{
    constexpr int kRestMs = 250;
    QEventLoop loop;
    QTimer::singleShot(kRestMs, &loop, &QEventLoop::quit);
    loop.exec();
}

double rateOf(const std::string &node)
{
    return 100.0 * double(1 + std::hash<std::string>()(node) % 2000);
}

void paintNow(CanvasWidget &canvas)
{
    canvas.repaint();
}

// The middle of many frames, so that one disturbance does not count.
double measure(CanvasWidget &canvas, const std::function<void(int)> &step)
{
    paintNow(canvas);
    std::vector<double> times;
    for (int frame = 0; frame < kFrames; ++frame) {
        const double start = cpuMs();
        step(frame);
        paintNow(canvas);
        times.push_back(cpuMs() - start);
    }
    std::nth_element(times.begin(), times.begin() + kFrames / 2, times.end());
    return times[kFrames / 2];
}

void sendMouse(CanvasWidget &canvas, QEvent::Type type, QPointF at, Qt::MouseButton button)
{
    QMouseEvent event(type,
                      at,
                      canvas.mapToGlobal(at),
                      type == QEvent::MouseMove ? Qt::NoButton : button,
                      button,
                      Qt::NoModifier);
    QApplication::sendEvent(&canvas, &event);
}

double measureDrag(CanvasWidget &canvas, int nodes)
{
    const Viewport viewport = canvas.viewport();
    std::vector<std::string> chosen;
    const QRectF view(canvas.rect());
    for (const CardItem &card : canvas.scene().cards()) {
        if (int(chosen.size()) < nodes && view.contains(viewport.toView(card.rect)))
            chosen.push_back(card.id());
    }
    canvas.select(chosen);
    const QPointF start = canvas.cardViewRect(chosen.front()).center();
    sendMouse(canvas, QEvent::MouseButtonPress, start, Qt::LeftButton);
    sendMouse(canvas, QEvent::MouseMove, start + QPointF(20, 20), Qt::LeftButton);
    const double ms = measure(canvas, [&](int frame) {
        sendMouse(canvas,
                  QEvent::MouseMove,
                  start + QPointF(20 + frame * 3, 20 + frame * 2),
                  Qt::LeftButton);
    });
    QKeyEvent escape(QEvent::KeyPress, Qt::Key_Escape, Qt::NoModifier);
    QApplication::sendEvent(&canvas, &escape);
    canvas.clearSelection();
    return ms;
}

void measureAt(CanvasWidget &canvas, const Pipeline &pipeline, const char *name, double zoom)
{
    canvas.fitAll();
    if (zoom > 0)
        canvas.setViewport(canvas.viewport().zoomedAt(QRectF(canvas.rect()).center(), zoom));
    rest();
    QEvent redraw(QEvent::PaletteChange);
    QApplication::sendEvent(&canvas, &redraw);
    const Viewport home = canvas.viewport();
    const double flow = measure(canvas, [](int) {});
    std::vector<RunSnapshot> snapshots;
    for (int frame = 0; frame < kFrames; ++frame) { // four a second, as the window takes them
        snapshots.push_back(test::runningSnapshot(pipeline, 100 + frame, rateOf));
        snapshots.back().takenAt = (1'700'000'100LL * 4 + frame) * kTicksPerSecond / 4;
    }
    const double figures =
        measure(canvas, [&](int frame) { canvas.setFigures(snapshots[std::size_t(frame)]); });
    const double pan = measure(canvas, [&](int frame) {
        canvas.setViewport(home.panned(QPointF(-9 * frame, -4 * frame)));
    });
    canvas.setViewport(home);
    const double zoomed = measure(canvas, [&](int frame) {
        canvas.setViewport(
            home.zoomedAt(QRectF(canvas.rect()).center(), home.zoom * (1 + 0.01 * frame)));
    });
    canvas.setViewport(home);
    const double full = measure(canvas, [&](int) { QApplication::sendEvent(&canvas, &redraw); });
    const double one = measureDrag(canvas, 1);
    const double many = measureDrag(canvas, 50);
    fmt::print("{:>6} {:>5} {:>7.2f} {:>8.2f} {:>7.2f} {:>7.2f} {:>7.2f} {:>8.2f} {:>8.2f}\n",
               canvas.devicePixelRatioF(),
               name,
               flow,
               figures,
               pan,
               zoomed,
               one,
               many,
               full);
}

int measureAll()
{
    const QTemporaryDir folder;
    PipelineDocument document(test::uiCatalog(), nullptr, folder.path());
    const Pipeline pipeline = largePipeline();
    if (!document.apply(QStringLiteral("Build"), pipeline))
        return 1;
    CanvasWidget canvas(document);
    canvas.resize(1280, 800);
    canvas.show();
    while (!canvas.windowHandle()->isExposed()) // before that nothing is painted
        QApplication::processEvents();
    for (int second = 0; second < 60; ++second)
        canvas.setFigures(test::runningSnapshot(pipeline, second, rateOf));
    measureAt(canvas, pipeline, "fit", 0);
    measureAt(canvas, pipeline, "0.6", 0.6);
    measureAt(canvas, pipeline, "1.0", 1.0);
    return 0;
}

// The figures of the pictures. They are drawn to judge looks, not to claim speed.
RunSnapshot pictureSnapshot(const Pipeline &pipeline, int second)
{
    const auto rate = [](const std::string &node) {
        return node == "test"      ? 500.0
               : node == "windows" ? 1000.0
               : node == "hot"     ? 3100.0
                                   : 98'200.0;
    };
    RunSnapshot snapshot = test::runningSnapshot(pipeline, second, rate);
    snapshot.nodes["machine_windows"].rateIn = 1000;
    snapshot.nodes["call"].rateIn = 2.0 / 60;
    snapshot.nodes["factory"].source.partitions = {{"telemetry/0", 10, 10, 0, false}};
    snapshot.nodes["hot"].passed = 31;
    snapshot.nodes["hot"].filtered = 969;
    snapshot.nodes["windows"].busy = 0.93;
    snapshot.nodes["readings"].latency.p99 = 22 * kTicksPerMillisecond;
    snapshot.nodes["machine_windows"].latency.p99 = 41 * kTicksPerMillisecond;
    snapshot.nodes["call"].state = NodeState::Waiting;
    snapshot.nodes["call"].message = "no answer, trying again";
    for (const WirePtr &wire : pipeline.wires) {
        if (wire->to.node == "windows")
            snapshot.wires[wireKey(*wire)].pressure = 0.92;
    }
    return snapshot;
}

int paintPictures(const QString &folder)
{
    ThemeManager themes;
    const QTemporaryDir recovery;
    PipelineDocument document(test::uiCatalog(), nullptr, recovery.path());
    for (const bool dark : {false, true}) {
        themes.setChoice(dark ? ThemeChoice::Dark : ThemeChoice::Light);
        const QString name = folder + (dark ? QStringLiteral("/dark_") : QStringLiteral("/light_"));
        CanvasWidget canvas(document);
        canvas.resize(1280, 640);
        canvas.show();
        document.newPipeline();
        canvas.grab().save(name + QStringLiteral("empty.png"));
        if (!document.apply(QStringLiteral("Build"), test::factory()))
            return 1;
        canvas.fitAll();
        canvas.grab().save(name + QStringLiteral("idle.png"));
        for (int second = 0; second < 60; ++second)
            canvas.setFigures(pictureSnapshot(document.pipeline(), second));
        canvas.select({"windows"});
        canvas.setBottleneck("windows");
        canvas.setChanged({"hot"});
        canvas.grab().save(name + QStringLiteral("running.png"));
        for (const double zoom : {0.5, 0.22}) {
            canvas.setViewport(canvas.viewport().zoomedAt(QPointF(640, 320), zoom));
            QEvent redraw(QEvent::PaletteChange);
            QApplication::sendEvent(&canvas, &redraw);
            canvas.grab().save(name + QString::number(int(zoom * 100)) + QStringLiteral(".png"));
        }
    }
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) {
        fmt::print("{} nodes, {} wires, 1280x800, CPU ms per frame (median of {})\n",
                   kNodes,
                   kWires,
                   kFrames);
        fmt::print(" scale  zoom    flow  figures     pan    zoom  drag 1  drag 50     full\n");
        std::fflush(stdout);
        for (const char *scale : {"1", "2"}) {
            if (QProcess::execute(QString::fromLocal8Bit(argv[0]),
                                  {QStringLiteral("--scale"), QLatin1String(scale)})
                != 0) {
                return 1;
            }
        }
        return 0;
    }
    if (arguments.size() != 2 || (arguments[0] != "--scale" && arguments[0] != "--pictures")) {
        fmt::print(stderr, "usage: bench_canvas [--scale N | --pictures DIR]\n");
        return 2;
    }
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    if (arguments[0] == "--scale")
        qputenv("QT_SCALE_FACTOR", QByteArray::fromStdString(arguments[1]));
    QStandardPaths::setTestModeEnabled(true);
    QSettings::setDefaultFormat(QSettings::IniFormat);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Sluice"));
    QApplication::setApplicationName(QStringLiteral("sluice-bench"));
    if (arguments[0] == "--pictures")
        return paintPictures(QString::fromStdString(arguments[1]));
    const ThemeManager themes;
    return measureAll();
}
