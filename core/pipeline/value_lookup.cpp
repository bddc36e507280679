#include "core/pipeline/value_lookup.h"

#include "core/event/schema.h"

#include <fmt/format.h>

#include <iterator>

namespace sluice {

namespace {

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

LookedUp nowhere(Severity severity, ErrorCode code, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    LookedUp looked;
    looked.complete = false;
    looked.diagnostics.push_back(std::move(diagnostic));
    return looked;
}

} // namespace

LookedUp ValueLookup::lookUpParameter(const std::string &name) const
{
    const ParameterValue *parameter = m_parameters.find(name);
    if (parameter == nullptr) {
        std::vector<std::string> names;
        for (const ParameterValue &known : m_parameters.values)
            names.push_back(known.name);
        const auto near = nearestName(name, names);
        return nowhere(Severity::Error,
                       ErrorCode::UnknownParameter,
                       fmt::format("the pipeline has no parameter '{}'", name),
                       near ? fmt::format("Did you mean '{}'?", *near)
                            : "Add it to the pipeline's parameters.");
    }
    LookedUp looked;
    looked.origin = fmt::format("parameter '{}'", name);
    looked.value = parameter->value;
    looked.complete = !parameter->value.isNull(); // what is wrong with it is said elsewhere
    looked.outside = m_parameters.fromOutside.contains(name);
    return looked;
}

LookedUp ValueLookup::lookUpOutside(const Reference &reference, FieldType type) const
{
    const bool isSecret = reference.kind == ReferenceKind::Secret;
    const auto &source = isSecret ? m_sources.secret : m_sources.environment;
    if (const auto text = source ? source(reference.name) : std::nullopt) {
        LookedUp looked;
        looked.secret = true; // a variable may hold a password too
        looked.outside = true;
        looked.origin = fmt::format("{} '{}'", isSecret ? "secret" : "variable", reference.name);
        looked.value = fromText(*text, type);
        return looked;
    }
    if (!source && !m_sources.forRun) {
        LookedUp looked;
        looked.complete = false;
        return looked;
    }
    const Severity severity = m_sources.forRun ? Severity::Error : Severity::Note;
    if (isSecret)
        return nowhere(severity,
                       ErrorCode::SecretMissing,
                       fmt::format("the secret '{}' is not stored on this machine", reference.name),
                       fmt::format("Store it with 'sluice secret set {}'.", reference.name));
    return nowhere(severity,
                   ErrorCode::EnvironmentMissing,
                   fmt::format("the environment variable '{}' is not set", reference.name),
                   "Set it before the run.");
}

LookedUp ValueLookup::lookUpReference(const Reference &reference, FieldType type) const
{
    if (reference.kind == ReferenceKind::Parameter)
        return lookUpParameter(reference.name);
    if (reference.kind == ReferenceKind::Secret && !mayHoldSecret(type))
        return nowhere(Severity::Error,
                       ErrorCode::InvalidValue,
                       "this field cannot be a secret",
                       "Write its value, or use {\"param\": …} or {\"env\": …}.");
    return lookUpOutside(reference, type);
}

LookedUp ValueLookup::lookUp(const Value &value, FieldType type) const
{
    if (const Reference *reference = value.asReference())
        return lookUpReference(*reference, type);
    LookedUp looked;
    const auto take = [&](const Value &part) {
        LookedUp inner = lookUp(part, type);
        looked.complete = looked.complete && inner.complete;
        looked.secret = looked.secret || inner.secret;
        std::move(inner.diagnostics.begin(),
                  inner.diagnostics.end(),
                  std::back_inserter(looked.diagnostics));
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

} // namespace sluice
