#include "core/storage/decimal_text.h"

#include <duckdb.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice {

namespace {

constexpr std::uint64_t kChunk = 1'000'000'000'000'000'000; // 18 digits at a time
constexpr int kChunkDigits = 18;
constexpr std::size_t kMostDigits = 3 * kChunkDigits;

__extension__ using UInt128 = unsigned __int128;

/// All digits, right-aligned; a 128-bit division is what costs, so there are two at most.
std::size_t writeDigits(UInt128 value, std::array<char, kMostDigits> &digits)
{
    std::size_t at = digits.size();
    while (value != 0) {
        auto part = static_cast<std::uint64_t>(value);
        const bool more = value >= kChunk;
        if (more)
            part = static_cast<std::uint64_t>(value % kChunk);
        value = more ? value / kChunk : 0;
        for (int i = 0; i < kChunkDigits && (more || part != 0); ++i) {
            digits[--at] = static_cast<char>('0' + part % 10);
            part /= 10;
        }
    }
    return digits.size() - at;
}

void destroyType(duckdb_logical_type type)
{
    duckdb_destroy_logical_type(&type);
}

void writeTexts(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    duckdb_vector values = duckdb_data_chunk_get_vector(input, 0);
    const DecimalVector decimals(values);
    if (!decimals.isDecimal()) {
        duckdb_scalar_function_set_error(info, "sluice_decimal takes a DECIMAL");
        return;
    }
    const std::uint64_t *validity = duckdb_vector_get_validity(values);
    std::array<char, kDecimalTextBytes> buffer{};
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(input); ++row) {
        if (validity != nullptr && ((validity[row / 64] >> (row % 64)) & 1U) == 0) {
            duckdb_vector_ensure_validity_writable(output);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(output), row);
            continue;
        }
        const std::string_view text = decimals.text(row, buffer.data());
        duckdb_vector_assign_string_element_len(output, row, text.data(), text.size());
    }
}

} // namespace

std::size_t formatDecimal(Int128 value, int scale, char *out)
{
    const bool negative = value < 0;
    // Also right for the lowest number there is.
    const UInt128 size =
        negative ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
    std::array<char, kMostDigits> digits{};
    digits.fill('0');
    std::size_t count = writeDigits(size, digits);
    auto behind = static_cast<std::size_t>(std::clamp(scale, 0, 38));
    count = std::max(count, behind + 1); // "0.05": zeros are there already
    const char *begin = digits.data() + digits.size() - count;
    const std::size_t before = count - behind;
    while (behind > 0 && begin[before + behind - 1] == '0')
        --behind;
    char *end = out;
    if (negative)
        *end++ = '-';
    end = std::copy_n(begin, before, end);
    if (behind > 0) {
        *end++ = '.';
        end = std::copy_n(begin + before, behind, end);
    }
    return static_cast<std::size_t>(end - out);
}

DecimalVector::DecimalVector(duckdb_vector vector)
{
    duckdb_logical_type type = duckdb_vector_get_column_type(vector);
    if (duckdb_get_type_id(type) == DUCKDB_TYPE_DECIMAL) {
        m_data = duckdb_vector_get_data(vector);
        m_scale = duckdb_decimal_scale(type);
        switch (duckdb_decimal_internal_type(type)) {
        case DUCKDB_TYPE_SMALLINT:
            m_bytes = sizeof(std::int16_t);
            break;
        case DUCKDB_TYPE_INTEGER:
            m_bytes = sizeof(std::int32_t);
            break;
        case DUCKDB_TYPE_BIGINT:
            m_bytes = sizeof(std::int64_t);
            break;
        default:
            m_bytes = sizeof(duckdb_hugeint);
        }
    }
    destroyType(type);
}

std::string_view DecimalVector::text(std::size_t row, char *buffer) const
{
    Int128 value = 0;
    switch (m_bytes) {
    case sizeof(std::int16_t):
        value = static_cast<const std::int16_t *>(m_data)[row];
        break;
    case sizeof(std::int32_t):
        value = static_cast<const std::int32_t *>(m_data)[row];
        break;
    case sizeof(std::int64_t):
        value = static_cast<const std::int64_t *>(m_data)[row];
        break;
    default: {
        const duckdb_hugeint &wide = static_cast<const duckdb_hugeint *>(m_data)[row];
        value = static_cast<Int128>(
            (static_cast<UInt128>(static_cast<std::uint64_t>(wide.upper)) << 64U) | wide.lower);
    }
    }
    return {buffer, formatDecimal(value, m_scale, buffer)};
}

bool registerDecimalText(duckdb_connection connection)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, "sluice_decimal");
    duckdb_logical_type any = duckdb_create_logical_type(DUCKDB_TYPE_ANY);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_scalar_function_add_parameter(function, any);
    duckdb_scalar_function_set_return_type(function, text);
    duckdb_scalar_function_set_function(function, writeTexts);
    const bool good = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    destroyType(any);
    destroyType(text);
    duckdb_destroy_scalar_function(&function);
    return good;
}

} // namespace sluice
