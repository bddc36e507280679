#pragma once

#include "core/event/column.h"
#include "core/event/json_decoder.h"

#include <string_view>

namespace sluice {

/// Puts JSON tokens into a column by the column's type. Thread: one at a time.
class FieldWriter
{
public:
    FieldWriter(const DecodeField &field, Column &column)
        : m_field(field)
        , m_column(column)
    {}

    /// @param token  a valid JSON value's text without white space around it
    /// @return false when it did not fit the type: the row is null then
    bool write(std::size_t row, std::string_view token);

private:
    bool writeText(std::size_t row, std::string_view token);
    bool writeInteger(std::size_t row, std::string_view token);
    bool writeReal(std::size_t row, std::string_view token);
    bool writeTime(std::size_t row, std::string_view token);
    bool writeDecimalOrGuid(std::size_t row, std::string_view token);

    const DecodeField &m_field;
    Column &m_column;
};

} // namespace sluice
