#include "core/event/field_writer.h"

#include "core/event/datetime.h"
#include "core/event/json_text.h"

#include <limits>

namespace sluice {

namespace {

bool isNumber(std::string_view token)
{
    const char c = token.front();
    return c == '-' || (c >= '0' && c <= '9');
}

/// The token with quotes, for a value that becomes a string: 5 → "5".
std::string_view quoted(std::string_view token, Arena &arena)
{
    ByteBuffer buffer;
    appendJsonString(buffer, token);
    return arena.copy(buffer.view());
}

} // namespace

bool FieldWriter::write(std::size_t row, std::string_view token)
{
    if (token.front() == 'n') { // null: no other valid value begins so
        // A null that was written stays what it was on its way out.
        if (m_field.token)
            m_column.tokens[row] = token;
        return true;
    }
    if (m_field.token)
        m_column.tokens[row] = token;
    bool fits = true;
    switch (m_field.type) {
    case ColumnType::Bool:
        fits = token == "true" || token == "false";
        if (fits)
            m_column.bytes[row] = token.front() == 't';
        break;
    case ColumnType::Int:
    case ColumnType::Long:
        fits = writeInteger(row, token);
        break;
    case ColumnType::Real:
        fits = writeReal(row, token);
        break;
    case ColumnType::Datetime:
    case ColumnType::Timespan:
        fits = writeTime(row, token);
        break;
    case ColumnType::Decimal:
    case ColumnType::Guid:
        fits = writeDecimalOrGuid(row, token);
        break;
    case ColumnType::String:
        fits = writeText(row, token);
        break;
    case ColumnType::Dynamic:
        m_column.texts[row] = token;
        break;
    }
    m_column.valid[row] = fits;
    if (!fits && m_field.token)
        m_column.tokens[row] = {};
    return fits;
}

bool FieldWriter::writeText(std::size_t row, std::string_view token)
{
    if (token.front() == '"') {
        if (m_field.typed)
            m_column.texts[row] = unescapeJsonString(token, m_column.arena);
        return true;
    }
    // A number, a bool, an array or an object: its text, as Kusto's JSON ingestion does.
    if (m_field.typed)
        m_column.texts[row] = token;
    if (m_field.token)
        m_column.tokens[row] = quoted(token, m_column.arena);
    return true;
}

bool FieldWriter::writeInteger(std::size_t row, std::string_view token)
{
    const auto value = parseJsonInteger(token);
    if (!value)
        return false;
    using Limits = std::numeric_limits<std::int32_t>;
    if (m_field.type == ColumnType::Int && (*value < Limits::min() || *value > Limits::max()))
        return false;
    m_column.integers[row] = *value;
    return true;
}

bool FieldWriter::writeReal(std::size_t row, std::string_view token)
{
    if (!isNumber(token))
        return false;
    if (m_field.typed)
        m_column.floats[row] = parseJsonNumber(token);
    return true;
}

bool FieldWriter::writeTime(std::size_t row, std::string_view token)
{
    if (token.front() != '"')
        return false;
    const std::string_view text = unescapeJsonString(token, m_column.arena);
    const auto value =
        m_field.type == ColumnType::Datetime ? parseDatetime(text) : parseTimespan(text);
    if (!value)
        return false;
    m_column.integers[row] = *value;
    return true;
}

bool FieldWriter::writeDecimalOrGuid(std::size_t row, std::string_view token)
{
    if (m_field.type == ColumnType::Decimal && isNumber(token)) {
        m_column.texts[row] = token;
        return true;
    }
    if (token.front() != '"')
        return false;
    const std::string_view text = unescapeJsonString(token, m_column.arena);
    if (m_field.type == ColumnType::Decimal) {
        if (text.empty() || text.find_first_not_of("0123456789.-+eE") != std::string_view::npos)
            return false;
        m_column.texts[row] = text;
        return true;
    }
    constexpr std::size_t kGuidLength = 36;
    if (text.size() != kGuidLength)
        return false;
    for (std::size_t i = 0; i < kGuidLength; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
            return false;
    }
    char *place = m_column.arena.allocate(kGuidLength);
    for (std::size_t i = 0; i < kGuidLength; ++i)
        place[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    m_column.texts[row] = {place, kGuidLength};
    return true;
}

} // namespace sluice
