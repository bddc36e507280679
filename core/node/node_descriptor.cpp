#include "core/node/node_descriptor.h"

#include <algorithm>

namespace sluice {

namespace {

void addMissing(std::vector<std::string> &names, const std::vector<std::string> &others)
{
    for (const std::string &name : others) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
}

} // namespace

void ColumnNeeds::add(const ColumnNeeds &other)
{
    raw = raw || other.raw;
    all = all || other.all;
    addMissing(typed, other.typed);
    addMissing(tokens, other.tokens);
}

std::vector<PortSpec> inputPortsOf(const NodeDescriptor &descriptor, const ValueMap &config)
{
    return descriptor.inputPorts ? descriptor.inputPorts(config) : descriptor.inputs;
}

std::vector<PortSpec> outputPortsOf(const NodeDescriptor &descriptor, const ValueMap &config)
{
    return descriptor.outputPorts ? descriptor.outputPorts(config) : descriptor.outputs;
}

bool isStateful(const NodeDescriptor &descriptor, const Config &config)
{
    if (!descriptor.createStateful)
        return false;
    return descriptor.stateful ? descriptor.stateful(config) : !descriptor.createOperator;
}

PortSpec errorsPort()
{
    return {.id = std::string(kErrorsPort), .title = "errors", .optional = true};
}

SchemaFlow sameAsInput(const Config & /*config*/,
                       const std::vector<Schema> &inputs,
                       const NodeContext & /*context*/)
{
    SchemaFlow flow;
    flow.outputs.push_back(inputs.empty() ? Schema{} : inputs.front());
    return flow;
}

Schema errorsSchema(const Schema &input)
{
    Schema schema = input;
    schema.whole = false; // the record's bytes lack the columns that are added here
    for (const char *name : {"$error_code", "$error_message", "$error_node"}) {
        if (!schema.find(name))
            schema.columns.push_back({name, ColumnType::String});
    }
    return schema;
}

SchemaFlow schemaFlowOf(const NodeDescriptor &descriptor,
                        const Config &config,
                        const std::vector<Schema> &inputs,
                        const NodeContext &context)
{
    SchemaFlow flow;
    if (descriptor.outputSchemas)
        flow = descriptor.outputSchemas(config, inputs, context);
    else if (descriptor.role == NodeRole::Transform)
        flow = sameAsInput(config, inputs, context);
    const Schema unknown{.columns = {}, .open = true, .whole = false};
    const std::vector<PortSpec> ports = outputPortsOf(descriptor, config.values());
    while (flow.outputs.size() < ports.size()) {
        const PortSpec &port = ports[flow.outputs.size()];
        if (port.id == kErrorsPort) // a source's failed events are the raw records
            flow.outputs.push_back(errorsSchema(inputs.empty() ? unknown : inputs.front()));
        else
            flow.outputs.push_back(flow.outputs.empty() ? unknown : flow.outputs.front());
    }
    flow.outputs.resize(ports.size());
    return flow;
}

} // namespace sluice
