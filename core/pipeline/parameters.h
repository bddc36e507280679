#pragma once

#include "core/node/config.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/validation.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A parameter's value from text, as --param and the environment give it.
/// Errors: InvalidValue with the type that is wanted
Result<Value> parameterFromText(std::string_view text, ColumnType type);
/// Whether a value of the file fits the declared type. Errors: InvalidValue
Result<void> checkParameterValue(const Value &value, ColumnType type);

/// Parameters with overrides and environment applied.
struct ResolvedParameters
{
    ParameterValues values;
    std::set<std::string, std::less<>> fromOutside; // set by --param or the environment
    std::vector<Diagnostic> diagnostics;

    const ParameterValue *find(std::string_view name) const;
};
ResolvedParameters resolveParameters(const Pipeline &pipeline, const ValueSources &sources);

} // namespace sluice
