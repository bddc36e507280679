#pragma once

#include "core/node/catalog.h"
#include "core/node/event_time_form.h"
#include "tests/ui/support/ui_kinds.h"

namespace sluice::test {

/// A kind with a field of every type, and a source whose columns it sees.
inline const NodeDescriptor &allFieldsKind()
{
    static const NodeDescriptor kind = [] {
        NodeDescriptor made = uiKind("everything", NodeRole::Transform, "Everything", "fields");
        made.fields = {
            textField("text").label("Text").help("A line of text").example("abc"),
            field("notes", FieldType::MultilineText).label("Notes"),
            secretField("password").label("Password"),
            booleanField("eager").label("Eager").defaultTo(Value(false)),
            integerField("count").label("Count").defaultTo(Value(10)).unit("events/s"),
            realField("share").label("Share").atLeast(0).atMost(1),
            durationField("wait").label("Wait"),
            byteSizeField("size").label("Size"),
            choiceField("mode")
                .label("Mode")
                .choice("fast", "Fast")
                .choice("safe", "Safe")
                .defaultTo(Value("fast")),
            pathField("path").label("Path"),
            field("topics", FieldType::TextList).label("Topics"),
            expressionField("where").label("Where"),
            columnField("key").label("Key"),
            field("schema", FieldType::SchemaColumns).label("Schema"),
            field("fields", FieldType::FieldMappings).label("Fields"),
            field("conditions", FieldType::Conditions).label("Conditions"),
            field("drop", FieldType::ColumnNames).label("Drop"),
            field("properties", FieldType::Properties).label("Properties"),
            field("by", FieldType::Keys).label("By"),
            field("aggregates", FieldType::Aggregates).label("Aggregates"),
            field("query", FieldType::Query).label("Query"),
            field("zone", FieldType::TimeZone).label("Zone"),
            eventTimeForm("event_time").label("Event time"),
            field("extra", FieldType::Json).label("Extra"),
            textField("hidden").label("Hidden").visibleWhen("mode", {"safe"}),
            textField("rare").label("Rare").inAdvanced(),
        };
        made.validate = [](const Config &config) -> std::vector<SchemaProblem> {
            if (config.text("text") != "tmp")
                return {};
            return {{"text", Error{ErrorCode::UnknownColumn, "no column 'tmp'", "", "", ""}}};
        };
        return made;
    }();
    return kind;
}

inline const Catalog &allFieldsCatalog()
{
    static const NodeDescriptor source =
        uiKind("sample", NodeRole::Source, "Sample data", "sample");
    static const Catalog catalog({&source, &allFieldsKind()});
    return catalog;
}

} // namespace sluice::test
