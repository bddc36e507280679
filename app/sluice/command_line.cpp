#include "app/sluice/command_line.h"

#include "app/sluice/command_run.h"
#include "core/base/units.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace sluice {

namespace {

constexpr int kUsage = 2;

/// "name=value" as typed after --param.
std::map<std::string, std::string> readParameters(const std::vector<std::string> &typed)
{
    std::map<std::string, std::string> parameters;
    for (const std::string &text : typed) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0)
            throw CLI::ValidationError("--param", fmt::format("'{}' is not name=value", text));
        parameters[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return parameters;
}

void addRun(CLI::App &app, int &exitCode)
{
    struct Typed
    {
        RunArguments arguments;
        std::vector<std::string> parameters;
        std::string duration;
    };
    auto typed = std::make_shared<Typed>(); // shared with the callback below
    CLI::App *run = app.add_subcommand("run", "Run a pipeline");
    run->add_option("FILE", typed->arguments.file, "Pipeline file (*.sluice.json)")->required();
    run->add_option("--for", typed->duration, "Stop after this time: 30s, 5m");
    run->add_flag("--until-caught-up",
                  typed->arguments.untilCaughtUp,
                  "Stop when every source has reached the end it had at the start");
    run->add_flag("--from-start", typed->arguments.fromStart, "Begin anew, forget progress");
    run->add_option("--workspace",
                    typed->arguments.workspace,
                    "Folder for progress and dead letters (default: that of the file)");
    run->add_option("--param", typed->parameters, "Set a parameter: name=value")
        ->allow_extra_args(false);
    run->add_flag("--metrics-json",
                  typed->arguments.metricsJson,
                  "Print one JSON object with all figures a second");
    run->add_flag("--strict", typed->arguments.strict, "End with 3 when there are dead letters");
    run->add_option("--workers", typed->arguments.workers, "Worker threads (default: cores)")
        ->check(CLI::Range(1, 256));
    run->callback([typed, &exitCode] {
        typed->arguments.parameters = readParameters(typed->parameters);
        if (!typed->duration.empty()) {
            const auto duration = parseDuration(typed->duration);
            if (!duration)
                throw CLI::ValidationError("--for", describe(duration.error()));
            typed->arguments.duration = *duration;
        }
        exitCode = runPipeline(typed->arguments);
    });
}

} // namespace

int runCommandLine(int argc, char **argv)
{
    CLI::App app{"Sluice: build, watch and run event streams", "sluice"};
    app.set_version_flag("--version", "sluice " SLUICE_VERSION);
    app.require_subcommand(1);
    int exitCode = 0;
    addRun(app, exitCode);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    return exitCode;
}

} // namespace sluice
