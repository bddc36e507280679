#pragma once

#include "core/kql/node.h"
#include "core/storage/kql_tables.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// The SQL of a column of an expression, by its place in Expression::columns().
using ColumnSql = std::function<std::string(std::size_t)>;

/// An expression as plain SQL where that gives exactly what the kernels give: columns, literals,
/// comparisons with literals, and, or, not, bin() of datetimes, isnull. Nothing for all else, which
/// goes through a program.
std::optional<std::string> nativeSql(const kql::Node &node, const ColumnSql &column);

/// A condition on the raw columns of a table that holds wherever `condition` does: it is put where
/// the scan can skip rows by it. Empty when there is none.
std::string scanFilter(const kql::Node &condition,
                       const std::vector<std::string> &names,
                       const KqlTable &table);

/// The value of a constant as SQL; nothing where it has no exact form.
std::optional<std::string> literalSql(const Column &constant);

} // namespace sluice
