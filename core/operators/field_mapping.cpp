#include "core/operators/field_mapping.h"

#include "core/base/value_place.h"
#include "core/kql/functions.h"
#include "core/kql/quote.h"
#include "core/operators/column_path.h"
#include "core/operators/expression_problem.h"

#include <algorithm>
#include <set>

namespace sluice {

namespace {

constexpr std::string_view kFields = "fields";

std::string textOf(const Value &row, std::string_view key)
{
    const Value *value = row.find(key);
    return value != nullptr && value->asString() != nullptr ? *value->asString() : std::string();
}

class Binder
{
public:
    Binder(const Schema &input, const ParameterValues &parameters, FieldMappings &result)
        : m_input(input)
        , m_context{&input, &parameters}
        , m_result(result)
    {}

    void bindRow(const Value &row, std::size_t index)
    {
        m_index = index;
        FieldMapping mapping;
        mapping.name = textOf(row, "name");
        if (mapping.name.empty()) {
            problem(ErrorCode::MissingValue, "a field has no name", "Give each field a name.");
            return;
        }
        if (!m_names.insert(mapping.name).second) {
            problem(ErrorCode::DuplicateId,
                    fmt::format("the field '{}' stands twice in the list", mapping.name),
                    "Rename or remove one of them.");
            return;
        }
        if (!bindValue(row, mapping) || !bindType(row, mapping) || !bindFailure(row, mapping))
            return;
        m_result.fields.push_back(std::move(mapping));
    }

private:
    void problem(ErrorCode code, std::string message, std::string hint)
    {
        m_result.problems.push_back(
            {std::string(kFields), {code, std::move(message), std::move(hint), {}, {}}});
    }

    /// @param key  the entry of the row that holds the text; empty: no entry does
    kql::ExpressionPtr
    compile(const std::string &text, const std::string &name, std::string_view key = {})
    {
        auto bound = kql::compile(text, m_context);
        for (const kql::Problem &found : bound.problems)
            m_result.problems.push_back(expressionProblem(
                kFields,
                found,
                text,
                fmt::format("field '{}', ", name),
                key.empty() ? std::string() : placeOf({std::to_string(m_index), key})));
        return bound.expression;
    }

    /// A path: its value, or null with what is wrong said.
    kql::ExpressionPtr
    bindPath(const std::string &path, const std::string &name, std::string_view key)
    {
        BoundPath bound = bindColumnPath(kFields, path, m_input, *m_context.parameters);
        for (SchemaProblem &found : bound.problems) {
            found.error.message = fmt::format("field '{}': {}", name, found.error.message);
            found.suggestionPlace = placeOf({std::to_string(m_index), key});
            m_result.problems.push_back(std::move(found));
        }
        return bound.path ? bound.path->place : nullptr;
    }

    bool bindValue(const Value &row, FieldMapping &mapping)
    {
        m_text = textOf(row, "expression");
        const std::string from = textOf(row, "from");
        if (m_text.empty()) {
            const std::string &path = from.empty() ? mapping.name : from;
            if (const auto index = m_input.find(path)) {
                mapping.source = index;
                mapping.type = m_input.columns[*index].type;
                m_text = kql::quoteName(path);
                return true;
            }
            m_text = path;
            mapping.value = bindPath(path, mapping.name, from.empty() ? "name" : "from");
        } else if (!from.empty()) {
            problem(ErrorCode::InvalidValue,
                    fmt::format("the field '{}' has both 'from' and 'expression'", mapping.name),
                    "Keep one of them.");
            return false;
        }
        if (!mapping.value && !textOf(row, "expression").empty())
            mapping.value = compile(m_text, mapping.name, "expression");
        if (!mapping.value)
            return false;
        mapping.type = mapping.value->type();
        // A name that an open schema does not list yet is a column all the same.
        return true;
    }

    bool bindType(const Value &row, FieldMapping &mapping)
    {
        const std::string name = textOf(row, "type");
        if (name.empty())
            return true;
        const auto type = typeFromName(name);
        if (!type) {
            problem(ErrorCode::InvalidValue,
                    fmt::format("the field '{}' has the unknown type '{}'", mapping.name, name),
                    "Types are bool, int, long, real, decimal, string, datetime, timespan, guid "
                    "and dynamic.");
            return false;
        }
        if (*type == mapping.type)
            return true;
        mapping.cast =
            compile(fmt::format("{}({})", kql::conversionName(*type), m_text), mapping.name);
        mapping.type = *type;
        return mapping.cast != nullptr;
    }

    bool bindFailure(const Value &row, FieldMapping &mapping)
    {
        const std::string name = textOf(row, "on_error");
        if (name == "dead_letter")
            mapping.onError = CastFailure::DeadLetter;
        else if (name == "drop")
            mapping.onError = CastFailure::Drop;
        else if (!name.empty() && name != "null") {
            problem(ErrorCode::InvalidValue,
                    fmt::format("'{}' is no way to treat a failed cast", name),
                    "Choose null, dead_letter or drop.");
            return false;
        }
        return true;
    }

    const Schema &m_input;
    kql::BindContext m_context;
    FieldMappings &m_result;
    std::set<std::string> m_names;
    std::size_t m_index = 0; // of the row at hand
    std::string m_text;      // KQL of the value before its cast
};

/// Puts the listed fields where their columns stood, the new ones behind all others.
void addOtherFields(const Config &config, const Schema &input, FieldMappings &result)
{
    const auto dropped = config.texts("drop");
    std::vector<FieldMapping> listed = std::move(result.fields);
    std::vector<FieldMapping> ordered;
    for (std::size_t i = 0; i < input.columns.size(); ++i) {
        if (input.columns[i].system)
            continue;
        const std::string &name = input.columns[i].name;
        bool replaced = false;
        for (FieldMapping &field : listed) {
            if (!field.name.empty() && (field.source == i || field.name == name)) {
                ordered.push_back(std::move(field));
                field = {};
                replaced = true;
            }
        }
        const bool drops = std::find(dropped.begin(), dropped.end(), name) != dropped.end();
        if (!replaced && !drops)
            ordered.push_back({name, input.columns[i].type, i, nullptr, nullptr});
    }
    for (FieldMapping &field : listed) {
        if (!field.name.empty())
            ordered.push_back(std::move(field));
    }
    result.fields = std::move(ordered);
}

void addSystemFields(const Schema &input, FieldMappings &result)
{
    for (std::size_t i = 0; i < input.columns.size(); ++i) {
        const SchemaColumn &column = input.columns[i];
        const bool listed =
            std::any_of(result.fields.begin(), result.fields.end(), [&](const FieldMapping &field) {
                return field.name == column.name;
            });
        if (!column.system || listed)
            continue;
        FieldMapping field;
        field.name = column.name;
        field.type = column.type;
        field.source = i;
        field.system = true;
        result.fields.push_back(std::move(field));
    }
}

void checkDropped(const Config &config, const Schema &input, FieldMappings &result)
{
    std::vector<std::string> names;
    for (const SchemaColumn &column : input.columns)
        names.push_back(column.name);
    std::size_t index = 0;
    for (const std::string &name : config.texts("drop")) {
        const std::string place = placeOf({std::to_string(index++)});
        if (input.find(name) || input.open)
            continue;
        const auto near = nearestName(name, names);
        SchemaProblem problem;
        problem.field = "drop";
        problem.error = {ErrorCode::UnknownColumn,
                         fmt::format("there is no column '{}' to drop", name),
                         near ? fmt::format("Did you mean '{}'?", *near) : std::string(),
                         {},
                         {}};
        if (near) {
            problem.suggestionLabel = fmt::format("Use '{}'", *near);
            problem.suggestion = Value(*near);
            problem.suggestionPlace = place;
        }
        result.problems.push_back(std::move(problem));
    }
}

} // namespace

FieldMappings
bindFieldMappings(const Config &config, const Schema &input, const ParameterValues &parameters)
{
    FieldMappings result;
    Binder binder(input, parameters, result);
    if (const ValueList *rows = config.value(kFields).asList()) {
        for (std::size_t i = 0; i < rows->size(); ++i)
            binder.bindRow((*rows)[i], i);
    }
    if (config.text("other_fields") == "keep")
        addOtherFields(config, input, result);
    addSystemFields(input, result);
    checkDropped(config, input, result);
    return result;
}

} // namespace sluice
