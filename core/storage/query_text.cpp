#include "core/storage/query_text.h"

#include "core/event/datetime.h"
#include "core/kql/json_text.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace sluice {

namespace {

template<typename Format, typename T>
std::string formatted(Format format, T value)
{
    std::array<char, kValueTextBytes> text{};
    return {text.data(), format(value, text.data())};
}

/// NaN and infinities stand as strings, as Kusto writes them.
void appendReal(double value, std::string *out)
{
    if (std::isnan(value))
        *out += "\"NaN\"";
    else if (std::isinf(value))
        *out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
    else
        *out += formatted(formatRealJson, value);
}

} // namespace

std::string valueText(const Column &column, std::size_t row)
{
    if (column.valid[row] == 0)
        return {};
    switch (column.type) {
    case ColumnType::Bool:
        return column.bytes[row] != 0 ? "true" : "false";
    case ColumnType::Int:
    case ColumnType::Long:
        return std::to_string(column.integers[row]);
    case ColumnType::Real:
        return formatted(formatReal, column.floats[row]);
    case ColumnType::Datetime:
        return formatted(formatDatetime, column.integers[row]);
    case ColumnType::Timespan:
        return formatted(formatTimespan, column.integers[row]);
    default:
        return std::string(column.texts[row]);
    }
}

std::string valueText(const Cell &cell)
{
    if (const auto *flag = std::get_if<bool>(&cell))
        return *flag ? "true" : "false";
    if (const auto *number = std::get_if<std::int64_t>(&cell))
        return std::to_string(*number);
    if (const auto *number = std::get_if<double>(&cell))
        return formatted(formatReal, *number);
    if (const auto *text = std::get_if<std::string>(&cell))
        return *text;
    return {};
}

void appendJsonText(std::string_view text, std::string *out)
{
    kql::jsonQuote(text, out);
}

void appendValueJson(const Column &column, std::size_t row, std::string *out)
{
    if (column.valid[row] == 0) {
        *out += column.type == ColumnType::String ? "\"\"" : "null";
        return;
    }
    switch (column.type) {
    case ColumnType::Real:
        appendReal(column.floats[row], out);
        break;
    case ColumnType::Bool:
    case ColumnType::Int:
    case ColumnType::Long:
    case ColumnType::Dynamic:
        *out += valueText(column, row);
        break;
    default:
        appendJsonText(valueText(column, row), out);
    }
}

void appendValueJson(const Cell &cell, std::string *out)
{
    if (std::holds_alternative<std::monostate>(cell))
        *out += "null";
    else if (const auto *number = std::get_if<double>(&cell))
        appendReal(*number, out);
    else if (std::holds_alternative<std::string>(cell))
        appendJsonText(valueText(cell), out);
    else
        *out += valueText(cell);
}

} // namespace sluice
