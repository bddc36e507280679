#include "ui/inspector/aggregates_editor.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/conditions_editor.h"
#include "ui/inspector/expression_editor.h"
#include "ui/inspector/field_editor.h"
#include "ui/inspector/group_editor.h"
#include "ui/inspector/line_editors.h"
#include "ui/inspector/list_editors.h"
#include "ui/inspector/mappings_editor.h"
#include "ui/inspector/path_editor.h"
#include "ui/inspector/secret_editor.h"
#include "ui/inspector/table_editors.h"

namespace sluice {

namespace {

template<typename Editor>
FieldEditor *make(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
{
    return new Editor(spec, context, parent);
}

struct EditorOfType
{
    FieldType type;
    FieldEditor *(*make)(const FieldSpec &, const FieldContext &, QWidget *);
};

constexpr EditorOfType kEditors[] = {
    {FieldType::Text, make<LineEditor>},
    {FieldType::MultilineText, make<MultilineEditor>},
    {FieldType::Secret, make<SecretEditor>},
    {FieldType::Boolean, make<BooleanEditor>},
    {FieldType::Integer, make<LineEditor>},
    {FieldType::Real, make<LineEditor>},
    {FieldType::Duration, make<LineEditor>},
    {FieldType::ByteSize, make<LineEditor>},
    {FieldType::Choice, make<ChoiceEditor>},
    {FieldType::Path, make<PathEditor>},
    {FieldType::TextList, make<TextListEditor>},
    {FieldType::Expression, make<ExpressionEditor>},
    {FieldType::Query, make<ExpressionEditor>},
    {FieldType::TimeZone, make<LineEditor>},
    {FieldType::Column, make<ColumnEditor>},
    {FieldType::SchemaColumns, make<SchemaColumnsEditor>},
    {FieldType::FieldMappings, make<MappingsEditor>},
    {FieldType::Keys, make<MappingsEditor>},
    {FieldType::Aggregates, make<AggregatesEditor>},
    {FieldType::Conditions, make<ConditionsEditor>},
    {FieldType::ColumnNames, make<ColumnNamesEditor>},
    {FieldType::Properties, make<PropertiesEditor>},
    {FieldType::EventTime, make<GroupEditor>},
    {FieldType::Group, make<GroupEditor>},
    {FieldType::Rows, make<GroupRowsEditor>},
    {FieldType::Json, make<JsonEditor>},
};

} // namespace

FieldEditor *makeEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
{
    for (const EditorOfType &entry : kEditors) {
        if (entry.type == spec.type)
            return entry.make(spec, context, parent);
    }
    return new JsonEditor(spec, context, parent);
}

} // namespace sluice
