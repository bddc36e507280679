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
