// Operators that take rows one by one: conditions, columns, patterns, elements, order.
#include "core/kql/query_parser.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::kql {

void QueryParser::readNothing(OperatorSyntax &op)
{
    settings(op, {"decodeblocks"});
}

void QueryParser::readCondition(OperatorSyntax &op)
{
    settings(op, {});
    op.value = expression();
}

void QueryParser::readColumns(OperatorSyntax &op)
{
    if (op.name == "project" && atEndOfPipe())
        return;
    namedItems(op.items);
}

void QueryParser::readPrint(OperatorSyntax &op)
{
    namedItems(op.items);
}

void QueryParser::readSerialize(OperatorSyntax &op)
{
    settings(op, {});
    if (!atEndOfPipe())
        namedItems(op.items);
}

void QueryParser::readPatterns(OperatorSyntax &op)
{
    do {
        ItemSyntax item;
        if (peek() != nullptr)
            item.at = peek()->at;
        if (at("["))
            item.names.push_back(name("a column"));
        else
            item.pattern = wildcard();
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
}

void QueryParser::readRenames(OperatorSyntax &op)
{
    do {
        ItemSyntax item = namedItem();
        if (!failed() && item.names.size() != 1)
            refuse(item.at,
                   ErrorCode::SyntaxError,
                   "a new name is missing",
                   "Write: project-rename new = old");
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
}

void QueryParser::readReorder(OperatorSyntax &op)
{
    do {
        ItemSyntax item;
        if (peek() != nullptr)
            item.at = peek()->at;
        if (at("["))
            item.names.push_back(name("a column"));
        else
            item.pattern = wildcard();
        if (acceptWord("asc")) {
            item.descending = false;
        } else if (acceptWord("desc")) {
            item.descending = true;
        } else if (isWord(peek()) && peek()->text == "granny") {
            item.numeric = true;
            ++m_next;
            if (!expect("-", "behind 'granny'"))
                return;
            item.descending = !acceptWord("asc");
            if (*item.descending && !expectWord("desc", "behind 'granny-'"))
                return;
        }
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
}

void QueryParser::readSort(OperatorSyntax &op)
{
    settings(op, {});
    if (!expectWord("by", fmt::format("behind '{}'", op.name)))
        return;
    do {
        ItemSyntax key = namedItem();
        if (!failed())
            orderOf(key);
        op.keys.push_back(std::move(key));
    } while (!failed() && accept(","));
}

/// `[name =] value [to typeof(type)]`, …
void QueryParser::expansion(OperatorSyntax &op)
{
    settings(op, {"kind", "bagexpansion", "with_itemindex", "id"});
    do {
        ItemSyntax item = namedItem();
        if (!failed() && acceptWord("to")) {
            if (!expectWord("typeof", "behind 'to'") || !expect("(", "behind 'typeof'"))
                return;
            item.type = type();
            if (failed() || !expect(")", "behind the type"))
                return;
        }
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
    if (!failed() && acceptWord("limit"))
        op.value = expression();
}

void QueryParser::readExpand(OperatorSyntax &op)
{
    op.name = "mv-expand";
    expansion(op);
}

void QueryParser::readApply(OperatorSyntax &op)
{
    op.name = "mv-apply";
    expansion(op);
    if (failed() || !expectWord("on", "before the sub-query"))
        return;
    op.pipes.push_back(subPipe());
}

void QueryParser::pattern(OperatorSyntax &op)
{
    while (!failed() && !atEndOfPipe()) {
        ItemSyntax item;
        item.at = peek()->at;
        if (accept("*")) {
            item.pattern = "*";
        } else if (peek()->kind == TokenKind::String) {
            item.value = stringConstant();
        } else {
            item.names.push_back(name("a text, '*' or a column"));
            if (!failed() && accept(":")) {
                if (peek() != nullptr)
                    item.typeAt = peek()->at;
                item.type = type();
            }
        }
        op.items.push_back(std::move(item));
    }
}

void QueryParser::readParse(OperatorSyntax &op)
{
    settings(op, {"kind", "flags"});
    op.value = expression();
    if (failed() || !expectWord("with", "behind what is parsed"))
        return;
    pattern(op);
}

void QueryParser::readParseKv(OperatorSyntax &op)
{
    op.value = expression();
    if (failed() || !expectWord("as", "behind what is parsed"))
        return;
    columnList(op.items, op.open);
    if (failed() || !acceptWord("with"))
        return;
    if (!expect("(", "behind 'with'"))
        return;
    settings(op, {"pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"});
    while (!failed() && accept(","))
        settings(op, {"pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"});
    if (!failed())
        expect(")", "behind the settings");
}

/// step name [output=all|last|none]: condition [=> column = value, …];
void QueryParser::scanStep(OperatorSyntax &op)
{
    OperatorSyntax step;
    if (peek() != nullptr)
        step.at = peek()->at;
    step.name = name("the name of the step");
    if (!failed() && acceptWord("optional"))
        step.open = true;
    settings(step, {"output"});
    if (failed() || !expect(":", "behind the name of the step"))
        return;
    step.value = expression();
    if (!failed() && accept("=>")) {
        do {
            step.items.push_back(namedItem());
        } while (!failed() && accept(","));
    }
    if (!failed())
        expect(";", "behind the step");
    op.parts.push_back(std::move(step));
}

void QueryParser::readScan(OperatorSyntax &op)
{
    settings(op, {"with_match_id"});
    if (!failed() && acceptWord("declare"))
        columnList(op.items, op.open);
    if (failed() || !expectWord("with", "before the steps") || !expect("(", "before the steps"))
        return;
    while (!failed() && acceptWord("step"))
        scanStep(op);
    if (!failed())
        expect(")", "behind the steps");
}

void QueryParser::readAs(OperatorSyntax &op)
{
    settings(op, {});
    op.items.emplace_back().names.push_back(name("a name behind 'as'"));
}

} // namespace sluice::kql
