// join, lookup, union and search.
#include "core/kql/constant.h"
#include "core/kql/query_binder.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

struct KindName
{
    std::string_view name;
    JoinKind kind;
};
constexpr std::array<KindName, 14> kJoinKinds{{{"innerunique", JoinKind::InnerUnique},
                                               {"inner", JoinKind::Inner},
                                               {"leftouter", JoinKind::LeftOuter},
                                               {"rightouter", JoinKind::RightOuter},
                                               {"fullouter", JoinKind::FullOuter},
                                               {"leftsemi", JoinKind::LeftSemi},
                                               {"leftanti", JoinKind::LeftAnti},
                                               {"anti", JoinKind::LeftAnti},
                                               {"leftantisemi", JoinKind::LeftAnti},
                                               {"rightsemi", JoinKind::RightSemi},
                                               {"rightanti", JoinKind::RightAnti},
                                               {"rightantisemi", JoinKind::RightAnti},
                                               {"semi", JoinKind::LeftSemi},
                                               {"outer", JoinKind::FullOuter}}};

/// The side and the column of `$left.a`; nothing for anything else.
const Syntax *sideOf(const Syntax &syntax, std::string_view side)
{
    const bool member = syntax.kind == SyntaxKind::Member
                        && syntax.children[0]->kind == SyntaxKind::Name
                        && syntax.children[0]->name == side;
    const bool index = syntax.kind == SyntaxKind::Index
                       && syntax.children[0]->kind == SyntaxKind::Name
                       && syntax.children[0]->name == side
                       && (syntax.children[1]->kind == SyntaxKind::Constant
                           || syntax.children[1]->kind == SyntaxKind::Name);
    return member || index ? &syntax : nullptr;
}

std::string columnOf(const Syntax &syntax)
{
    if (syntax.kind == SyntaxKind::Member)
        return syntax.name;
    const Syntax &key = *syntax.children[1];
    if (key.kind == SyntaxKind::Constant && key.constant->type == ColumnType::String)
        return std::string(key.constant->texts[0]);
    return key.name;
}

} // namespace

std::optional<JoinKey>
QueryBinder::joinKey(const Syntax &syntax, const Schema &left, const Schema &right)
{
    JoinKey key;
    Position leftAt = syntax.at;
    Position rightAt = syntax.at;
    if (syntax.kind == SyntaxKind::Name) {
        key.left = key.right = syntax.name;
    } else if (syntax.kind == SyntaxKind::Call && syntax.name == "==") {
        const Syntax *a = syntax.children[0].get();
        const Syntax *b = syntax.children[1].get();
        if (sideOf(*a, "$right") != nullptr)
            std::swap(a, b);
        if (sideOf(*a, "$left") == nullptr || sideOf(*b, "$right") == nullptr) {
            refuse(syntax.at,
                   ErrorCode::SyntaxError,
                   "a key of a join compares a column of each side",
                   "Write: on $left.a == $right.b");
            return std::nullopt;
        }
        key.left = columnOf(*a);
        key.right = columnOf(*b);
        leftAt = a->at;
        rightAt = b->at;
    } else {
        refuse(syntax.at,
               ErrorCode::NotSupported,
               "a key of a join is a column or an equality",
               "Write: on key, or on $left.a == $right.b");
        return std::nullopt;
    }
    const auto place = [&](const Schema &schema, const std::string &name, const Position &at) {
        ItemSyntax item;
        item.at = at;
        item.names.push_back(name);
        const auto found = matching(schema, item);
        return found ? schema.find(name) : std::nullopt;
    };
    const auto inLeft = place(left, key.left, leftAt);
    const auto inRight = inLeft ? place(right, key.right, rightAt) : std::nullopt;
    if (!inRight)
        return std::nullopt;
    key.type = left.columns[*inLeft].type;
    const ColumnType other = right.columns[*inRight].type;
    if (key.type != other || key.type == ColumnType::Dynamic) {
        refuse(syntax.at,
               ErrorCode::WrongType,
               key.type == other
                   ? "a dynamic value cannot be a key"
                   : fmt::format("the keys of a join have one type, and these are {} and {}",
                                 typeName(key.type),
                                 typeName(other)),
               "Convert one of them before the join: extend k = tolong(k)");
        return std::nullopt;
    }
    return key;
}

bool QueryBinder::joinKeys(const OperatorSyntax &op, const Schema &left, Join *join)
{
    for (const ItemSyntax &item : op.keys) {
        std::vector<const Syntax *> conditions{item.value.get()};
        if (item.value->kind == SyntaxKind::Call && item.value->name == "and") {
            conditions.clear();
            for (const SyntaxPtr &child : item.value->children)
                conditions.push_back(child.get());
        }
        for (const Syntax *condition : conditions) {
            auto key = joinKey(*condition, left, join->right->schema());
            if (!key)
                return false;
            join->keys.push_back(std::move(*key));
        }
    }
    return true;
}

bool QueryBinder::bindJoin(Pipe &pipe, const OperatorSyntax &op)
{
    Join join;
    join.lookup = op.name == "lookup";
    join.kind = join.lookup ? JoinKind::LeftOuter : JoinKind::InnerUnique;
    if (const SettingSyntax *kind = op.setting("kind")) {
        const auto known = std::find_if(kJoinKinds.begin(), kJoinKinds.end(), [&](const auto &one) {
            return one.name == kind->text;
        });
        const bool fits = known != kJoinKinds.end()
                          && (!join.lookup || known->kind == JoinKind::LeftOuter
                              || known->kind == JoinKind::Inner);
        if (!fits)
            return refuse(kind->at,
                          ErrorCode::WrongArguments,
                          fmt::format("there is no kind '{}' of {}", kind->text, op.name),
                          join.lookup ? "Kinds of lookup are leftouter and inner."
                                      : "Kinds are innerunique, inner, leftouter, rightouter, "
                                        "fullouter, leftsemi, leftanti, rightsemi, rightanti.");
        join.kind = known->kind;
    }
    join.right = bindPipe(*op.pipes.front());
    if (!join.right)
        return false;
    const SchemaPtr leftSchema = pipe.query.schemaPtr();
    const Schema &left = *leftSchema;
    const Schema &right = join.right->schema();
    if (!joinKeys(op, left, &join))
        return false;
    auto schema = std::make_shared<Schema>();
    const bool onlyRight = join.kind == JoinKind::RightSemi || join.kind == JoinKind::RightAnti;
    const bool onlyLeft = join.kind == JoinKind::LeftSemi || join.kind == JoinKind::LeftAnti;
    if (!onlyRight) {
        for (const SchemaColumn &column : left.columns) {
            schema->columns.push_back(column);
            join.columns.push_back({column.name, column.name, false});
        }
    }
    for (const SchemaColumn &column : right.columns) {
        const bool key = std::any_of(join.keys.begin(), join.keys.end(), [&](const JoinKey &one) {
            return one.right == column.name;
        });
        if (onlyLeft || (join.lookup && key))
            continue;
        // A name that the left side has gets a number that neither side has.
        std::string name = column.name;
        for (int number = 1;
             schema->find(name) || (number > 1 && right.find(name) && name != column.name);
             ++number)
            name = column.name + std::to_string(number);
        schema->columns.push_back({name, column.type});
        join.columns.push_back({column.name, std::move(name), true});
    }
    pipe.push(std::move(join), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

/// One part of a union; with isfuzzy a table that is not there is left out.
bool QueryBinder::bindUnionPart(const OperatorSyntax &op,
                                std::size_t index,
                                bool fuzzy,
                                std::vector<QueryPtr> *parts)
{
    const ItemSyntax &item = op.items[index];
    if (op.pipes[index]) {
        const std::size_t problems = m_problems.size();
        m_unknownTable = false;
        if (QueryPtr part = bindPipe(*op.pipes[index])) {
            parts->push_back(std::move(part));
            return true;
        }
        if (!fuzzy || !m_unknownTable)
            return false;
        m_problems.resize(problems);
        return true;
    }
    Schema tables; // names only, for the pattern
    for (std::string &name : m_host.tableNames())
        tables.columns.push_back({std::move(name), ColumnType::String});
    for (const ScopeEntry *entry = m_scope.get(); entry != nullptr; entry = entry->outer.get()) {
        if (entry->table && !tables.find(entry->name))
            tables.columns.push_back({entry->name, ColumnType::String});
    }
    const auto found = matching(tables, item);
    if (found->empty())
        return refuse(item.at,
                      ErrorCode::UnknownName,
                      fmt::format("no table has a name like '{}'", item.pattern));
    for (const std::string &name : *found) {
        QueryPtr part = tableNamed(name, item.at);
        if (!part)
            return false;
        parts->push_back(std::move(part));
    }
    return true;
}

namespace {

/// What `withsource` says for a part.
std::string labelOf(const Query &part, std::size_t place, std::string_view prefix)
{
    if (!part.alias.empty())
        return part.alias;
    const auto *table = std::get_if<TableSource>(&part.source);
    if (table != nullptr && part.steps.empty())
        return table->table;
    return std::string(prefix) + std::to_string(place);
}

} // namespace

/// A part with the columns of the whole: missing ones are null or "".
QueryPtr QueryBinder::conform(const QueryPtr &part,
                              const SchemaPtr &schema,
                              const std::vector<std::string> &sources,
                              const std::string &sourceColumn,
                              const std::string &label,
                              const OperatorSyntax &op)
{
    Pipe pipe;
    pipe.query = *part;
    std::vector<Output> outputs;
    for (std::size_t i = 0; i < schema->columns.size(); ++i) {
        const SchemaColumn &column = schema->columns[i];
        const auto place = sources[i].empty() ? std::nullopt : part->schema().find(sources[i]);
        if (place && part->schema().columns[*place].type == column.type) {
            Output output = columnOutput(part->schema().columns[*place]);
            output.name = column.name;
            outputs.push_back(std::move(output));
            continue;
        }
        Binder binder({});
        const bool text = column.type == ColumnType::String;
        const bool named = text && column.name == sourceColumn && sources[i].empty();
        ColumnPtr value = text ? textConstant(ColumnType::String, named ? label : std::string())
                               : nullConstant(column.type);
        NodePtr node = binder.constant(std::move(value), op.at);
        outputs.push_back({column.name,
                           std::make_shared<const Expression>(
                               std::string(), std::move(node), binder.takeColumns())});
    }
    pipe.query.steps.push_back({Project{std::move(outputs)}, schema, op.at, op.name});
    pipe.query.render.reset();
    return std::make_shared<const Query>(std::move(pipe.query));
}

QueryPtr
QueryBinder::unionOf(std::vector<QueryPtr> parts, const OperatorSyntax &op, std::string_view prefix)
{
    const SettingSyntax *setting = op.setting("withsource");
    if (setting == nullptr)
        setting = op.setting("with_source");
    const std::string sourceColumn = op.name == "search"  ? "$table"
                                     : setting != nullptr ? setting->text
                                                          : std::string();
    const bool inner = op.setting("kind") != nullptr && op.setting("kind")->text == "inner";
    // Columns in the order of first appearance; a name with several types stands once for each.
    struct Found
    {
        std::string name;
        std::vector<ColumnType> types;
        std::size_t parts = 0;
    };
    std::vector<Found> found;
    for (const QueryPtr &part : parts) {
        for (const SchemaColumn &column : part->schema().columns) {
            auto known = std::find_if(found.begin(), found.end(), [&](const Found &one) {
                return one.name == column.name;
            });
            if (known == found.end())
                known = found.insert(found.end(), Found{column.name, {}, 0});
            ++known->parts;
            if (std::find(known->types.begin(), known->types.end(), column.type)
                == known->types.end())
                known->types.push_back(column.type);
        }
    }
    auto schema = std::make_shared<Schema>();
    std::vector<std::string> sources;
    if (!sourceColumn.empty()) {
        schema->columns.push_back({sourceColumn, ColumnType::String});
        sources.emplace_back();
    }
    for (const Found &column : found) {
        if ((inner && column.parts != parts.size()) || column.name == sourceColumn)
            continue;
        for (const ColumnType type : column.types) {
            std::string name = column.name;
            if (column.types.size() > 1)
                name += "_" + std::string(typeName(type));
            schema->columns.push_back({freeName(*schema, name), type});
            sources.push_back(column.name);
        }
    }
    UnionSource source;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        source.parts.push_back(
            conform(parts[i], schema, sources, sourceColumn, labelOf(*parts[i], i, prefix), op));
    }
    auto query = std::make_shared<Query>();
    query->source = std::move(source);
    query->sourceSchema = std::move(schema);
    query->at = op.at;
    return query;
}

bool QueryBinder::bindUnion(Pipe &pipe, const OperatorSyntax &op)
{
    const SettingSyntax *fuzzy = op.setting("isfuzzy");
    std::vector<QueryPtr> parts;
    if (pipe.query.sourceSchema)
        parts.push_back(std::make_shared<const Query>(pipe.query));
    for (std::size_t i = 0; i < op.items.size(); ++i) {
        if (!bindUnionPart(op, i, fuzzy != nullptr && fuzzy->text == "true", &parts))
            return false;
    }
    if (parts.empty())
        return refuse(op.at, ErrorCode::UnknownName, "none of the tables of this union exists");
    pipe.query = *unionOf(std::move(parts), op, "union_arg");
    return true;
}

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
