#pragma once

#include "core/kql/function.h"
#include "core/kql/kernel.h"

#include <string_view>
#include <utility>
#include <vector>

namespace sluice::kql {

/// What the functions of dynamic arrays share.

bool isJsonArray(std::string_view json);
std::vector<std::string_view> arrayElements(std::string_view json);
/// "[a,b]" in the memory of the result.
std::string_view keepArray(Call &call, const std::vector<std::string_view> &elements);
/// Numbers by value, everything else by its compact text.
bool sameJsonValue(std::string_view a, std::string_view b);
/// Puts what call.keep() gave, unless it was too long.
inline void putKept(Call &call, std::size_t row, std::string_view kept)
{
    if (!std::exchange(call.scratch.tooLong, false))
        putValue(call.result, row, kept);
}

/// Those that sort; a part of arrayFunctions().
std::vector<Function> arraySortFunctions();

} // namespace sluice::kql
