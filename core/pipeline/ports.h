#pragma once

#include "core/node/node_descriptor.h"
#include "core/pipeline/pipeline.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class PortDirection { Input, Output };

std::vector<PortSpec>
portsOf(const NodeDescriptor &descriptor, const ValueMap &config, PortDirection direction);

/// Index of the port an end names; an empty name is the first that is not `errors`. Nothing: there
/// is no such port.
std::optional<std::size_t> portIndex(const std::vector<PortSpec> &ports, std::string_view port);
/// @param config  of the node, as the file holds it: ports may depend on it
std::optional<std::size_t> portIndex(const NodeDescriptor &descriptor,
                                     const ValueMap &config,
                                     PortDirection direction,
                                     std::string_view port);

/// The end as edits write it: an empty port where the default one is meant.
WireEnd normalised(const WireEnd &end,
                   const NodeDescriptor &descriptor,
                   const ValueMap &config,
                   PortDirection direction);

/// The id of the port an end names, never empty: "in", "out". Nothing: there is no such port.
std::optional<std::string> resolvePort(const WireEnd &end,
                                       const NodeDescriptor &descriptor,
                                       const ValueMap &config,
                                       PortDirection direction);

/// Whether both ends name the same port of the same node.
bool samePort(const WireEnd &a,
              const WireEnd &b,
              const NodeDescriptor &descriptor,
              const ValueMap &config,
              PortDirection direction);

/// "node" or "node.port", as the file has it; and back. The first dot ends the node's id.
std::string endText(const WireEnd &end);
WireEnd endFromText(std::string_view text);

} // namespace sluice
