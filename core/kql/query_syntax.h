#pragma once

#include "core/event/column_type.h"
#include "core/kql/syntax.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

struct PipeSyntax;
using PipePtr = std::shared_ptr<const PipeSyntax>;

/// `name = value`, `name: type`, a key of a sort, a piece of a pattern: one part of an operator.
struct ItemSyntax
{
    Position at;
    std::vector<std::string> names; // what stands before the '=', or the name that is declared
    SyntaxPtr value;                // null where the part is only a name, a pattern or a star
    std::string pattern;            // a*, *: names with wildcards
    std::optional<ColumnType> type; // `: type`, `to typeof(type)`
    SyntaxPtr extra;                // `default = value`, `with others = value`
    std::optional<bool> descending;
    std::optional<bool> nullsFirst;
    bool numeric = false; // granny-asc: digits count as numbers
    Position typeAt;
};

/// `kind = inner`, `hint.strategy = shuffle`.
struct SettingSyntax
{
    std::string name;
    std::string text;
    Position at;
};

/// One operator of a pipe with whatever parts it has; a source is the first of them.
struct OperatorSyntax
{
    /// As written; "" for the rows that a sub-query gets, "from" for a name, a call or (…).
    std::string name;
    Position at;
    std::vector<SettingSyntax> settings;
    std::vector<ItemSyntax> items;
    std::vector<ItemSyntax> keys; // behind by or on
    bool hasKeys = false;
    SyntaxPtr value; // of take, top, parse, where …
    SyntaxPtr from;
    SyntaxPtr to;
    SyntaxPtr step;
    std::vector<SyntaxPtr> cells; // of a datatable
    std::vector<PipePtr> pipes;
    std::vector<OperatorSyntax> parts; // levels of top-nested, steps of scan
    bool open = false;                 // (*, a: long): and all others

    const SettingSyntax *setting(std::string_view wanted) const
    {
        for (const SettingSyntax &known : settings) {
            if (known.name == wanted)
                return &known;
        }
        return nullptr;
    }
};

struct PipeSyntax
{
    Position at;
    std::vector<OperatorSyntax> operators; // the first one is the source
};

struct StatementSyntax;

struct ParameterSyntax
{
    std::string name;
    Position at;
    std::optional<ColumnType> type; // of a scalar
    bool tabular = false;
    bool open = false; // (*)
    std::vector<ItemSyntax> columns;
    SyntaxPtr defaultValue;
};

/// (a: long, T: (x: long)) { let …; body }
struct FunctionSyntax
{
    std::vector<ParameterSyntax> parameters;
    std::vector<StatementSyntax> statements;
    SyntaxPtr body;
};

enum class StatementKind { Let, Function, Declare, Set, Value };

struct StatementSyntax
{
    StatementKind kind = StatementKind::Value;
    Position at;
    std::string name;
    SyntaxPtr value; // Let, Value: an expression or a pipe
    std::shared_ptr<const FunctionSyntax> function;
    std::vector<ParameterSyntax> parameters; // Declare
};

struct QuerySyntax
{
    std::vector<StatementSyntax> statements;
};

struct QueryParseResult
{
    std::shared_ptr<const QuerySyntax> query; // null when problems holds any
    std::vector<Problem> problems;
};

/// Reads a whole query: statements between semicolons, the last one gives the result.
QueryParseResult parseQuery(std::string_view text);

} // namespace sluice::kql
