#include "core/kql/parser.h"

#include "core/event/schema.h"
#include "core/kql/constant.h"
#include "core/kql/literal.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

constexpr std::array<std::string_view, 27> kStringOperators{"=~",
                                                            "!~",
                                                            "has",
                                                            "!has",
                                                            "has_cs",
                                                            "!has_cs",
                                                            "contains",
                                                            "!contains",
                                                            "contains_cs",
                                                            "!contains_cs",
                                                            "startswith",
                                                            "!startswith",
                                                            "startswith_cs",
                                                            "!startswith_cs",
                                                            "endswith",
                                                            "!endswith",
                                                            "endswith_cs",
                                                            "!endswith_cs",
                                                            "hasprefix",
                                                            "!hasprefix",
                                                            "hasprefix_cs",
                                                            "!hasprefix_cs",
                                                            "hassuffix",
                                                            "!hassuffix",
                                                            "hassuffix_cs",
                                                            "!hassuffix_cs",
                                                            "matches"};

bool isOneOf(const Token *token, std::initializer_list<std::string_view> texts)
{
    return token != nullptr
           && (token->kind == TokenKind::Operator || token->kind == TokenKind::Keyword)
           && std::find(texts.begin(), texts.end(), token->text) != texts.end();
}

} // namespace

Parser::Parser(std::string_view text)
{
    if (text.size() > kMaxKqlBytes) {
        refuse({}, ErrorCode::TooComplex, "the text is longer than 256 KiB");
        return;
    }
    for (Token &token : tokenize(text)) {
        if (token.kind == TokenKind::Error) {
            refuse(token.at, ErrorCode::SyntaxError, token.message);
            return;
        }
        if (token.kind != TokenKind::Comment)
            m_tokens.push_back(std::move(token));
    }
}

bool Parser::at(std::string_view text) const
{
    return isOneOf(peek(), {text});
}

bool Parser::accept(std::string_view text)
{
    if (!at(text))
        return false;
    ++m_next;
    return true;
}

bool Parser::expect(std::string_view text, std::string_view after)
{
    if (accept(text))
        return true;
    const Token *token = peek();
    refuse(token != nullptr ? token->at : endPosition(),
           ErrorCode::SyntaxError,
           fmt::format("'{}' is missing {}", text, after));
    return false;
}

Position Parser::endPosition() const
{
    if (m_tokens.empty())
        return {};
    Position place = m_tokens.back().at;
    place.column += static_cast<int>(place.length);
    place.offset += place.length;
    place.length = 0;
    return place;
}

SyntaxPtr Parser::make(SyntaxKind kind, const Position &place)
{
    if (++m_nodes > kMaxKqlNodes)
        return refuse(place, ErrorCode::TooComplex, "the expression has too many parts");
    auto syntax = std::make_unique<Syntax>();
    syntax->kind = kind;
    syntax->at = place;
    return syntax;
}

SyntaxPtr Parser::binary(const Token &op, SyntaxPtr left, SyntaxPtr right)
{
    if (!left || !right)
        return nullptr;
    auto syntax = make(SyntaxKind::Call, op.at);
    if (!syntax)
        return nullptr;
    syntax->name = op.text == "<>" ? std::string("!=") : std::string(op.text);
    syntax->isOperator = true;
    syntax->children.push_back(std::move(left));
    syntax->children.push_back(std::move(right));
    return syntax;
}

SyntaxPtr
Parser::refuse(const Position &place, ErrorCode code, std::string message, std::string hint)
{
    if (m_problems.empty())
        m_problems.push_back({code, std::move(message), std::move(hint), place, {}});
    return nullptr;
}

SyntaxPtr Parser::refuseToken(std::string_view expected)
{
    const Token *token = peek();
    if (token == nullptr)
        return refuse(endPosition(),
                      ErrorCode::SyntaxError,
                      fmt::format("the text ends where {} is expected", expected));
    const std::string text(token->text);
    if (token->kind == TokenKind::Keyword)
        return refuse(token->at,
                      ErrorCode::SyntaxError,
                      fmt::format("'{}' is a word of the language, not a name", text),
                      fmt::format("A column of that name is written ['{}'].", text));
    return refuse(token->at,
                  ErrorCode::SyntaxError,
                  fmt::format("'{}' stands where {} is expected", text, expected));
}

void Parser::refuseRest()
{
    const Token *token = peek();
    if (token == nullptr || failed())
        return;
    const std::string text(token->text);
    if (text == "|" || text == ";")
        refuse(token->at,
               ErrorCode::NotSupported,
               fmt::format("'{}' begins a query, and one expression is expected here", text));
    else if (text == "=")
        refuse(token->at, ErrorCode::SyntaxError, "'=' does not compare", "Write '=='.");
    else if (token->kind == TokenKind::Name) {
        const std::vector<std::string> operators(kStringOperators.begin(), kStringOperators.end());
        const auto nearest = nearestName(text, operators);
        refuse(token->at,
               ErrorCode::SyntaxError,
               fmt::format("'{}' is no operator", text),
               nearest ? fmt::format("Did you mean '{}'?", *nearest) : std::string());
        m_problems.front().suggestion = nearest.value_or("");
    } else {
        refuse(token->at, ErrorCode::SyntaxError, fmt::format("'{}' is not expected here", text));
    }
}

SyntaxPtr Parser::orExpression()
{
    if (failed())
        return nullptr;
    if (++m_depth > kMaxKqlDepth) {
        const Token *token = peek();
        return refuse(token != nullptr ? token->at : endPosition(),
                      ErrorCode::TooComplex,
                      "the expression is nested too deep");
    }
    SyntaxPtr left = andExpression();
    while (left && at("or")) {
        const Token &op = take();
        if (left->name == "or" && left->isOperator) {
            left->children.push_back(andExpression());
            if (!left->children.back())
                return nullptr;
        } else {
            left = binary(op, std::move(left), andExpression());
        }
    }
    --m_depth;
    return left;
}

SyntaxPtr Parser::andExpression()
{
    SyntaxPtr left = equality();
    while (left && at("and")) {
        const Token &op = take();
        if (left->name == "and" && left->isOperator) {
            left->children.push_back(equality());
            if (!left->children.back())
                return nullptr;
        } else {
            left = binary(op, std::move(left), equality());
        }
    }
    return left;
}

SyntaxPtr Parser::equality()
{
    SyntaxPtr left = relation();
    return left ? equalityRest(std::move(left)) : nullptr;
}

SyntaxPtr Parser::equalityRest(SyntaxPtr left)
{
    if (isOneOf(peek(), {"==", "!=", "<>"})) {
        const Token &op = take();
        left = binary(op, std::move(left), relation());
        if (left && isOneOf(peek(), {"==", "!=", "<>"}))
            return refuse(peek()->at,
                          ErrorCode::SyntaxError,
                          fmt::format("'{}' cannot follow another comparison", peek()->text),
                          "Put parentheses around the first one.");
        return left;
    }
    if (isOneOf(peek(), {"in", "!in", "in~", "!in~", "has_any", "has_all"})) {
        const Token &op = take();
        return inList(std::move(left), op);
    }
    if (isOneOf(peek(), {"between", "!between"})) {
        const Token &op = take();
        return between(std::move(left), op);
    }
    return left;
}

SyntaxPtr Parser::inList(SyntaxPtr left, const Token &op)
{
    if (!expect("(", fmt::format("behind '{}'", op.text)))
        return nullptr;
    auto syntax = make(SyntaxKind::Call, op.at);
    if (!syntax)
        return nullptr;
    syntax->name = op.text;
    syntax->isOperator = true;
    syntax->children.push_back(std::move(left));
    return arguments(*syntax) ? std::move(syntax) : nullptr;
}

SyntaxPtr Parser::between(SyntaxPtr left, const Token &op)
{
    if (!expect("(", fmt::format("behind '{}'", op.text)))
        return nullptr;
    SyntaxPtr low = expression();
    if (!low || !expect("..", "between the two ends of a range"))
        return nullptr;
    SyntaxPtr high = expression();
    if (!high || !expect(")", "at the end of the range"))
        return nullptr;
    SyntaxPtr syntax = binary(op, std::move(left), std::move(low));
    if (syntax)
        syntax->children.push_back(std::move(high));
    return syntax;
}

SyntaxPtr Parser::relation()
{
    SyntaxPtr left = sum();
    if (left && isOneOf(peek(), {"<", "<=", ">", ">="})) {
        const Token &op = take();
        left = binary(op, std::move(left), sum());
    }
    return left;
}

SyntaxPtr Parser::sum()
{
    SyntaxPtr left = product();
    for (std::size_t chain = 0; left && isOneOf(peek(), {"+", "-"}); ++chain) {
        if (chain == kMaxKqlChain)
            return refuse(peek()->at, ErrorCode::TooComplex, "the sum has too many terms");
        const Token &op = take();
        left = binary(op, std::move(left), product());
    }
    return left;
}

SyntaxPtr Parser::product()
{
    SyntaxPtr left = stringComparison();
    for (std::size_t chain = 0; left && isOneOf(peek(), {"*", "/", "%"}); ++chain) {
        if (chain == kMaxKqlChain)
            return refuse(peek()->at, ErrorCode::TooComplex, "the product has too many factors");
        const Token &op = take();
        left = binary(op, std::move(left), stringComparison());
    }
    return left;
}

SyntaxPtr Parser::stringComparison()
{
    SyntaxPtr left = unary();
    const Token *token = peek();
    if (!left || token == nullptr
        || std::find(kStringOperators.begin(), kStringOperators.end(), token->text)
               == kStringOperators.end())
        return left;
    const Token &op = take();
    if (op.text == "matches") {
        if (peek() == nullptr || peek()->text != "regex")
            return refuseToken("'regex'");
        ++m_next;
        SyntaxPtr syntax = binary(op, std::move(left), unary());
        if (syntax)
            syntax->name = "matches regex";
        return syntax;
    }
    return binary(op, std::move(left), unary());
}

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

ParseResult parseExpression(std::string_view text)
{
    Parser parser(text);
    ParseResult result;
    if (!parser.failed())
        result.root = parser.expression();
    parser.refuseRest();
    result.problems = parser.takeProblems();
    if (!result.problems.empty())
        result.root.reset();
    return result;
}

} // namespace sluice::kql
