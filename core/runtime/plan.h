#pragma once

#include "core/base/result.h"
#include "core/event/json_decoder.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/validation.h"
#include "core/runtime/event_time.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A wire with its ends as indexes into the plan.
struct PlanWire
{
    std::string key; // wireKey()
    std::size_t fromNode = 0;
    std::size_t fromPort = 0;
    std::size_t toNode = 0;
    std::size_t toPort = 0;
    std::size_t input =
        0; // place of its schema in the node's: the port, or the wire of a mixed one
    /// For each column of the input's schema where it lies in the batches of this wire; empty when
    /// they are alike. Several wires on one input may bring different columns.
    std::vector<std::size_t> places;
};

struct PlanNode
{
    ResolvedNode resolved;
    std::vector<std::vector<std::size_t>> outWires; // by output port: indexes into Plan::wires
    std::vector<ColumnNeeds> outputNeeds;           // by output port, what the wires behind ask for
    std::vector<std::shared_ptr<const Schema>> inputs; // by input port; shared by its batches
    bool stage = false;                                // keeps state: runs on a thread of its own
    bool timed = false;                                // a stage that works in event time
    bool timesNeeded = false; // a timed stage is behind it, or somebody reads $event_time

    const std::string &id() const { return resolved.node->id; }
    NodeRole role() const { return resolved.descriptor->role; }
    /// Has an inbox: what lies before it runs to completion up to here.
    bool isConsumer() const { return stage || role() == NodeRole::Destination; }
};

/// What a source's decoder must find, and where it goes in the batch.
struct DecodePlan
{
    struct System
    {
        SystemColumn column = SystemColumn::Partition;
        std::size_t position = 0; // in the schema of port `out`
    };
    std::vector<DecodeField> fields;
    std::vector<std::size_t> positions; // of each field in the schema of port `out`
    std::vector<System> system;         // those that somebody reads
    std::optional<EventTimePlan> times; // where event times are asked for
};

/// A pipeline compiled for a run. Immutable while it runs.
struct Plan
{
    std::vector<PlanNode> nodes; // in topological order, sources first
    std::vector<PlanWire> wires;

    std::size_t indexOf(std::string_view id) const; // nodes.size() when there is none
    DecodePlan decodePlan(std::size_t source) const;
    /// Destinations and stages that events of `emitter` reach without passing through another,
    /// ascending.
    std::vector<std::size_t> consumersBehind(std::size_t emitter) const;
};

/// Compiles. Columns that an open schema does not list but somebody refers to are added to
/// `inferred` and validated again, so that each has its place in the batches.
/// Errors: the first error that validation finds
Result<Plan> makePlan(const Pipeline &pipeline,
                      const Catalog &catalog,
                      const ValueSources &values,
                      std::map<std::string, Schema> &inferred);

/// The first problem as an Error; success when there is none that prevents a run.
Result<void> firstError(const std::vector<Diagnostic> &diagnostics);

} // namespace sluice
