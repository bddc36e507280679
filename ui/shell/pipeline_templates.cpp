#include "ui/shell/pipeline_templates.h"

#include "core/node/catalog.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/templates.h"
#include "ui/document/qt_text.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kSample = "watch_a_sample";
constexpr std::size_t kMostNodes = 5;

/// Roles of the longest chain from the first source on, for the little picture.
std::vector<NodeRole> chainOf(const Pipeline &pipeline, const Catalog &catalog)
{
    std::vector<NodeRole> roles;
    NodePtr node;
    for (const NodePtr &candidate : pipeline.nodes) {
        const NodeDescriptor *kind = catalog.find(candidate->kind);
        if (kind != nullptr && kind->role == NodeRole::Source && !node)
            node = candidate;
    }
    while (node && roles.size() < kMostNodes) {
        const NodeDescriptor *kind = catalog.find(node->kind);
        roles.push_back(kind != nullptr ? kind->role : NodeRole::Transform);
        const auto wire =
            std::find_if(pipeline.wires.begin(),
                         pipeline.wires.end(),
                         [&node](const WirePtr &each) { return each->from.node == node->id; });
        node = wire != pipeline.wires.end() ? pipeline.findNode((*wire)->to.node) : nullptr;
    }
    return roles;
}

} // namespace

std::vector<TemplateCard> templateCards(const Catalog &catalog)
{
    std::vector<TemplateCard> cards;
    for (const PipelineTemplate &known : pipelineTemplates()) {
        const auto loaded = parsePipeline(known.text);
        if (!loaded || known.name == kSample)
            continue; // the sample has a button of its own
        const bool whole = std::all_of(
            loaded->pipeline.nodes.begin(),
            loaded->pipeline.nodes.end(),
            [&catalog](const NodePtr &node) { return catalog.find(node->kind) != nullptr; });
        if (whole)
            cards.push_back({known.name,
                             toQString(known.title),
                             toQString(known.description),
                             chainOf(loaded->pipeline, catalog)});
    }
    return cards;
}

std::string sampleTemplate()
{
    return std::string(kSample);
}

} // namespace sluice
