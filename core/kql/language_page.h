#pragma once

#include "core/kql/functions.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// The page that says what the language has, as Markdown: docs/kql.md. It comes from the table of
/// functions alone.
std::string languagePage();
/// The functions by group, for a terminal.
std::string functionIndex();
/// Signatures, help and example of a function, an operator or an aggregate, for a terminal; nothing
/// for an unknown name.
std::optional<std::string> helpOf(std::string_view name);
/// The names that helpOf() knows.
std::vector<std::string> helpNames();

} // namespace sluice::kql
