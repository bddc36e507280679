#include "core/pipeline/config_check.h"

#include "core/base/file_system.h"
#include "core/event/schema.h"
#include "core/pipeline/field_check.h"
#include "core/pipeline/value_lookup.h"

#include <algorithm>
#include <filesystem>

namespace sluice {

namespace {

class ConfigCheck
{
public:
    ConfigCheck(const Node &node,
                const NodeDescriptor &descriptor,
                const ResolvedParameters &parameters,
                const ValueSources &sources)
        : m_node(node)
        , m_descriptor(descriptor)
        , m_parameters(parameters)
        , m_sources(sources)
    {}

    CheckedConfig run();

private:
    Diagnostic &add(Severity severity, ErrorCode code, std::string message, std::string hint = {});
    void checkUnknownFields();
    void checkField(const FieldSpec &field);
    void checkRequired(const FieldSpec &field);
    LookedUp lookUp(const FieldSpec &field, const Value &value);
    LookedUp lookUpGroup(const std::vector<FieldSpec> &members, const ValueMap &map);
    const Value *written(const std::string &field) const;

    bool acceptSecretForm(const FieldSpec &field, const Value &value);
    std::string absolute(const std::string &path, bool outside) const;

    const Node &m_node;
    const NodeDescriptor &m_descriptor;
    const ResolvedParameters &m_parameters;
    const ValueSources &m_sources;
    std::string m_field;                   // the one being checked
    std::vector<std::string> m_unresolved; // fields that are set, but to what is not there
    CheckedConfig m_result;
};

Diagnostic &
ConfigCheck::add(Severity severity, ErrorCode code, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.code = code;
    diagnostic.node = m_node.id;
    diagnostic.field = m_field;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    return m_result.diagnostics.emplace_back(std::move(diagnostic));
}

const Value *ConfigCheck::written(const std::string &field) const
{
    for (const auto &[name, value] : m_node.config) {
        if (name == field)
            return &value;
    }
    return nullptr;
}

void ConfigCheck::checkUnknownFields()
{
    std::vector<std::string> names;
    for (const FieldSpec &field : m_descriptor.fields)
        names.push_back(field.name);
    for (const auto &[name, value] : m_node.config) {
        if (std::find(names.begin(), names.end(), name) != names.end())
            continue;
        m_field = name;
        Diagnostic &diagnostic = add(
            Severity::Warning,
            ErrorCode::UnknownField,
            fmt::format("{} has no field '{}'; it is kept, and ignored", m_descriptor.kind, name),
            names.empty() ? std::string() : fmt::format("It has {}.", fmt::join(names, ", ")));
        const auto near = nearestName(name, names);
        if (near && written(*near) == nullptr) {
            diagnostic.hint = fmt::format("Did you mean '{}'?", *near);
            diagnostic.fixes.push_back({fmt::format("Use '{}'", *near), *near, value, name});
        } else {
            diagnostic.fixes.push_back({fmt::format("Remove '{}'", name), {}, {}, name});
        }
    }
}

/// A secret stands in the file by its name only. The value itself is never repeated.
bool ConfigCheck::acceptSecretForm(const FieldSpec &field, const Value &value)
{
    const Reference *reference = value.asReference();
    if (field.type == FieldType::Secret
        && (reference == nullptr || reference->kind == ReferenceKind::Parameter)) {
        add(Severity::Error,
            ErrorCode::InvalidValue,
            fmt::format("{} must not stand in the file", labelOf(field)),
            fmt::format(
                "Store it with 'sluice secret set NAME' and write {{\"secret\": \"NAME\"}}, "
                "or write {{\"env\": \"VARIABLE\"}}."));
        return false;
    }
    return true;
}

std::string ConfigCheck::absolute(const std::string &path, bool outside) const
{
    const std::string &base = outside ? m_sources.workingDirectory : m_sources.pipelineDirectory;
    const std::string joined = joinPath(base, path);
    std::error_code error;
    const auto full = std::filesystem::absolute(joined, error);
    return error ? joined : full.lexically_normal().string();
}

/// Fills in what an object leaves to its defaults.
void fillDefaults(const FieldSpec &field, Value &value)
{
    if (field.type == FieldType::Rows && value.asList() != nullptr) {
        FieldSpec row = field;
        row.type = FieldType::Group;
        for (Value &item : *value.asList())
            fillDefaults(row, item);
    }
    if (field.type != FieldType::Group || value.asMap() == nullptr)
        return;
    for (const FieldSpec &member : field.members) {
        const Value *set = value.find(member.name);
        if ((set == nullptr || set->isNull()) && !member.defaultValue.isNull())
            value.set(member.name, member.defaultValue);
    }
    for (auto &[name, item] : *value.asMap()) {
        if (const FieldSpec *member = findField(field.members, name))
            fillDefaults(*member, item);
    }
}

/// Adds one part of an object or a list to what is known of the whole.
Value takePart(LookedUp &whole, LookedUp part)
{
    whole.complete = whole.complete && part.complete;
    whole.secret = whole.secret || part.secret;
    std::move(
        part.diagnostics.begin(), part.diagnostics.end(), std::back_inserter(whole.diagnostics));
    return std::move(part.value);
}

LookedUp ConfigCheck::lookUpGroup(const std::vector<FieldSpec> &members, const ValueMap &map)
{
    LookedUp looked;
    ValueMap entries;
    for (const auto &[name, item] : map) {
        const FieldSpec *member = findField(members, name);
        LookedUp part = member == nullptr
                            ? ValueLookup(m_parameters, m_sources).lookUp(item, FieldType::Json)
                            : lookUp(*member, item);
        const bool text = member != nullptr
                          && (member->type == FieldType::Text || member->type == FieldType::Secret);
        if (!part.complete && text && !m_sources.forRun && !hasErrors(part.diagnostics)
            && item.asReference() != nullptr) {
            // While editing a secret that is not there yet hides nothing else of the object.
            part.value = Value("(" + item.asReference()->name + ")");
            part.complete = true;
        }
        entries.emplace_back(name, takePart(looked, std::move(part)));
    }
    looked.value = Value(std::move(entries));
    return looked;
}

/// Replaces references, and makes paths absolute, each by what its own part of the value is.
LookedUp ConfigCheck::lookUp(const FieldSpec &field, const Value &value)
{
    if (field.type == FieldType::Group && value.asMap() != nullptr)
        return lookUpGroup(field.members, *value.asMap());
    if (field.type == FieldType::Rows && value.asList() != nullptr) {
        LookedUp looked;
        ValueList items;
        for (const Value &item : *value.asList())
            items.push_back(
                takePart(looked,
                         item.asMap() != nullptr
                             ? lookUpGroup(field.members, *item.asMap())
                             : ValueLookup(m_parameters, m_sources).lookUp(item, FieldType::Json)));
        looked.value = Value(std::move(items));
        return looked;
    }
    if (!value.isNull() && !acceptSecretForm(field, value)) {
        LookedUp looked;
        looked.complete = false;
        return looked;
    }
    LookedUp looked = ValueLookup(m_parameters, m_sources).lookUp(value, field.type);
    const std::string *path = field.type == FieldType::Path ? looked.value.asString() : nullptr;
    if (path != nullptr && !path->empty())
        looked.value = Value(absolute(*path, looked.outside));
    return looked;
}

void ConfigCheck::checkField(const FieldSpec &field)
{
    m_field = field.name;
    const Value *value = written(field.name);
    LookedUp looked;
    if (value == nullptr || value->isNull()) {
        looked.value = field.defaultValue;
    } else {
        looked = lookUp(field, *value);
    }
    for (Diagnostic &diagnostic : looked.diagnostics) {
        diagnostic.node = m_node.id;
        diagnostic.field = field.name;
        m_result.diagnostics.push_back(std::move(diagnostic));
    }
    if (!looked.complete) {
        m_unresolved.push_back(field.name);
        return;
    }
    bool bad = false;
    for (Diagnostic &diagnostic : checkFieldValue(field, looked.value, looked.secret)) {
        if (!looked.origin.empty())
            diagnostic.message = fmt::format("{}: {}", looked.origin, diagnostic.message);
        diagnostic.node = m_node.id;
        bad = bad || diagnostic.severity == Severity::Error;
        m_result.diagnostics.push_back(std::move(diagnostic));
    }
    if (bad) {
        m_unresolved.push_back(field.name);
        return;
    }
    fillDefaults(field, looked.value);
    if (!looked.value.isNull())
        m_result.config.set(field.name, std::move(looked.value));
}

void ConfigCheck::checkRequired(const FieldSpec &field)
{
    if (!field.required || !isVisible(field, m_descriptor.fields, Value(m_result.config.values()))
        || std::find(m_unresolved.begin(), m_unresolved.end(), field.name) != m_unresolved.end()
        || !isEmptyValue(m_result.config.value(field.name)))
        return;
    m_field = field.name;
    add(Severity::Error,
        ErrorCode::MissingValue,
        fmt::format("{} must be given", labelOf(field)),
        field.example.empty() ? std::string() : fmt::format("For example: {}", field.example));
}

CheckedConfig ConfigCheck::run()
{
    checkUnknownFields();
    for (const FieldSpec &field : m_descriptor.fields)
        checkField(field);
    for (const FieldSpec &field : m_descriptor.fields)
        checkRequired(field);
    if (m_descriptor.validate && !hasErrors(m_result.diagnostics) && m_unresolved.empty()) {
        for (const SchemaProblem &problem : m_descriptor.validate(m_result.config))
            m_result.diagnostics.push_back(toDiagnostic(problem, m_node.id));
    }
    m_result.complete = m_unresolved.empty();
    return std::move(m_result);
}

} // namespace

CheckedConfig checkConfig(const Node &node,
                          const NodeDescriptor &descriptor,
                          const ResolvedParameters &parameters,
                          const ValueSources &sources)
{
    return ConfigCheck(node, descriptor, parameters, sources).run();
}

Diagnostic toDiagnostic(const SchemaProblem &problem, const std::string &node)
{
    Diagnostic diagnostic;
    diagnostic.code = problem.error.code;
    diagnostic.node = node;
    diagnostic.field = problem.field.empty() ? problem.error.field : problem.field;
    diagnostic.message = problem.error.message;
    diagnostic.hint = problem.error.hint;
    diagnostic.place = problem.suggestionPlace;
    if (!problem.suggestion.isNull())
        diagnostic.fixes.push_back({problem.suggestionLabel,
                                    diagnostic.field,
                                    problem.suggestion,
                                    {},
                                    problem.suggestionPlace});
    return diagnostic;
}

} // namespace sluice
