#include "core/runtime/progress_fit.h"

#include "core/base/units.h"
#include "core/base/value_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <xxhash.h>

namespace sluice {

namespace {

const PlanNode *nodeOf(const Plan &plan, const std::string &id)
{
    const std::size_t index = plan.indexOf(id);
    return index < plan.nodes.size() ? &plan.nodes[index] : nullptr;
}

bool isSource(const Plan &plan, const std::string &id)
{
    const PlanNode *node = nodeOf(plan, id);
    return node != nullptr && node->role() == NodeRole::Source;
}

/// Why the state of a node cannot be taken on; empty when it can.
std::string stateMisfit(const Progress &progress, const Plan &plan, const std::string &id)
{
    const PlanNode *node = nodeOf(plan, id);
    if (node == nullptr)
        return "the pipeline has no such node any more";
    if (!node->stage)
        return "the node keeps no state any more";
    const auto schema = progress.stateSchemas.find(id);
    // Checkpoints of the first version do not say.
    if (schema != progress.stateSchemas.end() && schema->second != stateSchema(*node))
        return "the node's config or its input has changed";
    return {};
}

} // namespace

std::string stateSchema(const PlanNode &node)
{
    std::string text =
        fmt::format("{} {}\n", node.resolved.descriptor->kind, node.resolved.descriptor->version);
    for (const auto &[field, value] : node.resolved.config.values())
        text += fmt::format("{}={}\n", field, value.toJson());
    for (const Schema &input : node.resolved.inputSchemas) {
        for (const SchemaColumn &column : input.columns) {
            if (!column.system)
                text += fmt::format("{}:{}\n", column.name, typeName(column.type));
        }
        text += "--\n";
    }
    return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::vector<std::string> misfits(const Progress &progress, const Plan &plan)
{
    std::vector<std::string> lines;
    for (const auto &[id, position] : progress.positions) {
        if (!isSource(plan, id))
            lines.push_back(fmt::format(
                "the place of source '{}': the pipeline has no such source any more", id));
    }
    for (const auto &[id, state] : progress.states) {
        const std::string why = stateMisfit(progress, plan, id);
        if (!why.empty())
            lines.push_back(fmt::format("the state of '{}' ({}): {}",
                                        id,
                                        formatByteSize(static_cast<std::int64_t>(state.size())),
                                        why));
    }
    return lines;
}

void dropMisfits(Progress &progress, const Plan &plan)
{
    std::erase_if(progress.positions,
                  [&](const auto &entry) { return !isSource(plan, entry.first); });
    std::erase_if(progress.states, [&](const auto &entry) {
        return !stateMisfit(progress, plan, entry.first).empty();
    });
}

} // namespace sluice
