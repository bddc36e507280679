#pragma once

#include "core/base/error_code.h"
#include "core/base/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class Severity { Note, Warning, Error };

/// A change that would mend a problem: shown as a link beside it.
struct Fix
{
    std::string label; // "Use temp"
    std::string field; // config field to set
    Value value;
    std::string removes = {}; // config field to take out at the same time; may be empty
    std::string place = {};   // part of the field that is set (valueAt); empty: all of it
};

/// One problem of a pipeline. The Problems panel, the node's badge, the form and `sluice check`
/// show the same list.
struct Diagnostic
{
    Severity severity = Severity::Error;
    ErrorCode code = ErrorCode::Unknown;
    std::string node;  // id; empty: the pipeline as a whole
    std::string field; // config field; empty: the node as a whole
    std::string message;
    std::string hint;
    std::vector<Fix> fixes = {};
    std::string place = {}; // part of the field that is wrong (valueAt); empty: all of it
};

std::string_view severityName(Severity severity); // "note", "warning", "error"
bool hasErrors(const std::vector<Diagnostic> &diagnostics);
/// "error 2020, node 'hot', field 'where': no column 'tmp'. Did you mean 'temp'?"
std::string describe(const Diagnostic &diagnostic);

} // namespace sluice
