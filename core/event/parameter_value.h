#pragma once

#include "core/base/value.h"
#include "core/event/column_type.h"

#include <string>
#include <vector>

namespace sluice {

/// Values of pipeline parameters, resolved and checked: what param('name') is in KQL. The value is
/// a bool, an integer (int, long), a number (real), any JSON (dynamic), or text that
/// parseDatetime(), parseTimespan() and the like read; null when the pipeline has none.
struct ParameterValue
{
    std::string name;
    ColumnType type = ColumnType::String;
    Value value;
};
using ParameterValues = std::vector<ParameterValue>;

} // namespace sluice
