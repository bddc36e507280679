#pragma once

#include "core/node/catalog.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline.h"

#include <stdexcept>
#include <string>

namespace sluice::test {

/// Kinds as the canvas meets them, without anything behind them.
inline NodeDescriptor uiKind(const char *kind, NodeRole role, const char *title, const char *icon)
{
    NodeDescriptor descriptor;
    descriptor.kind = kind;
    descriptor.role = role;
    descriptor.title = title;
    descriptor.summary = std::string(title) + ".";
    descriptor.icon = icon;
    if (role != NodeRole::Source)
        descriptor.inputs = {{.id = "in"}};
    if (role != NodeRole::Destination)
        descriptor.outputs = {{.id = "out"}};
    descriptor.outputs.push_back(errorsPort());
    descriptor.fields = {textField("text")};
    descriptor.describe = [](const ValueMap &config) {
        for (const auto &[name, value] : config) {
            if (name == "text" && value.asString())
                return *value.asString();
        }
        return std::string();
    };
    descriptor.outputSchemas =
        [outputs = descriptor.outputs.size()](
            const Config &, const std::vector<Schema> &inputs, const NodeContext &) {
            Schema schema = inputs.empty() ? Schema() : inputs[0];
            if (inputs.empty())
                schema.columns = {{"device_id", ColumnType::String}, {"temp", ColumnType::Real}};
            SchemaFlow flow;
            flow.outputs.assign(outputs, schema);
            return flow;
        };
    return descriptor;
}

inline const Catalog &uiCatalog()
{
    static const NodeDescriptor kafka = uiKind("kafka", NodeRole::Source, "Kafka topic", "kafka");
    static const NodeDescriptor sample =
        uiKind("sample", NodeRole::Source, "Sample data", "sample");
    static const NodeDescriptor filter = [] {
        NodeDescriptor kind = uiKind("filter", NodeRole::Transform, "Filter", "filter");
        kind.outputs.insert(kind.outputs.begin() + 1, {.id = "rejected", .optional = true});
        return kind;
    }();
    static const NodeDescriptor group = uiKind("group", NodeRole::Transform, "Group by", "group");
    static const NodeDescriptor together = [] {
        NodeDescriptor kind = uiKind("union", NodeRole::Transform, "Union", "union");
        kind.inputs[0].many = true;
        return kind;
    }();
    static const NodeDescriptor join = [] {
        NodeDescriptor kind = uiKind("join", NodeRole::Transform, "Join", "join");
        kind.inputs = {{.id = "left"}, {.id = "right"}};
        return kind;
    }();
    static const NodeDescriptor database =
        uiKind("database", NodeRole::Destination, "KQL database", "database");
    static const NodeDescriptor bell =
        uiKind("activator", NodeRole::Destination, "Activator", "bell");
    static const NodeDescriptor fan = [] {
        NodeDescriptor kind = uiKind("fan", NodeRole::Transform, "Fan out", "route");
        kind.outputs.clear();
        for (const char *id : {"one", "two", "three", "four", "five", "six"})
            kind.outputs.push_back({.id = id, .optional = true});
        return kind;
    }();
    static const Catalog catalog(
        {&kafka, &sample, &filter, &group, &together, &join, &database, &bell, &fan});
    return catalog;
}

/// The value, or a test that stops.
template<typename T>
T must(Result<T> result)
{
    if (!result)
        throw std::runtime_error(describe(result.error()));
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

inline Pipeline withNode(const Pipeline &pipeline,
                         const char *id,
                         const char *kind,
                         double x,
                         double y,
                         const char *title = "",
                         const char *text = "")
{
    Pipeline result = must(addNode(pipeline, uiCatalog(), kind, {x, y}, id)).pipeline;
    if (*text)
        result = must(setField(result, id, "text", text));
    if (*title)
        result = must(setTitle(result, id, title));
    return result;
}

inline Pipeline
withWire(const Pipeline &pipeline, const char *from, const char *to, const char *toPort = "in")
{
    return must(connect(pipeline, uiCatalog(), {from, "out"}, {to, toPort}));
}

/// kafka → filter → database, one column step apart, and an unwired sample below.
inline Pipeline chain()
{
    Pipeline pipeline = withNode({}, "kafka", "kafka", 0, 0);
    pipeline = withNode(pipeline, "filter", "filter", 288, 0, "Overheating", "temp > limit");
    pipeline = withNode(pipeline, "store", "database", 576, 0);
    pipeline = withNode(pipeline, "sample", "sample", 0, 160);
    pipeline = withWire(pipeline, "kafka", "filter");
    return withWire(pipeline, "filter", "store");
}

/// The pipeline of the README's picture: two sources, a union, two transforms, three destinations.
inline Pipeline factory()
{
    Pipeline p = withNode({}, "factory", "kafka", 0, 32, "Factory sensors", "telemetry, 4 parts");
    p = withNode(p, "test", "sample", 0, 240, "Test sensors", "factory 500/s");
    p = withNode(p, "all", "union", 288, 128, "All sensors", "2 inputs");
    p = withNode(p, "windows", "group", 576, 0, "Per machine, 10 s", "avg(temp), 2 more");
    p = withNode(p, "hot", "filter", 576, 304, "Overheating", "temp > limit");
    p = withNode(p, "machine_windows", "database", 864, 0, "machine_windows", "demo.duckdb");
    p = withNode(p, "readings", "database", 864, 128, "readings", "demo.duckdb");
    p = withNode(p,
                 "call",
                 "activator",
                 864,
                 304,
                 "Call maintenance",
                 "Teams, once in 5 minutes for each machine");
    p = withWire(p, "factory", "all");
    p = withWire(p, "test", "all");
    p = withWire(p, "all", "windows");
    p = withWire(p, "all", "readings");
    p = withWire(p, "all", "hot");
    p = withWire(p, "windows", "machine_windows");
    return withWire(p, "hot", "call");
}

} // namespace sluice::test
