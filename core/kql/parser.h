#pragma once

#include "core/kql/lexer.h"
#include "core/kql/syntax.h"

#include <string_view>
#include <vector>

namespace sluice::kql {

struct ParseResult
{
    SyntaxPtr root; // null when problems holds any
    std::vector<Problem> problems;
};

/// Reads one scalar expression, all of the text.
ParseResult parseExpression(std::string_view text);

/// Recursive descent over the tokens of a text. The first problem ends it: every function then
/// returns null, and the callers return at once.
class Parser
{
public:
    explicit Parser(std::string_view text);
    virtual ~Parser() = default;
    Parser(const Parser &) = delete;
    Parser &operator=(const Parser &) = delete;

    SyntaxPtr expression() { return orExpression(); }
    bool atEnd() const { return m_next == m_tokens.size(); }
    void refuseRest();
    std::vector<Problem> takeProblems() { return std::move(m_problems); }
    bool failed() const { return !m_problems.empty(); }

protected:
    /// What may stand in parentheses and as an argument: an expression; in a query also a pipe.
    virtual SyntaxPtr valueOrPipe() { return expression(); }
    SyntaxPtr orExpression();
    SyntaxPtr andExpression();
    SyntaxPtr equality();
    SyntaxPtr equalityRest(SyntaxPtr left);
    SyntaxPtr inList(SyntaxPtr left, const Token &op);
    SyntaxPtr between(SyntaxPtr left, const Token &op);
    SyntaxPtr relation();
    SyntaxPtr sum();
    SyntaxPtr product();
    SyntaxPtr stringComparison();
    SyntaxPtr unary();
    SyntaxPtr postfix();
    SyntaxPtr postfixRest(SyntaxPtr base);
    SyntaxPtr primary();
    SyntaxPtr call(const Token &name);
    SyntaxPtr stringConstant();
    SyntaxPtr quotedName();
    SyntaxPtr literal(const Token &token);
    bool arguments(Syntax &call);
    SyntaxPtr argument();
    SyntaxPtr everyColumn();

    const Token *peek() const { return peek(0); }
    const Token *peek(std::size_t ahead) const
    {
        return m_next + ahead < m_tokens.size() ? &m_tokens[m_next + ahead] : nullptr;
    }
    bool at(std::string_view text) const;
    bool accept(std::string_view text);
    bool expect(std::string_view text, std::string_view after);
    const Token &take() { return m_tokens[m_next++]; }
    SyntaxPtr make(SyntaxKind kind, const Position &place);
    SyntaxPtr binary(const Token &op, SyntaxPtr left, SyntaxPtr right);
    SyntaxPtr
    refuse(const Position &place, ErrorCode code, std::string message, std::string hint = {});
    SyntaxPtr refuseToken(std::string_view expected);
    Position endPosition() const;

    std::vector<Token> m_tokens;
    std::vector<Problem> m_problems;
    std::size_t m_next = 0;
    std::size_t m_nodes = 0;
    int m_depth = 0;
    bool m_stars = false; // `* has 'x'`: as in search
};

} // namespace sluice::kql
