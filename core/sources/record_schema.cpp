#include "core/sources/record_schema.h"

#include "core/kql/expression.h"
#include "core/node/event_time_form.h"

#include <fmt/format.h>

#include <optional>

namespace sluice {

FieldSpec schemaField()
{
    return field("schema", FieldType::SchemaColumns)
        .label("Columns")
        .help("Without columns they are inferred from the first events.");
}

FieldSpec eventTimeField()
{
    return eventTimeForm("event_time")
        .label("Event time")
        .help("When an event happened, and how late it may come.")
        .inAdvanced();
}

namespace {

constexpr std::string_view kEventTime = "event_time";

/// The event time's field must be a column, or a path into one.
std::optional<SchemaProblem>
eventTimeProblem(const Config &config, const Schema &schema, const NodeContext &context)
{
    const Value *name = config.value(kEventTime).find("field");
    if (name == nullptr || name->asString() == nullptr || schema.find(*name->asString()))
        return std::nullopt;
    const auto bound = kql::compile(*name->asString(), {&schema, &context.parameters});
    if (bound.problems.empty())
        return std::nullopt;
    const kql::Problem &problem = bound.problems.front();
    SchemaProblem result;
    result.field = kEventTime;
    result.suggestionPlace = "/field";
    result.error = kql::toError(problem);
    result.error.message = "the event time's field: " + result.error.message;
    if (!problem.suggestion.empty()) {
        std::string mended = *name->asString();
        mended.replace(problem.at.offset, problem.at.length, problem.suggestion);
        result.suggestion = Value(mended);
        result.suggestionLabel = fmt::format("Use '{}'", mended);
    }
    return result;
}

} // namespace

SchemaFlow
recordSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    (void)inputs;
    SchemaFlow flow;
    Schema out;
    out.columns = config.schemaColumns("schema");
    out.open = out.columns.empty();
    out.whole = true;
    addSystemColumns(out, systemColumns());
    if (auto problem = eventTimeProblem(config, out, context))
        flow.problems.push_back(std::move(*problem));
    flow.outputs.push_back(std::move(out));
    Schema raw;
    raw.columns.push_back({"$raw", ColumnType::String});
    flow.outputs.push_back(errorsSchema(raw));
    return flow;
}

std::vector<PortSpec> recordPorts()
{
    return {{.id = "out"}, errorsPort()};
}

} // namespace sluice
