#pragma once

#include "core/base/time.h"

#include <map>
#include <optional>
#include <string>

namespace sluice {

/// What was typed after `sluice run`.
struct RunArguments
{
    std::string file;
    std::string workspace;
    std::map<std::string, std::string> parameters;
    std::optional<TickSpan> duration; // --for
    bool untilCaughtUp = false;
    bool fromStart = false;
    bool dropState = false;
    bool takeOver = false;
    bool requireExactlyOnce = false;
    bool metricsJson = false;
    bool strict = false;
    int workers = 0;
    std::size_t edgeBytes = 0; // 0: the engine's default
};

/// Runs a pipeline to its end, a signal or the given time. @return the program's exit code:
/// 0 finished or stopped as asked, 1 failed, 2 does not check, 3 dead letters with --strict
int runPipeline(const RunArguments &arguments);

} // namespace sluice
