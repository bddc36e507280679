#include "core/pipeline/edits.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace sluice {

namespace {

constexpr double kColumnWidth = 288;
constexpr double kRowHeight = 140;

bool usesParameter(const Value &value, const std::string &name)
{
    if (const Reference *reference = value.asReference())
        return reference->kind == ReferenceKind::Parameter && reference->name == name;
    if (const std::string *text = value.asString()) // param('name') in KQL
        return text->find("param") != std::string::npos
               && (text->find("'" + name + "'") != std::string::npos
                   || text->find('"' + name + '"') != std::string::npos);
    if (const ValueList *list = value.asList())
        return std::any_of(list->begin(), list->end(), [&](const Value &item) {
            return usesParameter(item, name);
        });
    if (const ValueMap *map = value.asMap())
        return std::any_of(map->begin(), map->end(), [&](const auto &entry) {
            return usesParameter(entry.second, name);
        });
    return false;
}

/// Node ids so that each comes behind those it gets events from; what stands in a circle at the
/// end.
std::vector<std::string> inFlowOrder(const Pipeline &pipeline)
{
    std::unordered_map<std::string, std::size_t> waiting;
    for (const WirePtr &wire : pipeline.wires) {
        if (pipeline.findNode(wire->from.node))
            ++waiting[wire->to.node];
    }
    std::vector<std::string> order;
    for (const NodePtr &node : pipeline.nodes) {
        if (waiting[node->id] == 0)
            order.push_back(node->id);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        const std::string id = order[i];
        for (const WirePtr &wire : pipeline.wires) {
            if (wire->from.node == id && --waiting[wire->to.node] == 0
                && pipeline.findNode(wire->to.node))
                order.push_back(wire->to.node);
        }
    }
    for (const NodePtr &node : pipeline.nodes) {
        if (std::find(order.begin(), order.end(), node->id) == order.end())
            order.push_back(node->id);
    }
    return order;
}

bool isFree(const Pipeline &pipeline, const Position &place)
{
    return std::none_of(pipeline.layout.begin(), pipeline.layout.end(), [&](const auto &taken) {
        return std::fabs(taken.second.x - place.x) < kColumnWidth
               && std::fabs(taken.second.y - place.y) < kRowHeight;
    });
}

/// One column behind the nodes before it, in the row of the first of them, or the next free one.
Position placeFor(const Pipeline &pipeline, const std::string &id)
{
    Position place;
    bool first = true;
    for (const WirePtr &wire : pipeline.wires) {
        const auto before = pipeline.layout.find(wire->from.node);
        if (wire->to.node != id || before == pipeline.layout.end())
            continue;
        if (first)
            place.y = before->second.y;
        place.x = first ? before->second.x + kColumnWidth
                        : std::max(place.x, before->second.x + kColumnWidth);
        first = false;
    }
    while (!isFree(pipeline, place))
        place.y += kRowHeight;
    return place;
}

} // namespace

Pipeline withLayout(const Pipeline &pipeline)
{
    const bool complete =
        std::all_of(pipeline.nodes.begin(), pipeline.nodes.end(), [&](const NodePtr &node) {
            return pipeline.layout.contains(node->id);
        });
    if (complete)
        return pipeline;
    Pipeline result = pipeline;
    for (const std::string &id : inFlowOrder(pipeline)) {
        if (!result.layout.contains(id)) {
            const Position place = placeFor(result, id);
            result.layout[id] = place;
        }
    }
    return result;
}

Pipeline extract(const Pipeline &pipeline, const std::vector<std::string> &ids)
{
    const std::unordered_set<std::string> chosen(ids.begin(), ids.end());
    Pipeline result;
    result.name = pipeline.name;
    for (const NodePtr &node : pipeline.nodes) {
        if (!chosen.contains(node->id))
            continue;
        result.nodes.push_back(node);
        if (const auto place = pipeline.layout.find(node->id); place != pipeline.layout.end())
            result.layout.insert(*place);
    }
    for (const WirePtr &wire : pipeline.wires) {
        if (chosen.contains(wire->from.node) && chosen.contains(wire->to.node))
            result.wires.push_back(wire);
    }
    for (const Parameter &parameter : pipeline.parameters) {
        const bool used =
            std::any_of(result.nodes.begin(), result.nodes.end(), [&](const NodePtr &node) {
                return usesParameter(Value(node->config), parameter.name);
            });
        if (used)
            result.parameters.push_back(parameter);
    }
    return result;
}

Result<Pasted> paste(const Pipeline &pipeline, const Pipeline &other, Position offset)
{
    Pasted pasted{pipeline, {}};
    Pipeline &result = pasted.pipeline;
    std::unordered_map<std::string, std::string> newIds;
    const Pipeline placed = withLayout(other);
    for (const NodePtr &node : placed.nodes) {
        if (newIds.contains(node->id))
            return fail(ErrorCode::DuplicateId, "what is pasted has two nodes '{}'", node->id);
        const std::string id = freeId(result, node->id);
        newIds[node->id] = id;
        pasted.ids.push_back(id);
        if (id == node->id) {
            result.nodes.push_back(node);
        } else {
            Node copy = *node;
            copy.id = id;
            result.nodes.push_back(std::make_shared<const Node>(std::move(copy)));
        }
        const Position &place = placed.layout.at(node->id);
        result.layout[id] = {place.x + offset.x, place.y + offset.y};
    }
    for (const WirePtr &wire : placed.wires) {
        const auto from = newIds.find(wire->from.node);
        const auto to = newIds.find(wire->to.node);
        if (from == newIds.end() || to == newIds.end())
            continue;
        Wire copy = *wire;
        copy.from.node = from->second;
        copy.to.node = to->second;
        result.wires.push_back(std::make_shared<const Wire>(std::move(copy)));
    }
    for (const Parameter &parameter : placed.parameters) {
        if (result.findParameter(parameter.name) == nullptr)
            result.parameters.push_back(parameter);
    }
    return pasted;
}

} // namespace sluice
