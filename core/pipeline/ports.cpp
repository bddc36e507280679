#include "core/pipeline/ports.h"

namespace sluice {

const std::vector<PortSpec> &portsOf(const NodeDescriptor &descriptor, PortDirection direction)
{
    return direction == PortDirection::Input ? descriptor.inputs : descriptor.outputs;
}

std::optional<std::size_t>
portIndex(const NodeDescriptor &descriptor, PortDirection direction, std::string_view port)
{
    const std::vector<PortSpec> &ports = portsOf(descriptor, direction);
    for (std::size_t i = 0; i < ports.size(); ++i) {
        // Failed events leave only by a wire that says so.
        if (port.empty() ? ports[i].id != kErrorsPort : ports[i].id == port)
            return i;
    }
    return std::nullopt;
}

WireEnd normalised(const WireEnd &end, const NodeDescriptor &descriptor, PortDirection direction)
{
    const auto index = portIndex(descriptor, direction, end.port);
    if (index && index == portIndex(descriptor, direction, {}))
        return {end.node, {}};
    return end;
}

std::optional<std::string>
resolvePort(const WireEnd &end, const NodeDescriptor &descriptor, PortDirection direction)
{
    const auto index = portIndex(descriptor, direction, end.port);
    if (!index)
        return std::nullopt;
    return portsOf(descriptor, direction)[*index].id;
}

bool samePort(const WireEnd &a,
              const WireEnd &b,
              const NodeDescriptor &descriptor,
              PortDirection direction)
{
    return normalised(a, descriptor, direction) == normalised(b, descriptor, direction);
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
