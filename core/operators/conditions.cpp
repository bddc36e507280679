#include "core/operators/conditions.h"

#include "core/kql/quote.h"

#include <fmt/format.h>

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

/// A text that stands for a moment or a span must be converted to be compared by order.
std::string literal(const Value &value, ColumnType type)
{
    if (const std::string *text = value.asString()) {
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
