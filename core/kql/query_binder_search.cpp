// search: a condition on any column of several tables.
#include "core/kql/constant.h"
#include "core/kql/part_label.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

SyntaxPtr makeCall(std::string name, bool isOperator, const Position &at)
{
    auto call = std::make_unique<Syntax>();
    call->kind = SyntaxKind::Call;
    call->name = std::move(name);
    call->isOperator = isOperator;
    call->at = at;
    return call;
}

SyntaxPtr makeName(const std::string &name, const Position &at)
{
    auto syntax = std::make_unique<Syntax>();
    syntax->kind = SyntaxKind::Name;
    syntax->name = name;
    syntax->at = at;
    return syntax;
}

SyntaxPtr makeConstant(ColumnPtr value, const Position &at)
{
    auto syntax = std::make_unique<Syntax>();
    syntax->constant = std::move(value);
    syntax->at = at;
    return syntax;
}

SyntaxPtr copyOf(const Syntax &syntax)
{
    auto copy = std::make_unique<Syntax>();
    copy->kind = syntax.kind;
    copy->at = syntax.at;
    copy->name = syntax.name;
    copy->isOperator = syntax.isOperator;
    copy->argumentName = syntax.argumentName;
    copy->constant = syntax.constant;
    copy->pipe = syntax.pipe;
    for (const SyntaxPtr &child : syntax.children)
        copy->children.push_back(copyOf(*child));
    return copy;
}

/// The operator that a word to search for stands for, and what is left of it: a* is hasprefix a.
std::string searchOperator(std::string *word, bool exact)
{
    const bool before = word->size() > 1 && word->front() == '*';
    const bool behind = word->size() > 1 && word->back() == '*';
    if (behind)
        word->pop_back();
    if (before)
        word->erase(0, 1);
    std::string op = before && behind ? "contains"
                     : before         ? "hassuffix"
                     : behind         ? "hasprefix"
                                      : "has";
    return exact ? op + "_cs" : op;
}

/// A word in any column that holds text, a number also in a column of numbers.
SyntaxPtr anyColumn(const Schema &schema, const Syntax &word, bool exact)
{
    SyntaxPtr any = makeCall("or", true, word.at);
    std::string text;
    const Column &value = *word.constant;
    if (value.type == ColumnType::String)
        text = value.texts[0];
    else if (value.type == ColumnType::Long || value.type == ColumnType::Int)
        text = std::to_string(value.integers[0]);
    else
        text = word.name;
    const std::string op = searchOperator(&text, exact);
    for (const SchemaColumn &column : schema.columns) {
        const bool texts = column.type == ColumnType::String || column.type == ColumnType::Dynamic
                           || column.type == ColumnType::Guid;
        const bool whole = column.type == ColumnType::Long || column.type == ColumnType::Int;
        if (!texts && !whole)
            continue;
        SyntaxPtr operand = makeName(column.name, word.at);
        if (column.type != ColumnType::String) {
            SyntaxPtr converted = makeCall("tostring", false, word.at);
            converted->children.push_back(std::move(operand));
            operand = std::move(converted);
        }
        SyntaxPtr one = makeCall(op, true, word.at);
        one->children.push_back(std::move(operand));
        one->children.push_back(makeConstant(textConstant(ColumnType::String, text), word.at));
        any->children.push_back(std::move(one));
    }
    if (any->children.empty())
        return makeConstant(boolConstant(false), word.at);
    if (any->children.size() == 1)
        return std::move(any->children.front());
    return any;
}

} // namespace

/// The condition that a search means: words look at every column.
SyntaxPtr QueryBinder::searchPredicate(const Syntax &syntax, const Schema &schema, bool exact)
{
    if (syntax.kind == SyntaxKind::Constant && syntax.constant->type != ColumnType::Bool)
        return anyColumn(schema, syntax, exact);
    const bool logic = syntax.kind == SyntaxKind::Call
                       && ((syntax.isOperator && (syntax.name == "and" || syntax.name == "or"))
                           || (!syntax.isOperator && syntax.name == "not"));
    if (logic) {
        SyntaxPtr copy = makeCall(syntax.name, syntax.isOperator, syntax.at);
        for (const SyntaxPtr &child : syntax.children)
            copy->children.push_back(searchPredicate(*child, schema, exact));
        return copy;
    }
    const bool star = syntax.kind == SyntaxKind::Call && syntax.isOperator
                      && !syntax.children.empty() && syntax.children[0]->kind == SyntaxKind::Name
                      && syntax.children[0]->name == "*";
    if (!star)
        return copyOf(syntax);
    SyntaxPtr any = makeCall("or", true, syntax.at); // * has "x": in one of the columns of text
    for (const SchemaColumn &column : schema.columns) {
        if (column.type != ColumnType::String)
            continue;
        SyntaxPtr one = copyOf(syntax);
        one->children[0] = makeName(column.name, syntax.at);
        any->children.push_back(std::move(one));
    }
    if (any->children.empty())
        return makeConstant(boolConstant(false), syntax.at);
    if (any->children.size() == 1)
        return std::move(any->children.front());
    return any;
}

/// Filters one table and puts `$table` before its columns.
bool QueryBinder::searchPart(Pipe &pipe, const OperatorSyntax &op, std::string_view fallback)
{
    const std::string label = labelOf(pipe.query, 0, fallback);
    if (op.value) {
        const SettingSyntax *kind = op.setting("kind");
        const bool exact = kind != nullptr && kind->text == "case_sensitive";
        const SyntaxPtr predicate = searchPredicate(*op.value, pipe.schema(), exact);
        const ExpressionPtr condition = expression(*predicate, pipe, nullptr);
        if (!condition)
            return false;
        if (condition->type() != ColumnType::Bool)
            return refuse(op.value->at, ErrorCode::WrongType, "this is nothing to search for");
        pipe.push(Where{condition}, pipe.query.schemaPtr(), op);
    }
    pipe.query.alias = label;
    return true;
}

bool QueryBinder::bindSearch(Pipe &pipe, const OperatorSyntax &op)
{
    std::vector<QueryPtr> parts;
    const auto add = [&](const QueryPtr &table, const std::string &fallback) {
        Pipe part;
        part.query = *table;
        if (!searchPart(part, op, fallback))
            return false;
        parts.push_back(std::make_shared<const Query>(std::move(part.query)));
        return true;
    };
    if (pipe.query.sourceSchema) {
        if (!op.pipes.empty())
            return refuse(op.at, ErrorCode::SyntaxError, "'search in (…)' begins a query");
        if (!add(std::make_shared<const Query>(pipe.query), "search_arg"))
            return false;
    } else if (!op.pipes.empty()) {
        for (const PipePtr &table : op.pipes) {
            const QueryPtr query = bindPipe(*table);
            if (!query || !add(query, "search_arg"))
                return false;
        }
    } else {
        for (const std::string &name : m_host.tableNames()) {
            const QueryPtr query = tableNamed(name, op.at);
            if (!query || !add(query, name))
                return false;
        }
        if (parts.empty())
            return refuse(op.at, ErrorCode::UnknownName, "there is no table to search in");
    }
    const bool serialized = pipe.query.serialized;
    pipe.query = *unionOf(std::move(parts), op, "search_arg");
    pipe.query.serialized =
        serialized && std::get<UnionSource>(pipe.query.source).parts.size() == 1;
    return true;
}

} // namespace sluice::kql
