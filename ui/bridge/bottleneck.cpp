#include "ui/bridge/bottleneck.h"

#include "core/runtime/engine.h"

namespace sluice {

namespace {
constexpr double kFull = 0.8;
constexpr double kFree = 0.5;
} // namespace

std::string bottleneckOf(const Pipeline &pipeline, const RunSnapshot &snapshot)
{
    if (snapshot.state != RunState::Running)
        return {};
    std::string found;
    double busiest = -1;
    for (const NodePtr &node : pipeline.nodes) {
        double fullest = 0;
        double blocked = 0;
        for (const WirePtr &wire : pipeline.wires) {
            const auto figures = snapshot.wires.find(wireKey(*wire));
            if (figures == snapshot.wires.end())
                continue;
            if (wire->to.node == node->id)
                fullest = std::max(fullest, figures->second.pressure);
            if (wire->from.node == node->id)
                blocked = std::max(blocked, figures->second.pressure);
        }
        const auto figures = snapshot.nodes.find(node->id);
        const double busy = figures != snapshot.nodes.end() ? figures->second.busy : 0;
        if (fullest >= kFull && blocked < kFree && busy > busiest) {
            busiest = busy;
            found = node->id;
        }
    }
    return found;
}

} // namespace sluice
