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

} // namespace sluice::kql
