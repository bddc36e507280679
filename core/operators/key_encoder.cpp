#include "core/operators/key_encoder.h"

#include "core/storage/value_text.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace sluice {

namespace {

template<typename T>
void appendBytes(std::string &buffer, T value)
{
    char bytes[sizeof value]; // NOLINT(modernize-avoid-c-arrays): for memcpy
    std::memcpy(bytes, &value, sizeof value);
    buffer.append(bytes, sizeof value);
}

/// Equal numbers have equal bits: no minus zero, one NaN.
std::uint64_t realBits(double value)
{
    if (std::isnan(value))
        return ~std::uint64_t{0};
    return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
}

constexpr char kThere = '\1';
constexpr char kNull = '\0';

} // namespace

std::optional<KeyKind> keyKindOf(ColumnType type)
{
    switch (type) {
    case ColumnType::Bool:
        return KeyKind::Boolean;
    case ColumnType::Int:
    case ColumnType::Long:
        return KeyKind::Integer;
    case ColumnType::Real:
        return KeyKind::Real;
    case ColumnType::Datetime:
        return KeyKind::Datetime;
    case ColumnType::Timespan:
        return KeyKind::Timespan;
    case ColumnType::String:
        return KeyKind::Text;
    case ColumnType::Decimal:
        return KeyKind::Decimal;
    case ColumnType::Guid:
        return KeyKind::Guid;
    case ColumnType::Dynamic:
        break;
    }
    return std::nullopt;
}

void KeyEncoder::append(KeyKind kind, const Column *column, std::size_t row)
{
    const bool there = column != nullptr && column->valid[row] != 0;
    if (kind == KeyKind::Text) {
        const std::string_view text = there ? column->texts[row] : std::string_view();
        appendBytes(m_buffer, static_cast<std::uint32_t>(text.size()));
        m_buffer.append(text);
        return;
    }
    m_buffer += there ? kThere : kNull;
    if (!there)
        return;
    switch (kind) {
    case KeyKind::Boolean:
        m_buffer += static_cast<char>(column->bytes[row]);
        break;
    case KeyKind::Real:
        appendBytes(m_buffer, realBits(column->floats[row]));
        break;
    case KeyKind::Decimal: {
        const auto value = parseDecimal(column->texts[row]);
        appendBytes(m_buffer, value.value_or(0));
        break;
    }
    case KeyKind::Guid:
        m_buffer.append(column->texts[row]); // 36 lower-case characters
        break;
    default:
        appendBytes(m_buffer, column->integers[row]);
        break;
    }
}

std::string_view KeyEncoder::encode(const std::vector<const Column *> &columns, std::size_t row)
{
    if (m_kinds.size() == 1 && m_kinds.front() == KeyKind::Text) {
        const Column *column = columns.front();
        const bool there = column != nullptr && column->valid[row] != 0;
        return there ? column->texts[row] : std::string_view();
    }
    m_buffer.clear();
    for (std::size_t i = 0; i < m_kinds.size(); ++i)
        append(m_kinds[i], columns[i], row);
    return m_buffer;
}

} // namespace sluice
