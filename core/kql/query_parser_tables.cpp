// Operators that name tables and functions, or make a table: join, union, search, range …
#include "core/kql/literal.h"
#include "core/kql/query_parser.h"

#include <algorithm>

namespace sluice::kql {

void QueryParser::readJoin(OperatorSyntax &op)
{
    settings(op, {"kind"});
    op.pipes.push_back(table());
    settings(op, {});
    if (failed())
        return;
    if (acceptWord("where")) {
        refuse(op.at, ErrorCode::NotSupported, "'join … where' is not supported", "Use 'on'.");
        return;
    }
    if (!expectWord("on", "behind the right side"))
        return;
    op.hasKeys = true;
    do {
        ItemSyntax key;
        if (peek() != nullptr)
            key.at = peek()->at;
        key.value = expression();
        op.keys.push_back(std::move(key));
    } while (!failed() && accept(","));
}

void QueryParser::readUnion(OperatorSyntax &op)
{
    settings(op, {"kind", "withsource", "with_source", "isfuzzy"});
    do {
        ItemSyntax item;
        if (peek() != nullptr)
            item.at = peek()->at;
        const bool starred = isWord(peek()) && peek(1) != nullptr && peek(1)->text == "*"
                             && areAdjacent(*peek(), *peek(1));
        if (starred || at("*")) {
            item.pattern = wildcard();
            op.pipes.push_back(nullptr);
        } else {
            op.pipes.push_back(table());
        }
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
}

void QueryParser::readSearch(OperatorSyntax &op)
{
    settings(op, {"kind"});
    if (acceptWord("in")) {
        if (!expect("(", "behind 'in'"))
            return;
        do {
            op.pipes.push_back(table());
        } while (!failed() && accept(","));
        if (failed() || !expect(")", "behind the tables"))
            return;
    }
    if (at("*") && (peek(1) == nullptr || peek(1)->text == "|" || peek(1)->text == ")")) {
        ++m_next; // every row
        return;
    }
    m_stars = true;
    op.value = expression();
    m_stars = false;
}

void QueryParser::readEvaluate(OperatorSyntax &op)
{
    settings(op, {});
    if (!atName() || peek(1) == nullptr || peek(1)->text != "(") {
        refuseToken("a plugin, such as bag_unpack(column),");
        return;
    }
    const Token &plugin = take();
    op.value = call(plugin);
    if (!failed() && accept(":")) {
        op.hasKeys = true;
        columnList(op.items, op.open);
    }
}

void QueryParser::readInvoke(OperatorSyntax &op)
{
    if (!atName() || peek(1) == nullptr || peek(1)->text != "(") {
        refuseToken("a call of a function");
        return;
    }
    const Token &function = take();
    op.value = call(function);
}

void QueryParser::readRender(OperatorSyntax &op)
{
    if (!isWord(peek())) {
        refuseToken("a kind of chart, such as timechart,");
        return;
    }
    op.items.emplace_back().names.push_back(std::string(take().text));
    const bool bracket = acceptWord("with") && expect("(", "behind 'with'");
    while (!failed() && !atEndOfPipe() && isWord(peek())) {
        SettingSyntax setting;
        setting.at = peek()->at;
        setting.name = take().text;
        if (!expect("=", "behind the property"))
            return;
        std::string text;
        while (peek() != nullptr && !at("|") && !at(";") && !at(")")) {
            if (peek()->kind == TokenKind::String)
                text += readStringLiteral(take().text).value_or("");
            else if (at(",") && peek(2) != nullptr && isWord(peek(1)) && peek(2)->text == "=")
                break;
            else if (!bracket && isWord(peek()) && peek(1) != nullptr && peek(1)->text == "="
                     && !text.empty())
                break;
            else
                text += take().text;
        }
        setting.text = std::move(text);
        op.settings.push_back(std::move(setting));
        accept(",");
    }
    if (!failed() && bracket)
        expect(")", "behind the properties");
}

void QueryParser::readRange(OperatorSyntax &op)
{
    op.items.emplace_back().names.push_back(name("a name"));
    if (failed() || !expectWord("from", "behind the name"))
        return;
    op.from = expression();
    if (failed() || !expectWord("to", "behind the start"))
        return;
    op.to = expression();
    if (failed() || !expectWord("step", "behind the end"))
        return;
    op.step = expression();
}

void QueryParser::readDatatable(OperatorSyntax &op)
{
    settings(op, {});
    columnList(op.items, op.open);
    if (failed() || !expect("[", "before the values"))
        return;
    while (!failed() && !at("]")) {
        op.cells.push_back(expression());
        if (!accept(","))
            break;
    }
    if (!failed())
        expect("]", "behind the values");
}

} // namespace sluice::kql
