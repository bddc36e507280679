#pragma once

#include "core/kql/aggregate_binder.h"
#include "core/kql/expression.h"
#include "core/node/node_descriptor.h"

#include <string>
#include <vector>

namespace sluice {

/// What a node groups by and what it computes of each group: its fields `by`
/// (a Keys field) and `aggregates` ([{"name", "expression"}]), bound.
struct GroupList
{
    struct Key
    {
        std::string name;
        kql::ExpressionPtr value;
    };
    std::vector<Key> keys;
    kql::AggregatePlanPtr plan; // null when an aggregate has a problem
    /// Names of the plan's columns: as the author gave them, else made by KQL's rules and unique.
    std::vector<std::string> names;
    std::vector<SchemaProblem> problems;
};

/// @param taken  names that the output has beside these; an aggregate may not be called so
GroupList bindGroupList(const Config &config,
                        const Schema &input,
                        const ParameterValues &parameters,
                        std::vector<std::string> taken);

/// Columns of the input that keys and aggregates are computed from.
std::vector<std::string> columnsOf(const GroupList &list);
std::vector<ColumnType> keyTypes(const GroupList &list);

/// "count(), sum(temp) by device_id"; from the config as the file holds it.
std::string describeGroupList(const ValueMap &config);

inline constexpr std::string_view kByField = "by";
inline constexpr std::string_view kAggregatesField = "aggregates";

} // namespace sluice
