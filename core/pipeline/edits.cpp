#include "core/pipeline/edits.h"

#include "core/base/value_place.h"

#include <algorithm>
#include <cctype>

namespace sluice {

namespace {

Failure unknownNode(std::string_view id)
{
    return fail(ErrorCode::UnknownNode, "there is no node '{}'", id).node(std::string(id));
}

/// A copy of the pipeline in which one node is another; all else is shared.
template<typename Change>
Result<Pipeline> withNode(const Pipeline &pipeline, std::string_view id, Change change)
{
    for (std::size_t i = 0; i < pipeline.nodes.size(); ++i) {
        if (pipeline.nodes[i]->id != id)
            continue;
        Node node = *pipeline.nodes[i];
        change(node);
        if (node == *pipeline.nodes[i])
            return pipeline;
        Pipeline result = pipeline;
        result.nodes[i] = std::make_shared<const Node>(std::move(node));
        return result;
    }
    return unknownNode(id);
}

void setConfig(ValueMap &config, std::string_view field, Value value)
{
    Value map(std::move(config));
    if (value.isNull())
        map.erase(field);
    else
        map.set(field, std::move(value));
    config = std::move(*map.asMap());
}

bool isIdStart(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

bool isIdPart(char c)
{
    return isIdStart(c) || (c >= '0' && c <= '9') || c == '-';
}

/// "filter_12" → "filter"
std::string_view withoutNumber(std::string_view id)
{
    std::size_t end = id.size();
    while (end > 0 && std::isdigit(static_cast<unsigned char>(id[end - 1])) != 0)
        --end;
    return end < id.size() && end > 1 && id[end - 1] == '_' ? id.substr(0, end - 1) : id;
}

} // namespace

bool isValidId(std::string_view id)
{
    return !id.empty() && isIdStart(id.front()) && std::all_of(id.begin(), id.end(), isIdPart);
}

std::string freeId(const Pipeline &pipeline, std::string_view base)
{
    std::string wanted;
    for (const char c : base)
        wanted += isIdPart(c) ? c : '_';
    if (wanted.empty() || !isIdStart(wanted.front()))
        wanted.insert(wanted.begin(), '_');
    if (!pipeline.findNode(wanted))
        return wanted;
    const std::string stem(withoutNumber(wanted));
    for (std::size_t number = 2;; ++number) {
        std::string id = fmt::format("{}_{}", stem, number);
        if (!pipeline.findNode(id))
            return id;
    }
}

Result<Pipeline>
setField(const Pipeline &pipeline, std::string_view nodeId, std::string_view field, Value value)
{
    return withNode(
        pipeline, nodeId, [&](Node &node) { setConfig(node.config, field, std::move(value)); });
}

Value fixedValue(const ValueMap &config, const Fix &fix)
{
    if (fix.place.empty())
        return fix.value;
    Value value;
    for (const auto &[name, old] : config) {
        if (name == fix.field)
            value = old;
    }
    (void)setValueAt(value, fix.place, fix.value); // a place that is gone needs no mending
    return value;
}

Result<Pipeline> applyFix(const Pipeline &pipeline, std::string_view nodeId, const Fix &fix)
{
    return withNode(pipeline, nodeId, [&](Node &node) {
        if (!fix.removes.empty())
            setConfig(node.config, fix.removes, {});
        if (!fix.field.empty())
            setConfig(node.config, fix.field, fixedValue(node.config, fix));
    });
}

Result<Pipeline> setTitle(const Pipeline &pipeline, std::string_view nodeId, std::string title)
{
    return withNode(pipeline, nodeId, [&](Node &node) { node.title = std::move(title); });
}

Result<Pipeline> renameNode(const Pipeline &pipeline, std::string_view nodeId, std::string newId)
{
    if (nodeId == newId)
        return pipeline;
    if (!isValidId(newId)) {
        return fail(ErrorCode::InvalidId, "'{}' cannot be the id of a node", newId)
            .hint("Use letters, digits, '_' and '-', beginning with a letter or '_'.");
    }
    if (pipeline.findNode(newId))
        return fail(ErrorCode::DuplicateId, "there is already a node '{}'", newId);
    TRY_ASSIGN(Pipeline result, withNode(pipeline, nodeId, [&](Node &node) { node.id = newId; }));
    for (WirePtr &wire : result.wires) {
        if (wire->from.node != nodeId && wire->to.node != nodeId)
            continue;
        Wire renamed = *wire;
        if (renamed.from.node == nodeId)
            renamed.from.node = newId;
        if (renamed.to.node == nodeId)
            renamed.to.node = newId;
        wire = std::make_shared<const Wire>(std::move(renamed));
    }
    if (auto place = result.layout.extract(std::string(nodeId)); !place.empty()) {
        place.key() = newId;
        result.layout.insert(std::move(place));
    }
    return result;
}

Result<Pipeline> setSettings(const Pipeline &pipeline, Settings settings)
{
    // A value the file had and nobody understood is gone once somebody chose another.
    const auto drop = [&](std::string_view key) {
        std::erase_if(settings.unknown, [&](const auto &entry) { return entry.first == key; });
    };
    if (settings.delivery != pipeline.settings.delivery)
        drop("delivery");
    if (settings.checkpointInterval != pipeline.settings.checkpointInterval)
        drop("checkpoint_interval");
    if (settings.stateBytes != pipeline.settings.stateBytes)
        drop("state_bytes");
    if (settings.stateKeys != pipeline.settings.stateKeys)
        drop("state_keys");
    Pipeline result = pipeline;
    result.settings = std::move(settings);
    return result;
}

Result<Pipeline> setName(const Pipeline &pipeline, std::string name)
{
    Pipeline result = pipeline;
    result.name = std::move(name);
    return result;
}

Result<Pipeline> setParameters(const Pipeline &pipeline, std::vector<Parameter> parameters)
{
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const std::string &name = parameters[i].name;
        if (!isValidId(name)) {
            return fail(ErrorCode::InvalidId, "'{}' cannot be the name of a parameter", name)
                .hint("Use letters, digits, '_' and '-', beginning with a letter or '_'.");
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (parameters[j].name == name)
                return fail(ErrorCode::DuplicateId, "there are two parameters '{}'", name);
        }
    }
    Pipeline result = pipeline;
    result.parameters = std::move(parameters);
    return result;
}

Result<Pipeline> moveNodes(const Pipeline &pipeline,
                           const std::vector<std::pair<std::string, Position>> &positions)
{
    Pipeline result = pipeline;
    for (const auto &[id, position] : positions) {
        if (!pipeline.findNode(id))
            return unknownNode(id);
        result.layout[id] = position;
    }
    return result;
}

} // namespace sluice
