// Operators that bring rows together: summarize, top, distinct, make-series, partition …
#include "core/kql/query_parser.h"

#include <algorithm>

namespace sluice::kql {

void QueryParser::readDistinct(OperatorSyntax &op)
{
    settings(op, {});
    namedItems(op.keys);
}

void QueryParser::readSummarize(OperatorSyntax &op)
{
    settings(op, {});
    if (!atWord("by") && !atEndOfPipe())
        namedItems(op.items);
    by(op);
}

void QueryParser::readCount(OperatorSyntax &op)
{
    if (acceptWord("as"))
        op.items.emplace_back().names.push_back(name("a name"));
}

void QueryParser::readTop(OperatorSyntax &op)
{
    settings(op, {});
    op.value = expression();
    if (failed() || !expectWord("by", "behind the number of rows"))
        return;
    ItemSyntax key = namedItem();
    orderOf(key);
    op.keys.push_back(std::move(key));
}

void QueryParser::readMakeSeries(OperatorSyntax &op)
{
    settings(op, {"kind"});
    do {
        ItemSyntax item = namedItem();
        if (!failed() && acceptWord("default")) {
            if (!expect("=", "behind 'default'"))
                return;
            item.extra = expression();
        }
        op.items.push_back(std::move(item));
    } while (!failed() && accept(","));
    if (failed() || !expectWord("on", "behind the aggregates"))
        return;
    op.value = expression();
    if (!failed() && acceptWord("in")) {
        if (!expectWord("range", "behind 'in'") || !expect("(", "behind 'range'"))
            return;
        op.from = expression();
        if (failed() || !expect(",", "behind the start"))
            return;
        op.to = expression();
        if (failed() || !expect(",", "behind the end"))
            return;
        op.step = expression();
        op.open = true; // the end belongs to it
        if (failed() || !expect(")", "behind the step"))
            return;
    } else {
        if (!failed() && acceptWord("from"))
            op.from = expression();
        if (!failed() && acceptWord("to"))
            op.to = expression();
        if (failed() || !expectWord("step", "behind the axis"))
            return;
        op.step = expression();
    }
    by(op);
}

void QueryParser::readPartition(OperatorSyntax &op)
{
    settings(op, {});
    if (!expectWord("by", "behind 'partition'"))
        return;
    if (atName() && peek(1) != nullptr && peek(1)->text == "(") { // a column, not a call
        ItemSyntax key;
        key.at = peek()->at;
        key.value = make(SyntaxKind::Name, key.at);
        if (!key.value)
            return;
        key.value->name = take().text;
        op.keys.push_back(std::move(key));
    } else {
        op.keys.push_back(namedItem());
    }
    settings(op, {});
    if (at("{")) {
        refuse(peek()->at,
               ErrorCode::NotSupported,
               "'partition … { … }' is not supported",
               "Write the sub-query in parentheses: partition by key (top 1 by value)");
        return;
    }
    op.pipes.push_back(subPipe());
}

void QueryParser::readTopNested(OperatorSyntax &op)
{
    do {
        OperatorSyntax level;
        if (peek() != nullptr)
            level.at = peek()->at;
        if (!op.parts.empty() && (!isWord(peek()) || operatorName() != "top-nested")) {
            refuseToken("'top-nested'");
            return;
        }
        if (!atWord("of"))
            level.value = expression();
        if (failed() || !expectWord("of", "behind the number of rows"))
            return;
        level.keys.push_back(namedItem());
        if (!failed() && acceptWord("with")) {
            if (!expectWord("others", "behind 'with'") || !expect("=", "behind 'others'"))
                return;
            level.keys.back().extra = expression();
        }
        if (failed() || !expectWord("by", "behind the column"))
            return;
        level.items.push_back(namedItem());
        if (!failed())
            orderOf(level.items.back());
        op.parts.push_back(std::move(level));
    } while (!failed() && accept(","));
}

void QueryParser::readTopHitters(OperatorSyntax &op)
{
    op.value = expression();
    if (failed() || !expectWord("of", "behind the number of rows"))
        return;
    op.keys.push_back(namedItem());
    if (!failed() && acceptWord("by"))
        op.items.push_back(namedItem());
}

void QueryParser::readSampleDistinct(OperatorSyntax &op)
{
    op.value = expression();
    if (failed() || !expectWord("of", "behind the number of values"))
        return;
    op.keys.push_back(namedItem());
}

} // namespace sluice::kql
