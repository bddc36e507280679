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
    while (peek() != nullptr && peek()->text == "-" && areAdjacent(*last, *peek())
           && isWord(peek(1)) && areAdjacent(*peek(), *peek(1))) {
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

} // namespace sluice::kql
