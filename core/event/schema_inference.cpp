#include "core/event/schema_inference.h"

#include "core/event/datetime.h"

#include <simdjson.h>

#include <limits>
#include <map>
#include <optional>

namespace sluice {

namespace {

bool looksLikeDatetime(std::string_view text)
{
    constexpr std::size_t kShortest = sizeof("2026-01-01T00:00") - 1;
    return text.size() >= kShortest && text[4] == '-' && (text[10] == 'T' || text[10] == ' ')
           && parseDatetime(text).has_value();
}

std::optional<ColumnType> typeOf(const simdjson::dom::element &value)
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

ColumnType widened(ColumnType a, ColumnType b)
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

} // namespace

Schema inferSchema(const std::vector<std::string> &records)
{
    Schema schema;
    schema.open = true;
    schema.whole = true;
    std::vector<bool> seen; // a type is known; a column of nulls alone has none
    simdjson::dom::parser parser;
    for (const std::string &record : records) {
        simdjson::dom::object object;
        if (parser.parse(record).get_object().get(object) != simdjson::SUCCESS)
            continue;
        for (const auto &[key, value] : object) {
            const auto type = typeOf(value);
            const auto index = schema.find(key);
            if (!index) {
                schema.columns.push_back({std::string(key), type.value_or(ColumnType::Dynamic)});
                seen.push_back(type.has_value());
            } else if (type && !seen[*index]) {
                schema.columns[*index].type = *type;
                seen[*index] = true;
            } else if (type) {
                ColumnType &known = schema.columns[*index].type;
                known = widened(known, *type);
            }
        }
    }
    return schema;
}

} // namespace sluice
