#include "core/pipeline/parameters.h"

#include "core/base/value_json.h"
#include "core/event/datetime.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

template<typename Number>
std::optional<Number> numberFrom(std::string_view text)
{
    Number number{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end || text.empty())
        return std::nullopt;
    return number;
}

bool isDecimal(std::string_view text)
{
    const auto number = numberFrom<double>(text);
    return number && std::isfinite(*number)
           && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
}

bool isGuid(std::string_view text)
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
            return false;
    }
    return true;
}

std::string_view example(ColumnType type)
{
    static constexpr std::array<std::string_view, 10> kExamples{
        "true or false",
        "a whole number between -2147483648 and 2147483647",
        "a whole number",
        "a number such as 20.5",
        "a number such as 20.5",
        "a text",
        "a moment such as 2026-01-01T00:00:00Z",
        "a span such as 10s or 00:00:10",
        "a GUID such as 74be27de-1e4e-49d9-b579-fe0b331d3642",
        "JSON"};
    return kExamples.at(static_cast<std::size_t>(type));
}

bool fits(const Value &value, ColumnType type)
{
    const std::string *text = value.asString();
    switch (type) {
    case ColumnType::Bool:
        return value.asBool() != nullptr;
    case ColumnType::Int:
        return value.asInteger() != nullptr
               && *value.asInteger() >= std::numeric_limits<std::int32_t>::min()
               && *value.asInteger() <= std::numeric_limits<std::int32_t>::max();
    case ColumnType::Long:
        return value.asInteger() != nullptr;
    case ColumnType::Real:
        return value.asNumber().has_value();
    case ColumnType::Decimal:
        return value.asNumber().has_value() || (text != nullptr && isDecimal(*text));
    case ColumnType::String:
        return text != nullptr;
    case ColumnType::Datetime:
        return text != nullptr && parseDatetime(*text).has_value();
    case ColumnType::Timespan:
        return text != nullptr && parseTimespan(*text).has_value();
    case ColumnType::Guid:
        return text != nullptr && isGuid(*text);
    case ColumnType::Dynamic:
        break;
    }
    return true;
}

Failure misfit(std::string_view shown, ColumnType type)
{
    return fail(ErrorCode::InvalidValue, "{} is not of type {}", shown, typeName(type))
        .hint(fmt::format("Give {}.", example(type)));
}

Diagnostic problem(ErrorCode code, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    return diagnostic;
}

std::vector<std::string> namesOf(const Pipeline &pipeline)
{
    std::vector<std::string> names;
    for (const Parameter &parameter : pipeline.parameters)
        names.push_back(parameter.name);
    return names;
}

/// Where the text of a parameter comes from when it is not the file.
struct Outside
{
    std::optional<std::string> text;
    bool missing = false; // the file asks for a variable that is not there
};

Outside fromOutside(const Parameter &parameter, const ValueSources &sources)
{
    const auto override = sources.parameterOverrides.find(parameter.name);
    if (override != sources.parameterOverrides.end())
        return {override->second, false};
    const Reference *reference = parameter.value.asReference();
    if (reference == nullptr || reference->kind != ReferenceKind::Environment)
        return {};
    auto text = sources.environment ? sources.environment(reference->name) : std::nullopt;
    return {text, !text.has_value()};
}

class Resolver
{
public:
    Resolver(const ValueSources &sources, ResolvedParameters &result)
        : m_sources(sources)
        , m_result(result)
    {}

    void resolve(const Parameter &parameter)
    {
        ParameterValue resolved{parameter.name, parameter.type, {}};
        for (const auto &[key, value] : parameter.unknown) {
            if (key == "type")
                unknownType(parameter, value);
        }
        const Outside outside = fromOutside(parameter, m_sources);
        if (outside.missing) {
            missingVariable(parameter);
        } else if (outside.text) {
            m_result.fromOutside.insert(parameter.name);
            take(parameterFromText(*outside.text, parameter.type), parameter, resolved);
        } else if (parameter.value.asReference() != nullptr) {
            add(problem(
                ErrorCode::InvalidValue,
                fmt::format("parameter '{}' must be a value or {{\"env\": …}}", parameter.name),
                "Put the secret into the config field that needs it."));
        } else if (parameter.value.isNull()) {
            missingValue(parameter);
        } else {
            if (auto good = checkParameterValue(parameter.value, parameter.type); good)
                resolved.value = parameter.value;
            else
                take(fail(good.error()), parameter, resolved);
        }
        m_result.values.push_back(std::move(resolved));
    }

private:
    void add(Diagnostic diagnostic) { m_result.diagnostics.push_back(std::move(diagnostic)); }

    void take(Result<Value> value, const Parameter &parameter, ParameterValue &resolved)
    {
        if (value)
            resolved.value = std::move(*value);
        else
            add(problem(value.error().code,
                        fmt::format("parameter '{}': {}", parameter.name, value.error().message),
                        value.error().hint));
    }

    void unknownType(const Parameter &parameter, const Value &type)
    {
        std::vector<std::string> names;
        for (int i = 0; i <= static_cast<int>(ColumnType::Dynamic); ++i)
            names.emplace_back(typeName(static_cast<ColumnType>(i)));
        const std::string *text = type.asString();
        const auto near = text == nullptr ? std::nullopt : nearestName(*text, names);
        add(problem(
            ErrorCode::InvalidValue,
            fmt::format("parameter '{}' has an unknown type {}", parameter.name, type.toJson()),
            near ? fmt::format("Did you mean '{}'?", *near)
                 : fmt::format("Types are {}.", fmt::join(names, ", "))));
    }

    void missingValue(const Parameter &parameter)
    {
        Diagnostic diagnostic = problem(ErrorCode::MissingValue,
                                        fmt::format("parameter '{}' has no value", parameter.name),
                                        fmt::format("Give --param {}=….", parameter.name));
        diagnostic.severity = m_sources.forRun ? Severity::Error : Severity::Note;
        add(std::move(diagnostic));
    }

    void missingVariable(const Parameter &parameter)
    {
        Diagnostic diagnostic =
            problem(ErrorCode::EnvironmentMissing,
                    fmt::format("parameter '{}' takes its value from the environment variable "
                                "'{}', which is not set",
                                parameter.name,
                                parameter.value.asReference()->name),
                    fmt::format("Set the variable, or give --param {}=….", parameter.name));
        diagnostic.severity = m_sources.forRun ? Severity::Error : Severity::Note;
        add(std::move(diagnostic));
    }

    const ValueSources &m_sources;
    ResolvedParameters &m_result;
};

} // namespace

const ParameterValue *ResolvedParameters::find(std::string_view name) const
{
    const auto it = std::find_if(
        values.begin(), values.end(), [&](const ParameterValue &v) { return v.name == name; });
    return it == values.end() ? nullptr : &*it;
}

Result<void> checkParameterValue(const Value &value, ColumnType type)
{
    if (!fits(value, type))
        return misfit(value.toJson(), type);
    return {};
}

Result<Value> parameterFromText(std::string_view text, ColumnType type)
{
    Value value;
    if (type == ColumnType::Bool && (text == "true" || text == "false"))
        value = Value(text == "true");
    else if (type == ColumnType::Int || type == ColumnType::Long) {
        if (const auto number = numberFrom<std::int64_t>(text))
            value = Value(*number);
    } else if (type == ColumnType::Real) {
        if (const auto number = numberFrom<double>(text); number && std::isfinite(*number))
            value = Value(*number);
    } else if (type == ColumnType::Dynamic) {
        if (auto json = valueFromJson(text))
            return json;
        return misfit(fmt::format("'{}'", text), type);
    } else if (type != ColumnType::Bool) {
        value = Value(text);
    }
    if (value.isNull() || !fits(value, type))
        return misfit(fmt::format("'{}'", text), type);
    return value;
}

ResolvedParameters resolveParameters(const Pipeline &pipeline, const ValueSources &sources)
{
    ResolvedParameters result;
    Resolver resolver(sources, result);
    for (const Parameter &parameter : pipeline.parameters)
        resolver.resolve(parameter);
    for (const auto &[name, text] : sources.parameterOverrides) {
        if (pipeline.findParameter(name) != nullptr)
            continue;
        const std::vector<std::string> names = namesOf(pipeline);
        const auto near = nearestName(name, names);
        result.diagnostics.push_back(
            problem(ErrorCode::UnknownParameter,
                    fmt::format("the pipeline has no parameter '{}'", name),
                    near            ? fmt::format("Did you mean '{}'?", *near)
                    : names.empty() ? "It has none at all."
                                    : fmt::format("It has {}.", fmt::join(names, ", "))));
    }
    return result;
}

} // namespace sluice
