#include "core/pipeline/pipeline.h"

#include <algorithm>
#include <unordered_map>

namespace sluice {

namespace {

template<typename T>
bool sameContent(const std::vector<std::shared_ptr<const T>> &a,
                 const std::vector<std::shared_ptr<const T>> &b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto &x, const auto &y) {
        return x == y || *x == *y;
    });
}

bool runsLike(const Node &a, const Node &b)
{
    return a.kind == b.kind && a.config == b.config;
}

std::unordered_map<std::string_view, const Node *> byId(const std::vector<NodePtr> &nodes)
{
    std::unordered_map<std::string_view, const Node *> index;
    for (const NodePtr &node : nodes)
        index.emplace(node->id, node.get());
    return index;
}

bool sameWires(const Pipeline &a, const Pipeline &b)
{
    return std::equal(a.wires.begin(),
                      a.wires.end(),
                      b.wires.begin(),
                      b.wires.end(),
                      [](const WirePtr &x, const WirePtr &y) {
                          return x == y || (x->from == y->from && x->to == y->to);
                      });
}

bool sameSettings(const Pipeline &a, const Pipeline &b)
{
    return a.settings == b.settings && a.parameters == b.parameters;
}

} // namespace

NodePtr Pipeline::findNode(std::string_view id) const
{
    for (const NodePtr &node : nodes) {
        if (node->id == id)
            return node;
    }
    return nullptr;
}

const Parameter *Pipeline::findParameter(std::string_view parameterName) const
{
    for (const Parameter &parameter : parameters) {
        if (parameter.name == parameterName)
            return &parameter;
    }
    return nullptr;
}

bool operator==(const Pipeline &a, const Pipeline &b)
{
    return a.name == b.name && a.settings == b.settings && a.parameters == b.parameters
           && sameContent(a.nodes, b.nodes) && sameContent(a.wires, b.wires) && a.alerts == b.alerts
           && a.tests == b.tests && a.dashboard == b.dashboard && a.layout == b.layout
           && a.unknownLayout == b.unknownLayout && a.unknown == b.unknown;
}

bool runsLike(const Pipeline &a, const Pipeline &b)
{
    return diff(a, b).restarting() == 0;
}

std::size_t PipelineDiff::restarting() const
{
    return added.size() + removed.size() + changed.size() + (wiresChanged ? 1 : 0)
           + (settingsChanged ? 1 : 0);
}

PipelineDiff diff(const Pipeline &before, const Pipeline &after)
{
    PipelineDiff result;
    const auto old = byId(before.nodes);
    const auto now = byId(after.nodes);
    for (const NodePtr &node : before.nodes) {
        if (!now.contains(node->id))
            result.removed.push_back(node->id);
    }
    const auto place = [](const Pipeline &pipeline, const std::string &id) -> const Position * {
        const auto it = pipeline.layout.find(id);
        return it == pipeline.layout.end() ? nullptr : &it->second;
    };
    for (const NodePtr &node : after.nodes) {
        const auto it = old.find(node->id);
        if (it == old.end()) {
            result.added.push_back(node->id);
            continue;
        }
        if (it->second != node.get()) {
            if (!runsLike(*it->second, *node))
                result.changed.push_back(node->id);
            else if (it->second->title != node->title)
                result.retitled.push_back(node->id);
        }
        const Position *from = place(before, node->id);
        const Position *to = place(after, node->id);
        if ((from == nullptr) != (to == nullptr) || (from != nullptr && *from != *to))
            result.moved.push_back(node->id);
    }
    result.wiresChanged = !sameWires(before, after);
    result.settingsChanged = !sameSettings(before, after);
    return result;
}

} // namespace sluice
