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
    /// What the engine knows of an event beside its fields: expressions may name it, nothing
    /// writes or lists it by itself. Its name begins with '$'.
    bool system = false;
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

/// What a source knows of each event: $partition, $offset, $key, $headers, $ingested_at,
/// $event_time.
enum class SystemColumn { Partition, Offset, Key, Headers, IngestedAt, EventTime, Source };

inline constexpr std::string_view kEventTimeColumn = "$event_time";

/// All of them, in the order of the enumeration.
const std::vector<SchemaColumn> &systemColumns();
/// Which one a name means.
std::optional<SystemColumn> systemColumn(std::string_view name);
/// The columns that destinations write and people see.
std::vector<SchemaColumn> visibleColumns(const Schema &schema);
/// Appends those system columns of `from` whose names the schema does not have yet: what an
/// operator that maps rows carries along.
void addSystemColumns(Schema &schema, const std::vector<SchemaColumn> &from);

/// The name in `names` that differs least from `wanted`, when it is near enough to be meant.
std::optional<std::string> nearestName(std::string_view wanted,
                                       const std::vector<std::string> &names);

} // namespace sluice
