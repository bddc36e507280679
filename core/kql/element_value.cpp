#include "core/kql/element_value.h"

#include "core/kql/json_text.h"
#include "core/kql/text_value.h"
#include "core/kql/values.h"

#include <string>

namespace sluice::kql {

namespace {

std::string_view orNull(std::string_view element)
{
    const std::string_view text = jsonTrim(element);
    return jsonKind(text) == JsonKind::Null ? std::string_view() : text;
}

std::string_view memberOf(std::string_view key, std::string_view value, bool asArray, Arena *arena)
{
    const std::string_view open = asArray ? "[\"" : "{\"";
    const std::string_view middle = asArray ? "\"," : "\":";
    const std::size_t size = open.size() + key.size() + middle.size() + value.size() + 1;
    char *place = arena->allocate(size);
    char *next = place;
    for (const std::string_view part : {open, key, middle, value}) {
        part.copy(next, part.size());
        next += part.size();
    }
    *next = asArray ? ']' : '}';
    return {place, size};
}

void putInteger(Column &column, std::size_t row, const std::optional<std::int64_t> &value)
{
    column.valid[row] = value ? 1 : 0;
    column.integers[row] = value.value_or(0);
}

void putWhole(Column &column, std::size_t row, std::string_view text, JsonKind kind)
{
    if (kind == JsonKind::Long) {
        putTextValue(column, row, text);
    } else if (kind == JsonKind::Real) {
        const auto value = parseReal(text);
        putInteger(column, row, value ? truncateToLong(*value) : std::nullopt);
    }
}

} // namespace

void appendElements(std::string_view json,
                    bool bagsAsArrays,
                    std::vector<std::string_view> *elements,
                    Arena *arena)
{
    const std::string_view text = jsonTrim(json);
    switch (jsonKind(text)) {
    case JsonKind::Null:
    case JsonKind::Missing:
        elements->emplace_back();
        break;
    case JsonKind::Array: {
        JsonArray array(text);
        for (std::string_view element; array.next(&element);)
            elements->push_back(orNull(element));
        break;
    }
    case JsonKind::Object: {
        JsonObject bag(text);
        for (std::string_view key, value; bag.next(&key, &value);)
            elements->push_back(memberOf(key, value, bagsAsArrays, arena));
        break;
    }
    default:
        elements->push_back(text);
    }
}

void putElement(Column &column, std::size_t row, std::string_view element)
{
    putNothing(column, row);
    if (element.data() == nullptr)
        return;
    const JsonKind kind = jsonKind(element);
    const bool quoted = kind == JsonKind::String;
    const bool number = kind == JsonKind::Long || kind == JsonKind::Real;
    std::string plain;
    if (quoted && column.type != ColumnType::Dynamic)
        jsonUnescape(element.substr(1, element.size() - 2), &plain);
    switch (column.type) {
    case ColumnType::Dynamic:
        column.texts[row] = element;
        column.valid[row] = 1;
        break;
    case ColumnType::String:
        putTextValue(column, row, quoted ? std::string_view(plain) : element);
        break;
    case ColumnType::Bool:
        if (kind == JsonKind::Bool || number)
            putTextValue(column, row, element);
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        putWhole(column, row, element, kind);
        break;
    case ColumnType::Real:
    case ColumnType::Decimal:
        if (number)
            putTextValue(column, row, element);
        break;
    default: // moments, spans and guids stand in dynamic values as texts
        if (quoted)
            putTextValue(column, row, plain);
        else if (number && column.type == ColumnType::Timespan)
            putInteger(column, row, parseLong(element));
    }
}

} // namespace sluice::kql
