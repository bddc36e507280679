#pragma once

#include "core/event/column.h"
#include "core/kql/problem.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::kql {

struct PipeSyntax;

enum class SyntaxKind {
    Constant, // constant
    Name,     // name: a column, or what a later stage knows by that name; "*" for all columns
    Call,     // name: a function or an operator ("==", "has", "between"); children: arguments
    Member,   // children[0].name
    Index,    // children[0][children[1]]
    Pipe,     // pipe: a query inside an expression, as in toscalar(T | count)
};

/// What the parser read: names are not looked up, nothing has a type yet.
struct Syntax
{
    SyntaxKind kind = SyntaxKind::Constant;
    Position at; // of an operator the operator itself, else of its first token
    std::string name;
    bool isOperator = false;
    std::string argumentName; // f(name = value)
    ColumnPtr constant;       // one row
    std::vector<std::unique_ptr<Syntax>> children;
    std::shared_ptr<const PipeSyntax> pipe; // shared so that PipeSyntax may be incomplete here
};

using SyntaxPtr = std::unique_ptr<Syntax>;

} // namespace sluice::kql
