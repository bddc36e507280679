// Functions that `let` defines, queries inside of expressions, and row functions.
#include "core/kql/aggregate.h"
#include "core/kql/constant.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

struct RowFunctionName
{
    std::string_view name;
    RowCall::Function function;
};
constexpr std::array<RowFunctionName, 7> kRowFunctions{
    {{"row_number", RowCall::Function::RowNumber},
     {"prev", RowCall::Function::Prev},
     {"next", RowCall::Function::Next},
     {"row_cumsum", RowCall::Function::Cumsum},
     {"row_rank_dense", RowCall::Function::RankDense},
     {"row_rank_min", RowCall::Function::RankMin},
     {"row_window_session", RowCall::Function::WindowSession}}};

const RowFunctionName *rowFunction(std::string_view name)
{
    const auto found = std::find_if(kRowFunctions.begin(),
                                    kRowFunctions.end(),
                                    [&](const auto &known) { return known.name == name; });
    return found == kRowFunctions.end() ? nullptr : &*found;
}

} // namespace

/// The scope in which the body of a function is bound; nothing when an argument does not fit.
std::optional<ScopePtr> QueryBinder::bindArguments(Binder *binder,
                                                   const ScopeEntry &function,
                                                   const Syntax &call,
                                                   const QueryPtr &rows)
{
    const auto &parameters = function.function->parameters;
    const std::size_t taken = rows ? 1 : 0; // the first parameter gets the rows of `invoke`
    if (call.children.size() + taken > parameters.size()) {
        refuse(call.at,
               ErrorCode::WrongArguments,
               fmt::format("{}() takes {} arguments, not {}",
                           call.name,
                           parameters.size() - taken,
                           call.children.size()));
        return std::nullopt;
    }
    std::vector<const Syntax *> given(parameters.size());
    std::size_t next = taken;
    for (const SyntaxPtr &child : call.children) {
        std::size_t place = next;
        if (!child->argumentName.empty()) {
            const auto named =
                std::find_if(parameters.begin(), parameters.end(), [&](const auto &parameter) {
                    return parameter.name == child->argumentName;
                });
            place = static_cast<std::size_t>(named - parameters.begin());
        } else {
            while (next < given.size() && given[next] != nullptr)
                ++next;
            place = next;
        }
        if (place >= parameters.size() || given[place] != nullptr) {
            refuse(child->at,
                   ErrorCode::WrongArguments,
                   fmt::format("{}() has no place for this argument", call.name));
            return std::nullopt;
        }
        given[place] = child.get();
    }
    ScopePtr scope = function.closure;
    if (rows && !bindTable(parameters.front(), rows, call.at, &scope))
        return std::nullopt;
    for (std::size_t i = taken; i < parameters.size(); ++i) {
        const bool good =
            parameters[i].tabular
                ? given[i] != nullptr && bindTableArgument(parameters[i], *given[i], &scope)
                : bindScalarArgument(binder, parameters[i], given[i], call, &scope);
        if (!good) {
            if (m_problems.empty() && given[i] == nullptr)
                refuse(call.at,
                       ErrorCode::WrongArguments,
                       fmt::format("{}() needs the argument '{}'", call.name, parameters[i].name));
            return std::nullopt;
        }
    }
    return scope;
}

bool QueryBinder::bindTableArgument(const ParameterSyntax &parameter,
                                    const Syntax &argument,
                                    ScopePtr *scope)
{
    const QueryPtr table = tabular(argument);
    return table && bindTable(parameter, table, argument.at, scope);
}

bool QueryBinder::bindTable(const ParameterSyntax &parameter,
                            const QueryPtr &table,
                            const Position &at,
                            ScopePtr *scope)
{
    for (const ItemSyntax &column : parameter.columns) {
        const auto place = table->schema().find(column.names.front());
        if (!place || table->schema().columns[*place].type != *column.type)
            return refuse(at,
                          ErrorCode::WrongType,
                          fmt::format("the table for '{}' needs a column '{}' of type {}",
                                      parameter.name,
                                      column.names.front(),
                                      typeName(*column.type)));
    }
    auto entry = std::make_shared<ScopeEntry>();
    entry->name = parameter.name;
    entry->table = table;
    entry->outer = *scope;
    *scope = std::move(entry);
    return true;
}

bool QueryBinder::bindScalarArgument(Binder *binder,
                                     const ParameterSyntax &parameter,
                                     const Syntax *argument,
                                     const Syntax &call,
                                     ScopePtr *scope)
{
    if (argument == nullptr)
        argument = parameter.defaultValue.get();
    if (argument == nullptr)
        return refuse(call.at,
                      ErrorCode::WrongArguments,
                      fmt::format("{}() needs the argument '{}'", call.name, parameter.name));
    ExpressionScope constants(*this, nullptr, false);
    Binder own({nullptr, m_host.parameters(), &constants});
    Binder &used = binder != nullptr ? *binder : own;
    NodePtr value = used.bind(*argument);
    if (value && value->type != *parameter.type) {
        const bool number = value->type == ColumnType::Int || value->type == ColumnType::Long
                            || value->type == ColumnType::Real;
        const bool wider =
            number
            && (*parameter.type == ColumnType::Long || *parameter.type == ColumnType::Real
                || *parameter.type == ColumnType::Decimal || *parameter.type == ColumnType::Int);
        if (!wider && value->type != ColumnType::Dynamic && *parameter.type != ColumnType::Dynamic)
            return refuse(argument->at,
                          ErrorCode::WrongType,
                          fmt::format("'{}' of {}() is {}, and this is {}",
                                      parameter.name,
                                      call.name,
                                      typeName(*parameter.type),
                                      typeName(value->type)));
        value = used.convert(value, *parameter.type);
    }
    if (binder == nullptr && !take(own))
        return false;
    if (!value)
        return false;
    auto entry = std::make_shared<ScopeEntry>();
    entry->name = parameter.name;
    entry->scalar = std::move(value);
    entry->outer = *scope;
    *scope = std::move(entry);
    return true;
}

NodePtr QueryBinder::callScalar(Binder &binder, const ScopeEntry &function, const Syntax &call)
{
    if (++m_depth > kMaxKqlDepth) {
        --m_depth;
        return binder.refuse(call.at, ErrorCode::TooComplex, "functions call each other too deep");
    }
    NodePtr result;
    if (const auto scope = bindArguments(&binder, function, call)) {
        const ScopePtr outside = std::exchange(m_scope, *scope);
        const Binder::WithoutColumns none(binder);
        bool good = true;
        for (const StatementSyntax &statement : function.function->statements) {
            if (statement.kind == StatementKind::Let && !isTabular(*statement.value)) {
                NodePtr value = binder.bind(*statement.value);
                good = good && value != nullptr;
                define(statement.name, std::move(value), nullptr);
            } else {
                good = good && bindStatement(statement);
            }
        }
        if (good)
            result = binder.bind(*function.function->body);
        m_scope = outside;
    }
    --m_depth;
    return result;
}

QueryPtr
QueryBinder::callTable(const ScopeEntry &function, const Syntax &call, const QueryPtr &rows)
{
    const auto scope = bindArguments(nullptr, function, call, rows);
    if (!scope)
        return nullptr;
    const ScopePtr outside = std::exchange(m_scope, *scope);
    bool good = true;
    for (const StatementSyntax &statement : function.function->statements)
        good = good && bindStatement(statement);
    QueryPtr result = good ? tabular(*function.function->body) : nullptr;
    m_scope = outside;
    return result;
}

/// toscalar(query), x in (query): a value that is known before the expression runs.
NodePtr QueryBinder::subQuery(Binder &binder, const Syntax &argument, const Position &at, bool list)
{
    const QueryPtr query = tabular(argument);
    if (!query)
        return nullptr;
    if (query->schema().columns.empty())
        return binder.refuse(at, ErrorCode::WrongType, "the query has no column");
    Node node;
    node.kind = NodeKind::Query;
    node.type = query->schema().columns.front().type;
    node.at = at;
    node.query = query;
    node.list = list;
    return std::make_shared<const Node>(std::move(node));
}

std::optional<NodePtr> ExpressionScope::bindName(Binder & /*binder*/, const Syntax &syntax)
{
    const ScopeEntry *entry = m_query.find(syntax.name);
    if (entry == nullptr || !entry->scalar)
        return std::nullopt;
    return entry->scalar;
}

std::vector<std::string> ExpressionScope::names() const
{
    return m_query.scopeNames();
}

std::optional<NodePtr> ExpressionScope::bindCall(Binder &binder, const Syntax &syntax)
{
    if (syntax.isOperator) {
        const bool listed = syntax.name == "in" || syntax.name == "!in" || syntax.name == "in~"
                            || syntax.name == "!in~" || syntax.name == "has_any"
                            || syntax.name == "has_all";
        if (!listed || syntax.children.size() != 2)
            return std::nullopt;
        const Syntax &list = *syntax.children[1];
        const bool column = list.kind == SyntaxKind::Name && binder.context().schema != nullptr
                            && binder.context().schema->find(list.name);
        const ScopeEntry *entry = m_query.find(list.name);
        const bool query = list.kind == SyntaxKind::Pipe
                           || (!column && entry != nullptr && m_query.isTabular(list))
                           || (list.kind == SyntaxKind::Call && list.name == "materialize")
                           || (!column && list.kind == SyntaxKind::Name
                               && m_query.m_host.table(list.name) != nullptr);
        return query ? std::optional(listWithQuery(binder, syntax)) : std::nullopt;
    }
    if (const ScopeEntry *entry = m_query.find(syntax.name); entry != nullptr && entry->function)
        return m_query.callScalar(binder, *entry, syntax);
    if (syntax.name == "toscalar" && syntax.children.size() == 1) {
        if (!m_query.isTabular(*syntax.children[0]))
            return binder.bind(*syntax.children[0]);
        return m_query.subQuery(binder, *syntax.children[0], syntax.at, false);
    }
    if (const RowFunctionName *known = rowFunction(syntax.name))
        return rowCall(binder, syntax, known->function);
    return std::nullopt;
}

NodePtr ExpressionScope::listWithQuery(Binder &binder, const Syntax &syntax)
{
    NodePtr value = binder.bind(*syntax.children[0]);
    NodePtr list = value
                       ? m_query.subQuery(binder, *syntax.children[1], syntax.children[1]->at, true)
                       : nullptr;
    if (!list)
        return nullptr;
    // Bound once with a stand-in, so that types that do not fit are found now.
    const NodePtr sample = binder.constant(nullConstant(list->type), list->at);
    if (!binder.call(syntax.name, syntax.at, {value, sample}))
        return nullptr;
    Node node;
    node.kind = NodeKind::Call;
    node.type = ColumnType::Bool;
    node.at = syntax.at;
    node.function = findFunction(syntax.name);
    node.arguments = {std::move(value), std::move(list)};
    return std::make_shared<const Node>(std::move(node));
}

namespace {

bool isPositive(const NodePtr &node)
{
    return node->isConstant() && node->type == ColumnType::Long && node->constant->valid[0] != 0
           && node->constant->integers[0] > 0;
}

} // namespace

NodePtr ExpressionScope::rowCall(Binder &binder, const Syntax &syntax, RowCall::Function function)
{
    using F = RowCall::Function;
    if (m_rows == nullptr || !m_serialized)
        return binder.refuse(syntax.at,
                             ErrorCode::NotSupported,
                             fmt::format("{}() needs rows in an order", syntax.name),
                             m_rows == nullptr
                                 ? "Compute it with 'extend' or 'serialize' in a step of its own."
                                 : "Put 'sort by …' or 'serialize' before this operator.");
    RowCall call;
    call.function = function;
    call.at = syntax.at;
    std::vector<NodePtr> arguments;
    for (const SyntaxPtr &child : syntax.children) {
        arguments.push_back(binder.bind(*child));
        if (!arguments.back())
            return nullptr;
    }
    const std::size_t count = arguments.size();
    const bool shift = function == F::Prev || function == F::Next;
    const std::size_t least = function == F::RowNumber ? 0 : function == F::WindowSession ? 3 : 1;
    const std::size_t most = function == F::WindowSession ? 4 : shift ? 3 : 2;
    if (count < least || count > most)
        return binder.refuse(syntax.at,
                             ErrorCode::WrongArguments,
                             fmt::format("{}() does not take {} arguments", syntax.name, count));
    if (shift && count > 1 && !isPositive(arguments[1]))
        return binder.refuse(
            arguments[1]->at,
            ErrorCode::WrongArguments,
            fmt::format("the offset of {}() is a whole number from 1", syntax.name));
    const std::size_t flag = function == F::RowNumber || function == F::Cumsum
                                     || function == F::RankDense || function == F::RankMin
                                 ? 1
                             : function == F::WindowSession ? 3
                                                            : 99;
    if (flag < count && arguments[flag]->type != ColumnType::Bool)
        return binder.refuse(arguments[flag]->at,
                             ErrorCode::WrongType,
                             fmt::format("the restart of {}() is bool", syntax.name));
    call.type = ColumnType::Long;
    if (shift) {
        call.type = arguments[0]->type;
        if (count == 3)
            arguments[2] = binder.convert(arguments[2], call.type);
    } else if (function == F::Cumsum) {
        call.type = arguments[0]->type == ColumnType::Int ? ColumnType::Long : arguments[0]->type;
        if (call.type != ColumnType::Long && call.type != ColumnType::Real
            && call.type != ColumnType::Timespan && call.type != ColumnType::Decimal)
            return binder.refuse(
                arguments[0]->at,
                ErrorCode::WrongType,
                fmt::format("row_cumsum() does not add up {}", typeName(call.type)),
                "It takes numbers and timespans.");
    } else if (function == F::RowNumber && count > 0) {
        arguments[0] = binder.convert(arguments[0], ColumnType::Long);
    } else if (function == F::WindowSession) {
        call.type = ColumnType::Datetime;
    }
    // The arguments read the same columns as the expression; unused ones do no harm.
    const auto columns = binder.listedColumns();
    for (const NodePtr &argument : arguments) {
        if (!argument)
            return nullptr;
        call.arguments.push_back(
            std::make_shared<const Expression>(std::string(), argument, columns));
    }
    call.name = "$row" + std::to_string(m_query.m_hidden++);
    m_rows->calls.push_back(call);
    return binder.listedColumn(call.name, call.type, syntax.at);
}

} // namespace sluice::kql
