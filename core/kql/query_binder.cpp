// Statements, names, sources and pipes. The operators are in query_binder_*.cpp.
#include "core/kql/query_binder.h"

#include "core/kql/constant.h"
#include "core/kql/evaluation.h"
#include "core/kql/query_parser.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

struct QueryBinder::Entry
{
    std::string_view name;
    Bind bind;
};

QueryBindResult compileQuery(std::string_view text, QueryHost &host)
{
    QueryBindResult result;
    QueryParseResult parsed = parseQuery(text);
    if (!parsed.query) {
        result.problems = std::move(parsed.problems);
        return result;
    }
    QueryBinder binder(host);
    result.query = binder.bind(*parsed.query);
    result.problems = binder.takeProblems();
    if (!result.problems.empty())
        result.query = nullptr;
    return result;
}

bool QueryBinder::refuse(const Position &at,
                         ErrorCode code,
                         std::string message,
                         std::string hint,
                         std::string suggestion)
{
    m_problems.push_back({code, std::move(message), std::move(hint), at, std::move(suggestion)});
    return false;
}

/// Takes over what an expression's binder reported. @return true when that is nothing
bool QueryBinder::take(Binder &binder)
{
    auto problems = binder.takeProblems();
    const bool good = problems.empty();
    std::move(problems.begin(), problems.end(), std::back_inserter(m_problems));
    return good;
}

QueryPtr QueryBinder::bind(const QuerySyntax &syntax)
{
    QueryPtr result;
    for (const StatementSyntax &statement : syntax.statements) {
        if (statement.kind != StatementKind::Value) {
            if (!bindStatement(statement))
                return nullptr;
            continue;
        }
        if (!isTabular(*statement.value)) {
            refuse(statement.value->at,
                   ErrorCode::SyntaxError,
                   "a query gives rows, and this is a single value",
                   "Write: print …");
            return nullptr;
        }
        result = tabular(*statement.value);
        if (!result)
            return nullptr;
    }
    return result;
}

void QueryBinder::define(std::string name, NodePtr scalar, QueryPtr table)
{
    auto entry = std::make_shared<ScopeEntry>();
    entry->name = std::move(name);
    entry->scalar = std::move(scalar);
    entry->table = std::move(table);
    entry->outer = m_scope;
    m_scope = std::move(entry);
}

const ScopeEntry *QueryBinder::find(std::string_view name) const
{
    for (const ScopeEntry *entry = m_scope.get(); entry != nullptr; entry = entry->outer.get()) {
        if (entry->name == name)
            return entry;
    }
    return nullptr;
}

std::vector<std::string> QueryBinder::scopeNames() const
{
    std::vector<std::string> names;
    for (const ScopeEntry *entry = m_scope.get(); entry != nullptr; entry = entry->outer.get())
        names.push_back(entry->name);
    return names;
}

bool QueryBinder::bindStatement(const StatementSyntax &statement)
{
    switch (statement.kind) {
    case StatementKind::Function: {
        auto entry = std::make_shared<ScopeEntry>();
        entry->name = statement.name;
        entry->function = statement.function;
        entry->closure = m_scope;
        entry->outer = m_scope;
        m_scope = std::move(entry);
        return true;
    }
    case StatementKind::Declare:
        return bindDeclare(statement);
    case StatementKind::Let:
        break;
    default:
        return true; // set: options of the cluster mean nothing here
    }
    if (isTabular(*statement.value)) {
        QueryPtr table = tabular(*statement.value);
        if (!table)
            return false;
        define(statement.name, nullptr, std::move(table));
        return true;
    }
    NodePtr scalar = constantScalar(*statement.value);
    if (!scalar)
        return false;
    define(statement.name, std::move(scalar), nullptr);
    return true;
}

bool QueryBinder::bindDeclare(const StatementSyntax &statement)
{
    const ParameterValues *given = m_host.parameters();
    for (const ParameterSyntax &parameter : statement.parameters) {
        if (parameter.tabular)
            return refuse(parameter.at, ErrorCode::NotSupported, "a parameter must be a value");
        SyntaxPtr call;
        const bool known =
            given != nullptr && std::any_of(given->begin(), given->end(), [&](const auto &value) {
                return value.name == parameter.name;
            });
        ExpressionScope scope(*this, nullptr, false);
        Binder binder({nullptr, given, &scope});
        NodePtr value;
        if (known)
            value = binder.call(
                "param",
                parameter.at,
                {binder.constant(textConstant(ColumnType::String, parameter.name), parameter.at)});
        else if (parameter.defaultValue)
            value = binder.bind(*parameter.defaultValue);
        else
            return refuse(parameter.at,
                          ErrorCode::UnknownName,
                          fmt::format("the parameter '{}' has no value", parameter.name),
                          "Give it a default: declare query_parameters(name: type = value)");
        value = binder.convert(value, parameter.type.value_or(ColumnType::String));
        if (!take(binder) || !value)
            return false;
        define(parameter.name, std::move(value), nullptr);
    }
    return true;
}

/// Whether a value is a query: a pipe, or a name or a call that stands for a table.
bool QueryBinder::isTabular(const Syntax &syntax) const
{
    if (syntax.kind == SyntaxKind::Pipe)
        return true;
    if (syntax.kind == SyntaxKind::Call && !syntax.isOperator) {
        if (syntax.name == "materialize")
            return !syntax.children.empty() && isTabular(*syntax.children[0]);
        if (syntax.name == "table" && find("table") == nullptr)
            return true;
    }
    if (syntax.kind != SyntaxKind::Name && syntax.kind != SyntaxKind::Call)
        return false;
    if (syntax.isOperator)
        return false;
    const ScopeEntry *entry = find(syntax.name);
    if (entry == nullptr)
        return syntax.kind == SyntaxKind::Name && syntax.name != "*";
    if (entry->table)
        return true;
    if (!entry->function)
        return false;
    const Syntax &body = *entry->function->body;
    if (body.kind == SyntaxKind::Pipe)
        return true;
    // A body that is a name: of a table parameter, or what the closure knows.
    for (const ParameterSyntax &parameter : entry->function->parameters) {
        if (body.kind == SyntaxKind::Name && parameter.name == body.name)
            return parameter.tabular;
    }
    for (const StatementSyntax &inner : entry->function->statements) {
        if (body.kind == SyntaxKind::Name && inner.name == body.name && inner.value)
            return inner.value->kind == SyntaxKind::Pipe;
    }
    QueryBinder closure(m_host);
    closure.m_scope = entry->closure;
    return closure.isTabular(body);
}

/// A value without columns, as `let` holds it.
NodePtr QueryBinder::constantScalar(const Syntax &syntax)
{
    ExpressionScope scope(*this, nullptr, false);
    Binder binder({nullptr, m_host.parameters(), &scope});
    NodePtr node = binder.bind(syntax);
    return take(binder) ? node : nullptr;
}

QueryPtr QueryBinder::tabular(const Syntax &syntax)
{
    if (++m_depth > kMaxKqlDepth) {
        refuse(syntax.at, ErrorCode::TooComplex, "the query is nested too deep");
        return nullptr;
    }
    QueryPtr result;
    if (syntax.kind == SyntaxKind::Pipe) {
        result = bindPipe(*syntax.pipe);
    } else if (syntax.kind == SyntaxKind::Name) {
        result = tableNamed(syntax.name, syntax.at);
    } else if (syntax.kind == SyntaxKind::Call && syntax.name == "materialize"
               && syntax.children.size() == 1) {
        result = tabular(*syntax.children[0]);
    } else if (syntax.kind == SyntaxKind::Call && !syntax.isOperator) {
        const ScopeEntry *entry = find(syntax.name);
        const bool named = syntax.name == "table" && syntax.children.size() == 1
                           && syntax.children[0]->kind == SyntaxKind::Constant
                           && syntax.children[0]->constant->type == ColumnType::String;
        if (entry != nullptr && entry->function)
            result = callTable(*entry, syntax);
        else if (named)
            result = tableNamed(std::string(syntax.children[0]->constant->texts[0]), syntax.at);
        else
            refuse(syntax.at,
                   ErrorCode::UnknownFunction,
                   fmt::format("there is no function '{}' that gives rows", syntax.name),
                   "Define it with let, or name a table.");
    } else {
        refuse(syntax.at, ErrorCode::WrongType, "a table is expected here, and this is a value");
    }
    --m_depth;
    return result;
}

QueryPtr QueryBinder::tableNamed(const std::string &name, const Position &at)
{
    if (const ScopeEntry *entry = find(name)) {
        if (entry->table)
            return entry->table;
        if (entry->function && entry->function->parameters.empty()) {
            Syntax call;
            call.kind = SyntaxKind::Call;
            call.name = name;
            call.at = at;
            return callTable(*entry, call);
        }
        refuse(at,
               ErrorCode::WrongType,
               fmt::format("'{}' is no table", name),
               entry->function ? "It is a function: call it with (…)." : "It is a value.");
        return nullptr;
    }
    SchemaPtr schema = m_host.table(name);
    if (!schema) {
        m_unknownTable = true;
        std::vector<std::string> names = scopeNames();
        for (std::string &known : m_host.tableNames())
            names.push_back(std::move(known));
        const std::string nearest = nearestName(name, names).value_or("");
        refuse(at,
               ErrorCode::UnknownName,
               fmt::format("there is no table '{}'", name),
               nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest),
               nearest);
        return nullptr;
    }
    auto query = std::make_shared<Query>();
    query->source = TableSource{name, at};
    query->sourceSchema = std::move(schema);
    query->at = at;
    return query;
}

QueryPtr QueryBinder::bindPipe(const PipeSyntax &syntax, const SchemaPtr &outer)
{
    Pipe pipe;
    if (!bindSource(pipe, syntax.operators.front(), outer))
        return nullptr;
    for (std::size_t i = 1; i < syntax.operators.size(); ++i) {
        if (!bindOperator(pipe, syntax.operators[i]))
            return nullptr;
    }
    return std::make_shared<const Query>(std::move(pipe.query));
}

bool QueryBinder::bindSource(Pipe &pipe, const OperatorSyntax &op, const SchemaPtr &outer)
{
    pipe.query.at = op.at;
    if (op.name.empty()) {
        pipe.query.source = OuterSource{};
        pipe.query.sourceSchema = outer;
        pipe.query.serialized = true;
        return true;
    }
    if (op.name == "from") {
        const QueryPtr base = tabular(*op.value);
        if (!base)
            return false;
        pipe.query = *base;
        pipe.query.render.reset();
        return true;
    }
    if (op.name == "print")
        return bindPrint(pipe, op);
    if (op.name == "range")
        return bindRange(pipe, op);
    if (op.name == "datatable")
        return bindDatatable(pipe, op);
    pipe.query.sourceSchema = nullptr;
    return op.name == "union" ? bindUnion(pipe, op) : bindSearch(pipe, op);
}

bool QueryBinder::bindOperator(Pipe &pipe, const OperatorSyntax &op)
{
    using B = QueryBinder;
    static constexpr std::array<Entry, 39> entries{{
        {"as", &B::bindAs},
        {"consume", &B::bindConsume},
        {"count", &B::bindCount},
        {"distinct", &B::bindDistinct},
        {"evaluate", &B::bindEvaluate},
        {"extend", &B::bindExtend},
        {"filter", &B::bindWhere},
        {"getschema", &B::bindGetSchema},
        {"invoke", &B::bindInvoke},
        {"join", &B::bindJoin},
        {"limit", &B::bindTake},
        {"lookup", &B::bindJoin},
        {"make-series", &B::bindMakeSeries},
        {"mv-apply", &B::bindApply},
        {"mv-expand", &B::bindExpand},
        {"order", &B::bindSort},
        {"parse", &B::bindParse},
        {"parse-kv", &B::bindParseKv},
        {"parse-where", &B::bindParse},
        {"partition", &B::bindPartition},
        {"project", &B::bindProject},
        {"project-away", &B::bindPatterns},
        {"project-keep", &B::bindPatterns},
        {"project-rename", &B::bindRename},
        {"project-reorder", &B::bindReorder},
        {"render", &B::bindRender},
        {"sample", &B::bindTake},
        {"sample-distinct", &B::bindSampleDistinct},
        {"scan", &B::bindScan},
        {"search", &B::bindSearch},
        {"serialize", &B::bindSerialize},
        {"sort", &B::bindSort},
        {"summarize", &B::bindSummarize},
        {"take", &B::bindTake},
        {"top", &B::bindTop},
        {"top-hitters", &B::bindTopHitters},
        {"top-nested", &B::bindTopNested},
        {"union", &B::bindUnion},
        {"where", &B::bindWhere},
    }};
    const auto entry = std::find_if(
        entries.begin(), entries.end(), [&](const Entry &known) { return known.name == op.name; });
    if (entry == entries.end())
        return refuse(
            op.at, ErrorCode::NotSupported, fmt::format("operator '{}' is not supported", op.name));
    if (pipe.query.render && op.name != "as")
        return refuse(op.at,
                      ErrorCode::SyntaxError,
                      fmt::format("'{}' stands behind 'render'", op.name),
                      "'render' is the last operator.");
    return (this->*entry->bind)(pipe, op);
}

void QueryBinder::Pipe::push(Operation operation, SchemaPtr schema, const OperatorSyntax &op)
{
    query.steps.push_back({std::move(operation), std::move(schema), op.at, op.name});
    query.alias.clear();
}

} // namespace sluice::kql
