#pragma once

#include "core/event/column.h"
#include "core/kql/problem.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::kql {

enum class SyntaxKind {
    Constant, // constant
    Name,     // name: a column, or what a later stage knows by that name
    Call,     // name: a function or an operator ("==", "has", "between"); children: arguments
    Member,   // children[0].name
    Index,    // children[0][children[1]]
};

/// What the parser read: names are not looked up, nothing has a type yet.
struct Syntax
{
    SyntaxKind kind = SyntaxKind::Constant;
    Position at; // of an operator the operator itself, else of its first token
    std::string name;
    bool isOperator = false;
    ColumnPtr constant; // one row
    std::vector<std::unique_ptr<Syntax>> children;
};

using SyntaxPtr = std::unique_ptr<Syntax>;

} // namespace sluice::kql
