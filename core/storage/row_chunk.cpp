#include "core/storage/row_chunk.h"

#include "core/storage/value_text.h"

#include <duckdb.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

namespace sluice {

namespace {

duckdb_logical_type makeType(SqlType type)
{
    switch (type) {
    case SqlType::Boolean:
        return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case SqlType::Integer:
        return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    case SqlType::BigInt:
        return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case SqlType::Double:
        return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case SqlType::Decimal:
        return duckdb_create_decimal_type(kDecimalWidth, kDecimalScale);
    case SqlType::Varchar:
        return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case SqlType::Timestamp:
        return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case SqlType::TimestampTz:
        return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_TZ);
    case SqlType::Interval:
        return duckdb_create_logical_type(DUCKDB_TYPE_INTERVAL);
    case SqlType::Uuid:
        return duckdb_create_logical_type(DUCKDB_TYPE_UUID);
    case SqlType::Json:
        break;
    }
    duckdb_logical_type json = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type_set_alias(json, "JSON");
    return json;
}

/// Ticks to microseconds, towards the past.
std::int64_t toMicroseconds(std::int64_t ticks)
{
    const std::int64_t whole = ticks / kTicksPerMicrosecond;
    return ticks % kTicksPerMicrosecond < 0 ? whole - 1 : whole;
}

duckdb_hugeint toHugeint(Int128 value)
{
    return {static_cast<std::uint64_t>(value), static_cast<std::int64_t>(value >> 64)};
}

duckdb_string_t toText(std::string_view text)
{
    duckdb_string_t out{};
    constexpr std::size_t kInlined = sizeof(out.value.inlined.inlined);
    if (text.size() <= kInlined) {
        out.value.inlined.length = static_cast<std::uint32_t>(text.size());
        if (!text.empty())
            std::memcpy(out.value.inlined.inlined, text.data(), text.size());
        return out;
    }
    out.value.pointer.length = static_cast<std::uint32_t>(text.size());
    std::memcpy(out.value.pointer.prefix, text.data(), sizeof(out.value.pointer.prefix));
    out.value.pointer.ptr = const_cast<char *>(text.data()); // NOLINT: only read by DuckDB
    return out;
}

} // namespace

RowChunk::~RowChunk()
{
    if (m_handle != nullptr)
        duckdb_destroy_data_chunk(&m_handle);
}

void RowChunk::shape(std::shared_ptr<const TableLayout> layout)
{
    if (m_handle != nullptr && m_layout == layout) {
        duckdb_data_chunk_reset(m_handle);
        return;
    }
    if (m_handle != nullptr)
        duckdb_destroy_data_chunk(&m_handle);
    m_layout = std::move(layout);
    std::vector<duckdb_logical_type> types;
    for (const TableLayout::Column &column : m_layout->columns)
        types.push_back(makeType(column.target));
    m_handle = duckdb_create_data_chunk(types.data(), types.size());
    for (duckdb_logical_type &type : types)
        duckdb_destroy_logical_type(&type);
}

void RowChunk::fill(std::shared_ptr<const TableLayout> layout,
                    const Batch &batch,
                    std::vector<RowError> &rejected)
{
    assert(batch.selection.size() <= kBatchRows);
    assert(batch.columns.size() == layout->schema.columns.size());
    m_batch = batch;
    m_rows.clear();
    batch.selection.forEach(
        [this](std::size_t row) { m_rows.push_back(static_cast<std::uint16_t>(row)); });
    m_failures.clear();
    shape(std::move(layout));
    fillColumns();
    if (m_failures.empty())
        return;

    std::stable_sort(m_failures.begin(), m_failures.end(), [](const auto &a, const auto &b) {
        return a.row < b.row;
    });
    for (std::size_t i = 0; i < m_failures.size(); ++i) {
        if (i > 0 && m_failures[i].row == m_failures[i - 1].row)
            continue; // the first column that failed is enough
        rejected.push_back(
            {m_failures[i].row, ErrorCode::CastFailed, std::move(m_failures[i].message)});
        std::erase(m_rows, static_cast<std::uint16_t>(m_failures[i].row));
    }
    m_failures.clear();
    duckdb_data_chunk_reset(m_handle);
    fillColumns();
}

void RowChunk::recycle()
{
    m_batch = {};
    m_rows.clear();
}

void RowChunk::fillColumns()
{
    for (std::size_t i = 0; i < m_layout->columns.size(); ++i) {
        const ColumnPtr &column = m_batch.columns[m_layout->columns[i].place];
        if (column == nullptr)
            fillNull(i);
        else
            fillColumn(i, *column);
    }
    duckdb_data_chunk_set_size(m_handle, m_rows.size());
}

void RowChunk::noteFailure(std::size_t index, std::size_t row, std::string_view reason)
{
    m_failures.push_back(
        {row, fmt::format("column '{}': {}", m_layout->columns[index].name, reason)});
}

/// @param read  (row, T &out) → nullptr, or why the value cannot be written
template<typename T, typename Read>
void RowChunk::fillEach(std::size_t index, const Column &column, Read read)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(m_handle, index);
    T *out = static_cast<T *>(duckdb_vector_get_data(vector));
    std::uint64_t *validity = nullptr;
    const bool nullable = m_layout->columns[index].nullable;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const std::size_t row = m_rows[i];
        if (column.valid[row] != 0) {
            if (const char *reason = read(row, out[i]))
                noteFailure(index, row, reason);
            continue;
        }
        if (validity == nullptr) {
            duckdb_vector_ensure_validity_writable(vector);
            validity = duckdb_vector_get_validity(vector);
        }
        validity[i / 64] &= ~(std::uint64_t{1} << (i % 64));
        out[i] = T{};
        if (!nullable)
            noteFailure(index, row, "the table takes no null here");
    }
}

void RowChunk::fillNull(std::size_t index)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(m_handle, index);
    duckdb_vector_ensure_validity_writable(vector);
    std::uint64_t *validity = duckdb_vector_get_validity(vector);
    std::fill_n(validity, (m_rows.size() + 63) / 64, 0);
    if (!m_layout->columns[index].nullable) {
        for (const std::uint16_t row : m_rows)
            noteFailure(index, row, "the table takes no null here");
    }
}

void RowChunk::fillText(std::size_t index, const Column &column)
{
    const auto &texts = column.texts;
    const bool mustBeJson = column.type == ColumnType::Dynamic;
    fillEach<duckdb_string_t>(
        index, column, [&](std::size_t row, duckdb_string_t &out) -> const char * {
            const std::string_view text = texts[row];
            if (text.size() > std::numeric_limits<std::uint32_t>::max())
                return "the text is longer than 4 GiB";
            out = toText(text);
            if (mustBeJson)
                return isJson(text) ? nullptr : "this is no JSON value";
            return isUtf8(text) ? nullptr : "the text is not UTF-8";
        });
}

void RowChunk::fillColumn(std::size_t index, const Column &column)
{
    const auto always = [](auto &out, auto value) -> const char * {
        out = value;
        return nullptr;
    };
    switch (m_layout->columns[index].target) {
    case SqlType::Boolean:
        return fillEach<bool>(index, column, [&](auto row, auto &out) {
            return always(out, column.bytes[row] != 0);
        });
    case SqlType::Integer:
        return fillEach<std::int32_t>(
            index, column, [&](auto row, std::int32_t &out) -> const char * {
                out = static_cast<std::int32_t>(column.integers[row]);
                return out == column.integers[row] ? nullptr : "the number does not fit an int";
            });
    case SqlType::BigInt:
        return fillEach<std::int64_t>(
            index, column, [&](auto row, auto &out) { return always(out, column.integers[row]); });
    case SqlType::Double:
        if (column.storage() == Storage::Integer)
            return fillEach<double>(index, column, [&](auto row, auto &out) {
                return always(out, static_cast<double>(column.integers[row]));
            });
        return fillEach<double>(
            index, column, [&](auto row, auto &out) { return always(out, column.floats[row]); });
    case SqlType::Timestamp:
    case SqlType::TimestampTz:
        return fillEach<std::int64_t>(index, column, [&](auto row, auto &out) {
            return always(out, toMicroseconds(column.integers[row]));
        });
    case SqlType::Interval:
        return fillEach<duckdb_interval>(index, column, [&](auto row, auto &out) {
            return always(out, duckdb_interval{0, 0, toMicroseconds(column.integers[row])});
        });
    case SqlType::Decimal:
        return fillEach<duckdb_hugeint>(
            index, column, [&](auto row, duckdb_hugeint &out) -> const char * {
                const auto value = parseDecimal(column.texts[row]);
                out = toHugeint(value.value_or(0));
                return value ? nullptr : "the number has more than 20 digits before the point";
            });
    case SqlType::Uuid:
        return fillEach<duckdb_hugeint>(
            index, column, [&](auto row, duckdb_hugeint &out) -> const char * {
                const auto value = parseGuid(column.texts[row]);
                out = toHugeint(value.value_or(0));
                return value ? nullptr : "this is no guid";
            });
    case SqlType::Varchar:
    case SqlType::Json:
        return fillText(index, column);
    }
}

} // namespace sluice
