#pragma once

#include "core/kql/problem.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

enum class TokenKind {
    Keyword,  // and, has, !in~, between, true …
    Name,     // columns and functions
    Number,   // 1, 0x1F, 2.5
    Timespan, // 10s, 1.5h
    String,   // every form, with its quotes
    Literal,  // datetime(2020-01-01), dynamic([1, 2]), int(null): with its parentheses
    Operator, // == + ( , .. |
    Comment,
    Error, // what no KQL text may hold; `message` says why
};

/// A piece of a KQL text; `text` views the text that was given.
struct Token
{
    TokenKind kind = TokenKind::Error;
    std::string_view text;
    Position at;
    std::string message; // of an Error
};

/// Splits a text into tokens, spaces left out. Never fails: what cannot be read is an Error token.
std::vector<Token> tokenize(std::string_view text);

/// Whether nothing lies between the two, not even a space.
inline bool areAdjacent(const Token &a, const Token &b)
{
    return a.at.offset + a.at.length == b.at.offset;
}
/// A name or a keyword; null is none.
inline bool isWord(const Token *token)
{
    return token != nullptr
           && (token->kind == TokenKind::Name || token->kind == TokenKind::Keyword);
}

/// An operator or keyword with one of these texts.
bool isOneOf(const Token *token, std::initializer_list<std::string_view> texts);

/// True for words that need ['…'] around them to be a name.
bool isReservedWord(std::string_view word);

} // namespace sluice::kql
