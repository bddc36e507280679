#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/engine.h"

#include <cmath>
#include <cstdint>
#include <functional>

namespace sluice::test {

/// A snapshot of a run that never was: for tests, benchmarks and their pictures only.
/// @param rateOf  events/s that leave a node
inline RunSnapshot runningSnapshot(const Pipeline &pipeline,
                                   int second,
                                   const std::function<double(const std::string &)> &rateOf)
{
    RunSnapshot snapshot;
    snapshot.state = RunState::Running;
    snapshot.takenAt = (1'700'000'000LL + second) * kTicksPerSecond;
    std::uint32_t salt = 7;
    for (const NodePtr &node : pipeline.nodes) {
        NodeFigures figures;
        figures.state = NodeState::Running;
        ++salt;
        const double wave = std::sin(second * 0.7 + salt) + std::sin(second * 1.9 + 3 * salt);
        const double rate = rateOf(node->id) * (1 + 0.08 * wave);
        figures.rateIn = figures.rateOut = rate;
        figures.eventsIn = figures.eventsOut = std::uint64_t(rate * (second + 1));
        snapshot.nodes[node->id] = figures;
    }
    for (const WirePtr &wire : pipeline.wires) {
        WireFigures figures;
        figures.rate = snapshot.nodes[wire->from.node].rateOut;
        snapshot.wires[wireKey(*wire)] = figures;
    }
    return snapshot;
}

} // namespace sluice::test
