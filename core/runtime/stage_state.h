#pragma once

#include "core/runtime/run_parts.h"

#include <string>

namespace sluice {

/// A stage's state as the checkpoint holds it: watermarks of its gates and what its operator keeps.
Result<std::string> saveStage(const Plan &plan, const StageTask &stage);
/// Errors: StateDamaged, with the node
Result<void> restoreStage(const Plan &plan, StageTask &stage, const std::string &state);

} // namespace sluice
