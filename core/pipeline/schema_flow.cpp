#include "core/pipeline/schema_flow.h"

#include "core/pipeline/config_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

/// Problems that are there whatever the columns are.
bool concernsText(ErrorCode code)
{
    return code == ErrorCode::SyntaxError || code == ErrorCode::UnknownFunction
           || code == ErrorCode::UnknownParameter || code == ErrorCode::TooComplex;
}

const FieldSpec *findField(const NodeDescriptor &descriptor, std::string_view name)
{
    for (const FieldSpec &field : descriptor.fields) {
        if (field.name == name)
            return &field;
    }
    return nullptr;
}

/// "Did you mean": for a field that holds just a column's name.
void suggestColumn(Diagnostic &diagnostic, const ResolvedNode &node)
{
    const FieldSpec *field = findField(*node.descriptor, diagnostic.field);
    if (diagnostic.code != ErrorCode::UnknownColumn || !diagnostic.fixes.empty() || field == nullptr
        || field->type != FieldType::Column)
        return;
    std::vector<std::string> names;
    for (const Schema &schema : node.inputSchemas) {
        for (const SchemaColumn &column : schema.columns)
            names.push_back(column.name);
    }
    const auto near = nearestName(node.config.text(diagnostic.field), names);
    if (!near)
        return;
    if (diagnostic.hint.empty())
        diagnostic.hint = fmt::format("Did you mean '{}'?", *near);
    diagnostic.fixes.push_back({fmt::format("Use '{}'", *near), diagnostic.field, Value(*near)});
}

class Flow
{
public:
    Flow(const CheckedGraph &graph,
         std::vector<FlowNode> &nodes,
         const std::map<std::string, Schema> &inferred)
        : m_graph(graph)
        , m_nodes(nodes)
        , m_inferred(inferred)
    {}

    void visit(std::size_t index, NodeContext context);
    std::vector<Diagnostic> found;

private:
    void takeInputs(std::size_t index, NodeContext &context);
    Schema inputSchema(const std::vector<PortSource> &sources, FlowNode &node);
    void fillInferred(ResolvedNode &node);

    const CheckedGraph &m_graph;
    std::vector<FlowNode> &m_nodes;
    const std::map<std::string, Schema> &m_inferred;
};

Schema Flow::inputSchema(const std::vector<PortSource> &sources, FlowNode &node)
{
    static const Schema kUnknown{.columns = {}, .open = true, .whole = false};
    std::vector<const Schema *> schemas;
    for (const PortSource &source : sources) {
        const FlowNode &before = m_nodes[source.node];
        node.doubtful = node.doubtful || before.doubtful;
        const auto &outputs = before.resolved.outputSchemas;
        schemas.push_back(source.port < outputs.size() ? &outputs[source.port] : &kUnknown);
    }
    std::string clash;
    Schema merged = mergedSchema(schemas, clash);
    if (!clash.empty() && !node.doubtful) {
        Diagnostic diagnostic;
        diagnostic.code = ErrorCode::TypeMismatch;
        diagnostic.node = node.resolved.node->id;
        diagnostic.message =
            fmt::format("the column '{}' comes in with different types on the wires to '{}'",
                        clash,
                        diagnostic.node);
        diagnostic.hint = "Give it one type before, with a manage_fields node.";
        found.push_back(std::move(diagnostic));
    }
    node.doubtful = node.doubtful || !clash.empty();
    return merged;
}

void Flow::takeInputs(std::size_t index, NodeContext &context)
{
    const GraphNode &graphNode = m_graph.nodes[index];
    FlowNode &node = m_nodes[index];
    for (std::size_t port = 0; port < graphNode.inputs.size(); ++port) {
        const auto &sources = graphNode.inputs[port];
        if (graphNode.inputPorts[port].mixed && !sources.empty()) {
            for (const PortSource &source : sources) {
                node.resolved.inputSchemas.push_back(inputSchema({source}, node));
                context.inputSchemas.push_back(node.resolved.inputSchemas.back());
            }
            continue;
        }
        Schema schema;
        if (!sources.empty()) {
            schema = inputSchema(sources, node);
            context.inputSchemas.push_back(schema);
        } else if (!graphNode.inputPorts[port].optional) {
            schema.open = true; // nobody knows yet what will come
            node.doubtful = true;
        }
        node.resolved.inputSchemas.push_back(std::move(schema));
    }
}

void Flow::fillInferred(ResolvedNode &node)
{
    if (node.descriptor->role != NodeRole::Source || node.outputSchemas.empty())
        return;
    Schema &schema = node.outputSchemas.front();
    const auto it = m_inferred.find(node.node->id);
    if (!schema.open || it == m_inferred.end() || !visibleColumns(schema).empty())
        return;
    const std::vector<SchemaColumn> system = std::move(schema.columns);
    schema.columns = visibleColumns(it->second);
    addSystemColumns(schema, system);
}

void Flow::visit(std::size_t index, NodeContext context)
{
    FlowNode &node = m_nodes[index];
    ResolvedNode &resolved = node.resolved;
    if (resolved.descriptor == nullptr) {
        node.doubtful = true;
        return;
    }
    node.doubtful = m_graph.nodes[index].inCycle;
    takeInputs(index, context);
    // A source says what it delivers by its schema field; a transform's config must be sound.
    if (node.configBroken && resolved.descriptor->role != NodeRole::Source) {
        node.doubtful = true;
        resolved.outputSchemas.assign(m_graph.nodes[index].outputPorts.size(),
                                      Schema{.columns = {}, .open = true, .whole = false});
        return;
    }
    SchemaFlow flow =
        schemaFlowOf(*resolved.descriptor, resolved.config, resolved.inputSchemas, context);
    resolved.outputSchemas = std::move(flow.outputs);
    resolved.offered = std::move(flow.offered);
    fillInferred(resolved);
    for (const SchemaProblem &problem : flow.problems) {
        if (node.configBroken || (node.doubtful && !concernsText(problem.error.code)))
            continue;
        Diagnostic diagnostic = toDiagnostic(problem, resolved.node->id);
        suggestColumn(diagnostic, resolved);
        found.push_back(std::move(diagnostic));
    }
    node.doubtful = node.doubtful || !flow.problems.empty();
}

} // namespace

Schema mergedSchema(const std::vector<const Schema *> &schemas, std::string &clash)
{
    if (schemas.empty())
        return {};
    Schema merged = *schemas.front();
    for (std::size_t i = 1; i < schemas.size(); ++i) {
        merged.open = merged.open || schemas[i]->open;
        merged.whole = merged.whole && schemas[i]->whole;
        for (const SchemaColumn &column : schemas[i]->columns) {
            const auto at = merged.find(column.name);
            if (!at)
                merged.columns.push_back(column);
            else if (merged.columns[*at].type != column.type && clash.empty())
                clash = column.name;
        }
    }
    return merged;
}

std::vector<Diagnostic> flowSchemas(const CheckedGraph &graph,
                                    std::vector<FlowNode> &nodes,
                                    const std::string &pipelineName,
                                    const ParameterValues &parameters,
                                    const std::map<std::string, Schema> &inferred)
{
    Flow flow(graph, nodes, inferred);
    for (const std::size_t index : graph.order) {
        NodeContext context;
        context.nodeId = nodes[index].resolved.node->id;
        context.pipelineName = pipelineName;
        context.parameters = parameters;
        flow.visit(index, std::move(context));
    }
    return std::move(flow.found);
}

} // namespace sluice
