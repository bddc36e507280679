#pragma once

#include "core/kql/expression.h"
#include "core/node/config.h"
#include "core/node/node_descriptor.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice {

enum class CastFailure { Null, DeadLetter, Drop };

/// One output column of manage_fields, bound to an input schema.
struct FieldMapping
{
    std::string name;
    ColumnType type = ColumnType::Dynamic;
    /// The input column that is passed on or cast; none for a path or an expression.
    std::optional<std::size_t> source;
    kql::ExpressionPtr value; // what is computed before a cast; null with `source`
    kql::ExpressionPtr cast;  // the whole with its cast; null: no cast
    CastFailure onError = CastFailure::Null;
    bool system = false; // a system column that is carried along

    bool passesThrough() const { return source && !cast; }
};

/// The list of a manage_fields config against an input: every output column, in order, and behind
/// them the system columns that the list does not name.
struct FieldMappings
{
    std::vector<FieldMapping> fields;
    std::vector<SchemaProblem> problems;
};
FieldMappings
bindFieldMappings(const Config &config, const Schema &input, const ParameterValues &parameters);

} // namespace sluice
