#pragma once

#include <string_view>
#include <vector>

namespace sluice::kql {

/// What a function of SQL or of Stream Analytics is called here, so that it is found by the name
/// that people know.
struct OtherName
{
    std::string_view name;     // "CHARINDEX"
    std::string_view function; // of the table of functions: "indexof"
    /// The call that gives the same, with names in place of its arguments:
    /// "indexof(text, lookup) + 1".
    std::string_view call;
};

/// Sorted by name. Among them are the 39 functions of Fabric's event streams.
const std::vector<OtherName> &otherNames();

} // namespace sluice::kql
