#include "core/kql/text_value.h"

#include "core/event/datetime.h"
#include "core/kql/decimal.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <string>

namespace sluice::kql {

namespace {

bool putInteger(Column &column, std::size_t row, const std::optional<std::int64_t> &value)
{
    column.valid[row] = value ? 1 : 0;
    column.integers[row] = value.value_or(0);
    return value.has_value();
}

bool putText(Column &column, std::size_t row, const std::optional<std::string> &value)
{
    column.valid[row] = value ? 1 : 0;
    column.texts[row] = value ? column.arena.copy(*value) : std::string_view();
    return value.has_value();
}

} // namespace

void putNothing(Column &column, std::size_t row)
{
    column.valid[row] = column.type == ColumnType::String ? 1 : 0;
    if (column.storage() == Storage::Text)
        column.texts[row] = {};
}

bool putTextValue(Column &column, std::size_t row, std::string_view text)
{
    switch (column.type) {
    case ColumnType::String:
        column.valid[row] = 1;
        column.texts[row] = column.arena.copy(text);
        return true;
    case ColumnType::Bool: {
        const auto value = parseBool(text);
        column.valid[row] = value ? 1 : 0;
        column.bytes[row] = value.value_or(false) ? 1 : 0;
        return value.has_value();
    }
    case ColumnType::Int:
        return putInteger(column, row, parseInt(text));
    case ColumnType::Long:
        return putInteger(column, row, parseLong(text));
    case ColumnType::Datetime:
        return putInteger(column, row, parseDatetime(text));
    case ColumnType::Timespan:
        return putInteger(column, row, parseTimespan(text));
    case ColumnType::Real: {
        const auto value = parseReal(text);
        column.valid[row] = value ? 1 : 0;
        column.floats[row] = value.value_or(0);
        return value.has_value();
    }
    case ColumnType::Decimal:
        return putText(column, row, normalizeDecimal(text));
    case ColumnType::Guid:
        return putText(column, row, normalizeGuid(text));
    case ColumnType::Dynamic:
        break;
    }
    std::string json;
    if (jsonIsValid(text))
        jsonCompact(text, &json);
    else
        jsonQuote(text, &json);
    return putText(column, row, json);
}

} // namespace sluice::kql
