#pragma once

#include "core/event/column.h"
#include "core/kql/problem.h"

#include <memory>
#include <vector>

namespace sluice::kql {

struct Function;
struct Overload;
struct Node;
/// Shared by the expressions that embed it; immutable.
using NodePtr = std::shared_ptr<const Node>;

enum class NodeKind { Constant, Column, Call, Query };

struct Query;

/// A part of a bound expression: every name is resolved, every argument has the type that the
/// overload wants. Conversions that KQL makes silently stand here as calls.
struct Node
{
    NodeKind kind = NodeKind::Constant;
    ColumnType type = ColumnType::Dynamic;
    Position at;
    ColumnPtr constant;     // Constant: one row
    std::size_t column = 0; // Column: place in Expression::columns()
    const Function *function = nullptr;
    const Overload *overload = nullptr;
    std::vector<NodePtr> arguments;
    std::shared_ptr<const Query> query; // Query: answered before the expression runs
    bool list = false;                  // Query: all values of its first column, for in and has_any
    std::shared_ptr<const void> state;  // what Overload::prepare made, such as a compiled regex

    bool isConstant() const { return kind == NodeKind::Constant; }
};

} // namespace sluice::kql
