#pragma once

#include "core/node/catalog.h"
#include "core/node/event_time_form.h"
#include "core/node/node_descriptor.h"

namespace sluice::test {

/// Kinds made for tests of graph and config: a source, three transforms and a destination.
inline const NodeDescriptor &sourceKind()
{
    static const NodeDescriptor descriptor{
        .kind = "test_source",
        .role = NodeRole::Source,
        .title = "Test source",
        .summary = "Delivers nothing.",
        .outputs = {{.id = "out"}, errorsPort()},
        .fields =
            {integerField("rate").defaultTo(0).atLeast(0).atMost(1000),
             pathField("path"),
             secretField("password"),
             choiceField("mode").choice("slow", "Slow").choice("fast", "Fast").defaultTo("slow"),
             textField("hidden").must().visibleWhen("mode", {"fast"}),
             field("topics", FieldType::TextList),
             durationField("pause").atLeast(kTicksPerSecond),
             byteSizeField("buffer").atMost(1e6),
             booleanField("loop"),
             realField("share").atMost(1),
             eventTimeForm("event_time"),
             field("properties", FieldType::Properties),
             field("schema", FieldType::SchemaColumns),
             groupField("table")
                 .member(pathField("path").must())
                 .member(choiceField("format")
                             .choice("csv", "CSV")
                             .choice("delta", "Delta")
                             .defaultTo("csv"))
                 .member(durationField("every").atLeast(kTicksPerSecond))
                 .member(textField("version").must().visibleWhen("format", {"delta"}))
                 .member(secretField("token")),
             rowsField("headers").member(textField("name").must()).member(textField("value"))},
        .outputSchemas =
            [](const Config &config, const std::vector<Schema> &, const NodeContext &) {
                SchemaFlow flow;
                flow.outputs.push_back({config.schemaColumns("schema"), true, true});
                return flow;
            },
    };
    return descriptor;
}

/// Needs a column `by` of its input.
inline const NodeDescriptor &passKind()
{
    static const NodeDescriptor descriptor{
        .kind = "test_pass",
        .role = NodeRole::Transform,
        .title = "Pass",
        .summary = "Passes events on.",
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, {.id = "rejected", .optional = true}, errorsPort()},
        .fields = {columnField("by")},
        .outputSchemas =
            [](const Config &config, const std::vector<Schema> &inputs, const NodeContext &) {
                SchemaFlow flow;
                flow.outputs.push_back(inputs.at(0));
                flow.outputs[0].open = false;
                const std::string by = config.text("by");
                if (!by.empty() && !inputs[0].find(by) && !inputs[0].open) {
                    SchemaProblem problem;
                    problem.field = "by";
                    problem.error.code = ErrorCode::UnknownColumn;
                    problem.error.message = "there is no column '" + by + "'";
                    flow.problems.push_back(std::move(problem));
                }
                return flow;
            },
    };
    return descriptor;
}

inline const NodeDescriptor &joinKind()
{
    static const NodeDescriptor descriptor{
        .kind = "test_join",
        .role = NodeRole::Transform,
        .title = "Join",
        .summary = "Takes one wire at each of two inputs.",
        .inputs = {{.id = "left", .many = false}, {.id = "right", .many = false}},
        .outputs = {{.id = "out"}},
        .outputSchemas = sameAsInput,
    };
    return descriptor;
}

inline const NodeDescriptor &destinationKind()
{
    static const NodeDescriptor descriptor{
        .kind = "test_destination",
        .role = NodeRole::Destination,
        .title = "Test destination",
        .summary = "Keeps nothing.",
        .inputs = {{.id = "in"}},
        .fields = {textField("table").must().example("readings")},
    };
    return descriptor;
}

/// Can fail, and has no other output.
inline const NodeDescriptor &fragileKind()
{
    static const NodeDescriptor descriptor{
        .kind = "test_fragile",
        .role = NodeRole::Destination,
        .title = "Test fragile",
        .summary = "Refuses everything.",
        .inputs = {{.id = "in"}},
        .outputs = {errorsPort()},
    };
    return descriptor;
}

inline const Catalog &catalog()
{
    static const Catalog kinds(
        {&destinationKind(), &fragileKind(), &joinKind(), &passKind(), &sourceKind()});
    return kinds;
}

} // namespace sluice::test
