#include "core/node/field_spec.h"

#include <algorithm>

namespace sluice {

FieldBuilder &&FieldBuilder::label(std::string text) &&
{
    m_spec.label = std::move(text);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::help(std::string text) &&
{
    m_spec.help = std::move(text);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::example(std::string text) &&
{
    m_spec.example = std::move(text);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::defaultTo(Value value) &&
{
    m_spec.defaultValue = std::move(value);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::must() &&
{
    m_spec.required = true;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::inAdvanced() &&
{
    m_spec.advanced = true;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::suggested() &&
{
    m_spec.suggests = true;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::unit(std::string text) &&
{
    m_spec.unit = std::move(text);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::atLeast(double value) &&
{
    m_spec.minimum = value;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::atMost(double value) &&
{
    m_spec.maximum = value;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::choice(std::string value, std::string label) &&
{
    m_spec.choices.push_back({std::move(value), std::move(label)});
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::visibleWhen(std::string field, std::vector<std::string> values) &&
{
    m_spec.visibleWhen = FieldCondition{std::move(field), std::move(values)};
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::filter(std::string pattern) &&
{
    m_spec.fileFilters.push_back(std::move(pattern));
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::output() &&
{
    m_spec.pathIsOutput = true;
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::member(FieldSpec spec) &&
{
    m_spec.members.push_back(std::move(spec));
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::columnsOf(std::string table) &&
{
    m_spec.columnsOf = std::move(table);
    return std::move(*this);
}

FieldBuilder &&FieldBuilder::alternativeOf(std::string field) &&
{
    m_spec.alternativeOf = std::move(field);
    return std::move(*this);
}

FieldBuilder textField(std::string_view name)
{
    return {name, FieldType::Text};
}

FieldBuilder secretField(std::string_view name)
{
    return {name, FieldType::Secret};
}

FieldBuilder booleanField(std::string_view name)
{
    return {name, FieldType::Boolean};
}

FieldBuilder integerField(std::string_view name)
{
    return {name, FieldType::Integer};
}

FieldBuilder realField(std::string_view name)
{
    return {name, FieldType::Real};
}

FieldBuilder durationField(std::string_view name)
{
    return {name, FieldType::Duration};
}

FieldBuilder byteSizeField(std::string_view name)
{
    return {name, FieldType::ByteSize};
}

FieldBuilder choiceField(std::string_view name)
{
    return {name, FieldType::Choice};
}

FieldBuilder pathField(std::string_view name)
{
    return {name, FieldType::Path};
}

FieldBuilder expressionField(std::string_view name)
{
    return {name, FieldType::Expression};
}

FieldBuilder columnField(std::string_view name)
{
    return {name, FieldType::Column};
}

FieldBuilder groupField(std::string_view name)
{
    return {name, FieldType::Group};
}

FieldBuilder rowsField(std::string_view name)
{
    return {name, FieldType::Rows};
}

FieldBuilder field(std::string_view name, FieldType type)
{
    return {name, type};
}

const FieldSpec *findField(const std::vector<FieldSpec> &fields, std::string_view name)
{
    const auto it = std::find_if(
        fields.begin(), fields.end(), [&](const FieldSpec &field) { return field.name == name; });
    return it == fields.end() ? nullptr : &*it;
}

bool isVisible(const FieldSpec &field,
               const std::vector<FieldSpec> &neighbours,
               const Value &config)
{
    if (!field.visibleWhen)
        return true;
    const Value *decider = config.find(field.visibleWhen->field);
    const FieldSpec *spec = findField(neighbours, field.visibleWhen->field);
    if ((decider == nullptr || decider->isNull()) && spec != nullptr)
        decider = &spec->defaultValue;
    std::string text;
    if (decider != nullptr && decider->asString() != nullptr)
        text = *decider->asString();
    else if (decider != nullptr && !decider->isNull())
        text = decider->toJson();
    const auto &wanted = field.visibleWhen->values;
    return std::find(wanted.begin(), wanted.end(), text) != wanted.end();
}

std::string_view typeName(FieldType type)
{
    switch (type) {
    case FieldType::Text:
    case FieldType::MultilineText:
        return "text";
    case FieldType::Secret:
        return "secret";
    case FieldType::Boolean:
        return "true or false";
    case FieldType::Integer:
        return "integer";
    case FieldType::Real:
        return "number";
    case FieldType::Duration:
        return "duration";
    case FieldType::ByteSize:
        return "size";
    case FieldType::Choice:
        return "choice";
    case FieldType::Path:
        return "path";
    case FieldType::TextList:
        return "list of texts";
    case FieldType::Expression:
        return "KQL expression";
    case FieldType::Query:
        return "KQL query";
    case FieldType::TimeZone:
        return "time zone";
    case FieldType::Column:
        return "column";
    case FieldType::SchemaColumns:
        return "list of columns with types";
    case FieldType::FieldMappings:
        return "list of fields";
    case FieldType::Conditions:
        return "conditions";
    case FieldType::ColumnNames:
        return "list of columns";
    case FieldType::Properties:
        return "table of names and values";
    case FieldType::EventTime:
        return "event time";
    case FieldType::Group:
        return "object";
    case FieldType::Rows:
        return "list of objects";
    case FieldType::Keys:
        return "list of keys";
    case FieldType::Aggregates:
        return "list of aggregates";
    case FieldType::Json:
        break;
    }
    return "JSON";
}

} // namespace sluice
