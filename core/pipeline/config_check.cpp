#include "core/pipeline/config_check.h"

#include "core/base/file_system.h"
#include "core/event/schema.h"
#include "core/pipeline/field_check.h"

#include <algorithm>
#include <filesystem>

namespace sluice {

namespace {

/// A config value after its references were looked up.
struct Looked
{
    Value value;
    bool complete = true;    // false: a reference led nowhere
    bool secret = false;     // holds something that must not be shown
    bool outside = false;    // given by --param or the environment: paths are relative to there
    std::string origin = {}; // "parameter 'rate'", when the whole value is one reference
};

bool mayHoldSecret(FieldType type)
{
    return type == FieldType::Secret || type == FieldType::Text || type == FieldType::MultilineText
           || type == FieldType::Properties || type == FieldType::Json;
}

/// The environment gives text only; a field that wants a number or a truth gets one where it can.
Value fromText(const std::string &text, FieldType type)
{
    ColumnType wanted = ColumnType::String;
    if (type == FieldType::Boolean)
        wanted = ColumnType::Bool;
    else if (type == FieldType::Integer)
        wanted = ColumnType::Long;
    else if (type == FieldType::Real)
        wanted = ColumnType::Real;
    auto value = parameterFromText(text, wanted);
    return value ? *value : Value(text);
}

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
    Looked lookUp(const Value &value, FieldType type, bool nested = false);
    Looked lookUpReference(const Reference &reference, FieldType type);
    Looked lookUpParameter(const std::string &name);
    Looked lookUpOutside(const Reference &reference, FieldType type);
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

Looked ConfigCheck::lookUpParameter(const std::string &name)
{
    Looked looked;
    looked.origin = fmt::format("parameter '{}'", name);
    const ParameterValue *parameter = m_parameters.find(name);
    if (parameter == nullptr) {
        std::vector<std::string> names;
        for (const ParameterValue &known : m_parameters.values)
            names.push_back(known.name);
        const auto near = nearestName(name, names);
        add(Severity::Error,
            ErrorCode::UnknownParameter,
            fmt::format("the pipeline has no parameter '{}'", name),
            near ? fmt::format("Did you mean '{}'?", *near)
                 : "Add it to the pipeline's parameters.");
        looked.complete = false;
        return looked;
    }
    looked.value = parameter->value;
    looked.complete = !parameter->value.isNull(); // what is wrong with it is said elsewhere
    looked.outside = m_parameters.fromOutside.contains(name);
    return looked;
}

Looked ConfigCheck::lookUpOutside(const Reference &reference, FieldType type)
{
    const bool isSecret = reference.kind == ReferenceKind::Secret;
    Looked looked;
    looked.secret = true; // a variable may hold a password too
    looked.outside = true;
    looked.origin = fmt::format("{} '{}'", isSecret ? "secret" : "variable", reference.name);
    const auto &source = isSecret ? m_sources.secret : m_sources.environment;
    const auto text = source ? source(reference.name) : std::nullopt;
    if (text) {
        looked.value = fromText(*text, type);
        return looked;
    }
    looked.complete = false;
    if (!source && !m_sources.forRun)
        return looked;
    const Severity severity = m_sources.forRun ? Severity::Error : Severity::Note;
    if (isSecret)
        add(severity,
            ErrorCode::SecretMissing,
            fmt::format("the secret '{}' is not stored on this machine", reference.name),
            fmt::format("Store it with 'sluice secret set {}'.", reference.name));
    else
        add(severity,
            ErrorCode::EnvironmentMissing,
            fmt::format("the environment variable '{}' is not set", reference.name),
            "Set it before the run.");
    return looked;
}

Looked ConfigCheck::lookUpReference(const Reference &reference, FieldType type)
{
    if (reference.kind == ReferenceKind::Parameter)
        return lookUpParameter(reference.name);
    if (reference.kind == ReferenceKind::Secret && !mayHoldSecret(type)) {
        add(Severity::Error,
            ErrorCode::InvalidValue,
            "this field cannot be a secret",
            "Write its value, or use {\"param\": …} or {\"env\": …}.");
        Looked looked;
        looked.complete = false;
        return looked;
    }
    return lookUpOutside(reference, type);
}

Looked ConfigCheck::lookUp(const Value &value, FieldType type, bool nested)
{
    if (const Reference *reference = value.asReference()) {
        Looked looked = lookUpReference(*reference, type);
        if (nested)
            looked.origin.clear();
        return looked;
    }
    Looked looked;
    const auto take = [&](const Value &part) {
        Looked inner = lookUp(part, type, true);
        looked.complete = looked.complete && inner.complete;
        looked.secret = looked.secret || inner.secret;
        return std::move(inner.value);
    };
    if (const ValueList *list = value.asList()) {
        ValueList items;
        for (const Value &item : *list)
            items.push_back(take(item));
        looked.value = Value(std::move(items));
    } else if (const ValueMap *map = value.asMap()) {
        ValueMap entries;
        for (const auto &[name, item] : *map)
            entries.emplace_back(name, take(item));
        looked.value = Value(std::move(entries));
    } else {
        looked.value = value;
    }
    return looked;
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
    Looked looked;
    if (value == nullptr || value->isNull()) {
        looked.value = field.defaultValue;
    } else {
        if (!acceptSecretForm(field, *value)) {
            m_unresolved.push_back(field.name);
            return;
        }
        looked = lookUp(*value, field.type);
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
