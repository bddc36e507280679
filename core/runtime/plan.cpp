#include "core/runtime/plan.h"

#include "core/pipeline/ports.h"
#include "core/runtime/engine.h"

#include <algorithm>
#include <map>
#include <set>

namespace sluice {

namespace {

/// Where the columns of `to` lie in `from`; empty when both have the same.
std::vector<std::size_t> placesOf(const Schema &from, const Schema &to)
{
    if (from.columns == to.columns)
        return {};
    std::vector<std::size_t> places;
    for (const SchemaColumn &column : to.columns)
        places.push_back(from.find(column.name).value_or(from.columns.size()));
    return places;
}

void addWires(const Pipeline &pipeline, Plan &plan)
{
    std::map<std::size_t, std::size_t> mixedWires; // by node: how many so far
    for (const WirePtr &wire : pipeline.wires) {
        PlanWire planned;
        planned.key = wireKey(*wire);
        planned.fromNode = plan.indexOf(wire->from.node);
        planned.toNode = plan.indexOf(wire->to.node);
        if (planned.fromNode == plan.nodes.size() || planned.toNode == plan.nodes.size())
            continue; // a diagnostic already says so
        const ResolvedNode &from = plan.nodes[planned.fromNode].resolved;
        const ResolvedNode &to = plan.nodes[planned.toNode].resolved;
        planned.fromPort = portIndex(from.outputPorts, wire->from.port).value_or(0);
        planned.toPort = portIndex(to.inputPorts, wire->to.port).value_or(0);
        planned.input = planned.toPort;
        if (to.inputPorts[planned.toPort].mixed)
            planned.input = mixedWires[planned.toNode]++;
        else if (to.descriptor->role == NodeRole::Transform)
            planned.places =
                placesOf(from.outputSchemas[planned.fromPort], to.inputSchemas[planned.toPort]);
        plan.nodes[planned.fromNode].outWires[planned.fromPort].push_back(plan.wires.size());
        plan.wires.push_back(std::move(planned));
    }
}

/// Sources find event times where a stage behind them works with them.
void addTimes(Plan &plan)
{
    for (std::size_t i = plan.nodes.size(); i-- > 0;) {
        PlanNode &node = plan.nodes[i];
        for (const auto &wires : node.outWires) {
            for (const std::size_t wire : wires) {
                const PlanNode &next = plan.nodes[plan.wires[wire].toNode];
                node.timesNeeded = node.timesNeeded || next.timed || next.timesNeeded;
            }
        }
    }
}

/// The rule of a source whose event times somebody asks for.
Result<std::optional<EventTimePlan>> eventTimes(const PlanNode &node)
{
    const Schema &schema = node.resolved.outputSchemas.front();
    const ColumnNeeds &needs = node.outputNeeds.front();
    const auto names = [](const std::vector<std::string> &list) {
        return std::find(list.begin(), list.end(), kEventTimeColumn) != list.end();
    };
    const bool read = names(needs.typed) || names(needs.tokens);
    if (!node.timesNeeded && !read)
        return std::optional<EventTimePlan>();
    TRY_ASSIGN(auto plan,
               EventTimePlan::bind(
                   EventTimeRule::of(*node.resolved.descriptor, node.resolved.config), schema));
    return std::optional<EventTimePlan>(std::move(plan));
}

/// From the destinations back to the sources: who needs which columns.
void addNeeds(Plan &plan, const ParameterValues &parameters)
{
    std::vector<std::vector<ColumnNeeds>> inputNeeds(plan.nodes.size());
    for (std::size_t i = plan.nodes.size(); i-- > 0;) {
        PlanNode &node = plan.nodes[i];
        node.outputNeeds.resize(node.outWires.size());
        for (std::size_t port = 0; port < node.outWires.size(); ++port) {
            for (const std::size_t wire : node.outWires[port]) {
                const PlanWire &behind = plan.wires[wire];
                const auto &needs = inputNeeds[behind.toNode];
                if (behind.input < needs.size())
                    node.outputNeeds[port].add(needs[behind.input]);
            }
        }
        const NodeDescriptor &descriptor = *node.resolved.descriptor;
        if (descriptor.columnNeeds) {
            NodeContext context;
            context.nodeId = node.id();
            context.parameters = parameters;
            context.inputSchemas = node.resolved.inputSchemas;
            inputNeeds[i] = descriptor.columnNeeds(
                node.resolved.config, node.resolved.inputSchemas, node.outputNeeds, context);
        }
    }
}

/// What a source's event times are read from must be decoded.
Result<void> addTimeNeeds(Plan &plan)
{
    for (PlanNode &node : plan.nodes) {
        if (node.role() != NodeRole::Source)
            continue;
        TRY_ASSIGN(const auto times, eventTimes(node));
        if (!times)
            continue;
        const Schema &schema = node.resolved.outputSchemas.front();
        ColumnNeeds needs;
        needs.typed = times->columns(schema);
        node.outputNeeds.front().add(needs);
    }
    return {};
}

/// Adds to `inferred` what open sources do not list. @return whether anything was added
bool addReferredColumns(const Plan &plan, std::map<std::string, Schema> &inferred)
{
    bool added = false;
    for (const PlanNode &node : plan.nodes) {
        if (node.role() != NodeRole::Source || node.resolved.outputSchemas.empty())
            continue;
        const Schema &schema = node.resolved.outputSchemas.front();
        if (!schema.open)
            continue;
        Schema wider = schema;
        const ColumnNeeds &needs = node.outputNeeds.front();
        for (const auto *names : {&needs.typed, &needs.tokens}) {
            for (const std::string &name : *names) {
                if (!wider.find(name) && !systemColumn(name))
                    wider.columns.push_back({name, ColumnType::Dynamic});
            }
        }
        if (wider.columns.size() != schema.columns.size()) {
            inferred[node.id()] = std::move(wider);
            added = true;
        }
    }
    return added;
}

} // namespace

Result<void> firstError(const std::vector<Diagnostic> &diagnostics)
{
    for (const Diagnostic &diagnostic : diagnostics) {
        if (diagnostic.severity == Severity::Error)
            return fail(Error{diagnostic.code,
                              diagnostic.message,
                              diagnostic.hint,
                              diagnostic.node,
                              diagnostic.field});
    }
    return {};
}

std::size_t Plan::indexOf(std::string_view id) const
{
    const auto it = std::find_if(
        nodes.begin(), nodes.end(), [id](const PlanNode &node) { return node.id() == id; });
    return static_cast<std::size_t>(it - nodes.begin());
}

DecodePlan Plan::decodePlan(std::size_t source) const
{
    const PlanNode &node = nodes[source];
    const Schema &schema = node.resolved.outputSchemas.front();
    const ColumnNeeds &needs = node.outputNeeds.front();
    const std::set<std::string> typed(needs.typed.begin(), needs.typed.end());
    const std::set<std::string> tokens(needs.tokens.begin(), needs.tokens.end());
    DecodePlan plan;
    if (auto times = eventTimes(node))
        plan.times = std::move(*times);
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const SchemaColumn &column = schema.columns[i];
        if (column.system) {
            const auto known = systemColumn(column.name);
            if (known && (typed.contains(column.name) || tokens.contains(column.name)))
                plan.system.push_back({*known, i});
            continue;
        }
        DecodeField field{
            column.name, column.type, needs.all || typed.contains(column.name), false};
        field.token = tokens.contains(column.name);
        if (!field.typed && !field.token)
            continue;
        plan.fields.push_back(std::move(field));
        plan.positions.push_back(i);
    }
    return plan;
}

std::vector<std::size_t> Plan::consumersBehind(std::size_t emitter) const
{
    std::set<std::size_t> seen;
    std::vector<std::size_t> open{emitter};
    std::vector<std::size_t> found;
    while (!open.empty()) {
        const std::size_t index = open.back();
        open.pop_back();
        for (const auto &port : nodes[index].outWires) {
            for (const std::size_t wire : port) {
                const std::size_t next = wires[wire].toNode;
                if (!seen.insert(next).second)
                    continue;
                if (nodes[next].isConsumer())
                    found.push_back(next);
                else
                    open.push_back(next);
            }
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<Plan> makePlan(const Pipeline &pipeline,
                      const Catalog &catalog,
                      const ValueSources &values,
                      std::map<std::string, Schema> &inferred)
{
    while (true) {
        ValidatedPipeline validated = validate(pipeline, catalog, values, inferred);
        TRY(firstError(validated.diagnostics));
        Plan plan;
        for (ResolvedNode &resolved : validated.nodes) {
            PlanNode node;
            node.outWires.resize(resolved.outputPorts.size());
            node.stage = isStateful(*resolved.descriptor, resolved.config);
            node.timed = node.stage && resolved.descriptor->timed;
            for (const Schema &schema : resolved.inputSchemas)
                node.inputs.push_back(std::make_shared<Schema>(schema));
            node.resolved = std::move(resolved);
            plan.nodes.push_back(std::move(node));
        }
        addWires(pipeline, plan);
        addNeeds(plan, validated.parameters);
        addTimes(plan);
        TRY(addTimeNeeds(plan));
        if (!addReferredColumns(plan, inferred))
            return plan;
    }
}

} // namespace sluice
