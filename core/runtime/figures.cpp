#include "core/runtime/figures.h"

#include <array>

namespace sluice {

std::string_view runStateName(RunState state)
{
    static constexpr std::array<std::string_view, 7> kNames{
        "stopped", "starting", "running", "paused", "draining", "finished", "failed"};
    return kNames.at(static_cast<std::size_t>(state));
}

std::string_view nodeStateName(NodeState state)
{
    static constexpr std::array<std::string_view, 7> kNames{
        "stopped", "starting", "running", "waiting", "paused", "finished", "failed"};
    return kNames.at(static_cast<std::size_t>(state));
}

} // namespace sluice
