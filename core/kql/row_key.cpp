#include "core/kql/row_key.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::kql {

namespace {

template<typename T>
void appendBytes(T value, std::string *key)
{
    char bytes[sizeof value]; // NOLINT(modernize-avoid-c-arrays): for memcpy
    std::memcpy(bytes, &value, sizeof value);
    key->append(bytes, sizeof value);
}

void appendText(std::string_view text, std::string *key)
{
    appendBytes(static_cast<std::uint32_t>(text.size()), key);
    key->append(text);
}

std::uint64_t realBits(double value)
{
    if (std::isnan(value))
        return ~std::uint64_t{0};
    return std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
}

} // namespace

void appendKey(const Column *column, ColumnType type, std::size_t row, std::string *key)
{
    const bool there = column != nullptr && column->valid[row] != 0;
    if (type == ColumnType::String) {
        appendText(there ? column->texts[row] : std::string_view(), key);
        return;
    }
    key->push_back(there ? '\1' : '\0');
    if (!there)
        return;
    switch (storageOf(type)) {
    case Storage::Byte:
        key->push_back(column->bytes[row] != 0 ? '\1' : '\0');
        break;
    case Storage::Integer:
        appendBytes(column->integers[row], key);
        break;
    case Storage::Float:
        appendBytes(realBits(column->floats[row]), key);
        break;
    case Storage::Text: // decimals and guids are canonical
        appendText(column->texts[row], key);
        break;
    }
}

} // namespace sluice::kql
