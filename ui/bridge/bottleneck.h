#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/figures.h"

#include <string>

namespace sluice {

/// The node that limits the flow: its input is full while its outputs are free. Empty when the
/// flow is limited by nothing, or by a source itself.
std::string bottleneckOf(const Pipeline &pipeline, const RunSnapshot &snapshot);

} // namespace sluice
