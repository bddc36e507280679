#pragma once

#include "core/base/result.h"
#include "core/base/value.h"
#include "core/event/schema.h"

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

} // namespace sluice
