#include "core/pipeline/graph_check.h"

#include "core/event/schema.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>

namespace sluice {

namespace {

class GraphCheck
{
public:
    GraphCheck(const Pipeline &pipeline, const Catalog &catalog)
        : m_pipeline(pipeline)
        , m_catalog(catalog)
    {}

    CheckedGraph run();

private:
    Diagnostic &
    add(ErrorCode code, const std::string &node, std::string message, std::string hint = {});
    void checkNode(std::size_t index);
    void checkWire(const Wire &wire);
    std::optional<std::size_t> nodeOf(const WireEnd &end, const Wire &wire);
    std::optional<std::size_t>
    portOf(const WireEnd &end, std::size_t node, PortDirection direction);
    void checkUnwired(std::size_t index);
    void sort();
    void reportCircle(const std::vector<std::size_t> &waiting);

    const Pipeline &m_pipeline;
    const Catalog &m_catalog;
    std::unordered_map<std::string_view, std::size_t> m_index;
    std::vector<std::vector<std::size_t>> m_next; // by node index
    CheckedGraph m_result;
};

Diagnostic &
GraphCheck::add(ErrorCode code, const std::string &node, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.node = node;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    return m_result.diagnostics.emplace_back(std::move(diagnostic));
}

std::string meant(const std::optional<std::string> &near)
{
    return near ? fmt::format("Did you mean '{}'?", *near) : std::string();
}

void GraphCheck::checkNode(std::size_t index)
{
    const Node &node = *m_pipeline.nodes[index];
    GraphNode &entry = m_result.nodes[index];
    if (!isValidId(node.id))
        add(ErrorCode::InvalidId,
            node.id,
            fmt::format("'{}' cannot be the id of a node", node.id),
            "Use letters, digits, '_' and '-', beginning with a letter or '_'.");
    if (!m_index.emplace(node.id, index).second) {
        entry.duplicate = true;
        add(ErrorCode::DuplicateId,
            node.id,
            fmt::format("two nodes have the id '{}'", node.id),
            "Give one of them another id.");
    }
    entry.descriptor = m_catalog.find(node.kind);
    if (entry.descriptor == nullptr) {
        const std::string near = m_catalog.nearest(node.kind);
        add(ErrorCode::UnknownKind,
            node.id,
            fmt::format("this version of Sluice has no kind '{}'", node.kind),
            near.empty() ? "The node is kept as it is; 'sluice kinds' lists what there is."
                         : fmt::format("Did you mean '{}'?", near));
        return;
    }
    entry.inputPorts = inputPortsOf(*entry.descriptor, node.config);
    entry.outputPorts = outputPortsOf(*entry.descriptor, node.config);
    entry.inputs.resize(entry.inputPorts.size());
    entry.outputWired.resize(entry.outputPorts.size());
}

std::optional<std::size_t> GraphCheck::nodeOf(const WireEnd &end, const Wire &wire)
{
    const auto it = m_index.find(end.node);
    if (it != m_index.end())
        return it->second;
    const WireEnd &other = &end == &wire.from ? wire.to : wire.from;
    std::vector<std::string> ids;
    for (const NodePtr &node : m_pipeline.nodes)
        ids.push_back(node->id);
    add(ErrorCode::UnknownNode,
        m_index.contains(other.node) ? other.node : std::string(),
        fmt::format("the wire from '{}' to '{}' ends at a node '{}' that is not there",
                    endText(wire.from),
                    endText(wire.to),
                    end.node),
        meant(nearestName(end.node, ids)));
    return std::nullopt;
}

std::optional<std::size_t>
GraphCheck::portOf(const WireEnd &end, std::size_t node, PortDirection direction)
{
    const GraphNode &entry = m_result.nodes[node];
    if (entry.descriptor == nullptr)
        return std::nullopt;
    const bool input = direction == PortDirection::Input;
    const std::vector<PortSpec> &specs = input ? entry.inputPorts : entry.outputPorts;
    if (const auto index = portIndex(specs, end.port))
        return index;
    std::vector<std::string> ports;
    for (const PortSpec &port : specs)
        ports.push_back(port.id);
    if (ports.empty()) {
        add(ErrorCode::UnknownPort,
            end.node,
            fmt::format("'{}' is a {}",
                        end.node,
                        input ? "source: it takes no events in"
                              : "destination: it gives no events out"),
            "Remove the wire.");
        return std::nullopt;
    }
    const auto near = nearestName(end.port, ports);
    add(ErrorCode::UnknownPort,
        end.node,
        fmt::format("'{}' has no {}",
                    end.node,
                    end.port.empty() ? "default port"
                                     : (input ? "input '" : "output '") + end.port + "'"),
        near ? meant(near) : fmt::format("It has {}.", fmt::join(ports, ", ")));
    return std::nullopt;
}

void GraphCheck::checkWire(const Wire &wire)
{
    const auto from = nodeOf(wire.from, wire);
    const auto to = nodeOf(wire.to, wire);
    if (!from || !to)
        return;
    m_next[*from].push_back(*to);
    const auto output = portOf(wire.from, *from, PortDirection::Output);
    const auto input = portOf(wire.to, *to, PortDirection::Input);
    if (output)
        m_result.nodes[*from].outputWired[*output] = true;
    if (!input)
        return;
    auto &wired = m_result.nodes[*to].inputs[*input];
    const PortSpec &port = m_result.nodes[*to].inputPorts[*input];
    const std::size_t outputPort = output.value_or(0);
    const bool twice = output && std::any_of(wired.begin(), wired.end(), [&](const PortSource &s) {
                           return s.node == *from && s.port == outputPort;
                       });
    if (twice || (!port.many && !wired.empty())) {
        add(ErrorCode::PortTaken,
            wire.to.node,
            twice
                ? fmt::format(
                    "there are two wires from '{}' to '{}'", endText(wire.from), endText(wire.to))
                : fmt::format("the input '{}' of '{}' takes one wire only", port.id, wire.to.node),
            "Remove one of the wires.");
        return;
    }
    // An output that is not known counts as wired; the schema flow sees that its node is not sound.
    wired.push_back({*from, outputPort});
}

void GraphCheck::checkUnwired(std::size_t index)
{
    const GraphNode &entry = m_result.nodes[index];
    const std::string &id = m_pipeline.nodes[index]->id;
    if (entry.descriptor == nullptr || entry.duplicate)
        return;
    for (std::size_t i = 0; i < entry.inputs.size(); ++i) {
        const PortSpec &port = entry.inputPorts[i];
        if (!entry.inputs[i].empty() || port.optional)
            continue;
        add(ErrorCode::PortUnwired,
            id,
            entry.inputs.size() == 1
                ? fmt::format("'{}' gets no events: its input is not wired", id)
                : fmt::format("the input '{}' of '{}' is not wired", port.id, id),
            "Draw a wire to it, or remove the node.");
    }
    for (std::size_t i = 0; i < entry.outputWired.size(); ++i) {
        const PortSpec &port = entry.outputPorts[i];
        if (entry.outputWired[i] || port.optional)
            continue;
        add(ErrorCode::PortUnwired,
            id,
            fmt::format("what leaves '{}' by '{}' goes nowhere", id, port.id),
            "Draw a wire from it to a transform or a destination.")
            .severity = Severity::Warning;
    }
}

/// Takes away, again and again, what nothing leads to; a way along what is left comes round.
void GraphCheck::reportCircle(const std::vector<std::size_t> &waiting)
{
    std::vector<std::size_t> path;
    std::size_t at = 0;
    while (waiting[at] == 0)
        ++at;
    std::vector<std::vector<std::size_t>> before(waiting.size());
    for (std::size_t from = 0; from < m_next.size(); ++from) {
        for (const std::size_t to : m_next[from])
            before[to].push_back(from);
    }
    // Every node that is left has one before it that is left too: going back must come round.
    while (std::find(path.begin(), path.end(), at) == path.end()) {
        path.push_back(at);
        at = *std::find_if(before[at].begin(), before[at].end(), [&](std::size_t node) {
            return waiting[node] > 0;
        });
    }
    path.erase(path.begin(), std::find(path.begin(), path.end(), at));
    std::reverse(path.begin(), path.end());
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    std::string names;
    for (const std::size_t node : path) {
        names += fmt::format("'{}' → ", m_pipeline.nodes[node]->id);
        m_result.nodes[node].inCycle = true;
    }
    const std::string &first = m_pipeline.nodes[path.front()]->id;
    add(ErrorCode::Cycle,
        first,
        fmt::format("the wires form a circle: {}'{}'", names, first),
        "Remove one of these wires.");
}

void GraphCheck::sort()
{
    std::vector<std::size_t> waiting(m_pipeline.nodes.size());
    for (const auto &targets : m_next) {
        for (const std::size_t to : targets)
            ++waiting[to];
    }
    std::vector<std::size_t> &order = m_result.order;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting[i] == 0)
            order.push_back(i);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (const std::size_t to : m_next[order[i]]) {
            if (--waiting[to] == 0)
                order.push_back(to);
        }
    }
    if (order.size() == waiting.size())
        return;
    reportCircle(waiting);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        if (waiting[i] > 0)
            order.push_back(i);
    }
}

CheckedGraph GraphCheck::run()
{
    m_result.nodes.resize(m_pipeline.nodes.size());
    m_next.resize(m_pipeline.nodes.size());
    if (m_pipeline.nodes.empty())
        add(ErrorCode::EmptyPipeline,
            {},
            "the pipeline has no nodes",
            "Add a source, a destination and a wire between them.");
    for (std::size_t i = 0; i < m_pipeline.nodes.size(); ++i)
        checkNode(i);
    for (const WirePtr &wire : m_pipeline.wires)
        checkWire(*wire);
    for (std::size_t i = 0; i < m_pipeline.nodes.size(); ++i)
        checkUnwired(i);
    sort();
    return std::move(m_result);
}

} // namespace

CheckedGraph checkGraph(const Pipeline &pipeline, const Catalog &catalog)
{
    return GraphCheck(pipeline, catalog).run();
}

} // namespace sluice
