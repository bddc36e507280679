#pragma once

#include "core/node/node_descriptor.h"
#include "core/pipeline/parameters.h"

#include <vector>

namespace sluice {

/// A node's config with references looked up and defaults filled in, and what is wrong with it.
/// A value with an error is left out.
struct CheckedConfig
{
    Config config;
    std::vector<Diagnostic> diagnostics; // with node and field
    bool complete = true;                // every value that is set could be looked up and is sound
};

CheckedConfig checkConfig(const Node &node,
                          const NodeDescriptor &descriptor,
                          const ResolvedParameters &parameters,
                          const ValueSources &sources);

/// Diagnostics of what a descriptor's own check or schema function found.
Diagnostic toDiagnostic(const SchemaProblem &problem, const std::string &node);

} // namespace sluice
