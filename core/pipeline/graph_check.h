#pragma once

#include "core/node/catalog.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"

#include <cstddef>
#include <vector>

namespace sluice {

/// The output port that a wire begins at.
struct PortSource
{
    std::size_t node = 0; // index into Pipeline::nodes
    std::size_t port = 0;
};

struct GraphNode
{
    const NodeDescriptor *descriptor = nullptr; // null: the kind is not known
    std::vector<PortSpec> inputPorts;
    std::vector<PortSpec> outputPorts;
    std::vector<std::vector<PortSource>> inputs; // by input port, in the order of the wires
    std::vector<bool> outputWired;               // by output port
    bool duplicate = false; // has the id of an earlier node; wires mean that one
    bool inCycle = false;
};

/// How nodes hang together, and what is wrong with ids, kinds, wires and ports.
struct CheckedGraph
{
    std::vector<GraphNode> nodes;   // as Pipeline::nodes
    std::vector<std::size_t> order; // each behind those it gets events from; circles at the end
    std::vector<Diagnostic> diagnostics;
};

CheckedGraph checkGraph(const Pipeline &pipeline, const Catalog &catalog);

} // namespace sluice
