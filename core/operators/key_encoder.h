#pragma once

#include "core/event/column.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Kinds of values that can be equal to each other as keys: int and long are one.
enum class KeyKind { Boolean, Integer, Real, Datetime, Timespan, Text, Decimal, Guid };

/// Nothing for a type that cannot be a key (dynamic).
std::optional<KeyKind> keyKindOf(ColumnType type);

/// Brings the key columns of a row into one text: equal keys, equal texts. A null string is "", as
/// KQL has it; any other null is equal to null only. Thread: one at a time.
class KeyEncoder
{
public:
    explicit KeyEncoder(std::vector<KeyKind> kinds)
        : m_kinds(std::move(kinds))
    {}

    /// @param columns  one for each kind; a null column reads as all null
    /// @return a view that holds until the next call
    std::string_view encode(const std::vector<const Column *> &columns, std::size_t row);

private:
    void append(KeyKind kind, const Column *column, std::size_t row);

    std::vector<KeyKind> m_kinds;
    std::string m_buffer;
};

} // namespace sluice
