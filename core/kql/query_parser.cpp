// Statements, sources and pipes; the parts of operators are in query_parser_operators.cpp.
#include "core/kql/query_parser.h"

#include "core/base/result.h"
#include "core/event/schema.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

bool isText(const Token *token, std::string_view text)
{
    return token != nullptr && token->kind != TokenKind::String && token->text == text;
}

} // namespace

QueryParseResult parseQuery(std::string_view text)
{
    QueryParser parser(text);
    QueryParseResult result;
    QuerySyntax query;
    if (!parser.failed())
        query = parser.query();
    result.problems = parser.takeProblems();
    if (result.problems.empty())
        result.query = std::make_shared<const QuerySyntax>(std::move(query));
    return result;
}

QuerySyntax QueryParser::query()
{
    QuerySyntax query;
    while (!failed() && !atEnd()) {
        if (accept(";"))
            continue;
        query.statements.push_back(statement());
        if (!failed() && !atEnd() && !accept(";"))
            refuseRest();
    }
    const bool hasResult = std::any_of(
        query.statements.begin(), query.statements.end(), [](const StatementSyntax &statement) {
            return statement.kind == StatementKind::Value;
        });
    if (!failed() && !hasResult)
        refuse(endPosition(),
               ErrorCode::SyntaxError,
               "the query has no result",
               "It ends with a table or an expression, such as: T | take 10");
    return query;
}

StatementSyntax QueryParser::statement()
{
    StatementSyntax statement;
    statement.at = peek()->at;
    if (isText(peek(), "let") && peek(1) != nullptr && !isText(peek(1), "|")) {
        let(statement);
    } else if (isText(peek(), "declare") && isText(peek(1), "query_parameters")) {
        declare(statement);
    } else if (isText(peek(), "set") && peek(1) != nullptr && peek(1)->kind == TokenKind::Name) {
        set(statement);
    } else if ((isText(peek(), "alias") || isText(peek(), "restrict") || isText(peek(), "pattern"))
               && peek(1) != nullptr && peek(1)->kind == TokenKind::Name) {
        refuse(peek()->at,
               ErrorCode::NotSupported,
               fmt::format("the statement '{}' is not supported", peek()->text),
               "Use 'let name = …;' instead.");
    } else {
        statement.kind = StatementKind::Value;
        statement.value = valueOrPipe();
    }
    return statement;
}

void QueryParser::let(StatementSyntax &statement)
{
    ++m_next;
    statement.name = name("a name behind 'let'");
    if (failed() || !expect("=", "behind the name"))
        return;
    if (atFunction()) {
        statement.kind = StatementKind::Function;
        statement.function = function();
        return;
    }
    statement.kind = StatementKind::Let;
    statement.value = valueOrPipe();
}

void QueryParser::declare(StatementSyntax &statement)
{
    m_next += 2;
    statement.kind = StatementKind::Declare;
    if (!expect("(", "behind 'query_parameters'"))
        return;
    while (!failed() && !at(")")) {
        statement.parameters.push_back(parameter());
        if (!accept(","))
            break;
    }
    if (!failed())
        expect(")", "behind the parameters");
}

void QueryParser::set(StatementSyntax &statement)
{
    ++m_next;
    statement.kind = StatementKind::Set;
    statement.name = name("an option behind 'set'");
    if (accept("="))
        statement.value = expression();
}

/// `(a: long)` followed by a body, or `view ()`.
bool QueryParser::atFunction() const
{
    std::size_t ahead = isText(peek(), "view") ? 1 : 0;
    if (!isText(peek(ahead), "("))
        return false;
    int depth = 0;
    for (; peek(ahead) != nullptr; ++ahead) {
        if (isText(peek(ahead), "("))
            ++depth;
        else if (isText(peek(ahead), ")") && --depth == 0)
            return isText(peek(ahead + 1), "{");
    }
    return false;
}

std::shared_ptr<const FunctionSyntax> QueryParser::function()
{
    FunctionSyntax function;
    if (isText(peek(), "view"))
        ++m_next;
    ++m_next; // the parenthesis
    while (!failed() && !at(")")) {
        function.parameters.push_back(parameter());
        if (!accept(","))
            break;
    }
    if (failed() || !expect(")", "behind the parameters")
        || !expect("{", "before the body of the function"))
        return nullptr;
    if (++m_depth > kMaxKqlDepth) {
        refuse(endPosition(), ErrorCode::TooComplex, "the query is nested too deep");
        return nullptr;
    }
    while (!failed() && !atEnd() && !at("}")) {
        if (accept(";"))
            continue;
        StatementSyntax inner = statement();
        if (inner.kind == StatementKind::Value)
            function.body = std::move(inner.value);
        else
            function.statements.push_back(std::move(inner));
    }
    --m_depth;
    if (failed() || !expect("}", "behind the body of the function"))
        return nullptr;
    if (!function.body) {
        refuse(endPosition(), ErrorCode::SyntaxError, "the function has no result");
        return nullptr;
    }
    return std::make_shared<const FunctionSyntax>(std::move(function));
}

ParameterSyntax QueryParser::parameter()
{
    ParameterSyntax parameter;
    if (peek() != nullptr)
        parameter.at = peek()->at;
    parameter.name = name("the name of a parameter");
    if (failed() || !expect(":", "and a type behind the name"))
        return parameter;
    if (at("(")) {
        parameter.tabular = true;
        columnList(parameter.columns, parameter.open);
        return parameter;
    }
    parameter.type = type();
    if (!failed() && accept("="))
        parameter.defaultValue = expression();
    return parameter;
}

/// `(*, a: long, b: string)`
void QueryParser::columnList(std::vector<ItemSyntax> &columns, bool &open)
{
    if (!expect("(", "before the columns"))
        return;
    while (!failed() && !at(")")) {
        if (accept("*")) {
            open = true;
        } else {
            ItemSyntax column;
            if (peek() != nullptr)
                column.at = peek()->at;
            column.names.push_back(name("the name of a column"));
            if (failed() || !expect(":", "and a type behind the name"))
                return;
            column.type = type();
            if (accept("="))
                column.extra = expression();
            columns.push_back(std::move(column));
        }
        if (!accept(","))
            break;
    }
    if (!failed())
        expect(")", "behind the columns");
}

/// A word that begins a source: `print x = 1`, not a column that has its name.
bool QueryParser::atSource() const
{
    const Token *word = peek();
    const Token *next = peek(1);
    if (word == nullptr || word->kind != TokenKind::Name)
        return false;
    if (word->text == "range")
        return next != nullptr && isText(peek(2), "from");
    if (word->text == "datatable" || word->text == "union")
        return next != nullptr && (next->text == "(" || next->kind == TokenKind::Name);
    if (word->text == "externaldata")
        return isText(next, "(");
    if (word->text == "find")
        return next != nullptr
               && (next->kind == TokenKind::Name || next->text == "(" || isText(next, "where"));
    const bool begins =
        next != nullptr && next->kind != TokenKind::Operator && next->kind != TokenKind::Keyword;
    const bool opens = isText(next, "(") || isText(next, "-") || isText(next, "[")
                       || isText(next, "true") || isText(next, "false");
    if (word->text == "print")
        return begins || opens;
    return word->text == "search" && (begins || isText(next, "*") || isText(next, "in"));
}

bool QueryParser::atEndOfPipe() const
{
    return atEnd() || at("|") || at(")") || at(";") || at("}");
}

SyntaxPtr QueryParser::valueOrPipe()
{
    if (failed())
        return nullptr;
    if (atSource()) {
        if (++m_depth > kMaxKqlDepth)
            return refuse(peek()->at, ErrorCode::TooComplex, "the query is nested too deep");
        OperatorSyntax first = source();
        SyntaxPtr pipe = wrap(pipeFrom(std::move(first)));
        --m_depth;
        return pipe;
    }
    SyntaxPtr value = expression();
    if (!value || !at("|"))
        return value;
    OperatorSyntax from;
    from.name = "from";
    from.at = value->at;
    from.value = std::move(value);
    if (++m_depth > kMaxKqlDepth)
        return refuse(peek()->at, ErrorCode::TooComplex, "the query is nested too deep");
    SyntaxPtr pipe = wrap(pipeFrom(std::move(from)));
    --m_depth;
    return pipe;
}

SyntaxPtr QueryParser::wrap(PipeSyntax pipe)
{
    if (failed())
        return nullptr;
    auto syntax = make(SyntaxKind::Pipe, pipe.at);
    if (syntax)
        syntax->pipe = std::make_shared<const PipeSyntax>(std::move(pipe));
    return syntax;
}

PipeSyntax QueryParser::pipeFrom(OperatorSyntax source)
{
    PipeSyntax pipe;
    pipe.at = source.at;
    pipe.operators.push_back(std::move(source));
    while (!failed() && accept("|")) {
        if (pipe.operators.size() > kMaxKqlChain) {
            refuse(endPosition(), ErrorCode::TooComplex, "the query has too many operators");
            break;
        }
        pipe.operators.push_back(operatorHere());
    }
    return pipe;
}

PipePtr QueryParser::subPipe()
{
    if (failed() || !expect("(", "before the sub-query"))
        return nullptr;
    if (++m_depth > kMaxKqlDepth) {
        refuse(endPosition(), ErrorCode::TooComplex, "the query is nested too deep");
        return nullptr;
    }
    PipeSyntax pipe;
    pipe.operators.emplace_back();
    if (peek() != nullptr)
        pipe.at = pipe.operators.front().at = peek()->at;
    do {
        pipe.operators.push_back(operatorHere());
    } while (!failed() && accept("|"));
    --m_depth;
    if (failed() || !expect(")", "behind the sub-query"))
        return nullptr;
    return std::make_shared<const PipeSyntax>(std::move(pipe));
}

PipePtr QueryParser::table()
{
    if (failed())
        return nullptr;
    SyntaxPtr value = postfix();
    if (!value)
        return nullptr;
    if (value->kind == SyntaxKind::Pipe)
        return value->pipe;
    PipeSyntax pipe;
    pipe.at = value->at;
    OperatorSyntax &from = pipe.operators.emplace_back();
    from.name = "from";
    from.at = value->at;
    from.value = std::move(value);
    return std::make_shared<const PipeSyntax>(std::move(pipe));
}

OperatorSyntax QueryParser::source()
{
    OperatorSyntax op;
    op.at = peek()->at;
    op.name = take().text;
    if (op.name == "print")
        readPrint(op);
    else if (op.name == "range")
        readRange(op);
    else if (op.name == "datatable")
        readDatatable(op);
    else if (op.name == "union")
        readUnion(op);
    else if (op.name == "search")
        readSearch(op);
    else
        refuseOperator(op.name, op.at);
    return op;
}

} // namespace sluice::kql
