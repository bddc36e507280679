#pragma once

#include "core/kql/functions.h"

#include <string>

namespace sluice::kql {

/// The page that says what the language has, as Markdown: docs/kql.md. It comes from the table of
/// functions alone.
std::string languagePage();
/// The functions by group, for a terminal.
std::string functionIndex();
/// Signatures, help and example of one function, for a terminal.
std::string functionHelp(const FunctionInfo &function);

} // namespace sluice::kql
