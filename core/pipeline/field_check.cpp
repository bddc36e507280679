#include "core/pipeline/field_check.h"

#include "core/base/time_zone.h"
#include "core/base/units.h"
#include "core/base/value_place.h"
#include "core/event/schema.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace sluice {

namespace {

constexpr std::size_t kShownBytes = 60;

class FieldCheck
{
public:
    FieldCheck(const FieldSpec &field, bool secretInside)
        : m_field(field)
        , m_secret(secretInside)
    {}

    void check(Value &value);
    std::vector<Diagnostic> found;

private:
    Diagnostic &error(ErrorCode code, std::string message, std::string hint = {});
    void misfit(const Value &value, std::string_view wanted, std::string hint = {});
    std::string shown(const Value &value) const;

    void checkInteger(Value &value);
    void checkReal(const Value &value);
    void checkDuration(const Value &value);
    void checkByteSize(const Value &value);
    void checkChoice(const Value &value);
    void checkTexts(const Value &value);
    void checkSchema(const Value &value);
    void checkMappings(const Value &value);
    void checkProperties(const Value &value);
    void checkEventTime(Value &value);
    void checkTimeZone(const Value &value);
    void checkGroup(Value &value, const std::string &place);
    void checkRows(Value &value);
    void checkKeys(const Value &value);
    void checkAggregates(const Value &value);
    void checkMember(const FieldSpec &member, Value &value, const std::string &place);
    template<typename Format>
    void checkLimits(double number, Format format);

    const FieldSpec &m_field;
    bool m_secret;
};

Diagnostic &FieldCheck::error(ErrorCode code, std::string message, std::string hint)
{
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.field = m_field.name;
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    return found.emplace_back(std::move(diagnostic));
}

std::string FieldCheck::shown(const Value &value) const
{
    if (m_secret)
        return "the value";
    std::string text = value.toJson();
    if (text.size() > kShownBytes) {
        std::size_t end = kShownBytes;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
            --end;
        text = text.substr(0, end) + "…";
    }
    return text;
}

void FieldCheck::misfit(const Value &value, std::string_view wanted, std::string hint)
{
    if (hint.empty() && !m_field.example.empty())
        hint = fmt::format("For example: {}", m_field.example);
    error(ErrorCode::InvalidValue, fmt::format("{} is not {}", shown(value), wanted), hint);
}

template<typename Format>
void FieldCheck::checkLimits(double number, Format format)
{
    if (m_field.minimum && number < *m_field.minimum)
        error(ErrorCode::InvalidValue,
              fmt::format("{} is less than {}", format(number), format(*m_field.minimum)));
    if (m_field.maximum && number > *m_field.maximum)
        error(ErrorCode::InvalidValue,
              fmt::format("{} is more than {}", format(number), format(*m_field.maximum)));
}

std::string plainNumber(double number)
{
    return fmt::format("{}", number);
}

void FieldCheck::checkInteger(Value &value)
{
    if (const double *real = value.asReal();
        real != nullptr && *real == std::floor(*real) && std::fabs(*real) < 0x1p53)
        value = Value(static_cast<std::int64_t>(*real));
    if (value.asInteger() == nullptr)
        return misfit(value, "a whole number");
    checkLimits(static_cast<double>(*value.asInteger()), plainNumber);
}

void FieldCheck::checkReal(const Value &value)
{
    if (!value.asNumber())
        return misfit(value, "a number");
    checkLimits(*value.asNumber(), plainNumber);
}

void FieldCheck::checkDuration(const Value &value)
{
    const std::string *text = value.asString();
    const auto span = parseDuration(text == nullptr ? std::string_view() : *text);
    if (!span) {
        const bool unread = text == nullptr || m_secret;
        error(ErrorCode::InvalidDuration,
              unread ? fmt::format("{} is not a duration", shown(value)) : span.error().message,
              span.error().hint);
        return;
    }
    checkLimits(static_cast<double>(*span),
                [](double ticks) { return formatDuration(static_cast<TickSpan>(ticks)); });
}

void FieldCheck::checkByteSize(const Value &value)
{
    double bytes = 0;
    if (const std::int64_t *number = value.asInteger(); number != nullptr && *number >= 0) {
        bytes = static_cast<double>(*number);
    } else {
        const std::string *text = value.asString();
        const auto size = parseByteSize(text == nullptr ? std::string_view() : *text);
        if (!size) {
            const bool unread = text == nullptr || m_secret;
            error(ErrorCode::InvalidByteSize,
                  unread ? fmt::format("{} is not a size", shown(value)) : size.error().message,
                  size.error().hint);
            return;
        }
        bytes = static_cast<double>(*size);
    }
    checkLimits(bytes, [](double size) { return formatByteSize(static_cast<std::int64_t>(size)); });
}

void FieldCheck::checkChoice(const Value &value)
{
    std::vector<std::string> names;
    for (const FieldChoice &choice : m_field.choices)
        names.push_back(choice.value);
    const std::string *text = value.asString();
    if (text != nullptr && std::find(names.begin(), names.end(), *text) != names.end())
        return;
    const auto near = text == nullptr ? std::nullopt : nearestName(*text, names);
    Diagnostic &diagnostic = error(ErrorCode::InvalidValue,
                                   fmt::format("{} is not one of the choices", shown(value)),
                                   fmt::format("Choose one of {}.", fmt::join(names, ", ")));
    if (near) {
        diagnostic.hint = fmt::format("Did you mean '{}'?", *near);
        diagnostic.fixes.push_back({fmt::format("Use '{}'", *near), m_field.name, Value(*near)});
    }
}

void FieldCheck::checkTexts(const Value &value)
{
    const ValueList *list = value.asList();
    if (list == nullptr) {
        misfit(value, "a list of texts", R"(Write it as ["a", "b"].)");
        if (value.asString() != nullptr && !m_secret)
            found.back().fixes.push_back({"Make it a list", m_field.name, Value(ValueList{value})});
        return;
    }
    for (const Value &item : *list) {
        if (item.asString() == nullptr)
            misfit(item, "a text", "Every entry of the list is a text.");
        else if (item.asString()->empty())
            error(ErrorCode::InvalidValue, "an entry of the list is empty");
    }
}

std::vector<std::string> typeNames()
{
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(ColumnType::Dynamic); ++i)
        names.emplace_back(typeName(static_cast<ColumnType>(i)));
    return names;
}

void FieldCheck::checkSchema(const Value &value)
{
    static constexpr const char *kForm = R"(Write it as [{"name": "temp", "type": "real"}, …].)";
    const ValueList *list = value.asList();
    if (list == nullptr)
        return misfit(value, "a list of columns", kForm);
    std::set<std::string> names;
    for (const Value &item : *list) {
        const Value *name = item.find("name");
        if (name == nullptr || name->asString() == nullptr || name->asString()->empty()) {
            misfit(item, "a column with a name", kForm);
            continue;
        }
        if (!names.insert(*name->asString()).second)
            error(ErrorCode::InvalidValue,
                  fmt::format("the column '{}' is declared twice", *name->asString()));
        const Value *type = item.find("type");
        if (type == nullptr)
            continue;
        const std::string *text = type->asString();
        if (text != nullptr && typeFromName(*text))
            continue;
        const auto near = text == nullptr ? std::nullopt : nearestName(*text, typeNames());
        error(
            ErrorCode::InvalidValue,
            fmt::format("the column '{}' has an unknown type {}", *name->asString(), shown(*type)),
            near ? fmt::format("Did you mean '{}'?", *near)
                 : fmt::format("Types are {}.", fmt::join(typeNames(), ", ")));
    }
}

void FieldCheck::checkMappings(const Value &value)
{
    static constexpr const char *kForm = R"(Write it as [{"name": "temp"}, …].)";
    const ValueList *list = value.asList();
    if (list == nullptr)
        return misfit(value, "a list of fields", kForm);
    for (const Value &item : *list) {
        const Value *name = item.find("name");
        if (name == nullptr || name->asString() == nullptr || name->asString()->empty())
            misfit(item, "a field with a name", kForm);
    }
}

void FieldCheck::checkProperties(const Value &value)
{
    const ValueMap *map = value.asMap();
    if (map == nullptr)
        return misfit(value, "a table of names and values", R"(Write it as {"name": "value"}.)");
    for (const auto &[name, item] : *map) {
        if (item.asList() != nullptr || item.asMap() != nullptr)
            error(ErrorCode::InvalidValue,
                  fmt::format("the value of '{}' is not a text, a number or true or false", name));
    }
}

void FieldCheck::checkEventTime(Value &value)
{
    if (value.asMap() == nullptr)
        return misfit(value,
                      "an object",
                      R"(Write it as {"field": "timestamp", "max_out_of_orderness": "5s"}.)");
    checkGroup(value, {});
}

void FieldCheck::checkTimeZone(const Value &value)
{
    const std::string *name = value.asString();
    if (name != nullptr && TimeZone::find(*name))
        return;
    const auto near = name == nullptr ? std::nullopt : nearestName(*name, TimeZone::names());
    Diagnostic &diagnostic = error(ErrorCode::InvalidValue,
                                   fmt::format("{} is not a time zone", shown(value)),
                                   "Write its name in the tz database, as in \"Europe/Paris\".");
    if (near && !m_secret)
        diagnostic.fixes.push_back({fmt::format("Use '{}'", *near), m_field.name, Value(*near)});
}

/// @param place  words before each message: "row 2: "
void FieldCheck::checkMember(const FieldSpec &member, Value &value, const std::string &place)
{
    const std::string prefix = fmt::format("{}\"{}\": ", place, member.name);
    Value *inside = nullptr;
    for (auto &[name, entry] : *value.asMap()) {
        if (name == member.name)
            inside = &entry;
    }
    if (inside == nullptr || inside->isNull() || isEmptyValue(*inside)) {
        if (member.required && member.defaultValue.isNull()
            && isVisible(member, m_field.members, value))
            error(ErrorCode::MissingValue,
                  fmt::format("{}{} must be given", prefix, labelOf(member)),
                  member.example.empty() ? std::string()
                                         : fmt::format("For example: {}", member.example))
                .place = placeOf({member.name});
        return;
    }
    for (Diagnostic &diagnostic : checkFieldValue(member, *inside, m_secret)) {
        diagnostic.field = m_field.name;
        diagnostic.place.insert(0, placeOf({member.name}));
        diagnostic.message = prefix + diagnostic.message;
        for (Fix &fix : diagnostic.fixes) {
            fix.field = m_field.name;
            fix.place.insert(0, placeOf({member.name}));
        }
        found.push_back(std::move(diagnostic));
    }
}

void FieldCheck::checkGroup(Value &value, const std::string &place)
{
    if (value.asMap() == nullptr)
        return misfit(value, "an object", {});
    std::vector<std::string> names;
    for (const FieldSpec &member : m_field.members) {
        checkMember(member, value, place);
        names.push_back(member.name);
    }
    for (const auto &[name, item] : *value.asMap()) {
        if (std::find(names.begin(), names.end(), name) != names.end())
            continue;
        const auto near = nearestName(name, names);
        Diagnostic &diagnostic =
            error(ErrorCode::UnknownField,
                  fmt::format("{}there is no field \"{}\"; it is kept, and ignored", place, name),
                  near ? fmt::format("Did you mean '{}'?", *near)
                       : fmt::format("There are {}.", fmt::join(names, ", ")));
        diagnostic.severity = Severity::Warning;
        if (!near || value.find(*near) != nullptr)
            continue;
        Value mended{ValueMap{}};
        for (const auto &[key, entry] : *value.asMap())
            mended.set(key == name ? *near : key, entry);
        diagnostic.fixes.push_back(
            {fmt::format("Use '{}'", *near), m_field.name, std::move(mended)});
    }
}

void FieldCheck::checkRows(Value &value)
{
    ValueList *rows = value.asList();
    if (rows == nullptr)
        return misfit(value, "a list of objects");
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const std::size_t before = found.size();
        checkGroup((*rows)[i], fmt::format("row {}: ", i + 1));
        for (std::size_t k = before; k < found.size(); ++k) {
            found[k].place.insert(0, placeOf({std::to_string(i)}));
            for (Fix &fix : found[k].fixes)
                fix.place.insert(0, placeOf({std::to_string(i)}));
        }
    }
}

/// What is missing in an entry is said with the columns.
void FieldCheck::checkKeys(const Value &value)
{
    static constexpr const char *kForm = R"(Write it as [{"name": "device_id"}, …].)";
    const ValueList *list = value.asList();
    if (list == nullptr)
        return misfit(value, "a list of keys", kForm);
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Value &entry = (*list)[i];
        if (entry.asString() != nullptr || entry.asMap() != nullptr)
            continue;
        misfit(entry, "a key", kForm);
        found.back().place = placeOf({std::to_string(i)});
    }
}

void FieldCheck::checkAggregates(const Value &value)
{
    static constexpr const char *kForm =
        R"-(Write it as [{"name": "average", "expression": "avg(temp)"}, …].)-";
    const ValueList *list = value.asList();
    if (list == nullptr)
        return misfit(value, "a list of aggregates", kForm);
    for (std::size_t i = 0; i < list->size(); ++i) {
        const Value &entry = (*list)[i];
        if (entry.asMap() != nullptr)
            continue;
        misfit(entry, "an aggregate", kForm);
        found.back().place = placeOf({std::to_string(i)});
        if (entry.asString() != nullptr && !m_secret)
            found.back().fixes.push_back({"Make it an aggregate",
                                          m_field.name,
                                          Value(ValueMap{{"expression", entry}}),
                                          {},
                                          found.back().place});
    }
}

void FieldCheck::check(Value &value)
{
    switch (m_field.type) {
    case FieldType::Boolean:
        if (value.asBool() == nullptr)
            misfit(value, "true or false");
        return;
    case FieldType::Integer:
        return checkInteger(value);
    case FieldType::Real:
        return checkReal(value);
    case FieldType::Duration:
        return checkDuration(value);
    case FieldType::ByteSize:
        return checkByteSize(value);
    case FieldType::Choice:
        return checkChoice(value);
    case FieldType::TextList:
    case FieldType::ColumnNames:
        return checkTexts(value);
    case FieldType::SchemaColumns:
        return checkSchema(value);
    case FieldType::FieldMappings:
        return checkMappings(value);
    case FieldType::Properties:
        return checkProperties(value);
    case FieldType::EventTime:
        return checkEventTime(value);
    case FieldType::TimeZone:
        return checkTimeZone(value);
    case FieldType::Group:
        return checkGroup(value, {});
    case FieldType::Rows:
        return checkRows(value);
    case FieldType::Keys:
        return checkKeys(value);
    case FieldType::Aggregates:
        return checkAggregates(value);
    case FieldType::Conditions:
        if (value.asMap() == nullptr)
            misfit(value, "an object with \"all\" or \"any\"");
        return;
    case FieldType::Json:
        return;
    default:
        if (value.asString() == nullptr)
            misfit(value, "a text");
        return;
    }
}

} // namespace

std::vector<Diagnostic> checkFieldValue(const FieldSpec &field, Value &value, bool secretInside)
{
    if (value.isNull())
        return {};
    FieldCheck check(field, secretInside);
    check.check(value);
    return std::move(check.found);
}

const std::string &labelOf(const FieldSpec &field)
{
    return field.label.empty() ? field.name : field.label;
}

bool isEmptyValue(const Value &value)
{
    if (const std::string *text = value.asString())
        return text->find_first_not_of(" \t\r\n") == std::string::npos;
    if (const ValueList *list = value.asList())
        return list->empty();
    if (const ValueMap *map = value.asMap())
        return map->empty();
    return value.isNull();
}

} // namespace sluice
