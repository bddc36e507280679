#pragma once

#include "core/event/column_type.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct SchemaColumn
{
    std::string name;
    ColumnType type = ColumnType::Dynamic;
    friend bool operator==(const SchemaColumn &, const SchemaColumn &) = default;
};

/// The columns of the events on a wire, in order.
struct Schema
{
    std::vector<SchemaColumn> columns;
    /// Events may have further fields; a name that is not listed is a dynamic column.
    bool open = false;
    /// The raw bytes of a record are the event: a destination may pass them on untouched.
    bool whole = false;

    std::optional<std::size_t> find(std::string_view name) const
    {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i].name == name)
                return i;
        }
        return std::nullopt;
    }
    friend bool operator==(const Schema &, const Schema &) = default;
};

/// The name in `names` that differs least from `wanted`, when it is near enough to be meant.
std::optional<std::string> nearestName(std::string_view wanted,
                                       const std::vector<std::string> &names);

} // namespace sluice
