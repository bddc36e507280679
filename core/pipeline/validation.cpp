#include "core/pipeline/validation.h"

#include "core/base/units.h"
#include "core/pipeline/column_check.h"
#include "core/pipeline/config_check.h"
#include "core/pipeline/delivery_check.h"
#include "core/pipeline/graph_check.h"
#include "core/pipeline/parameters.h"
#include "core/pipeline/schema_flow.h"

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::int64_t kLeastStateBytes = std::int64_t{1} << 20U;
constexpr TickSpan kShortestCheckpoint = 200 * kTicksPerMillisecond;
constexpr TickSpan kLongestCheckpoint = kTicksPerHour;

void append(std::vector<Diagnostic> &all, std::vector<Diagnostic> more)
{
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

Diagnostic
settingProblem(std::string_view setting, ErrorCode code, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.field = setting;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    return diagnostic;
}

/// What a stateful node may keep.
std::vector<Diagnostic> checkStateLimits(const Settings &settings)
{
    std::vector<Diagnostic> found;
    const auto bytes = parseByteSize(settings.stateBytes);
    if (!bytes)
        found.push_back(settingProblem(
            "state_bytes", bytes.error().code, bytes.error().message, bytes.error().hint));
    else if (*bytes < kLeastStateBytes)
        found.push_back(
            settingProblem("state_bytes",
                           ErrorCode::InvalidValue,
                           fmt::format("a node cannot work with {}", settings.stateBytes),
                           fmt::format("Allow at least {}.", formatByteSize(kLeastStateBytes))));
    if (settings.stateKeys < 1)
        found.push_back(settingProblem("state_keys",
                                       ErrorCode::InvalidValue,
                                       fmt::format("{} keys are too few", settings.stateKeys),
                                       "Allow at least one."));
    return found;
}

std::vector<Diagnostic> checkSettings(const Settings &settings)
{
    std::vector<Diagnostic> found;
    for (const auto &[key, value] : settings.unknown) {
        if (key == "delivery")
            found.push_back(settingProblem(key,
                                           ErrorCode::InvalidValue,
                                           fmt::format("{} is no kind of delivery", value.toJson()),
                                           "Write \"at_least_once\" or \"exactly_once\"."));
        else if (key == "checkpoint_interval")
            found.push_back(settingProblem(key,
                                           ErrorCode::InvalidDuration,
                                           fmt::format("{} is not a duration", value.toJson()),
                                           "Write it as \"1s\"."));
        else if (key == "state_bytes")
            found.push_back(settingProblem(key,
                                           ErrorCode::InvalidByteSize,
                                           fmt::format("{} is not a size", value.toJson()),
                                           "Write it as \"1GiB\"."));
        else if (key == "state_keys")
            found.push_back(settingProblem(key,
                                           ErrorCode::InvalidValue,
                                           fmt::format("{} is no number of keys", value.toJson()),
                                           "Write a whole number."));
    }
    const auto interval = parseDuration(settings.checkpointInterval);
    if (!interval)
        found.push_back(settingProblem("checkpoint_interval",
                                       interval.error().code,
                                       interval.error().message,
                                       interval.error().hint));
    else if (*interval < kShortestCheckpoint || *interval > kLongestCheckpoint)
        found.push_back(settingProblem(
            "checkpoint_interval",
            ErrorCode::InvalidValue,
            fmt::format("a checkpoint every {} is not possible", settings.checkpointInterval),
            fmt::format("Choose between {} and {}.",
                        formatDuration(kShortestCheckpoint),
                        formatDuration(kLongestCheckpoint))));
    append(found, checkStateLimits(settings));
    return found;
}

/// In the order of the nodes, and of what was found about each; the pipeline's own come first.
void sortByNode(std::vector<Diagnostic> &diagnostics, const Pipeline &pipeline)
{
    std::map<std::string_view, std::size_t> rank;
    for (std::size_t i = 0; i < pipeline.nodes.size(); ++i)
        rank.emplace(pipeline.nodes[i]->id, i + 1);
    const auto rankOf = [&](const Diagnostic &diagnostic) {
        const auto it = rank.find(diagnostic.node);
        return it == rank.end() ? 0 : it->second;
    };
    std::stable_sort(
        diagnostics.begin(), diagnostics.end(), [&](const Diagnostic &a, const Diagnostic &b) {
            return rankOf(a) < rankOf(b);
        });
}

} // namespace

const ResolvedNode *ValidatedPipeline::find(std::string_view id) const
{
    const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const ResolvedNode &resolved) {
        return resolved.node->id == id;
    });
    return it == nodes.end() ? nullptr : &*it;
}

ValidatedPipeline validate(const Pipeline &pipeline,
                           const Catalog &catalog,
                           const ValueSources &values,
                           const std::map<std::string, Schema> &inferred)
{
    ValidatedPipeline result;
    append(result.diagnostics, checkSettings(pipeline.settings));
    ResolvedParameters parameters = resolveParameters(pipeline, values);
    append(result.diagnostics, std::move(parameters.diagnostics));
    CheckedGraph graph = checkGraph(pipeline, catalog);
    append(result.diagnostics, std::move(graph.diagnostics));

    std::vector<FlowNode> nodes(pipeline.nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        ResolvedNode &resolved = nodes[i].resolved;
        resolved.node = pipeline.nodes[i];
        resolved.descriptor = graph.nodes[i].descriptor;
        resolved.inputPorts = graph.nodes[i].inputPorts;
        resolved.outputPorts = graph.nodes[i].outputPorts;
        if (resolved.descriptor == nullptr)
            continue;
        CheckedConfig checked =
            checkConfig(*resolved.node, *resolved.descriptor, parameters, values);
        nodes[i].configBroken = !checked.complete || hasErrors(checked.diagnostics);
        resolved.config = std::move(checked.config);
        append(result.diagnostics, std::move(checked.diagnostics));
    }
    append(result.diagnostics,
           flowSchemas(graph, nodes, pipeline.name, parameters.values, inferred));
    for (const FlowNode &node : nodes) {
        if (!node.configBroken && !node.doubtful)
            append(result.diagnostics, checkColumns(node.resolved, parameters.values));
    }
    for (const std::size_t index : graph.order) {
        if (graph.nodes[index].descriptor != nullptr && !graph.nodes[index].duplicate)
            result.nodes.push_back(std::move(nodes[index].resolved));
    }
    result.parameters = std::move(parameters.values);
    append(result.diagnostics,
           checkDelivery(pipeline, deliveryPaths(pipeline, result), values.requireExactlyOnce));
    sortByNode(result.diagnostics, pipeline);
    return result;
}

} // namespace sluice
