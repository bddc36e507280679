#pragma once

#include "core/runtime/checkpoint_file.h"
#include "core/runtime/plan.h"

#include <string>
#include <vector>

namespace sluice {

/// What the state of a node is the state of: its kind, its config and its input's columns, as a
/// hash. State is taken on only by a node that is the same in all of them.
std::string stateSchema(const PlanNode &node);

/// What a checkpoint holds that has no place in a plan: one line each, for a person.
std::vector<std::string> misfits(const Progress &progress, const Plan &plan);

/// Takes out of a checkpoint what has no place in the plan.
void dropMisfits(Progress &progress, const Plan &plan);

} // namespace sluice
