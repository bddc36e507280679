#pragma once

#include "core/pipeline/graph_check.h"
#include "core/pipeline/validation.h"

#include <map>
#include <string>
#include <vector>

namespace sluice {

/// A node on its way through schema flow.
struct FlowNode
{
    ResolvedNode resolved;
    /// What is known of its outputs may be wrong, because something before it is: problems with
    /// columns behind it would only repeat that.
    bool doubtful = false;
    bool configBroken = false;
};

/// Columns of several wires on one input: by name, in first-seen order.
/// @param clash  set to the column whose types differ
Schema mergedSchema(const std::vector<const Schema *> &schemas, std::string &clash);

/// Computes input and output schemas of the nodes in the order of the graph.
/// @param nodes  as Pipeline::nodes; those without a descriptor are skipped
std::vector<Diagnostic> flowSchemas(const CheckedGraph &graph,
                                    std::vector<FlowNode> &nodes,
                                    const std::string &pipelineName,
                                    const ParameterValues &parameters,
                                    const std::map<std::string, Schema> &inferred);

} // namespace sluice
