#pragma once

#include "core/pipeline/validation.h"

#include <vector>

namespace sluice {

/// Warns of columns that a config names and no event so far has had: in an open schema they are
/// allowed, and mostly a slip of the pen. Says nothing while no column is known at all.
std::vector<Diagnostic> checkColumns(const ResolvedNode &node, const ParameterValues &parameters);

} // namespace sluice
