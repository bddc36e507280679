#include "app/sluice/command_run.h"

#include "app/sluice/output.h"
#include "app/sluice/run_report.h"
#include "app/sluice/run_values.h"
#include "core/pipeline/pipeline_file.h"
#include "core/runtime/engine.h"
#include "core/storage/query_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <unistd.h>

namespace sluice {

namespace {

constexpr int kDeadLetters = 3;

/// Signals are taken by the main thread alone: the run's threads inherit the mask.
class SignalWatch
{
public:
    SignalWatch()
    {
        sigemptyset(&m_set);
        sigaddset(&m_set, SIGINT);
        sigaddset(&m_set, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &m_set, nullptr);
    }
    /// Whether a signal came within `span`.
    bool wait(TickSpan span) const
    {
        timespec time{};
        time.tv_sec = span / kTicksPerSecond;
        time.tv_nsec = span % kTicksPerSecond * 100;
        return sigtimedwait(&m_set, nullptr, &time) > 0;
    }

private:
    sigset_t m_set{};
};

/// Prints figures once a second: JSON, a table that stays in its place, or lines.
class Reporter
{
public:
    Reporter(const Pipeline &pipeline, bool json)
        : m_pipeline(pipeline)
        , m_json(json)
        , m_terminal(isatty(STDOUT_FILENO) != 0)
    {}

    void show(const RunSnapshot &snapshot)
    {
        if (m_json) {
            print(metricsJson(snapshot, false) + "\n");
        } else if (m_terminal) {
            const std::string table = figuresTable(snapshot, m_pipeline);
            print(fmt::format(
                "{}{}", m_lines > 0 ? fmt::format("\033[{}A\033[J", m_lines) : "", table));
            m_lines = std::count(table.begin(), table.end(), '\n');
        } else {
            print(figuresLine(snapshot, m_pipeline) + "\n");
        }
    }

    void finish(const RunSnapshot &snapshot)
    {
        if (m_json) {
            print(metricsJson(snapshot, true) + "\n");
            return;
        }
        if (m_terminal && m_lines > 0)
            print(fmt::format("\033[{}A\033[J", m_lines));
        print(figuresTable(snapshot, m_pipeline));
        print(fmt::format("{} after {:.2f} s; {}\n",
                          runStateName(snapshot.state),
                          static_cast<double>(snapshot.elapsed) / kTicksPerSecond,
                          snapshot.conserved ? "every event is accounted for"
                                             : "events are not accounted for"));
    }

private:
    static void print(const std::string &text)
    {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    const Pipeline &m_pipeline;
    bool m_json;
    bool m_terminal;
    std::ptrdiff_t m_lines = 0;
};

void watch(Engine &engine,
           const SignalWatch &signals,
           Reporter &reporter,
           const RunArguments &arguments)
{
    constexpr TickSpan kLook = 50 * kTicksPerMillisecond;
    const Clock &clock = systemClock();
    const Ticks begin = clock.monotonic();
    Ticks nextReport = begin + kTicksPerSecond;
    bool stopping = false;
    while (!engine.wait(0)) {
        if (signals.wait(kLook)) {
            if (stopping)
                return; // asked twice: do not wait for the rest
            fmt::print(stderr, "sluice: stopping, events in flight are brought home\n");
            stopping = true;
            engine.requestStop();
        }
        const Ticks now = clock.monotonic();
        if (arguments.duration && !stopping && now - begin >= *arguments.duration) {
            stopping = true;
            engine.requestStop();
        }
        if (now >= nextReport) {
            reporter.show(engine.snapshot());
            nextReport += kTicksPerSecond;
        }
    }
}

int exitCode(const Engine &engine, const RunSnapshot &last, bool strict)
{
    if (const auto failure = engine.failure()) {
        complain(*failure);
        return kExitFailed;
    }
    if (!last.conserved) {
        fmt::print(stderr, "sluice: events are not accounted for; this is a fault of Sluice\n");
        return kExitFailed;
    }
    const bool dead = std::any_of(last.nodes.begin(), last.nodes.end(), [](const auto &entry) {
        return entry.second.deadLettered > 0;
    });
    return strict && dead ? kDeadLetters : 0;
}

bool isProblemOfTheFile(ErrorCode code)
{
    const int number = static_cast<int>(code);
    return number < 3000 || number >= 5000;
}

} // namespace

int runPipeline(const RunArguments &arguments)
{
    auto loaded = loadPipelineFile(arguments.file);
    if (!loaded) {
        complain(loaded.error());
        return kExitUsage;
    }
    for (const Diagnostic &note : loaded->notes)
        fmt::print(stderr, "sluice: {}\n", describe(note));
    const SignalWatch signals;
    RunOptions options;
    options.pipelinePath = std::filesystem::absolute(arguments.file).string();
    if (!arguments.workspace.empty())
        options.workspace = std::filesystem::absolute(arguments.workspace).string();
    options.values = commandLineValues(options.pipelinePath, arguments.parameters);
    options.fromStart = arguments.fromStart;
    options.dropState = arguments.dropState;
    options.takeOver = arguments.takeOver;
    options.values.requireExactlyOnce = arguments.requireExactlyOnce;
    options.untilCaughtUp = arguments.untilCaughtUp;
    options.workers = arguments.workers;
    if (arguments.edgeBytes > 0)
        options.edgeBytes = arguments.edgeBytes;
    options.log = [](const std::string &line) { fmt::print(stderr, "sluice: {}\n", line); };

    // `sluice query` asks here while the run has a database open.
    const QueryServer answers(processDatabases());
    Engine engine(builtInCatalog());
    if (auto started = engine.start(loaded->pipeline, std::move(options)); !started) {
        complain(started.error());
        return isProblemOfTheFile(started.error().code) ? kExitUsage : kExitFailed;
    }
    Reporter reporter(loaded->pipeline, arguments.metricsJson);
    watch(engine, signals, reporter, arguments);
    const RunSnapshot last = engine.snapshot();
    reporter.finish(last);
    return exitCode(engine, last, arguments.strict);
}

} // namespace sluice
