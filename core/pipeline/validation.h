#pragma once

#include "core/node/catalog.h"
#include "core/node/config.h"
#include "core/pipeline/diagnostic.h"
#include "core/pipeline/pipeline.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Where references get their values from. Each function is absent in places that have none.
struct ValueSources
{
    std::map<std::string, std::string> parameterOverrides; // --param name=value, as typed
    std::function<std::optional<std::string>(const std::string &)> environment;
    std::function<std::optional<std::string>(const std::string &)> secret;
    std::string pipelineDirectory; // relative paths of the file are relative to it
    std::string workingDirectory;  // relative paths of an override are relative to it
    /// Missing secrets and variables are errors before a run, and only notes while editing.
    bool forRun = false;
    /// A path that gives less than exactly once is an error (--require-exactly-once).
    bool requireExactlyOnce = false;
};

/// A node ready to run: config resolved, schemas known.
struct ResolvedNode
{
    NodePtr node;
    const NodeDescriptor *descriptor = nullptr;
    Config config;
    std::vector<PortSpec> inputPorts;
    std::vector<PortSpec> outputPorts;
    std::vector<Schema> inputSchemas;  // by input port; a port without a wire has an empty schema
    std::vector<Schema> outputSchemas; // by output port
    std::vector<OfferedColumns> offered;
};

/// What validation found: all problems, and every node that could be resolved, sources first
/// (topological order).
struct ValidatedPipeline
{
    std::vector<Diagnostic> diagnostics;
    std::vector<ResolvedNode> nodes;
    ParameterValues parameters;
    const ResolvedNode *find(std::string_view id) const;
};

/// Checks everything and goes on after the first problem. Quick: runs after each edit.
/// @param inferred  columns of source nodes that declare none, by node id; may be empty
ValidatedPipeline validate(const Pipeline &pipeline,
                           const Catalog &catalog,
                           const ValueSources &values,
                           const std::map<std::string, Schema> &inferred = {});

} // namespace sluice
