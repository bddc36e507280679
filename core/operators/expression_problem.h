#pragma once

#include "core/kql/expression.h"
#include "core/node/node_descriptor.h"

#include <string>
#include <string_view>

namespace sluice {

/// A problem of an expression as a problem of the config field that holds it. Where a near name is
/// known, the fix replaces the wrong name.
/// @param prefix  words before the message, for fields that hold several expressions
/// @param place  where `text` stands in the field (valueAt). With a prefix and no place the text
///               stands nowhere as it is, and there is no fix
SchemaProblem expressionProblem(std::string_view field,
                                const kql::Problem &problem,
                                std::string_view text,
                                std::string_view prefix = {},
                                std::string place = {});

/// Positions of the expression's columns in the schema. Precondition: it was bound to that schema.
std::vector<std::size_t> columnPositions(const kql::Expression &expression, const Schema &schema);

} // namespace sluice
