#include "app/sluice/command_line.h"

#include "app/sluice/command_run.h"
#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/base/units.h"
#include "core/event/schema.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace sluice {

namespace {

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
    run->add_flag("--drop-state",
                  typed->arguments.dropState,
                  "Go on with a changed pipeline without the state that does not fit it");
    run->add_flag("--take-over",
                  typed->arguments.takeOver,
                  "End the process that runs this pipeline, and go on from where it was");
    run->add_flag("--require-exactly-once",
                  typed->arguments.requireExactlyOnce,
                  "Refuse a pipeline with a path that gives less");
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

void addCheckpoints(CLI::App &app, int &exitCode)
{
    CLI::App *group = app.add_subcommand(
        "checkpoints", "Look at where runs of a pipeline stood, and go back to one");
    group->require_subcommand(1);
    struct Typed
    {
        CheckpointArguments arguments;
        std::uint64_t epoch = 0;
    };
    using Command = int (*)(const CheckpointArguments &);
    const auto add = [&](const char *name, const char *words, Command command) {
        auto typed = std::make_shared<Typed>(); // shared with the callback below
        CLI::App *one = group->add_subcommand(name, words);
        one->add_option("FILE", typed->arguments.file, "Pipeline file (*.sluice.json)")->required();
        CLI::Option *epoch =
            std::string_view(name) == "list"
                ? nullptr
                : one->add_option("EPOCH", typed->epoch, "Number of the checkpoint");
        one->add_option("--workspace", typed->arguments.workspace, "Folder of the progress");
        if (std::string_view(name) == "restore") {
            one->add_flag_callback(
                "--applied",
                [typed] { typed->arguments.applied = true; },
                "What is on its way counts as arrived: the destination forgot");
            one->add_flag_callback(
                "--not-applied",
                [typed] { typed->arguments.applied = false; },
                "What is on its way has not arrived: the next run applies it");
        }
        one->callback([typed, epoch, command, &exitCode] {
            if (epoch != nullptr && epoch->count() > 0)
                typed->arguments.epoch = typed->epoch;
            exitCode = command(typed->arguments);
        });
    };
    add("list", "List the checkpoints, newest first", showCheckpoints);
    add("inspect", "Show positions, state and output on its way", inspectCheckpoint);
    add("restore", "Make the next run go on from an older checkpoint", restoreCheckpoints);
    add("drop", "Remove one checkpoint, or all: the next run begins anew", dropCheckpoint);
}

void addCheck(CLI::App &app, int &exitCode)
{
    struct Typed
    {
        CheckArguments arguments;
        std::vector<std::string> parameters;
    };
    auto typed = std::make_shared<Typed>(); // shared with the callback below
    CLI::App *check = app.add_subcommand("check", "Say everything that is wrong with a pipeline");
    check->add_option("FILE", typed->arguments.file, "Pipeline file (*.sluice.json)")->required();
    check->add_option("--param", typed->parameters, "Set a parameter: name=value")
        ->allow_extra_args(false);
    check->add_flag("--json", typed->arguments.json, "Print JSON");
    check->callback([typed, &exitCode] {
        typed->arguments.parameters = readParameters(typed->parameters);
        exitCode = checkPipeline(typed->arguments);
    });
}

void addKinds(CLI::App &app, int &exitCode)
{
    auto arguments = std::make_shared<KindsArguments>(); // shared with the callback below
    CLI::App *kinds =
        app.add_subcommand("kinds", "List sources, transforms and destinations, or explain one");
    kinds->add_option("KIND", arguments->kind, "The kind to explain");
    kinds->add_flag("--json", arguments->json, "Print JSON");
    kinds->callback([arguments, &exitCode] { exitCode = showKinds(*arguments); });
}

void addKql(CLI::App &app, int &exitCode)
{
    auto arguments = std::make_shared<LanguageArguments>(); // shared with the callback below
    CLI::App *language = app.add_subcommand("kql", "List the functions of KQL, or explain one");
    language->add_option("NAME", arguments->function, "The function or operator to explain");
    language->add_flag("--page", arguments->page, "Print the language page, as Markdown");
    language->callback([arguments, &exitCode] { exitCode = showLanguage(*arguments); });
}

void addNew(CLI::App &app, int &exitCode)
{
    auto arguments = std::make_shared<NewArguments>(); // shared with the callback below
    CLI::App *command =
        app.add_subcommand("new", "Write a new pipeline from a template, or list the templates");
    command->add_option("TEMPLATE", arguments->name, "The template");
    command->add_option("FILE", arguments->path, "Where to (default: TEMPLATE.sluice.json here)");
    command->callback([arguments, &exitCode] { exitCode = newPipeline(*arguments); });
}

/// What was asked for; else what a file's name says; else a table.
QueryFormat queryFormat(const std::string &typed, const std::string &output)
{
    const std::pair<const char *, QueryFormat> formats[] = {{"csv", QueryFormat::Csv},
                                                            {"ndjson", QueryFormat::Ndjson},
                                                            {"parquet", QueryFormat::Parquet}};
    for (const auto &[name, format] : formats) {
        if (typed == name || (typed.empty() && output.ends_with(std::string(".") + name)))
            return format;
    }
    return QueryFormat::Table;
}

void addQuery(CLI::App &app, int &exitCode)
{
    struct Typed
    {
        QueryArguments arguments;
        std::string format;
        std::string timeLimit;
    };
    auto typed = std::make_shared<Typed>(); // shared with the callback below
    QueryArguments &arguments = typed->arguments;
    CLI::App *query = app.add_subcommand("query", "Ask a database in KQL or SQL");
    query->add_option("DATABASE", arguments.database, "Database file (*.duckdb)")->required();
    query->add_option(
        "QUERY", arguments.query, "What to ask; also '.show tables', '.show table T schema'");
    query->add_flag("--sql", arguments.sql, "The query is SQL, not KQL");
    query->add_option("--file", arguments.file, "Read the query from a file");
    query
        ->add_option("--format",
                     typed->format,
                     "table, ndjson, csv or parquet (default: what the output's name ends with)")
        ->check(CLI::IsMember({"table", "ndjson", "csv", "parquet"}));
    query->add_option("--output", arguments.output, "Write the answer to this file");
    query->add_option("--limit", arguments.rowLimit, "Rows to show at most (default: 100000)")
        ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
    query->add_option("--time-limit", typed->timeLimit, "Stop after this time: 30s, 5m");
    query->callback([typed, &exitCode] {
        QueryArguments &asked = typed->arguments;
        asked.format = queryFormat(typed->format, asked.output);
        if (asked.format == QueryFormat::Parquet && asked.output.empty())
            throw CLI::ValidationError("--format", "parquet needs --output FILE");
        if (asked.query.empty() == asked.file.empty())
            throw CLI::ValidationError("QUERY", "one query is needed, as text or with --file");
        if (!typed->timeLimit.empty()) {
            const auto duration = parseDuration(typed->timeLimit);
            if (!duration)
                throw CLI::ValidationError("--time-limit", describe(duration.error()));
            asked.timeLimit = std::chrono::milliseconds(*duration / (kTicksPerSecond / 1000));
        }
        exitCode = queryDatabase(asked);
    });
}

void addSecret(CLI::App &app, int &exitCode)
{
    auto name = std::make_shared<std::string>(); // shared with the callbacks below
    CLI::App *secret =
        app.add_subcommand("secret", "Keep passwords and keys out of pipeline files");
    secret->require_subcommand(1);
    CLI::App *set = secret->add_subcommand("set", "Store a secret read from standard input");
    set->add_option("NAME", *name, "Its name")->required();
    set->callback([name, &exitCode] { exitCode = setSecret(*name); });
    CLI::App *remove = secret->add_subcommand("remove", "Remove a secret");
    remove->add_option("NAME", *name, "Its name")->required();
    remove->callback([name, &exitCode] { exitCode = removeSecret(*name); });
    CLI::App *list = secret->add_subcommand("list", "List the names of stored secrets");
    list->callback([&exitCode] { exitCode = listSecrets(); });
}

/// What to say about a first word that is no command; empty when it is one.
std::string objection(const CLI::App &app, const std::string &word)
{
    std::vector<std::string> names;
    for (const CLI::App *command : app.get_subcommands(nullptr))
        names.push_back(command->get_name());
    if (word.empty() || word.front() == '-'
        || std::find(names.begin(), names.end(), word) != names.end())
        return {};
    const auto near = nearestName(word, names);
    return fmt::format("there is no command '{}'. {}",
                       word,
                       near ? fmt::format("Did you mean '{}'?", *near)
                            : fmt::format("Commands are {}.", fmt::join(names, ", ")));
}

} // namespace

int runCommandLine(int argc, char **argv)
{
    CLI::App app{"Sluice: build, watch and run event streams", "sluice"};
    app.set_version_flag("--version", "sluice " SLUICE_VERSION, "Print the version");
    app.set_help_flag("-h,--help", "Print this help");
    app.require_subcommand(1);
    int exitCode = kExitOk;
    addRun(app, exitCode);
    addCheck(app, exitCode);
    addCheckpoints(app, exitCode);
    addKinds(app, exitCode);
    addKql(app, exitCode);
    addNew(app, exitCode);
    addQuery(app, exitCode);
    addSecret(app, exitCode);
    if (const std::string words = argc > 1 ? objection(app, argv[1]) : ""; !words.empty()) {
        complain(words);
        return kExitUsage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success &asked) { // --help, --version
        return app.exit(asked);
    } catch (const CLI::ParseError &error) {
        complain(fmt::format("{}. 'sluice --help' shows how it goes.", error.what()));
        return kExitUsage;
    }
    return exitCode;
}

} // namespace sluice
