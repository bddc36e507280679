#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice {

/// KQL's scalar types. Numbers are written to files: never reorder.
enum class ColumnType : std::uint8_t {
    Bool = 0,
    Int = 1,
    Long = 2,
    Real = 3,
    Decimal = 4,
    String = 5,
    Datetime = 6,
    Timespan = 7,
    Guid = 8,
    Dynamic = 9, // raw JSON text
};

/// How a column's values lie in memory.
enum class Storage : std::uint8_t {
    Byte,    // Bool: std::uint8_t 0 or 1
    Integer, // Int, Long, Datetime and Timespan (ticks of 100 ns): std::int64_t
    Float,   // Real: double
    Text,    // String (UTF-8, unescaped), Dynamic (raw JSON), Decimal (canonical decimal text),
             // Guid (36 lower-case characters): std::string_view
};

constexpr Storage storageOf(ColumnType type)
{
    switch (type) {
    case ColumnType::Bool:
        return Storage::Byte;
    case ColumnType::Int:
    case ColumnType::Long:
    case ColumnType::Datetime:
    case ColumnType::Timespan:
        return Storage::Integer;
    case ColumnType::Real:
        return Storage::Float;
    default:
        return Storage::Text;
    }
}

/// "bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic".
std::string_view typeName(ColumnType type);
/// Reads typeName()'s words and KQL's aliases (boolean, double, date, time, uuid, object …).
std::optional<ColumnType> typeFromName(std::string_view name);

} // namespace sluice
