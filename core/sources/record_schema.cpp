#include "core/sources/record_schema.h"

namespace sluice {

FieldSpec schemaField()
{
    return field("schema", FieldType::SchemaColumns)
        .label("Columns")
        .help("Without columns they are inferred from the first events.");
}

FieldSpec eventTimeField()
{
    return field("event_time", FieldType::EventTime)
        .label("Event time")
        .help("The field that says when an event happened, and how late it may come.")
        .inAdvanced();
}

SchemaFlow
recordSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    (void)inputs;
    (void)context;
    SchemaFlow flow;
    Schema out;
    out.columns = config.schemaColumns("schema");
    out.open = out.columns.empty();
    out.whole = true;
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
