#pragma once

#include "core/kql/query.h"

#include <string>
#include <string_view>
#include <variant>

namespace sluice::kql {

/// What `withsource` of a union, and `$table` of a search, says of a part.
inline std::string labelOf(const Query &part, std::size_t place, std::string_view prefix)
{
    if (!part.alias.empty())
        return part.alias;
    const auto *table = std::get_if<TableSource>(&part.source);
    if (table != nullptr && part.steps.empty())
        return table->table;
    return std::string(prefix) + std::to_string(place);
}

} // namespace sluice::kql
