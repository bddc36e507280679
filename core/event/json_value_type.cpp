#include "core/event/json_value_type.h"

#include "core/event/datetime.h"

#include <string_view>

namespace sluice {

namespace {

bool looksLikeDatetime(std::string_view text)
{
    constexpr std::size_t kShortest = sizeof("2026-01-01T00:00") - 1;
    return text.size() >= kShortest && text[4] == '-' && (text[10] == 'T' || text[10] == ' ')
           && parseDatetime(text).has_value();
}

} // namespace

std::optional<ColumnType> jsonValueType(const simdjson::dom::element &value)
{
    using simdjson::dom::element_type;
    switch (value.type()) {
    case element_type::NULL_VALUE:
        return std::nullopt;
    case element_type::BOOL:
        return ColumnType::Bool;
    case element_type::INT64:
        return ColumnType::Long;
    case element_type::UINT64:
    case element_type::DOUBLE:
        return ColumnType::Real;
    case element_type::STRING:
        return looksLikeDatetime(value.get_string().value_unsafe()) ? ColumnType::Datetime
                                                                    : ColumnType::String;
    default:
        return ColumnType::Dynamic;
    }
}

ColumnType widenedType(ColumnType a, ColumnType b)
{
    const auto either = [a, b](ColumnType x, ColumnType y) {
        return (a == x && b == y) || (a == y && b == x);
    };
    if (a == b)
        return a;
    if (either(ColumnType::Long, ColumnType::Real))
        return ColumnType::Real;
    if (either(ColumnType::Datetime, ColumnType::String))
        return ColumnType::String;
    return ColumnType::Dynamic;
}

} // namespace sluice
