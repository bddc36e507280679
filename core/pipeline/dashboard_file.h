#pragma once

#include "core/pipeline/dashboard.h"
#include "core/pipeline/diagnostic.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The dashboard of a pipeline file. Never fails: what is no tile is noted and kept as it is.
Dashboard readDashboard(const Value &value, std::vector<Diagnostic> &notes);
/// Its value in the file, one tile a block.
std::string dashboardText(const Dashboard &dashboard);

/// Whether a text is a duration from a second to five minutes.
bool isTileRefresh(std::string_view text);

} // namespace sluice
