#pragma once

#include "core/base/result.h"
#include "core/base/value.h"
#include "core/event/schema.h"
#include "core/node/node_descriptor.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One of the operators a condition row offers.
struct ConditionOperator
{
    std::string_view name;  // "greater_than"
    std::string_view label; // "is greater than"
    bool takesValue = true;
    bool forText = true;  // strings
    bool forOrder = true; // numbers, datetimes, timespans
    bool forAny = false;  // bool, guid, dynamic as well
};

/// The sixteen operators of Fabric's filter, in the order of its list.
const std::vector<ConditionOperator> &conditionOperators();

/// The KQL text that means the same as rows of conditions:
/// {"all": [{"field","operator","value"}, {"any": […]}]}.
/// Text comparisons distinguish case, as Fabric's do.
/// Errors: InvalidValue, with the row
Result<std::string> conditionsToKql(const Value &conditions, const Schema &schema);

/// What is wrong with rows of conditions against an input, row by row and with fixes where they are
/// known: unknown columns and operators, operators that are not for the column's type, values that
/// do not fit it.
/// @param field  the config field that holds them
std::vector<SchemaProblem> checkConditions(std::string_view field,
                                           const Value &conditions,
                                           const Schema &schema,
                                           const ParameterValues &parameters);

} // namespace sluice
