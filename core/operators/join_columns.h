#pragma once

#include "core/event/schema.h"
#include "core/node/node_descriptor.h"
#include "core/operators/key_fields.h"

#include <vector>

namespace sluice {

enum class JoinType { Inner, LeftOuter };

/// Config fields of the kind `join`.
namespace join {
inline constexpr std::string_view kType = "type";
inline constexpr std::string_view kOn = "on";
inline constexpr std::string_view kWithin = "within";
inline constexpr std::string_view kReference = "reference";
// Whose columns a pair of `on` names: the ports, or the table of `reference`.
inline constexpr std::string_view kLeft = "left";
inline constexpr std::string_view kRight = "right";
} // namespace join

JoinType joinType(const Config &config);

/// The fields that must agree, of each side; both lists are equally long.
struct JoinKeys
{
    std::vector<KeyField> left;
    std::vector<KeyField> right;
    std::vector<SchemaProblem> problems;
};
JoinKeys bindJoinKeys(const Config &config,
                      const Schema &left,
                      const Schema &right,
                      const ParameterValues &parameters);

/// Where a column of the joined rows comes from.
struct JoinedColumn
{
    bool fromRight = false;
    std::size_t place = 0; // in that side's schema
};

/// The joined rows: the left columns, then the right ones, whose names get a number where they are
/// taken, as KQL's join has it; behind them the left event's system columns.
struct JoinedColumns
{
    Schema schema;
    std::vector<JoinedColumn> columns; // one for each of the schema
};
JoinedColumns joinedColumns(const Schema &left, const Schema &right);

/// What is needed of each side when that is needed of the joined rows.
std::vector<ColumnNeeds> joinNeeds(const JoinedColumns &joined,
                                   const Schema &left,
                                   const Schema &right,
                                   const JoinKeys &keys,
                                   const ColumnNeeds &wanted);

} // namespace sluice
