#include "ui/document/column_origin.h"

#include "core/pipeline/ports.h"
#include "ui/document/pipeline_document.h"

namespace sluice {

namespace {

const SchemaColumn *findColumn(const Schema *schema, const std::string &name)
{
    const auto at = schema != nullptr ? schema->find(name) : std::nullopt;
    return at ? &schema->columns[*at] : nullptr;
}

} // namespace

const Schema *schemaOf(const PipelineDocument &document, const WireEnd &from)
{
    const ResolvedNode *node = document.validated().find(from.node);
    if (node == nullptr || node->descriptor == nullptr)
        return nullptr;
    const auto port = portIndex(node->outputPorts, from.port);
    return port && *port < node->outputSchemas.size() ? &node->outputSchemas[*port] : nullptr;
}

std::string
originOf(const PipelineDocument &document, const std::string &node, const std::string &column)
{
    std::string at = node;
    const auto columnAt = [&](const std::string &id) {
        return findColumn(schemaOf(document, {id, {}}), column);
    };
    // Bounded by the number of nodes: a cycle is a problem of its own.
    for (std::size_t step = 0; step < document.pipeline().nodes.size(); ++step) {
        const SchemaColumn *here = columnAt(at);
        std::string before;
        for (const WirePtr &wire : document.pipeline().wires) {
            const SchemaColumn *there =
                wire->to.node == at ? findColumn(schemaOf(document, wire->from), column) : nullptr;
            if (there != nullptr && here != nullptr && there->type == here->type)
                before = wire->from.node;
        }
        if (before.empty())
            break;
        at = before;
    }
    return at;
}

const InferredField *
sampledField(const PipelineDocument &document, const std::string &node, const std::string &column)
{
    const std::string origin = originOf(document, node, column);
    for (const InferredField &field : document.sampledFields(origin)) {
        if (field.name == column)
            return &field;
    }
    return nullptr;
}

} // namespace sluice
