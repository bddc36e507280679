// The tabular operators: what stands behind each of their names.
#include "core/event/schema.h"
#include "core/kql/literal.h"
#include "core/kql/query_parser.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

struct QueryParser::Entry
{
    std::string_view name;
    Read read;
};

namespace {

struct Refused
{
    std::string_view name;
    std::string_view instead;
};

/// Known to Kusto, out of scope here; what to use in their place.
constexpr std::array<Refused, 16> kRefused{{
    {"find", "Use 'union withsource=Table T1, T2 | where …' or 'search'."},
    {"fork", "Write one query for each branch, with 'let' for what they share."},
    {"facet", "Write 'summarize count() by column' for each column."},
    {"reduce", "Use 'extend p = replace_regex(text, …) | summarize count() by p'."},
    {"externaldata", "Load the file into a table first, or use 'datatable'."},
    {"graph-match", "Graph operators are out of scope; use 'join'."},
    {"graph-to-table", "Graph operators are out of scope; use 'join'."},
    {"graph-shortest-paths", "Graph operators are out of scope; use 'join'."},
    {"make-graph", "Graph operators are out of scope; use 'join'."},
    {"project-by-names", "Use 'project-keep'."},
    {"execute_and_cache", "Use 'materialize(…)'."},
    {"macro-expand", "Use 'union'."},
    {"assert-schema", "Use 'getschema'."},
    {"restrict", "Leave it out: every table of the database may be read."},
    {"execute-show-command", "Use '.show tables' on its own."},
    {"__executeandcache", "Use 'materialize(…)'."},
}};

bool adjacent(const Token &a, const Token &b)
{
    return a.at.offset + a.at.length == b.at.offset;
}

bool isWord(const Token *token)
{
    return token != nullptr
           && (token->kind == TokenKind::Name || token->kind == TokenKind::Keyword);
}

} // namespace

const QueryParser::Entry *QueryParser::findOperator(std::string_view name)
{
    using P = QueryParser;
    static const std::array<Entry, 41> entries{{
        {"as", &P::readAs},
        {"consume", &P::readNothing},
        {"count", &P::readCount},
        {"distinct", &P::readDistinct},
        {"evaluate", &P::readEvaluate},
        {"extend", &P::readColumns},
        {"filter", &P::readCondition},
        {"getschema", &P::readNothing},
        {"invoke", &P::readInvoke},
        {"join", &P::readJoin},
        {"limit", &P::readCondition},
        {"lookup", &P::readJoin},
        {"make-series", &P::readMakeSeries},
        {"mv-apply", &P::readApply},
        {"mv-expand", &P::readExpand},
        {"mvapply", &P::readApply},
        {"mvexpand", &P::readExpand},
        {"order", &P::readSort},
        {"parse", &P::readParse},
        {"parse-kv", &P::readParseKv},
        {"parse-where", &P::readParse},
        {"partition", &P::readPartition},
        {"project", &P::readColumns},
        {"project-away", &P::readPatterns},
        {"project-keep", &P::readPatterns},
        {"project-rename", &P::readRenames},
        {"project-reorder", &P::readReorder},
        {"render", &P::readRender},
        {"sample", &P::readCondition},
        {"sample-distinct", &P::readSampleDistinct},
        {"scan", &P::readScan},
        {"search", &P::readSearch},
        {"serialize", &P::readSerialize},
        {"sort", &P::readSort},
        {"summarize", &P::readSummarize},
        {"take", &P::readCondition},
        {"top", &P::readTop},
        {"top-hitters", &P::readTopHitters},
        {"top-nested", &P::readTopNested},
        {"union", &P::readUnion},
        {"where", &P::readCondition},
    }};
    const auto found = std::find_if(
        entries.begin(), entries.end(), [&](const Entry &entry) { return entry.name == name; });
    return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> queryOperatorNames()
{
    return {"as",          "consume",      "count",           "distinct",       "evaluate",
            "extend",      "filter",       "getschema",       "invoke",         "join",
            "limit",       "lookup",       "make-series",     "mv-apply",       "mv-expand",
            "order",       "parse",        "parse-kv",        "parse-where",    "partition",
            "project",     "project-away", "project-keep",    "project-rename", "project-reorder",
            "render",      "sample",       "sample-distinct", "scan",           "search",
            "serialize",   "sort",         "summarize",       "take",           "top",
            "top-hitters", "top-nested",   "union",           "where"};
}

/// Words joined by '-' where that gives the name of an operator.
std::string QueryParser::operatorName()
{
    const Token *first = &take();
    std::string text(first->text);
    const Token *last = first;
    while (peek() != nullptr && peek()->text == "-" && adjacent(*last, *peek()) && isWord(peek(1))
           && adjacent(*peek(), *peek(1))) {
        const std::string longer = text + "-" + std::string(peek(1)->text);
        last = peek(1);
        m_next += 2;
        text = longer;
    }
    return text;
}

OperatorSyntax QueryParser::operatorHere()
{
    OperatorSyntax op;
    const Token *token = peek();
    if (token == nullptr || !isWord(token)) {
        refuseToken("an operator");
        return op;
    }
    op.at = token->at;
    op.name = operatorName();
    op.at.length = op.name.size();
    const Entry *entry = findOperator(op.name);
    if (entry == nullptr) {
        refuseOperator(op.name, op.at);
        return op;
    }
    (this->*entry->read)(op);
    if (!failed() && !atEndOfPipe())
        refuseRest();
    return op;
}

void QueryParser::refuseOperator(const std::string &name, const Position &place)
{
    const auto known = std::find_if(kRefused.begin(), kRefused.end(), [&](const Refused &refused) {
        return refused.name == name;
    });
    if (known != kRefused.end()) {
        refuse(place,
               ErrorCode::NotSupported,
               fmt::format("operator '{}' is not supported", name),
               std::string(known->instead));
        return;
    }
    const std::string nearest = nearestName(name, queryOperatorNames()).value_or("");
    refuse(place,
           ErrorCode::UnknownName,
           fmt::format("there is no operator '{}'", name),
           nearest.empty() ? std::string() : fmt::format("Did you mean '{}'?", nearest));
    if (!m_problems.empty())
        m_problems.front().suggestion = nearest;
}

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
           && (last == nullptr || adjacent(*last, *peek()))) {
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
            while (peek() != nullptr && adjacent(*last, *peek()) && isWord(peek())) {
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
                             && adjacent(*peek(), *peek(1));
        if (starred || at("*")) {
            item.pattern = wildcard();
            op.pipes.push_back(nullptr);
        } else {
            op.pipes.push_back(table());
        }
        op.items.push_back(std::move(item));
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

void QueryParser::readAs(OperatorSyntax &op)
{
    settings(op, {});
    op.items.emplace_back().names.push_back(name("a name behind 'as'"));
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

void QueryParser::readSampleDistinct(OperatorSyntax &op)
{
    op.value = expression();
    if (failed() || !expectWord("of", "behind the number of values"))
        return;
    op.keys.push_back(namedItem());
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
