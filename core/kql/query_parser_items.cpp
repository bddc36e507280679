// What operators are made of: names, settings, named values, orders.
#include "core/event/schema.h"
#include "core/kql/literal.h"
#include "core/kql/query_parser.h"

#include <algorithm>

namespace sluice::kql {

bool QueryParser::atName() const
{
    const Token *token = peek();
    return token != nullptr
           && (token->kind == TokenKind::Name
               || (token->text == "[" && peek(1) != nullptr && peek(1)->kind == TokenKind::String));
}

bool QueryParser::atWord(std::string_view word) const
{
    return isWord(peek()) && peek()->text == word;
}

bool QueryParser::acceptWord(std::string_view word)
{
    if (!atWord(word))
        return false;
    ++m_next;
    return true;
}

bool QueryParser::expectWord(std::string_view word, std::string_view after)
{
    if (acceptWord(word))
        return true;
    const Token *token = peek();
    refuse(token != nullptr ? token->at : endPosition(),
           ErrorCode::SyntaxError,
           fmt::format("'{}' is missing {}", word, after));
    return false;
}

std::string QueryParser::name(std::string_view what)
{
    if (failed())
        return {};
    if (at("[")) {
        const SyntaxPtr quoted = quotedName();
        return quoted ? quoted->name : std::string();
    }
    if (!atName()) {
        refuseToken(what);
        return {};
    }
    return std::string(take().text);
}

/// a, a*, *b*, *: what project-away and the like take.
std::string QueryParser::wildcard()
{
    if (failed())
        return {};
    if (at("["))
        return name("a column");
    std::string text;
    const Token *last = nullptr;
    while (peek() != nullptr && (peek()->text == "*" || isWord(peek()))
           && (last == nullptr || areAdjacent(*last, *peek()))) {
        if (peek()->kind == TokenKind::Keyword && text.empty()
            && (peek(1) == nullptr || peek(1)->text != "*")) {
            refuseToken("a column");
            return {};
        }
        last = &take();
        text += last->text;
    }
    if (text.empty())
        refuseToken("a column");
    return text;
}

std::optional<ColumnType> QueryParser::type()
{
    if (failed())
        return std::nullopt;
    const Token *token = peek();
    const auto known = token != nullptr ? typeFromName(token->text) : std::nullopt;
    if (!known) {
        if (token != nullptr && token->kind == TokenKind::Name)
            refuse(token->at,
                   ErrorCode::SyntaxError,
                   fmt::format("there is no type '{}'", token->text),
                   "Types are bool, int, long, real, decimal, string, datetime, timespan, guid and "
                   "dynamic.");
        else
            refuseToken("a type");
        return std::nullopt;
    }
    ++m_next;
    return known;
}

/// `kind = inner`, `hint.strategy = broadcast`; hints mean nothing here and are let pass.
void QueryParser::settings(OperatorSyntax &op, std::initializer_list<std::string_view> known)
{
    while (!failed() && isWord(peek()) && peek(1) != nullptr) {
        const bool hint = peek()->text == "hint" && peek(1)->text == ".";
        const bool other = peek(1)->text == "="
                           && std::find(known.begin(), known.end(), peek()->text) != known.end();
        if (!hint && !other)
            return;
        SettingSyntax setting;
        setting.name = take().text;
        if (hint) {
            ++m_next;
            setting.name += "." + std::string(take().text);
        }
        if (!expect("=", "behind the setting"))
            return;
        if (peek() == nullptr) {
            refuseToken("a value");
            return;
        }
        setting.at = peek()->at;
        if (at("[")) {
            setting.text = name("a name");
        } else if (peek()->kind == TokenKind::String) {
            setting.text = readStringLiteral(take().text).value_or("");
        } else {
            const Token *last = &take();
            setting.text = last->text;
            while (peek() != nullptr && areAdjacent(*last, *peek()) && isWord(peek())) {
                last = &take();
                setting.text += last->text;
            }
        }
        op.settings.push_back(std::move(setting));
    }
}

/// `name = value`, `(a, b) = value`, or a value alone.
ItemSyntax QueryParser::namedItem()
{
    ItemSyntax item;
    if (peek() != nullptr)
        item.at = peek()->at;
    std::size_t behindName = atName() ? (at("[") ? 3 : 1) : 0;
    if (isWord(peek()) && peek()->kind == TokenKind::Keyword && peek(1) != nullptr
        && peek(1)->text == "=") {
        refuseToken("a name");
        return item;
    }
    if (behindName != 0 && peek(behindName) != nullptr && peek(behindName)->text == "="
        && peek(behindName)->kind == TokenKind::Operator) {
        item.names.push_back(name("a name"));
        if (failed() || !expect("=", "behind the name"))
            return item;
    } else if (at("(")) {
        std::size_t ahead = 1;
        while (peek(ahead) != nullptr && peek(ahead)->kind == TokenKind::Name
               && peek(ahead + 1) != nullptr && peek(ahead + 1)->text == ",")
            ahead += 2;
        const bool list = peek(ahead + 2) != nullptr && peek(ahead)->kind == TokenKind::Name
                          && peek(ahead + 1)->text == ")" && peek(ahead + 2)->text == "=";
        if (list) {
            ++m_next;
            do {
                item.names.push_back(name("a name"));
            } while (!failed() && accept(","));
            m_next += 2;
        }
    }
    item.value = expression();
    return item;
}

void QueryParser::namedItems(std::vector<ItemSyntax> &items)
{
    do {
        if (at("*") && peek(1) != nullptr
            && (peek(1)->text == "," || peek(1)->text == "|" || peek(1)->text == ")")) {
            ItemSyntax star;
            star.at = take().at;
            star.pattern = "*";
            items.push_back(std::move(star));
        } else {
            items.push_back(namedItem());
        }
    } while (!failed() && accept(","));
}

void QueryParser::orderOf(ItemSyntax &item)
{
    if (acceptWord("asc"))
        item.descending = false;
    else if (acceptWord("desc"))
        item.descending = true;
    if (!acceptWord("nulls"))
        return;
    if (acceptWord("first"))
        item.nullsFirst = true;
    else if (acceptWord("last"))
        item.nullsFirst = false;
    else
        refuseToken("'first' or 'last'");
}

bool QueryParser::by(OperatorSyntax &op)
{
    if (failed() || !acceptWord("by"))
        return false;
    op.hasKeys = true;
    namedItems(op.keys);
    return true;
}

} // namespace sluice::kql
