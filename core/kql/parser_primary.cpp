// What binds tightest: signs, paths, literals, names, calls.
#include "core/event/schema.h"
#include "core/kql/constant.h"
#include "core/kql/literal.h"
#include "core/kql/parser.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

SyntaxPtr Parser::unary()
{
    if (!isOneOf(peek(), {"-", "+"}))
        return postfix();
    const Token &op = take();
    if (isOneOf(peek(), {"-", "+"}))
        return refuseToken("a value");
    SyntaxPtr operand = postfix();
    if (!operand || op.text == "+")
        return operand;
    auto syntax = make(SyntaxKind::Call, op.at);
    if (!syntax)
        return nullptr;
    syntax->name = "negate";
    syntax->isOperator = true;
    syntax->children.push_back(std::move(operand));
    return syntax;
}

SyntaxPtr Parser::postfix()
{
    SyntaxPtr base = primary();
    return base ? postfixRest(std::move(base)) : nullptr;
}

SyntaxPtr Parser::postfixRest(SyntaxPtr base)
{
    for (int steps = 0; base && isOneOf(peek(), {".", "["}); ++steps) {
        if (steps > kMaxKqlDepth)
            return refuse(peek()->at, ErrorCode::TooComplex, "the path has too many steps");
        const Token &op = take();
        const bool dot = op.text == ".";
        if (dot && peek() != nullptr
            && (peek()->kind == TokenKind::Name || peek()->kind == TokenKind::Keyword)) {
            auto member = make(SyntaxKind::Member, peek()->at);
            if (!member)
                return nullptr;
            member->name = take().text;
            member->children.push_back(std::move(base));
            base = std::move(member);
            continue;
        }
        if (dot && !expect("[", "or a name behind '.'"))
            return nullptr;
        auto index = make(SyntaxKind::Index, op.at);
        SyntaxPtr key = index ? expression() : nullptr;
        if (!key || !expect("]", "behind the index"))
            return nullptr;
        index->children.push_back(std::move(base));
        index->children.push_back(std::move(key));
        base = std::move(index);
    }
    return base;
}

SyntaxPtr Parser::primary()
{
    const Token *token = peek();
    if (token == nullptr)
        return refuseToken("a value");
    if (token->kind == TokenKind::String)
        return stringConstant();
    if (accept("(")) {
        SyntaxPtr inner = valueOrPipe();
        return inner && expect(")", "to close the parenthesis") ? std::move(inner) : nullptr;
    }
    if (at("["))
        return quotedName();
    if (m_stars && at("*"))
        return everyColumn();
    if (token->text == "true" || token->text == "false") {
        auto constant = make(SyntaxKind::Constant, token->at);
        if (constant)
            constant->constant = boolConstant(take().text == "true");
        return constant;
    }
    switch (token->kind) {
    case TokenKind::Number:
    case TokenKind::Timespan:
    case TokenKind::Literal:
        return literal(take());
    case TokenKind::Name: {
        const Token &name = take();
        if (at("("))
            return call(name);
        auto syntax = make(SyntaxKind::Name, name.at);
        if (syntax)
            syntax->name = name.text;
        return syntax;
    }
    default:
        return refuseToken("a value");
    }
}

SyntaxPtr Parser::quotedName() // ['a b']
{
    const Token &open = take();
    const Token *token = peek();
    if (token == nullptr || token->kind != TokenKind::String)
        return refuseToken("a quoted name");
    auto name = readStringLiteral(token->text);
    if (!name)
        return refuse(token->at, ErrorCode::SyntaxError, name.error().message, name.error().hint);
    ++m_next;
    if (!expect("]", "behind the quoted name"))
        return nullptr;
    auto syntax = make(SyntaxKind::Name, open.at);
    if (syntax)
        syntax->name = *name;
    return syntax;
}

SyntaxPtr Parser::stringConstant() // adjacent literals are one
{
    auto syntax = make(SyntaxKind::Constant, peek()->at);
    std::string text;
    while (syntax && peek() != nullptr && peek()->kind == TokenKind::String) {
        const Token &token = take();
        const auto part = readStringLiteral(token.text);
        if (!part)
            return refuse(token.at, part.error().code, part.error().message, part.error().hint);
        text += *part;
    }
    if (syntax)
        syntax->constant = textConstant(ColumnType::String, text);
    return syntax;
}

SyntaxPtr Parser::literal(const Token &token)
{
    if (token.kind == TokenKind::Literal && literalContent(token.text).empty()
        && (token.text.starts_with("datetime") || token.text.starts_with("date"))) {
        auto now = make(SyntaxKind::Call, token.at);
        if (now)
            now->name = "now";
        return now;
    }
    auto value = token.kind == TokenKind::Number     ? readNumberLiteral(token.text)
                 : token.kind == TokenKind::Timespan ? readTimespanLiteral(token.text)
                                                     : readTypedLiteral(token.text);
    if (!value)
        return refuse(token.at, value.error().code, value.error().message, value.error().hint);
    auto syntax = make(SyntaxKind::Constant, token.at);
    if (!syntax)
        return nullptr;
    syntax->constant = *value;
    syntax->name = token.text; // as written: what `search` looks for
    return syntax;
}

SyntaxPtr Parser::call(const Token &name)
{
    auto syntax = make(SyntaxKind::Call, name.at);
    if (!syntax)
        return nullptr;
    syntax->name = name.text;
    ++m_next; // the parenthesis
    return arguments(*syntax) ? std::move(syntax) : nullptr;
}

/// Reads "a, b)" behind the opening parenthesis; a comma before the ')' is let pass.
bool Parser::arguments(Syntax &call)
{
    while (!at(")")) {
        SyntaxPtr one = argument();
        if (!one)
            return false;
        call.children.push_back(std::move(one));
        if (!accept(","))
            break;
    }
    return expect(")", "behind the arguments");
}

/// A value, `name = value`, or the star that stands for all columns.
SyntaxPtr Parser::argument()
{
    const Token *next = peek(1);
    if (at("*") && isOneOf(next, {",", ")"}))
        return everyColumn();
    std::string name;
    if (peek() != nullptr && peek()->kind == TokenKind::Name && isOneOf(next, {"="})) {
        name = take().text;
        ++m_next;
    }
    SyntaxPtr value = valueOrPipe();
    if (value)
        value->argumentName = std::move(name);
    return value;
}

/// The * of arg_max(temp, *): a name that no column has.
SyntaxPtr Parser::everyColumn()
{
    const Token &star = take();
    SyntaxPtr syntax = make(SyntaxKind::Name, star.at);
    if (syntax)
        syntax->name = star.text;
    return syntax;
}

} // namespace sluice::kql
