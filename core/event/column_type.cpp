#include "core/event/column_type.h"

#include <array>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::string_view, 10> kNames{
    "bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic"};

constexpr std::array<std::pair<std::string_view, ColumnType>, 8> kAliases{{
    {"boolean", ColumnType::Bool},
    {"double", ColumnType::Real},
    {"date", ColumnType::Datetime},
    {"time", ColumnType::Timespan},
    {"uuid", ColumnType::Guid},
    {"uniqueid", ColumnType::Guid},
    {"object", ColumnType::Dynamic},
    {"json", ColumnType::Dynamic},
}};

} // namespace

std::string_view typeName(ColumnType type)
{
    return kNames.at(static_cast<std::size_t>(type));
}

std::optional<ColumnType> typeFromName(std::string_view name)
{
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames.at(i) == name)
            return static_cast<ColumnType>(i);
    }
    for (const auto &[alias, type] : kAliases) {
        if (alias == name)
            return type;
    }
    return std::nullopt;
}

} // namespace sluice
