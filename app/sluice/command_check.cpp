#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "app/sluice/run_values.h"
#include "core/pipeline/pipeline_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace sluice {

namespace {

using Json = nlohmann::ordered_json;

Json toJson(const Value &value)
{
    return Json::parse(value.toJson());
}

Json toJson(const Diagnostic &diagnostic)
{
    Json fixes = Json::array();
    for (const Fix &fix : diagnostic.fixes) {
        Json json{{"label", fix.label}};
        if (!fix.removes.empty())
            json["removes"] = fix.removes;
        if (!fix.field.empty()) {
            json["field"] = fix.field;
            json["value"] = toJson(fix.value);
            if (!fix.place.empty())
                json["place"] = fix.place;
        }
        fixes.push_back(std::move(json));
    }
    return {{"severity", severityName(diagnostic.severity)},
            {"code", static_cast<int>(diagnostic.code)},
            {"node", diagnostic.node},
            {"field", diagnostic.field},
            {"message", diagnostic.message},
            {"hint", diagnostic.hint},
            {"fixes", std::move(fixes)}};
}

Diagnostic toDiagnostic(const Error &error)
{
    return {Severity::Error, error.code, error.node, error.field, error.message, error.hint};
}

std::size_t count(const std::vector<Diagnostic> &diagnostics, Severity severity)
{
    return static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic &diagnostic) {
            return diagnostic.severity == severity;
        }));
}

std::string plural(std::size_t number, std::string_view word)
{
    return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

void printJson(const CheckArguments &arguments, const std::vector<Diagnostic> &diagnostics)
{
    Json list = Json::array();
    for (const Diagnostic &diagnostic : diagnostics)
        list.push_back(toJson(diagnostic));
    const Json result{{"file", arguments.file},
                      {"ok", !hasErrors(diagnostics)},
                      {"diagnostics", std::move(list)}};
    print(result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void printText(const CheckArguments &arguments,
               const std::vector<Diagnostic> &diagnostics,
               const std::string &summary)
{
    for (const Diagnostic &diagnostic : diagnostics) {
        std::string text = describe(diagnostic) + "\n";
        for (const Fix &fix : diagnostic.fixes)
            text += fmt::format("    fix: {}\n", fix.label);
        if (diagnostic.severity == Severity::Error)
            fmt::print(stderr, "{}", text);
        else
            print(text);
    }
    const std::size_t errors = count(diagnostics, Severity::Error);
    const std::size_t warnings = count(diagnostics, Severity::Warning);
    if (errors > 0)
        complain(fmt::format(
            "{}: {}, {}", arguments.file, plural(errors, "error"), plural(warnings, "warning")));
    else
        print(fmt::format("{}: {}{}\n",
                          arguments.file,
                          summary,
                          warnings > 0 ? ", " + plural(warnings, "warning") : ""));
}

} // namespace

int checkPipeline(const CheckArguments &arguments)
{
    std::vector<Diagnostic> diagnostics;
    std::string summary;
    auto loaded = loadPipelineFile(arguments.file);
    if (loaded) {
        std::error_code error;
        const std::string path = std::filesystem::absolute(arguments.file, error).string();
        ValidatedPipeline validated = validate(
            loaded->pipeline, builtInCatalog(), commandLineValues(path, arguments.parameters));
        diagnostics = std::move(loaded->notes);
        diagnostics.insert(
            diagnostics.end(), validated.diagnostics.begin(), validated.diagnostics.end());
        summary = fmt::format("all is well, {} and {}",
                              plural(loaded->pipeline.nodes.size(), "node"),
                              plural(loaded->pipeline.wires.size(), "wire"));
    } else {
        diagnostics.push_back(toDiagnostic(loaded.error()));
    }
    if (arguments.json)
        printJson(arguments, diagnostics);
    else
        printText(arguments, diagnostics, summary);
    return hasErrors(diagnostics) ? kExitUsage : kExitOk;
}

} // namespace sluice
