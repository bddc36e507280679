#include "core/storage/kql_chunk.h"

#include <duckdb.h>

#include <algorithm>
#include <cstring>

namespace sluice {

namespace {

duckdb_vector handle(_duckdb_vector *vector)
{
    return vector;
}

void readValidity(duckdb_vector vector, Column &column, std::size_t rows)
{
    std::uint64_t *validity = duckdb_vector_get_validity(vector);
    if (validity == nullptr) {
        std::fill(column.valid.begin(), column.valid.end(), std::uint8_t{1});
        return;
    }
    for (std::size_t row = 0; row < rows; ++row)
        column.valid[row] = (validity[row / 64] >> (row % 64)) & 1U;
}

void readTexts(duckdb_vector vector, Column &column, std::size_t rows, Texts texts)
{
    auto *strings = static_cast<duckdb_string_t *>(duckdb_vector_get_data(vector));
    for (std::size_t row = 0; row < rows; ++row) {
        if (column.valid[row] == 0) {
            column.texts[row] = {};
            continue;
        }
        const std::string_view text(duckdb_string_t_data(&strings[row]),
                                    duckdb_string_t_length(strings[row]));
        column.texts[row] = texts == Texts::Copy ? column.arena.copy(text) : text;
    }
}

} // namespace

const char *kqlSqlType(ColumnType type)
{
    switch (storageOf(type)) {
    case Storage::Byte:
        return "BOOLEAN";
    case Storage::Integer:
        return "BIGINT";
    case Storage::Float:
        return "DOUBLE";
    case Storage::Text:
        break;
    }
    return "VARCHAR";
}

_duckdb_logical_type *makeKqlSqlType(ColumnType type)
{
    switch (storageOf(type)) {
    case Storage::Byte:
        return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case Storage::Integer:
        return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case Storage::Float:
        return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case Storage::Text:
        break;
    }
    return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
}

std::shared_ptr<Column>
columnFromVector(_duckdb_vector *vector, ColumnType type, std::size_t rows, Texts texts)
{
    auto column = takeColumn(type, rows);
    readValidity(handle(vector), *column, rows);
    const void *data = duckdb_vector_get_data(vector);
    switch (column->storage()) {
    case Storage::Byte:
        // The byte of a null row may be anything, which no bool is.
        for (std::size_t row = 0; row < rows; ++row)
            column->bytes[row] = static_cast<const std::uint8_t *>(data)[row] != 0 ? 1 : 0;
        break;
    case Storage::Integer:
        std::memcpy(column->integers.data(), data, rows * sizeof(std::int64_t));
        break;
    case Storage::Float:
        std::memcpy(column->floats.data(), data, rows * sizeof(double));
        break;
    case Storage::Text:
        readTexts(vector, *column, rows, texts);
        break;
    }
    return column;
}

void columnToVector(const Column &column,
                    std::size_t first,
                    std::size_t rows,
                    _duckdb_vector *vector)
{
    const bool text = column.type == ColumnType::String; // its null is ""
    bool nulls = false;
    for (std::size_t row = 0; row < rows && !text; ++row)
        nulls = nulls || column.valid[first + row] == 0;
    if (nulls) {
        duckdb_vector_ensure_validity_writable(vector);
        std::uint64_t *validity = duckdb_vector_get_validity(vector);
        for (std::size_t row = 0; row < rows; ++row)
            duckdb_validity_set_row_validity(validity, row, column.valid[first + row] != 0);
    }
    void *data = duckdb_vector_get_data(vector);
    switch (column.storage()) {
    case Storage::Byte:
        for (std::size_t row = 0; row < rows; ++row)
            static_cast<bool *>(data)[row] = column.bytes[first + row] != 0;
        break;
    case Storage::Integer:
        std::memcpy(data, column.integers.data() + first, rows * sizeof(std::int64_t));
        break;
    case Storage::Float:
        std::memcpy(data, column.floats.data() + first, rows * sizeof(double));
        break;
    case Storage::Text:
        for (std::size_t row = 0; row < rows; ++row) {
            if (!text && column.valid[first + row] == 0)
                continue;
            const std::string_view value =
                column.valid[first + row] != 0 ? column.texts[first + row] : std::string_view();
            duckdb_vector_assign_string_element_len(
                vector, row, value.data() == nullptr ? "" : value.data(), value.size());
        }
        break;
    }
}

void appendRow(Column &to, const Column &from, std::size_t row)
{
    to.valid.push_back(from.valid[row]);
    switch (to.storage()) {
    case Storage::Byte:
        to.bytes.push_back(from.bytes[row]);
        break;
    case Storage::Integer:
        to.integers.push_back(from.integers[row]);
        break;
    case Storage::Float:
        to.floats.push_back(from.floats[row]);
        break;
    case Storage::Text:
        to.texts.push_back(from.valid[row] != 0 ? to.arena.copy(from.texts[row])
                                                : std::string_view());
        break;
    }
}

void appendKqlNull(Column &to)
{
    to.valid.push_back(to.type == ColumnType::String ? 1 : 0);
    switch (to.storage()) {
    case Storage::Byte:
        to.bytes.push_back(0);
        break;
    case Storage::Integer:
        to.integers.push_back(0);
        break;
    case Storage::Float:
        to.floats.push_back(0);
        break;
    case Storage::Text:
        to.texts.emplace_back();
        break;
    }
}

} // namespace sluice
