#include "core/operators/conditions.h"

#include "core/base/value_place.h"
#include "core/event/datetime.h"
#include "core/kql/quote.h"
#include "core/operators/column_path.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace sluice {

const std::vector<ConditionOperator> &conditionOperators()
{
    static const std::vector<ConditionOperator> operators{
        {"equals", "equals", true, true, true, true},
        {"not_equals", "does not equal", true, true, true, true},
        {"greater_than", "is greater than", true, false, true},
        {"greater_than_or_equals", "is at least", true, false, true},
        {"less_than", "is less than", true, false, true},
        {"less_than_or_equals", "is at most", true, false, true},
        {"contains", "contains", true, true, false},
        {"does_not_contain", "does not contain", true, true, false},
        {"starts_with", "starts with", true, true, false},
        {"does_not_start_with", "does not start with", true, true, false},
        {"ends_with", "ends with", true, true, false},
        {"does_not_end_with", "does not end with", true, true, false},
        {"is_empty", "is empty", false, true, false},
        {"is_null", "is null", false, true, true, true},
        {"is_not_null", "is not null", false, true, true, true},
        {"is_not_null_or_empty", "is not null or empty", false, true, false},
    };
    return operators;
}

namespace {

struct Template
{
    std::string_view name;
    std::string_view kql; // {0} the field, {1} the value
};

constexpr Template kTemplates[]{
    // NOLINT(modernize-avoid-c-arrays): constexpr table
    {"equals", "{0} == {1}"},
    {"not_equals", "{0} != {1}"},
    {"greater_than", "{0} > {1}"},
    {"greater_than_or_equals", "{0} >= {1}"},
    {"less_than", "{0} < {1}"},
    {"less_than_or_equals", "{0} <= {1}"},
    {"contains", "{0} contains_cs {1}"},
    {"does_not_contain", "{0} !contains_cs {1}"},
    {"starts_with", "{0} startswith_cs {1}"},
    {"does_not_start_with", "{0} !startswith_cs {1}"},
    {"ends_with", "{0} endswith_cs {1}"},
    {"does_not_end_with", "{0} !endswith_cs {1}"},
    {"is_empty", "isempty({0})"},
    {"is_null", "isnull({0})"},
    {"is_not_null", "isnotnull({0})"},
    {"is_not_null_or_empty", "isnotempty({0})"},
};

bool isNumberType(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real
           || type == ColumnType::Decimal;
}

bool isNumber(const std::string &text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// A text that stands for a moment or a span must be converted to be compared by order. Numbers and
/// truth values may come as texts, as Fabric has them.
std::string literal(const Value &value, ColumnType type)
{
    if (const std::string *text = value.asString()) {
        if ((isNumberType(type) && isNumber(*text))
            || (type == ColumnType::Bool && (*text == "true" || *text == "false")))
            return *text;
        if (type == ColumnType::Datetime)
            return fmt::format("todatetime({})", kql::quoteString(*text));
        if (type == ColumnType::Timespan)
            return fmt::format("totimespan({})", kql::quoteString(*text));
        if (type == ColumnType::Guid)
            return fmt::format("toguid({})", kql::quoteString(*text));
        return kql::quoteString(*text);
    }
    return value.toJson();
}

Result<std::string> conditionToKql(const Value &row, const Schema &schema)
{
    const Value *field = row.find("field");
    const Value *name = row.find("operator");
    const Value *value = row.find("value");
    if (field == nullptr || field->asString() == nullptr || name == nullptr
        || name->asString() == nullptr)
        return fail(ErrorCode::InvalidValue, "a condition needs \"field\" and \"operator\"")
            .hint(R"(Write {"field": "temp", "operator": "greater_than", "value": 20}.)");
    for (const Template &known : kTemplates) {
        if (known.name != *name->asString())
            continue;
        const auto column = schema.find(*field->asString());
        const std::string left = column ? kql::quoteName(*field->asString()) : *field->asString();
        if (known.kql.find("{1}") == std::string_view::npos)
            return fmt::format(fmt::runtime(known.kql), left);
        if (value == nullptr || value->isNull())
            return fail(ErrorCode::InvalidValue,
                        "the condition on '{}' has no value",
                        *field->asString())
                .hint("Give a value, or choose \"is null\".");
        const ColumnType type = column ? schema.columns[*column].type : ColumnType::Dynamic;
        return fmt::format(fmt::runtime(known.kql), left, literal(*value, type));
    }
    std::vector<std::string> names;
    for (const ConditionOperator &known : conditionOperators())
        names.emplace_back(known.name);
    const auto near = nearestName(*name->asString(), names);
    return fail(ErrorCode::InvalidValue, "'{}' is not a condition's operator", *name->asString())
        .hint(near ? fmt::format("Did you mean '{}'?", *near) : std::string());
}

} // namespace

namespace {

/// The part of a type's name that says which operators there are.
bool isFor(const ConditionOperator &known, ColumnType type)
{
    if (type == ColumnType::Dynamic) // what is inside is seen when events come
        return true;
    if (type == ColumnType::String)
        return known.forText;
    if (type == ColumnType::Bool || type == ColumnType::Guid)
        return known.forAny;
    return known.forOrder;
}

class ConditionsCheck
{
public:
    ConditionsCheck(std::string_view field, const Schema &schema, const ParameterValues &parameters)
        : m_field(field)
        , m_schema(schema)
        , m_parameters(parameters)
    {}

    void check(const Value &conditions, const std::string &place)
    {
        for (const char *key : {"all", "any"}) {
            const Value *rows = conditions.find(key);
            if (rows == nullptr)
                continue;
            if (rows->asList() == nullptr)
                return add(ErrorCode::InvalidValue,
                           fmt::format("\"{}\" must be a list of conditions", key),
                           {});
            for (std::size_t i = 0; i < rows->asList()->size(); ++i)
                check((*rows->asList())[i], place + placeOf({key, std::to_string(i)}));
            return;
        }
        ++m_row;
        checkRow(conditions, place);
    }

    std::vector<SchemaProblem> found;

private:
    void add(ErrorCode code,
             std::string message,
             std::string hint,
             Value fix = {},
             std::string place = {})
    {
        SchemaProblem problem;
        problem.field = m_field;
        if (m_row > 0)
            message = fmt::format("condition {}: {}", m_row, message);
        problem.error = {code, std::move(message), std::move(hint), {}, {}};
        if (!fix.isNull()) {
            problem.suggestionLabel = fmt::format(
                "Use {}", fix.asString() != nullptr ? "'" + *fix.asString() + "'" : fix.toJson());
            problem.suggestion = std::move(fix);
            problem.suggestionPlace = std::move(place);
        }
        found.push_back(std::move(problem));
    }

    void checkRow(const Value &row, const std::string &place)
    {
        const Value *field = row.find("field");
        const Value *name = row.find("operator");
        if (field == nullptr || field->asString() == nullptr || name == nullptr
            || name->asString() == nullptr)
            return add(ErrorCode::InvalidValue,
                       "it needs \"field\" and \"operator\"",
                       R"(Write {"field": "temp", "operator": "greater_than", "value": 20}.)");
        BoundPath bound = bindColumnPath(m_field, *field->asString(), m_schema, m_parameters);
        for (SchemaProblem &problem : bound.problems) {
            problem.error.message = fmt::format("condition {}: {}", m_row, problem.error.message);
            problem.suggestionPlace = place + "/field";
            found.push_back(std::move(problem));
        }
        const ConditionOperator *known = checkOperator(*name->asString(), place);
        if (!bound.path || known == nullptr)
            return;
        if (!isFor(*known, bound.path->type))
            return refuseOperator(*known, *bound.path);
        if (known->takesValue)
            checkValue(row.find("value"), *bound.path, place);
    }

    const ConditionOperator *checkOperator(const std::string &name, const std::string &place)
    {
        std::vector<std::string> names;
        for (const ConditionOperator &known : conditionOperators()) {
            if (known.name == name)
                return &known;
            names.emplace_back(known.name);
        }
        const auto near = nearestName(name, names);
        add(ErrorCode::InvalidValue,
            fmt::format("'{}' is not an operator", name),
            near ? fmt::format("Did you mean '{}'?", *near)
                 : fmt::format("Operators are {}.", fmt::join(names, ", ")),
            near ? Value(*near) : Value(),
            place + "/operator");
        return nullptr;
    }

    void refuseOperator(const ConditionOperator &known, const ColumnPath &column)
    {
        std::vector<std::string_view> names;
        for (const ConditionOperator &other : conditionOperators()) {
            if (isFor(other, column.type))
                names.push_back(other.name);
        }
        add(ErrorCode::TypeMismatch,
            fmt::format(
                "'{}' is a {}: '{}' is not for it", column.text, typeName(column.type), known.name),
            fmt::format("There are {}.", fmt::join(names, ", ")));
    }

    void checkValue(const Value *value, const ColumnPath &column, const std::string &place)
    {
        const std::string *text = value != nullptr ? value->asString() : nullptr;
        const bool blank = text != nullptr && text->empty() && column.type != ColumnType::String
                           && column.type != ColumnType::Dynamic;
        if (value == nullptr || value->isNull() || blank)
            return add(ErrorCode::MissingValue,
                       fmt::format("'{}' has no value to compare with", column.text),
                       "Give a value, or choose \"is null\".");
        if (fits(*value, column.type))
            return;
        const bool plain = column.type == ColumnType::String && value->asList() == nullptr
                           && value->asMap() == nullptr;
        add(ErrorCode::TypeMismatch,
            fmt::format(
                "{} is not a {}, as '{}' is", value->toJson(), typeName(column.type), column.text),
            plain ? "Write it as a text." : "Choose a value of that type.",
            plain ? Value(value->toJson()) : Value(),
            place + "/value");
    }

    static bool fits(const Value &value, ColumnType type)
    {
        const std::string *text = value.asString();
        switch (type) {
        case ColumnType::String:
            return text != nullptr;
        case ColumnType::Bool:
            return value.asBool() != nullptr
                   || (text != nullptr && (*text == "true" || *text == "false"));
        case ColumnType::Int:
        case ColumnType::Long:
        case ColumnType::Real:
        case ColumnType::Decimal:
            return value.asNumber() || (text != nullptr && isNumber(*text));
        case ColumnType::Datetime:
            return text != nullptr && parseDatetime(*text);
        case ColumnType::Timespan:
            return text != nullptr && parseTimespan(*text);
        default:
            return true;
        }
    }

    std::string_view m_field;
    const Schema &m_schema;
    const ParameterValues &m_parameters;
    int m_row = 0; // counted over all groups
};

} // namespace

std::vector<SchemaProblem> checkConditions(std::string_view field,
                                           const Value &conditions,
                                           const Schema &schema,
                                           const ParameterValues &parameters)
{
    ConditionsCheck check(field, schema, parameters);
    check.check(conditions, {});
    return std::move(check.found);
}

Result<std::string> conditionsToKql(const Value &conditions, const Schema &schema)
{
    for (const auto &[key, joint] : {std::pair{"all", " and "}, std::pair{"any", " or "}}) {
        const Value *rows = conditions.find(key);
        if (rows == nullptr)
            continue;
        if (rows->asList() == nullptr)
            return fail(ErrorCode::InvalidValue, "\"{}\" must be a list of conditions", key);
        if (rows->asList()->empty())
            return std::string(std::string_view(key) == "all" ? "true" : "false");
        std::string text;
        for (const Value &row : *rows->asList()) {
            const bool group = row.find("all") != nullptr || row.find("any") != nullptr;
            TRY_ASSIGN(const std::string part,
                       group ? conditionsToKql(row, schema) : conditionToKql(row, schema));
            text += text.empty() ? "" : joint;
            text += "(" + part + ")";
        }
        return text;
    }
    return conditionToKql(conditions, schema);
}

} // namespace sluice
