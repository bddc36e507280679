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
    bool isVisible(const FieldSpec &field) const;
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

void ConfigCheck::checkField(const FieldSpec &field)
{
    m_field = field.name;
    const Value *value = written(field.name);
    LookedUp looked;
    if (value == nullptr || value->isNull()) {
        looked.value = field.defaultValue;
    } else {
        if (!acceptSecretForm(field, *value)) {
            m_unresolved.push_back(field.name);
            return;
        }
        looked = ValueLookup(m_parameters, m_sources).lookUp(*value, field.type);
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
    const std::string *path = field.type == FieldType::Path ? looked.value.asString() : nullptr;
    if (path != nullptr && !path->empty())
        looked.value = Value(absolute(*path, looked.outside));
    if (!looked.value.isNull())
        m_result.config.set(field.name, std::move(looked.value));
}

bool ConfigCheck::isVisible(const FieldSpec &field) const
{
    if (!field.visibleWhen)
        return true;
    const Value &decider = m_result.config.value(field.visibleWhen->field);
    const std::string text = decider.asString() != nullptr ? *decider.asString()
                             : decider.isNull()            ? std::string()
                                                           : decider.toJson();
    const auto &wanted = field.visibleWhen->values;
    return std::find(wanted.begin(), wanted.end(), text) != wanted.end();
}

void ConfigCheck::checkRequired(const FieldSpec &field)
{
    if (!field.required || !isVisible(field)
        || std::find(m_unresolved.begin(), m_unresolved.end(), field.name) != m_unresolved.end()
        || !isEmptyValue(m_result.config.value(field.name)))
        return;
    m_field = field.name;
    add(Severity::Error,
        ErrorCode::MissingValue,
        fmt::format("{} is required", labelOf(field)),
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
    if (!problem.suggestion.isNull())
        diagnostic.fixes.push_back({problem.suggestionLabel, diagnostic.field, problem.suggestion});
    return diagnostic;
}

} // namespace sluice
