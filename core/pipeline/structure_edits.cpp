#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sluice {

namespace {

struct PortRef
{
    WireEnd end; // normalised
    PortSpec spec;
};

std::string listOf(const std::vector<PortSpec> &ports)
{
    std::string text;
    for (const PortSpec &port : ports)
        text += (text.empty() ? "" : ", ") + port.id;
    return text;
}

Result<PortRef> findPort(const Pipeline &pipeline,
                         const Catalog &catalog,
                         const WireEnd &end,
                         PortDirection direction)
{
    const NodePtr node = pipeline.findNode(end.node);
    if (!node)
        return fail(ErrorCode::UnknownNode, "there is no node '{}'", end.node).node(end.node);
    const NodeDescriptor *descriptor = catalog.find(node->kind);
    if (descriptor == nullptr) {
        return fail(ErrorCode::UnknownKind, "'{}' is of an unknown kind '{}'", end.node, node->kind)
            .node(end.node);
    }
    std::vector<PortSpec> ports = portsOf(*descriptor, node->config, direction);
    if (ports.empty()) {
        return fail(ErrorCode::UnknownPort,
                    "'{}' is a {}",
                    end.node,
                    direction == PortDirection::Input ? "source: it takes no events in"
                                                      : "destination: it gives no events out")
            .node(end.node);
    }
    const auto index = portIndex(ports, end.port);
    if (!index) {
        return fail(ErrorCode::UnknownPort,
                    "'{}' has no {}",
                    end.node,
                    end.port.empty() ? "default port" : "port '" + end.port + "'")
            .node(end.node)
            .hint(fmt::format("It has {}.", listOf(ports)));
    }
    return PortRef{normalised(end, *descriptor, node->config, direction), std::move(ports[*index])};
}

/// Whether a way along the wires leads from one node to another.
bool reaches(const Pipeline &pipeline, const std::string &from, const std::string &to)
{
    std::unordered_multimap<std::string_view, std::string_view> next;
    for (const WirePtr &wire : pipeline.wires)
        next.emplace(wire->from.node, wire->to.node);
    std::vector<std::string_view> open{from};
    std::unordered_set<std::string_view> seen{from};
    while (!open.empty()) {
        const std::string_view at = open.back();
        open.pop_back();
        if (at == to)
            return true;
        const auto [begin, end] = next.equal_range(at);
        for (auto it = begin; it != end; ++it) {
            if (seen.insert(it->second).second)
                open.push_back(it->second);
        }
    }
    return false;
}

struct PortPair
{
    PortRef from;
    PortRef to;
};

WireEnd normalisedEnd(const Pipeline &pipeline,
                      const Catalog &catalog,
                      const WireEnd &end,
                      PortDirection direction)
{
    const NodePtr node = pipeline.findNode(end.node);
    const NodeDescriptor *descriptor = node ? catalog.find(node->kind) : nullptr;
    return descriptor == nullptr ? end : normalised(end, *descriptor, node->config, direction);
}

Result<PortPair> checkedPorts(const Pipeline &pipeline,
                              const Catalog &catalog,
                              const WireEnd &from,
                              const WireEnd &to)
{
    TRY_ASSIGN(const PortRef output, findPort(pipeline, catalog, from, PortDirection::Output));
    TRY_ASSIGN(const PortRef input, findPort(pipeline, catalog, to, PortDirection::Input));
    if (from.node == to.node) {
        return fail(ErrorCode::Cycle, "'{}' cannot be wired to itself", from.node).node(from.node);
    }
    for (const WirePtr &wire : pipeline.wires) {
        if (wire->to.node != to.node
            || normalisedEnd(pipeline, catalog, wire->to, PortDirection::Input) != input.end)
            continue;
        if (!input.spec.many) {
            return fail(ErrorCode::PortTaken,
                        "the input '{}' of '{}' already has a wire",
                        input.spec.id,
                        to.node)
                .node(to.node)
                .hint("Remove that wire first.");
        }
        if (normalisedEnd(pipeline, catalog, wire->from, PortDirection::Output) == output.end) {
            return fail(ErrorCode::PortTaken,
                        "there is already a wire from '{}' to '{}'",
                        endText(output.end),
                        endText(input.end))
                .node(to.node);
        }
    }
    if (reaches(pipeline, to.node, from.node)) {
        return fail(ErrorCode::Cycle,
                    "a wire from '{}' to '{}' would close a circle",
                    from.node,
                    to.node)
            .node(to.node)
            .hint("Events may only flow forward.");
    }
    return PortPair{output, input};
}

std::vector<WirePtr>::const_iterator findWire(const Pipeline &pipeline, const Wire &wanted)
{
    return std::find_if(pipeline.wires.begin(), pipeline.wires.end(), [&](const WirePtr &wire) {
        return wire->from == wanted.from && wire->to == wanted.to;
    });
}

void removeNode(Pipeline &pipeline, const std::string &id)
{
    std::erase_if(pipeline.nodes, [&](const NodePtr &node) { return node->id == id; });
    std::erase_if(pipeline.wires, [&](const WirePtr &wire) {
        return wire->from.node == id || wire->to.node == id;
    });
    std::erase_if(pipeline.unknownLayout, [&](const auto &entry) { return entry.first == id; });
    pipeline.layout.erase(id);
}

/// What removing a node would join: each wire into it with each wire out of its first port.
std::vector<Wire> joinsOver(const Pipeline &pipeline, const Catalog &catalog, const std::string &id)
{
    const NodePtr node = pipeline.findNode(id);
    const NodeDescriptor *descriptor = catalog.find(node->kind);
    if (descriptor == nullptr || inputPortsOf(*descriptor, node->config).size() != 1
        || outputPortsOf(*descriptor, node->config).empty())
        return {};
    std::vector<Wire> joins;
    for (const WirePtr &in : pipeline.wires) {
        if (in->to.node != id)
            continue;
        for (const WirePtr &out : pipeline.wires) {
            if (out->from.node == id
                && normalised(out->from, *descriptor, node->config, PortDirection::Output)
                       .port.empty())
                joins.push_back({in->from, out->to});
        }
    }
    return joins;
}

} // namespace

Result<AddedNode> addNode(const Pipeline &pipeline,
                          const Catalog &catalog,
                          std::string_view kind,
                          Position position,
                          std::string id)
{
    const NodeDescriptor *descriptor = catalog.find(kind);
    if (descriptor == nullptr) {
        const std::string near = catalog.nearest(kind);
        return fail(ErrorCode::UnknownKind, "there is no kind '{}'", kind)
            .hint(near.empty() ? std::string() : fmt::format("Did you mean '{}'?", near));
    }
    if (id.empty())
        id = freeId(pipeline, kind);
    else if (!isValidId(id))
        return fail(ErrorCode::InvalidId, "'{}' cannot be the id of a node", id)
            .hint("Use letters, digits, '_' and '-', beginning with a letter or '_'.");
    else if (pipeline.findNode(id))
        return fail(ErrorCode::DuplicateId, "there is already a node '{}'", id);
    Node node;
    node.id = id;
    node.kind = kind;
    for (const FieldSpec &field : descriptor->fields) {
        // Optional fields stay out of the file, so that a better default reaches old pipelines.
        if (field.required && !field.defaultValue.isNull())
            node.config.emplace_back(field.name, field.defaultValue);
    }
    AddedNode added{pipeline, id};
    added.pipeline.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    added.pipeline.layout[id] = position;
    return added;
}

Result<Pipeline> removeNodes(const Pipeline &pipeline, const std::vector<std::string> &ids)
{
    Pipeline result = pipeline;
    for (const std::string &id : ids) {
        if (!pipeline.findNode(id))
            return fail(ErrorCode::UnknownNode, "there is no node '{}'", id).node(id);
        removeNode(result, id);
    }
    return result;
}

Result<Pipeline> removeAndReconnect(const Pipeline &pipeline,
                                    const Catalog &catalog,
                                    const std::vector<std::string> &ids)
{
    Pipeline result = pipeline;
    for (const std::string &id : ids) {
        if (!result.findNode(id))
            return fail(ErrorCode::UnknownNode, "there is no node '{}'", id).node(id);
        const std::vector<Wire> joins = joinsOver(result, catalog, id);
        removeNode(result, id);
        for (const Wire &join : joins) {
            if (checkedPorts(result, catalog, join.from, join.to)) // else it is there already
                result.wires.push_back(std::make_shared<const Wire>(join));
        }
    }
    return result;
}

Result<void>
canConnect(const Pipeline &pipeline, const Catalog &catalog, const WireEnd &from, const WireEnd &to)
{
    TRY(checkedPorts(pipeline, catalog, from, to));
    return {};
}

Result<Pipeline>
connect(const Pipeline &pipeline, const Catalog &catalog, const WireEnd &from, const WireEnd &to)
{
    TRY_ASSIGN(const PortPair ports, checkedPorts(pipeline, catalog, from, to));
    Pipeline result = pipeline;
    result.wires.push_back(std::make_shared<const Wire>(Wire{ports.from.end, ports.to.end}));
    return result;
}

Result<Pipeline> disconnect(const Pipeline &pipeline, const Wire &wire)
{
    const auto it = findWire(pipeline, wire);
    if (it == pipeline.wires.end()) {
        return fail(ErrorCode::UnknownPort,
                    "there is no wire from '{}' to '{}'",
                    endText(wire.from),
                    endText(wire.to));
    }
    Pipeline result = pipeline;
    result.wires.erase(result.wires.begin() + (it - pipeline.wires.begin()));
    return result;
}

Result<Pipeline> insertOnWire(const Pipeline &pipeline,
                              const Catalog &catalog,
                              const Wire &wire,
                              std::string_view nodeId)
{
    const auto place = findWire(pipeline, wire) - pipeline.wires.begin();
    TRY_ASSIGN(Pipeline result, disconnect(pipeline, wire));
    const WireEnd middle{std::string(nodeId), {}};
    TRY_ASSIGN(result, connect(result, catalog, wire.from, middle));
    TRY_ASSIGN(result, connect(result, catalog, middle, wire.to));
    // The two new wires stand where the old one stood: the order decides how inputs are merged.
    std::rotate(result.wires.begin() + place, result.wires.end() - 2, result.wires.end());
    return result;
}

} // namespace sluice
