#include "core/pipeline/delivery_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace sluice {

namespace {

/// Nodes that can be reached from one, itself included.
std::set<std::string> reachedFrom(const Pipeline &pipeline, const std::string &start)
{
    std::set<std::string> seen{start};
    std::vector<std::string> open{start};
    while (!open.empty()) {
        const std::string node = std::move(open.back());
        open.pop_back();
        for (const WirePtr &wire : pipeline.wires) {
            if (wire->from.node == node && seen.insert(wire->to.node).second)
                open.push_back(wire->to.node);
        }
    }
    return seen;
}

std::string titleOf(const ResolvedNode &node)
{
    return node.descriptor->title;
}

void judge(DeliveryPath &path,
           const ResolvedNode &source,
           const ResolvedNode &destination,
           const Settings &settings)
{
    if (!source.descriptor->replayable) {
        path.delivery = PathDelivery::AtMostOnce;
        path.reason = fmt::format("{} cannot go back: what was taken from it and not delivered "
                                  "before a crash is lost",
                                  titleOf(source));
    } else if (settings.delivery == Delivery::AtLeastOnce) {
        path.reason = "the pipeline asks for at least once";
    } else if (!destination.descriptor->exactlyOnce) {
        path.reason = fmt::format("{} has no way to tell a repeated event from a new one",
                                  titleOf(destination));
    } else {
        path.delivery = PathDelivery::ExactlyOnce;
    }
}

} // namespace

std::string_view deliveryName(PathDelivery delivery)
{
    switch (delivery) {
    case PathDelivery::ExactlyOnce:
        return "exactly once";
    case PathDelivery::AtLeastOnce:
        return "at least once";
    case PathDelivery::AtMostOnce:
        break;
    }
    return "at most once";
}

std::vector<DeliveryPath> deliveryPaths(const Pipeline &pipeline, const ValidatedPipeline &checked)
{
    std::vector<DeliveryPath> paths;
    for (const ResolvedNode &source : checked.nodes) {
        if (source.descriptor->role != NodeRole::Source)
            continue;
        const std::set<std::string> reached = reachedFrom(pipeline, source.node->id);
        for (const ResolvedNode &destination : checked.nodes) {
            if (destination.descriptor->role != NodeRole::Destination
                || !reached.contains(destination.node->id))
                continue;
            DeliveryPath path{source.node->id, destination.node->id};
            judge(path, source, destination, pipeline.settings);
            paths.push_back(std::move(path));
        }
    }
    return paths;
}

std::vector<Diagnostic>
checkDelivery(const Pipeline &pipeline, const std::vector<DeliveryPath> &paths, bool required)
{
    std::vector<Diagnostic> found;
    if (pipeline.settings.delivery != Delivery::ExactlyOnce)
        return found;
    std::set<std::string> told;
    for (const DeliveryPath &path : paths) {
        if (path.delivery == PathDelivery::ExactlyOnce)
            continue;
        const bool bySource = path.delivery == PathDelivery::AtMostOnce;
        Diagnostic diagnostic;
        diagnostic.node = bySource ? path.source : path.destination;
        if (!told.insert(diagnostic.node).second)
            continue;
        diagnostic.severity = required ? Severity::Error : Severity::Warning;
        diagnostic.code = ErrorCode::WeakDelivery;
        diagnostic.message = fmt::format("the path from '{}' to '{}' is {} only: {}",
                                         path.source,
                                         path.destination,
                                         deliveryName(path.delivery),
                                         path.reason);
        diagnostic.hint = "The pipeline runs with what this path can give.";
        found.push_back(std::move(diagnostic));
    }
    return found;
}

} // namespace sluice
