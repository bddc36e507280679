#pragma once

#include "core/kql/node.h"
#include "core/kql/syntax.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::kql {

class Binder;

/// What a query adds to the names of an expression: `let`, functions, aggregates, row functions and
/// queries inside it. A nullopt means: not known here; a null node: known, and a problem reported.
class NameScope
{
public:
    virtual ~NameScope() = default;
    /// A name that is no column.
    virtual std::optional<NodePtr> bindName(Binder &binder, const Syntax &syntax) = 0;
    /// Asked before the table of functions.
    virtual std::optional<NodePtr> bindCall(Binder &binder, const Syntax &syntax) = 0;
    /// For near names.
    virtual std::vector<std::string> names() const = 0;
};

} // namespace sluice::kql
