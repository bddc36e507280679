#include "core/pipeline/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

std::string_view severityName(Severity severity)
{
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        break;
    }
    return "error";
}

bool hasErrors(const std::vector<Diagnostic> &diagnostics)
{
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic &diagnostic) {
        return diagnostic.severity == Severity::Error;
    });
}

std::string describe(const Diagnostic &diagnostic)
{
    std::string text =
        fmt::format("{} {}", severityName(diagnostic.severity), static_cast<int>(diagnostic.code));
    if (!diagnostic.node.empty())
        text += fmt::format(", node '{}'", diagnostic.node);
    if (!diagnostic.field.empty())
        text += fmt::format(", field '{}'", diagnostic.field);
    text += ": " + diagnostic.message;
    if (!diagnostic.hint.empty())
        text += ". " + diagnostic.hint;
    return text;
}

} // namespace sluice
