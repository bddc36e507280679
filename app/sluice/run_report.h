#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/figures.h"

#include <string>

namespace sluice {

/// One JSON object: the figures of a run. @param final  the last one of the run
std::string metricsJson(const RunSnapshot &snapshot, bool final);

/// One line for a log: "00:00:03  running  sensors 98.2 k/s  hot 49.0 k/s".
std::string figuresLine(const RunSnapshot &snapshot, const Pipeline &pipeline);

/// A table of all nodes, for a terminal and for the end of a run.
std::string figuresTable(const RunSnapshot &snapshot, const Pipeline &pipeline);

} // namespace sluice
