#include "core/pipeline/ports.h"

namespace sluice {

std::vector<PortSpec>
portsOf(const NodeDescriptor &descriptor, const ValueMap &config, PortDirection direction)
{
    return direction == PortDirection::Input ? inputPortsOf(descriptor, config)
                                             : outputPortsOf(descriptor, config);
}

std::optional<std::size_t> portIndex(const std::vector<PortSpec> &ports, std::string_view port)
{
    for (std::size_t i = 0; i < ports.size(); ++i) {
        // Failed events leave only by a wire that says so.
        if (port.empty() ? ports[i].id != kErrorsPort : ports[i].id == port)
            return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> portIndex(const NodeDescriptor &descriptor,
                                     const ValueMap &config,
                                     PortDirection direction,
                                     std::string_view port)
{
    const bool input = direction == PortDirection::Input;
    if (input ? !descriptor.inputPorts : !descriptor.outputPorts)
        return portIndex(input ? descriptor.inputs : descriptor.outputs, port);
    return portIndex(portsOf(descriptor, config, direction), port);
}

WireEnd normalised(const WireEnd &end,
                   const NodeDescriptor &descriptor,
                   const ValueMap &config,
                   PortDirection direction)
{
    const auto index = portIndex(descriptor, config, direction, end.port);
    if (index && index == portIndex(descriptor, config, direction, {}))
        return {end.node, {}};
    return end;
}

std::optional<std::string> resolvePort(const WireEnd &end,
                                       const NodeDescriptor &descriptor,
                                       const ValueMap &config,
                                       PortDirection direction)
{
    const auto index = portIndex(descriptor, config, direction, end.port);
    if (!index)
        return std::nullopt;
    return portsOf(descriptor, config, direction)[*index].id;
}

bool samePort(const WireEnd &a,
              const WireEnd &b,
              const NodeDescriptor &descriptor,
              const ValueMap &config,
              PortDirection direction)
{
    return normalised(a, descriptor, config, direction)
           == normalised(b, descriptor, config, direction);
}

std::string endText(const WireEnd &end)
{
    return end.port.empty() ? end.node : end.node + "." + end.port;
}

WireEnd endFromText(std::string_view text)
{
    const auto dot = text.find('.');
    if (dot == std::string_view::npos)
        return {std::string(text), {}};
    return {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

} // namespace sluice
