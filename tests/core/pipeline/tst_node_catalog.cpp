// Runs over every kind that is built in: a kind with a gap in its descriptor does not pass.
#include "core/base/value_json.h"
#include "core/node/catalog.h"
#include "core/node/node_descriptor.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/field_check.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/validation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace sluice;

namespace {

bool isSnakeCase(std::string_view name)
{
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z'
           && std::all_of(name.begin(), name.end(), [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
              });
}

void checkPorts(const std::vector<PortSpec> &ports)
{
    std::set<std::string> ids;
    for (const PortSpec &port : ports) {
        CHECK(isSnakeCase(port.id));
        CHECK(ids.insert(port.id).second);
    }
}

/// The value that an example's text stands for in this field.
Value exampleValue(const FieldSpec &field)
{
    switch (field.type) {
    case FieldType::Text:
    case FieldType::MultilineText:
    case FieldType::Path:
    case FieldType::Expression:
    case FieldType::Query:
    case FieldType::TimeZone:
    case FieldType::Column:
    case FieldType::Choice:
    case FieldType::Duration:
    case FieldType::ByteSize:
    case FieldType::Secret:
        return Value(field.example);
    case FieldType::TextList:
    case FieldType::ColumnNames:
        if (field.example.empty() || field.example.front() != '[')
            return Value(ValueList{Value(field.example)});
        break;
    default:
        break;
    }
    const auto json = valueFromJson(field.example);
    REQUIRE_MESSAGE(json.has_value(), field.name << ": the example is not JSON");
    return *json;
}

void checkField(const std::vector<FieldSpec> &neighbours, const FieldSpec &field)
{
    CAPTURE(field.name);
    CHECK(isSnakeCase(field.name));
    CHECK_FALSE(field.label.empty());
    CHECK((field.type == FieldType::Choice) == !field.choices.empty());
    if (field.type == FieldType::Secret)
        CHECK(field.defaultValue.isNull());
    Value defaultValue = field.defaultValue;
    for (const Diagnostic &problem : checkFieldValue(field, defaultValue))
        FAIL_CHECK("default: " << problem.message);
    if (!field.example.empty()) {
        Value example = exampleValue(field);
        for (const Diagnostic &problem : checkFieldValue(field, example))
            FAIL_CHECK("example: " << problem.message);
    }
    const bool nested = field.type == FieldType::Group || field.type == FieldType::Rows
                        || field.type == FieldType::EventTime;
    CHECK(nested == !field.members.empty());
    std::set<std::string> names;
    for (const FieldSpec &member : field.members) {
        CHECK(names.insert(member.name).second);
        checkField(field.members, member);
    }
    if (!field.visibleWhen)
        return;
    const FieldSpec *decider = findField(neighbours, field.visibleWhen->field);
    REQUIRE(decider != nullptr);
    for (const std::string &value : field.visibleWhen->values) {
        const bool possible =
            decider->type == FieldType::Boolean
                ? value == "true" || value == "false"
                : std::any_of(decider->choices.begin(),
                              decider->choices.end(),
                              [&](const FieldChoice &choice) { return choice.value == value; });
        CHECK_MESSAGE(possible, "visible when " << decider->name << " is " << value);
    }
}

/// The kind with its example config, wired to whatever it needs, as a pipeline.
Pipeline examplePipeline(const NodeDescriptor &descriptor)
{
    auto config = valueFromJson(descriptor.exampleConfig);
    REQUIRE(config.has_value());
    REQUIRE(config->asMap() != nullptr);
    Pipeline pipeline;
    Node node;
    node.id = "node";
    node.kind = descriptor.kind;
    node.config = *config->asMap();
    pipeline.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    return pipeline;
}

} // namespace

TEST_CASE("every kind's descriptor is complete and sound")
{
    std::set<std::string> kinds;
    REQUIRE_FALSE(builtInCatalog().all().empty());
    for (const NodeDescriptor *descriptor : builtInCatalog().all()) {
        CAPTURE(descriptor->kind);
        CHECK(isSnakeCase(descriptor->kind));
        CHECK(kinds.insert(descriptor->kind).second);
        CHECK_FALSE(descriptor->title.empty());
        CHECK_FALSE(descriptor->summary.empty());
        CHECK(descriptor->summary.back() == '.');
        CHECK(descriptor->version >= 1);
        checkPorts(descriptor->inputs);
        checkPorts(descriptor->outputs);
        std::set<std::string> names;
        for (const FieldSpec &field : descriptor->fields) {
            CHECK(names.insert(field.name).second);
            checkField(descriptor->fields, field);
        }
    }
}

TEST_CASE("every kind has the functions and ports of its role")
{
    for (const NodeDescriptor *descriptor : builtInCatalog().all()) {
        CAPTURE(descriptor->kind);
        CHECK((descriptor->role == NodeRole::Source) == descriptor->inputs.empty());
        CHECK((descriptor->role == NodeRole::Source)
              == static_cast<bool>(descriptor->createSource));
        CHECK((descriptor->role == NodeRole::Transform)
              == (descriptor->createOperator || descriptor->createStateful));
        // A kind that can be either says by its config which one it is.
        if (descriptor->createOperator && descriptor->createStateful)
            CHECK(descriptor->stateful);
        CHECK((descriptor->role == NodeRole::Destination)
              == static_cast<bool>(descriptor->createDestination));
        if (descriptor->role != NodeRole::Destination)
            CHECK_FALSE(descriptor->outputs.empty());
        CHECK(descriptor->describe);
    }
}

TEST_CASE("every kind's example config checks, and its file is stable")
{
    for (const NodeDescriptor *descriptor : builtInCatalog().all()) {
        CAPTURE(descriptor->kind);
        const Pipeline pipeline = examplePipeline(*descriptor);
        for (const Diagnostic &diagnostic : validate(pipeline, builtInCatalog(), {}).diagnostics) {
            if (diagnostic.code != ErrorCode::PortUnwired)
                FAIL_CHECK(describe(diagnostic));
        }
        const std::string text = pipelineText(pipeline);
        const auto loaded = parsePipeline(text);
        REQUIRE(loaded.has_value());
        CHECK(loaded->notes.empty());
        CHECK(loaded->pipeline == pipeline);
        CHECK(pipelineText(loaded->pipeline) == text);
        if (descriptor->describe)
            CHECK_FALSE(descriptor->describe(pipeline.nodes[0]->config).empty());
    }
}

TEST_CASE("a new node of every kind is told what it lacks, and nothing else")
{
    for (const NodeDescriptor *descriptor : builtInCatalog().all()) {
        CAPTURE(descriptor->kind);
        const auto added = addNode(Pipeline(), builtInCatalog(), descriptor->kind, {});
        REQUIRE(added.has_value());
        for (const Diagnostic &diagnostic :
             validate(added->pipeline, builtInCatalog(), {}).diagnostics) {
            const bool expected = diagnostic.code == ErrorCode::PortUnwired
                                  || diagnostic.code == ErrorCode::MissingValue;
            CHECK_MESSAGE(expected, describe(diagnostic));
        }
    }
}
